"""IN: exports, templates, names of files, paths, slow patterns, hours, addresses: where all input passes."""

import csv
import io
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from tests import small_world
from tests.browsers import signed_in
from tests.checks.report import Outcome, Tell
from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.files import services as files
from xueshi.kernel import identity, masking, spreadsheets, text
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.policies import cleaning
from xueshi.policies.fields import FieldKind, FieldSpec

LEADS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", "\u3000=", "\n=", "\xa0@")
BODIES = ("1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example","看")', "SUM(A1:A9)", "IMPORTXML(1)")


def test_in_03_formulas_in_exports(tell: Tell) -> None:
    cells = [lead + body for lead in LEADS for body in BODIES]
    plain = ["36", "1.5", "370602199001012215", "王·志远", "", "a=b"]
    out = spreadsheets.as_csv(["列"], [[cell] for cell in [*cells, *plain]]).decode("utf-8-sig")
    rows = [row[0] if row else "" for row in csv.reader(io.StringIO(out))][1:]
    bad = [repr(cell) for cell, row in zip(cells, rows, strict=False) if not row.startswith("'")]
    bad += [f"{cell} became {row}" for cell, row in zip(plain, rows[len(cells) :], strict=True) if cell != row]
    raw = io.StringIO()
    csv.writer(raw).writerows([[cell] for cell in cells])
    control = any(row[:1] == ["=1+1"] for row in csv.reader(io.StringIO(raw.getvalue())))
    tell(Outcome("IN-03", len(cells) + len(plain), bad, control, 75))


def test_in_04_long_numbers_in_exports(tell: Tell) -> None:
    numbers = [identity.complete_resident(f"371002{1950 + n % 50}0716{n % 1000:03}") for n in range(200)]
    numbers += [f"139{n:08}" for n in range(100)]
    out = spreadsheets.as_csv(["证件号"], [[one] for one in numbers]).decode("utf-8-sig")
    read = [row[0] for row in csv.reader(io.StringIO(out))][1:]
    bad = [f"{was} → {now}" for was, now in zip(numbers, read, strict=True) if was != now]
    control = f"{float(numbers[0].replace('X', '0')):.0f}" != numbers[1] and len(numbers[0]) == 18
    tell(Outcome("IN-04", len(numbers), bad, control, 300))


TEMPLATES = (
    "{{7*7}}", "{% now 'Y' %}", "{{settings.SECRET_KEY}}", "%(x)s", "%s%s%n", "${7*7}", "#{7*7}", "{0.__class__}",
    "<%= 7*7 %>", "{{request}}",
)  # fmt: skip
LINES = ("a\r\nSet-Cookie: x=1", "a\nERROR forged", "\x1b[31mred", "\x00", "\u202egnp", "a\u2028b", "a\x85b")


def test_in_05_templates_formats_and_logs(db: None, tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    """What was typed stands on the page as it was typed; what would begin a line of the log is refused or escaped."""
    world, bad, n, shown = small_world.build(), [], 0, 0
    client = signed_in(world.person, raise_request_exception=False)
    for typed in TEMPLATES:
        n += 1
        row = services.save_draft(world.person, w.entry(world.person, "1", school=typed))
        page = client.get(f"/declarations/{row.pk}/").content.decode()
        shown += escaped(typed) in page
        bad += [f"{typed} on the page"] if escaped(typed) not in page else []
    caplog.set_level("DEBUG")
    for typed in LINES:
        n += 2
        for url in (f"/declarations/{quote(typed)}/", f"/verify/{quote(typed)}", f"/years/?sort={quote(typed)}"):
            answer = client.get(url)
            bad += [f"{typed!r} in a header"] if any("\n" in value for value in answer.headers.values()) else []
        try:
            text.clean(typed)
            bad.append(f"{typed!r} was taken")
        except RuleBroken:
            pass
    bad += [
        f"log: {one.getMessage()!r}" for one in caplog.records if any(c in one.getMessage() for c in "\n\r\x1b\u202e")
    ]
    tell(Outcome("IN-05", n, bad, shown == len(TEMPLATES), 24))


def escaped(typed: str) -> str:
    signs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#x27;", '"': "&quot;"}
    return "".join(signs.get(sign, sign) for sign in typed)


NAMES = (
    "a\r\nSet-Cookie: x=1.png", 'a"; filename="b.exe.png', "../../../etc/passwd.png", "..\\..\\x.png", "a\x00.png",
    "长" * 300 + ".png", "CON.png", "NUL.png", "名\u202egnp.exe.png", "\u200b.png", ".png", " .png", "a;b.png",
    "%2e%2e%2f.png", "<script>.png", "a\tb.png",
)  # fmt: skip


def test_in_06_names_of_files(db: None, tell: Tell) -> None:
    bad = []
    for name in NAMES:
        stored = files.store_image(files.Upload(name, w.picture(), None), w.LIMIT)
        header = content_disposition_header(True, stored.name) or ""
        answer = HttpResponse(headers={"Content-Disposition": header})
        wrong = [sign for sign in '\r\n\x00"\\/\u202e\u200b<>' if sign in stored.name]
        if wrong or len(stored.name) > 100 or "\n" in answer.headers["Content-Disposition"] or "\r" in header:
            bad.append(f"{name!r} → {stored.name!r} {wrong}")
    try:
        HttpResponse(headers={"X": NAMES[0]})
        control = False
    except ValueError:  # what the bare name would have done
        control = True
    tell(Outcome("IN-06", len(NAMES), bad, control, 16))


UPWARDS = (
    "../",
    "..%2f",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%252f",
    "..%5c",
    "....//",
    "..;/",
    "/",
    "%00/",
    "..%c0%af",
    "file:///",
)
TARGETS = ("etc/passwd", "pyproject.toml", "xueshi/config/settings.py", "proc/self/environ", ".git/config")
PLACES = ("/static/{}", "/declarations/uploads/{}/", "/register/files/{}/", "/verify/{}", "/gallery/{}/")
INSIDE = (b"root:", b"[project]", b"SECRET_KEY", b"XUESHI_", b"repositoryformatversion")


def test_in_07_path_traversal(db: None, tell: Tell) -> None:
    client, bad, n = signed_in(small_world.build().person, raise_request_exception=False), [], 0
    for place in PLACES:
        for up in UPWARDS:
            for target in TARGETS[: 5 if place.startswith("/static") else 1]:
                n += 1
                answer = client.get(place.format(up * 4 + target))
                body = answer.getvalue() if hasattr(answer, "getvalue") else answer.content
                if answer.status_code >= 500 or any(mark in body for mark in INSIDE):
                    bad.append(f"{place.format(up * 4 + target)} → {answer.status_code}")
    control = any(mark in Path("pyproject.toml").read_bytes() for mark in INSIDE)
    tell(Outcome("IN-07", n, bad, control, 100))


SLOW = (
    "1" * 50_000, "1-" * 25_000, "2026-" * 10_000, " " * 50_000 + "x", "a@" + "a." * 25_000, "（" * 50_000,
    "0." * 25_000, "x" * 50_000 + "\n", "-" * 50_000, "年" * 50_000,
)  # fmt: skip


def validators() -> dict[str, Callable[[str], object]]:
    """Every function that looks at what was typed before anything else does."""
    found: dict[str, Callable[[str], object]] = {
        "clean": text.clean, "name_key": text.name_key, "half_width": text.half_width, "defused": spreadsheets.defused,
        "phone": identity.canonical_phone, "code": identity.canonical_organisation_code,
        "document": lambda typed: identity.canonical_document("resident", typed, today=date(2026, 1, 1)),
        "mask": masking.document, "mask phone": masking.phone, "mask mail": masking.email, "mask name": masking.name,
        "day": lambda typed: cleaning.parse_day(typed, "日期", "x"),
        "mail": lambda typed: bool(cleaning._EMAIL.fullmatch(typed)),
        "telephone": lambda typed: bool(cleaning._TELEPHONE.fullmatch(typed)),
        "hours": lambda typed: bool(cleaning._HOURS.fullmatch(typed)),
    }  # fmt: skip
    return found


def test_in_08_slow_validators(tell: Tell) -> None:
    bad, n = [], 0
    for name, look in validators().items():
        for typed in SLOW:
            n += 1
            start = process_time()
            with suppress(RuleBroken):
                look(typed)
            took = process_time() - start
            bad += [f"{name} took {took * 1000:.0f} ms for {typed[:6]!r}…"] if took > 0.05 else []
    import re  # noqa: PLC0415 - for the control alone

    start = process_time()
    re.fullmatch(r"(a+)+b", "a" * 22)
    tell(Outcome("IN-08", n, bad, process_time() - start > 0.05, 150))


REFUSED = (
    "-1", "0", "0.0", "0.01", "1e3", "10.555", "NaN", "Infinity", "1,5", "1 5", "٣", "²", "９９９９９９", "9" * 400,
    "0x10", "+5", "10²", "--1", "1_0", "1.", ".5", "½", "1/2", "八", "1.25",
)  # fmt: skip
TAKEN = {"２４": "24", "24": "24", "1.5": "1.5", " 8 ": "8", "８．５": "8.5", "00024": "24"}


def test_in_09_hours(tell: Tell) -> None:
    """Only multiples of the step inside the bounds, in either width."""
    spec = FieldSpec(key="hours", label="学时", kind=FieldKind.HOURS, step=Decimal("0.5"), maximum=Decimal(9999))
    bad = []
    for typed, wanted in [(one, None) for one in REFUSED] + [(one, Decimal(TAKEN[one])) for one in TAKEN]:
        try:
            got = cleaning.parse_hours(typed, spec)
        except RuleBroken:
            got = None
        bad += [f"{typed[:20]!r} → {got}"] if got != wanted else []
    control = sum(Decimal(one).is_finite() for one in ("0.01", "1e3", "10.555", "٣", "1_0", "+5")) == 6
    tell(Outcome("IN-09", len(REFUSED) + len(TAKEN), bad, control, 31))


ADDRESSES = (
    "http://127.0.0.1:9/x", "http://169.254.169.254/latest/meta-data/", "file:///etc/passwd", "https://evil.example/x.png",
    "//evil.example", "gopher://x", "jar:http://x!/", "http://[::1]/",
)  # fmt: skip


def test_in_10_server_side_fetch(db: None, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses in every text of a declaration, which is handed in, shown and printed: nothing is fetched."""
    world, opened, bad = small_world.build(), [], []
    connect = socket.socket.connect

    def noted(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX:
            opened.append(str(address))
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    client = signed_in(world.person, raise_request_exception=False)
    for typed in ADDRESSES:
        try:
            row = services.save_draft(
                world.person, w.entry(world.person, "1", school=typed, class_name=typed, result=typed)
            )
            client.get(f"/declarations/{row.pk}/")
            client.get(f"/declarations/{row.pk}/edit/")
        except (RuleBroken, Problems) as refusal:
            bad += [str(refusal)] if "Traceback" in str(refusal) else []
        client.get(f"/?next={quote(typed)}", HTTP_REFERER=typed)
        client.get(f"/verify/{quote(typed, safe='')}")
    bad += opened
    with suppress(OSError), socket.socket() as outgoing:
        outgoing.connect(("127.0.0.1", 9))
    tell(Outcome("IN-10", len(ADDRESSES) * 5, bad, len(opened) == 1, 40))
