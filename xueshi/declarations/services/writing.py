"""Putting what was filled in into rows, of one person or of many at once, with the evidence beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from xueshi.declarations import rules
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.services.drafting import COLUMNS, Declarer, Entry, days
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken


@dataclass(frozen=True, slots=True)
class Sheet:
    """A row to be written, and whose hours it asks for."""

    declaration: Declaration
    by: Declarer


def write(sheets: Sequence[Sheet], entry: Entry, asked: rules.Claim) -> list[StoredFile]:
    """Put the same entry into each row and its evidence beside it; returns the evidence in order.

    A few statements for however many are new; each that was stored before is one more.
    """
    files = _files(sheets, entry)
    for one in sheets:
        _put(one, entry, asked)
    rows = [one.declaration for one in sheets]
    known = [row for row in rows if row.pk is not None]
    for row in known:
        row.save()
    Declaration.objects.bulk_create([row for row in rows if row.pk is None])
    if known:
        Evidence.objects.filter(declaration__in=known).delete()
    Evidence.objects.bulk_create(
        Evidence(declaration=row, file=file, position=position)
        for row in rows
        for position, file in enumerate(files, start=1)
    )
    return files


def _put(sheet: Sheet, entry: Entry, asked: rules.Claim) -> None:
    """The entry into the columns; the employer is the present one.

    What was once handed in keeps its columns until hours and subject are there again; until then only the form is kept.
    """
    row, by = sheet.declaration, sheet.by
    row.organisation, row.portal = by.organisation, by.pack.key
    if row.case_id is None:
        row.person = by.person
    if row.case_id is None or (asked.hours is not None and entry.answers.text("subject")):
        _fill(row, entry, asked)
    else:
        names = asked.form.form.typed(entry.answers)
        row.typed = {"year": str(entry.year), "form": entry.form} | names
    row.changed_at = clock.now()
    row.version += 1


def _fill(row: Declaration, entry: Entry, asked: rules.Claim) -> None:
    answers = entry.answers
    row.year, row.form, row.rule = entry.year, entry.form, asked.rules.version
    row.subject, row.hours_declared = answers.text("subject"), asked.hours
    row.starts_on, row.ends_on = days(answers)
    row.answers = answers.without(*COLUMNS).as_json()
    row.typed = None


def _files(sheets: Sequence[Sheet], entry: Entry) -> list[StoredFile]:
    """The named files in order: the declarer's own uploads or evidence the person already has, each once (A4).

    They are locked until the transaction ends, so that none is cleared away as unused meanwhile.
    """
    wanted = list(dict.fromkeys(entry.files))
    if not wanted:
        return []
    rows = StoredFile.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {file.pk: file for file in rows}
    people = {one.by.person.pk for one in sheets}
    known = Evidence.objects.filter(declaration__person__in=people, file_id__in=wanted)
    here = set(known.values_list("declaration__person_id", "file_id"))
    if not all(pk in found and all(_has(one, found[pk], here) for one in sheets) for pk in wanted):
        raise RuleBroken("附件已失效，请重新上传", "evidence")
    return [found[pk] for pk in wanted]


def _has(sheet: Sheet, file: StoredFile, here: set[tuple[int, int]]) -> bool:
    """Whether its declarer uploaded a file, or its person has it as evidence."""
    return file.uploaded_by_id == sheet.declaration.declared_by_id or (sheet.by.person.pk, file.pk) in here
