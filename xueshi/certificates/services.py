"""Issuing, replacing and revoking certificates.

A year's account is locked first, then its certificate: the order of the ledger, which revokes from inside its own
postings. Two people pressing 打印学时证明 at once therefore get one paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import connection, transaction

from xueshi.accounts import limits
from xueshi.accounts.limits import Limit
from xueshi.audit import services as audit
from xueshi.certificates import messages, permissions, rendering, rules, selectors, signing
from xueshi.certificates.models import Certificate, LookupLog
from xueshi.certificates.payload import Payload
from xueshi.certificates.rules import CertificateNumber, Figures
from xueshi.certificates.states import TRANSITIONS, CertificateState, Move
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import NotFound
from xueshi.kernel.many import Among
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.policies import papers, registry
from xueshi.policies.packs import Pack
from xueshi.policies.papers import ANNUAL

_LOOKUPS = Limit("certificate-lookup", 30, timedelta(minutes=1))
_REMEMBERED = timedelta(days=180)
_FELL = "学时已低于证书所载，证书不再有效"
_NONE = Decimal(0)


@transaction.atomic
def issue(actor: Actor, account_id: int, kind: str = ANNUAL) -> Certificate:
    """A certificate that a year has earned: the one that stands, or a new one where none does or its figures changed.

    Raises ``NotFound`` for a year out of reach and ``NotAllowed`` with the pack's words for one that has not earned it
    (ANN-07, ANN-11).
    """
    account = _locked(actor, account_id)
    permissions.can_print(actor, account, kind).require()
    pack = registry.pack(account.portal)
    words = pack.year(account.year).certificate_of(kind)
    figures = _freeze(account, pack, words)
    standing = selectors.valid_by_account([account.pk], kind).get(account.pk)
    differing = rules.changes(standing.figures, figures) if standing else ()
    if standing and not differing:
        return standing
    now = clock.now()
    if standing:
        _end(standing, Move.SUPERSEDE, differing, now)
        messages.tell_ended([(standing, account)])
    certificate = _issue_new(_Order(account, pack, words, figures, actor.user.pk, now))
    by = audit.By(actor.user.pk, actor.desk_id)
    audit.record(by, "certificate.issued", certificate, number=certificate.number, edition=certificate.edition)
    return certificate


def review_after_ledger_change(account_ids: Sequence[int]) -> None:
    """Revoke certificates whose year fell below what they state; runs inside the transaction that took the hours."""
    standing = (
        Certificate.objects.select_for_update(no_key=True, of=("self",))
        .filter(Among("account_id", account_ids), state=CertificateState.VALID)
        .select_related("account__person")
        .order_by("pk")
    )
    now = clock.now()
    fallen = [one for one in standing if selectors.is_overstated(one.figures, one.account)]
    for certificate in fallen:
        _end(certificate, Move.REVOKE, (_FELL,), now)
    kind = Certificate._meta.label_lower
    audit.record_many(
        audit.By(None),
        [audit.Act("certificate.revoked", kind, str(one.pk), {"number": one.number}) for one in fallen],
    )
    messages.tell_ended((one, one.account) for one in fallen)


def admit_lookup() -> None:
    """Count one public check of the present source before it is made; ``TooMany`` beyond 30 a minute (PR-10, F5)."""
    limits.require(_LOOKUPS, audit.source.get(), "查验过于频繁，请稍后再试")


def trace_lookup(found: selectors.Found) -> None:
    """Tell the holder that somebody checked the certificate."""
    LookupLog.objects.create(certificate_id=found.published.certificate_id, at=clock.now(), way=found.way)


def forget_lookups() -> int:
    """Forget checks older than half a year (data inventory); returns how many those were."""
    return LookupLog.objects.filter(at__lt=clock.now() - _REMEMBERED).delete()[0]


def skip_serials(count: int) -> int:
    """Step over ``count`` serials and return the last; after a restore, so that no lost number is given again (D14)."""
    with connection.cursor() as cursor:  # rule 6: sequences are reached by SQL only
        cursor.execute("SELECT setval('certificates_serial', nextval('certificates_serial') + %s)", [count])
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class _Order:
    account: YearAccount
    pack: Pack
    words: papers.Certificate
    figures: Figures
    user_id: int
    moment: datetime


def _locked(actor: Actor, account_id: int) -> YearAccount:
    ledger.account_for(actor, account_id)
    rows = YearAccount.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    account = rows.select_related("person__user", "person__employment__organisation").filter(pk=account_id).first()
    if account is None:
        raise NotFound
    return account


def _freeze(account: YearAccount, pack: Pack, words: papers.Certificate) -> Figures:
    sums, holder = account.sums, account.person.user
    stated = {words.subject: sums[words.subject]} if words.subject else sums
    return Figures(
        name=holder.name,
        document=holder.masked_document,
        year=account.year,
        public=stated.get("public", _NONE),
        professional=stated.get("professional", _NONE),
        total=sums[words.subject or "total"],
        verdict=words.verdict or pack.year(account.year).annual.passed,
        issuer=words.issuer,
        platform=pack.title,
        rule=account.rule,
        issued_on=clock.today(),
        title=words.title,
        subject=words.subject,
    )


def _end(certificate: Certificate, move: Move, because: Sequence[str], moment: datetime) -> None:
    certificate.state = TRANSITIONS.next(CertificateState(certificate.state), move)
    certificate.ended_at, certificate.ended_because = moment, list(because)
    certificate.save(update_fields=["state", "ended_at", "ended_because"])


def _issue_new(order: _Order) -> Certificate:
    pattern, kind = order.words.number, order.words.key
    number = CertificateNumber(pattern.area, order.account.year, int(pattern.kind), _next_serial())
    before = Certificate.objects.filter(account=order.account, kind=kind).order_by("-edition").first()
    code, edition = rules.new_code(), before.edition + 1 if before else 1
    return Certificate.objects.create(
        account=order.account,
        kind=kind,
        edition=edition,
        number=number.text,
        code=code,
        facts=order.figures.as_json(),
        file=_print(order, number, code, edition),
        issued_at=order.moment,
        issued_by_id=order.user_id,
        supersedes=before,
    )


def _next_serial() -> int:
    """A sequence neither waits for other people's papers nor goes back when a transaction does."""
    with connection.cursor() as cursor:  # rule 6: sequences are reached by SQL only
        cursor.execute("SELECT nextval('certificates_serial')")
        return int(cursor.fetchone()[0])


def _print(order: _Order, number: CertificateNumber, code: str, edition: int) -> StoredFile:
    paper = _paper(order.pack, order.words, order.figures, _Marks(number, code, edition))
    signed = _signed(rendering.render_pdf([paper], order.moment), order.moment)
    return files.store_bytes(files.Upload(f"{number.text}.pdf", signed, order.user_id), "application/pdf")


def paper_of(certificate: Certificate) -> rendering.Paper:
    """An issued certificate to be drawn again, with the figures, number, code and QR it was issued with."""
    figures, pack = certificate.figures, registry.pack(certificate.account.portal)
    marks = _Marks(rules.parse_number(certificate.number), certificate.code, certificate.edition)
    return _paper(pack, pack.year(figures.year).certificate_of(certificate.kind), figures, marks)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What tells one paper from every other."""

    number: CertificateNumber
    code: str
    edition: int


def _paper(pack: Pack, words: papers.Certificate, figures: Figures, marks: _Marks) -> rendering.Paper:
    payload = Payload(
        number=marks.number,
        edition=marks.edition,
        code=marks.code,
        issued_on=figures.issued_on,
        public=figures.public,
        professional=figures.professional,
        total=figures.total,
        name=figures.masked_name,
        document_ends=figures.document_ends,
    )
    scheme, address = _address(pack)
    return rendering.Paper(
        wording=_wording(pack, words),
        figures=figures,
        number=marks.number.text,
        code=marks.code,
        address=address,
        qr_text=f"{scheme}://{address}/{signing.sign_payload(payload)}",
    )


def _signed(pdf: bytes, moment: datetime) -> bytes:
    from xueshi.certificates import pades  # noqa: PLC0415 - a third of the program's start, for who prints only

    return pades.sign_pdf(pdf, moment)


def _wording(pack: Pack, words: papers.Certificate) -> rendering.Wording:
    return rendering.Wording(
        template=pack.document(words.template),
        title=words.title,
        lines=words.lines,
        closing=words.closing,
        note=words.note,
        centre=words.centre,
    )


def _address(pack: Pack) -> tuple[str, str]:
    """Scheme, and host with the path of the public check; the deployment's own name goes before the pack's."""
    own: dict[str, str] = getattr(settings, "PORTAL_HOSTS", {})
    host = next((name for name, key in own.items() if key == pack.key), "") or pack.portal.hosts[0]
    if settings.PRODUCTION:
        return "https", f"{host}/verify"
    port: str = getattr(settings, "SITE_PORT", "")
    return "http", f"{host}:{port}/verify" if port else f"{host}/verify"
