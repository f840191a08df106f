"""The one writer of tables for spreadsheets (E5): text stays text, nothing is executed.

Reading, and workbooks with drop-downs, come with the import tasks and take their place here.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

_LEADS = re.compile(r"^\s*[=+\-@＝＋－＠\t\r]")


def defused(value: object) -> str:
    """Text that no spreadsheet takes for a formula, whatever the width of its first sign or the blanks before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _LEADS.match(text) else text


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with its mark, as office programs open it by a double click."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([defused(label) for label in heading])
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()
