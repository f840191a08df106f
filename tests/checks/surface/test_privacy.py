"""PR: what the database, the files and the traces hold in plain words; guessing at the public check."""

import base64
import logging
import re
import secrets
from collections.abc import Iterator
from typing import Final

import pytest
from django.db import connection

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit
from tests.checks.surface.stage import HOST, Stage, browser, text, undone
from xueshi.accounts.models import User
from xueshi.certificates.models import Certificate
from xueshi.kernel import clock
from xueshi.organisations.models import Organisation

TRACES: Final = (
    "audit_auditentry",
    "django_session",
    "procrastinate_jobs",
    "certificates_lookuplog",
    "accounts_throttle",
)
"""Where the program writes down what happened."""
_SPELLED: Final = re.compile(r"[0-9A-Za-z+/=]{11,}")
"""What numbers are written with in all their forms; none is shorter."""


def canaries() -> dict[str, str]:
    """Every number and phone of the world, in each form in which its bytes could lie about."""
    found: dict[str, str] = {}
    for user in User.objects.all():
        for value in filter(None, (user.document_number, user.phone)):
            found |= dict.fromkeys((value, value.encode().hex(), base64.b64encode(value.encode()).decode()), value)
    assert all(map(_SPELLED.fullmatch, found))
    return found


def spelled(content: str) -> str:
    """The parts of a text where a number could stand; to look there is to look everywhere."""
    return "\n".join(_SPELLED.findall(content))


def rows(*tables: str) -> Iterator[tuple[str, str]]:
    """Every row of the database, or of some tables, as text."""
    with connection.cursor() as cursor:
        for table in tables or connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - names from the catalogue
            yield from ((table, str(row[0])) for row in cursor.fetchall())


def found_in(where: Iterator[tuple[str, str]], wanted: dict[str, str]) -> tuple[int, list[str]]:
    """How many places were searched, and those that hold a canary."""
    searched = [(place, spelled(content)) for place, content in where]
    everything = "\n".join(content for _place, content in searched)
    found = [value for value in wanted if value in everything]
    bad = [f"{place} holds {value[:6]}…" for value in found for place, content in searched if value in content]
    return len(searched), bad


def test_pr_01_at_rest(stage: Stage, tell: Tell) -> None:
    wanted = canaries()
    n, bad = found_in(rows(), wanted)
    files = [path for path in stage.folder.rglob("*") if path.is_file()]
    for path in files:
        content = spelled(path.read_bytes().decode("latin-1"))
        bad += [f"{path.name} holds a number" for value in wanted if value in content][:1]
    first = User.objects.order_by("pk")[0]
    sealed = set()
    for _ in range(3):
        first.save()
        with connection.cursor() as cursor:
            cursor.execute("SELECT document_number::text FROM accounts_user WHERE id = %s", [first.pk])
            sealed.add(cursor.fetchone()[0])
    bad += [] if len(sealed) == 3 else ["equal values are sealed alike"]
    with undone():
        Organisation.objects.filter(parent=None).update(address=first.document_number)
        control = bool(found_in(rows("organisations_organisation"), wanted)[1])
    tell(Outcome("PR-01", n + len(files), bad, control, 2500, f"canaries={len(wanted)} files={len(files)}"))


class Kept(logging.Handler):
    """Everything that is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line with its values and its failure."""
        self.lines.append(f"{record.getMessage()} {record.args} {record.exc_text or record.exc_info or ''}")


def test_pr_02_in_traces(stage: Stage, heard: list[Visit], tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses of all answers, audit, sessions, jobs; and the log while numbers are typed and pages fail."""
    wanted, person, kept = canaries(), stage.world.actor("person_1"), Kept()
    logging.disable(logging.NOTSET)
    logging.getLogger().addHandler(kept)
    try:
        visitor = browser(None)
        typed = {
            "identifier": person.user.document_number,
            "phone": person.user.phone,
            "password": "x",
            "captcha": "K7WD",
        }
        for url in ("/", "/recovery/", "/register/professional/", "/verify/"):
            with undone():
                visitor.post(url, typed | {"document_number": person.user.document_number}, HTTP_HOST=HOST)
        stage.ask("person_1", "GET", "/nowhere/")
        with monkeypatch.context() as patch:
            patch.setattr("xueshi.certificates.selectors.by_link", lambda _text: {}[person.user.document_number])
            stage.ask("person_1", "GET", "/verify/x")
    finally:
        logging.getLogger().removeHandler(kept)
        logging.disable(logging.CRITICAL)
    lines = [("log", line) for line in kept.lines] + [("address", visit.url) for visit in heard]
    tables = [name for name in TRACES if name in connection.introspection.table_names()]
    n, bad = found_in(iter([*lines, *rows(*tables)]), wanted)
    control = bool(found_in(iter([("log", f"refused {person.user.phone}")]), wanted)[1]) and len(kept.lines) > 1
    tell(Outcome("PR-02", n, bad, control, 2500, f"lines={len(kept.lines)}"))


def test_pr_10_guessing_at_the_public_check(stage: Stage, tell: Tell) -> None:
    """Guessed codes; what a hit shows; that every miss is the same; that a source is slowed."""
    bad, misses, n = [], set(), 0
    visitor, paper = browser(None), Certificate.objects.filter(state="valid").select_related("account__person__user")[0]
    owner = paper.account.person.user
    hit = text(visitor.get(f"/verify/{paper.code}", HTTP_HOST=HOST))
    bad += [word for word in (owner.name, owner.document_number, owner.phone) if word and word in hit]
    limited = 0
    for number in range(200):
        n += 1
        guess = secrets.token_hex(8).upper() if number % 2 else f"{paper.code[:-2]}{number:02}"
        answer = visitor.get(f"/verify/{guess}", HTTP_HOST=HOST)
        limited += answer.status_code == 429
        if answer.status_code == 404:
            misses.add(len(answer.content))
        elif answer.status_code != 429 and guess != paper.code:
            bad.append(f"{guess} → {answer.status_code}")
    bad += [] if len(misses) == 1 and limited >= 100 else [f"{len(misses)} kinds of misses, {limited} slowed"]
    tell(Outcome("PR-10", n, bad, paper.number in hit or paper.code in hit or "王" in hit, 200, f"slowed={limited}"))
    assert clock.today()
