"""Reading certificates: the holder's side, and the public check."""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, TruncDate

from xueshi.certificates import permissions, rules, signing
from xueshi.certificates.models import Certificate, LookupLog, PrintRun
from xueshi.certificates.rules import Figures
from xueshi.certificates.states import CertificateState, LookupWay
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded_row
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.policies.papers import ANNUAL


def certificates_seen(actor: Actor) -> QuerySet[Certificate]:
    """Every certificate the actor may see, newest first."""
    return _whole().filter(permissions.certificates_seen_by(actor)).order_by("-issued_at", "-pk")


def own_certificates(actor: Actor) -> QuerySet[Certificate]:
    """The actor's own certificates with the year they are for, latest year first."""
    rows = Certificate.objects.filter(account__person__user_id=actor.user.pk)
    return rows.select_related("account").order_by("-account__year", "-issued_at", "-pk")


def certificate_for(actor: Actor, pk: int) -> Certificate:
    """One visible certificate; ``NotFound`` when absent or not theirs."""
    found = _certificate(pk)
    if found is None or not permissions.can_see_certificate(actor, found):
        raise NotFound
    return found


@worded_row
def _certificate(pk: int) -> QuerySet[Certificate]:
    return _whole().filter(pk=pk)


def valid_by_account(account_ids: Iterable[int], kind: str = ANNUAL) -> dict[int, Certificate]:
    """The certificates of a kind that stand, by account: one query for a whole list page."""
    rows = Certificate.objects.filter(account_id__in=list(account_ids), kind=kind, state=CertificateState.VALID)
    return {row.account_id: row for row in rows}


def papers_in_order(pks: Sequence[int]) -> list[Certificate]:
    """Certificates of a print run in the order of their keys."""
    found = _whole().in_bulk(list(pks))
    return [found[pk] for pk in pks if pk in found]


def editions(certificate: Certificate) -> list[Certificate]:
    """Every edition of the same kind of certificate for the same year, newest first."""
    rows = Certificate.objects.filter(account_id=certificate.account_id, kind=certificate.kind)
    return list(rows.order_by("-edition"))


def print_run_for(actor: Actor, token: str) -> PrintRun:
    """The actor's own run under the hat it was frozen with; ``NotFound`` for anybody else."""
    found = PrintRun.objects.filter(token=token, membership=actor.membership).select_related("result").first()
    if found is None or actor.membership is None:
        raise NotFound
    return found


def recent_print_runs(actor: Actor, limit: int = 5) -> list[PrintRun]:
    """The actor's runs at work, and those whose file still lasts, newest first."""
    rows = PrintRun.objects.filter(membership=actor.membership, started_at__isnull=False)
    lasting = rows.filter(Q(finished_at=None) | Q(result__isnull=False, expires_at__gt=clock.now()))
    return list(lasting.order_by("-started_at")[:limit])


def years_of_people(actor: Actor) -> QuerySet[YearAccount]:
    """The years of everybody whose certificates the actor prints, with the number of the paper that stands."""
    paper = Certificate.objects.filter(account=OuterRef("pk"), kind=ANNUAL, state=CertificateState.VALID)
    rows = ledger.accounts_listed(actor) if permissions.can_print_for_others(actor) else YearAccount.objects.none()
    return rows.annotate(paper_number=Coalesce(Subquery(paper.values("number")[:1]), Value("")))


@dataclass(frozen=True, slots=True)
class LookupDay:
    """How often a certificate was checked on one day, by each way."""

    day: date
    ways: tuple[tuple[LookupWay, int], ...]

    @property
    def count(self) -> int:
        """All checks of the day."""
        return sum(number for _, number in self.ways)


def lookups(certificate: Certificate, limit: int = 50) -> list[LookupLog]:
    """When and how the certificate was checked, newest first."""
    return list(LookupLog.objects.filter(certificate=certificate).order_by("-at", "-pk")[:limit])


def lookup_days(certificate: Certificate, limit: int = 30) -> list[LookupDay]:
    """The days on which the certificate was checked, newest first, with how often in which way."""
    rows = LookupLog.objects.filter(certificate=certificate).annotate(day=TruncDate("at", tzinfo=clock.SHANGHAI))
    counted = rows.values("day", "way").annotate(number=Count("pk")).order_by("-day", "way")
    days: dict[date, list[tuple[LookupWay, int]]] = {}
    for row in counted:
        days.setdefault(row["day"], []).append((LookupWay(row["way"]), row["number"]))
    return [LookupDay(day, tuple(ways)) for day, ways in list(days.items())[:limit]]


@dataclass(frozen=True, slots=True)
class Published:
    """What anyone with the paper may read about it (C10), and nothing more."""

    certificate_id: int
    number: str
    name: str
    title: str
    year: int
    hours: tuple[tuple[str, Decimal], ...]
    verdict: str
    state: CertificateState
    issuer: str
    issued_on: date
    ended_on: date | None
    ended_because: tuple[str, ...]
    since_issue: tuple[str, ...]
    newer_number: str


@dataclass(frozen=True, slots=True)
class Found:
    """A certificate that the reader proved to hold, and how."""

    published: Published
    way: LookupWay


def by_number(number: str, proof: str) -> Found | None:
    """The certificate of a number when ``proof`` is the holder's name or the public code; a miss says nothing more."""
    try:
        canonical = rules.parse_number(number).text
    except rules.NotANumber:
        return None
    held = Certificate.objects.filter(number=canonical).values_list("pk", "code", "facts__name").first()
    if held is None:
        return None
    pk, code, name = held
    way = None
    if _same(rules.parse_code(proof) or "", code):
        way = LookupWay.CODE
    elif _same("".join(proof.split()), "".join(str(name).split())):
        way = LookupWay.NUMBER
    return Found(_published(_whole().get(pk=pk)), way) if way else None


def by_link(text: str) -> Found | None:
    """The certificate of a scanned QR code: the bare public code, or the signed payload with the code inside."""
    code = rules.parse_code(text)
    if code is not None:
        found = _whole().filter(code=code).first()
        return Found(_published(found), LookupWay.CODE) if found else None
    try:
        payload = signing.open_payload(text)
    except signing.NotOurs:
        return None
    found = _whole().filter(code=payload.code, number=payload.number.text, edition=payload.edition).first()
    return Found(_published(found), LookupWay.QR) if found else None


def by_file(pdf: bytes) -> Found | None:
    """The certificate of an uploaded paper: signed by us, not one byte altered, and in the register."""
    from xueshi.certificates import pades  # noqa: PLC0415 - a third of the program's start, for who checks files only

    try:
        digest = pades.digest_of_genuine(pdf)
    except signing.NotOurs:
        return None
    found = _whole().filter(file__digest=digest).order_by("pk").first()
    return Found(_published(found), LookupWay.FILE) if found else None


def overstated() -> list[int]:
    """Valid certificates whose figures the ledger no longer holds (INV-12); always empty."""
    rows = _whole().filter(state=CertificateState.VALID).order_by("pk").iterator(chunk_size=2000)
    return [row.pk for row in rows if is_overstated(row.figures, row.account)]


def is_overstated(figures: Figures, account: YearAccount) -> bool:
    """Whether a year no longer carries what a certificate states."""
    fallen = not figures.subject and not account.passed
    return fallen or rules.falls_short(figures, account.sums)


def _whole() -> QuerySet[Certificate]:
    return Certificate.objects.select_related(
        "account__person__user", "account__person__employment__organisation", "file", "superseded_by"
    )


def _same(given: str, held: str) -> bool:
    return hmac.compare_digest(given.encode(), held.encode())


def _published(certificate: Certificate) -> Published:
    figures = certificate.figures
    newer: Certificate | None = getattr(certificate, "superseded_by", None)
    return Published(
        certificate_id=certificate.pk,
        number=certificate.number,
        name=figures.masked_name,
        title=figures.title,
        year=figures.year,
        hours=figures.hours,
        verdict=figures.verdict,
        state=CertificateState(certificate.state),
        issuer=figures.issuer,
        issued_on=figures.issued_on,
        ended_on=clock.day_of(certificate.ended_at) if certificate.ended_at else None,
        ended_because=tuple(certificate.ended_because),
        since_issue=_since_issue(figures, certificate.account),
        newer_number=newer.number if newer else "",
    )


def latest_number(path: str) -> Combinable:
    """The number of a user's latest valid certificate, empty without one; ``path`` leads from the row to the user."""
    rows = Certificate.objects.filter(
        account__person__user_id=OuterRef(path), kind=ANNUAL, state=CertificateState.VALID
    )
    latest = rows.order_by("-account__year", "-issued_at").values("number")[:1]
    return Coalesce(Subquery(latest), Value(""), output_field=CharField())


def _since_issue(figures: Figures, account: YearAccount) -> tuple[str, ...]:
    """What the register holds differently from the paper, in words."""
    holder = account.person.user
    named = rules.corrected(figures, holder.name, holder.masked_document)
    return (*named, *rules.moved(figures, account.sums))
