"""What a verdict does to declarations: recognised hours and postings, or counter-entries; set by set, never by row."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db.models import F

from xueshi.declarations import rules, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors import KIND as KEY
from xueshi.declarations.services.claiming import counted, refused_again, released
from xueshi.declarations.services.foreseeing import foreseen
from xueshi.declarations.services.submitting import POWERS
from xueshi.kernel.errors import RuleBroken
from xueshi.kernel.many import Among
from xueshi.ledger import services as ledger
from xueshi.ledger.services import Posting
from xueshi.organisations.states import Power
from xueshi.policies import registry
from xueshi.policies.formulas import Computed, plain
from xueshi.policies.years import YearRules
from xueshi.reviews import permissions as reviewing
from xueshi.reviews.kinds import DocumentKind, Outcome
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.services import acting

SOURCE = "declaration"
"""``LedgerEntry.source_kind`` of our postings; ``source_id`` is the declaration."""


_READ = (
    "person", "portal", "year", "form", "subject", "hours_declared", "starts_on", "ends_on", "answers", "case",
)  # fmt: skip
"""What settling asks of declarations."""
FORM_GONE = "本年度的规则已不含该学习形式，请驳回并请本人改用其他学习形式申报"
"""A pack may lose a form while declarations of it wait."""


def approved(outcome: Outcome) -> Mapping[int, str]:
    """认定: set the recognised hours and post them; returns the cases refused, with the cap or rule in words."""
    rows = _rows(outcome.cases)
    hours: dict[int, Decimal] = {}
    refused: dict[int, str] = {}
    for row in rows:
        try:
            hours[row.pk] = _recognised(row, outcome)
        except RuleBroken as problem:
            refused[_case(row)] = problem.message
    twice = refused_again(hours)
    refused |= {_case(row): twice[row.pk] for row in rows if row.pk in twice}
    hours = {pk: given for pk, given in hours.items() if pk not in twice}
    report = ledger.post_many(
        [_posting(row, hours[row.pk]) for row in rows if row.pk in hours], by=acting(outcome.actor)
    )
    _write_recognised([row for row in rows if row.pk in report.posted], hours)
    counted({pk: hours[pk] for pk in report.posted})
    by_source = {row.pk: _case(row) for row in rows}
    return refused | {by_source[source]: reason for source, reason in report.refused.items()}


def fallen(outcome: Outcome) -> None:
    """Refused: what was declared stands in no other declaration's way any more."""
    released([row.pk for row in _rows(outcome.cases)])


def revoked(outcome: Outcome) -> None:
    """审验不通过: the hours leave the account by counter-entries; what was recognised is emptied (CV-14)."""
    pks = [row.pk for row in _rows(outcome.cases)]
    ledger.reverse(SOURCE, pks, by=acting(outcome.actor))
    Declaration.objects.filter(Among("pk", pks)).update(hours_recognised=None)
    released(pks)


def _rows(cases: Sequence[ReviewCase]) -> list[Declaration]:
    return list(Declaration.objects.filter(Among("case_id", (case.pk for case in cases))).only(*_READ).order_by("pk"))


def _case(row: Declaration) -> int:
    if row.case_id is None:
        message = "a decided declaration has a case"
        raise ValueError(message)
    return row.case_id


def _rules(row: Declaration) -> YearRules:
    return registry.pack(row.portal).year(row.year)


def _recognised(row: Declaration, outcome: Outcome) -> Decimal:
    if row.hours_declared is None:
        message = "a submitted declaration names its hours"
        raise ValueError(message)
    finding = outcome.findings.get(_case(row), {})
    step = _rules(row).precision.step
    hours = rules.recognised(finding, row.hours_declared, step=step, comment=outcome.comment)
    limit = worth(row)
    if limit is None:
        raise RuleBroken(FORM_GONE, "form")
    if limit.limit is not None and hours > limit.limit:
        message = f"认定学时不能超过规则核算的 {plain(limit.limit)} 学时：{limit.text}"
        raise RuleBroken(message, "hours")
    return hours


def worth(row: Declaration) -> Computed | None:
    """What the rule of its own year gives for a declaration at most, asked anew at the desk; ``None``: no such form."""
    claimed = claim_of(row)
    return rules.worth(claimed) if claimed is not None else None


def claim_of(row: Declaration) -> rules.Claim | None:
    """A declaration as its rules look at it; ``None`` when the pack has lost its form."""
    form = selectors.learning_form(row)
    if form is None:
        return None
    unit = registry.pack(row.portal).word("hours")
    return rules.Claim(_rules(row), form, selectors.answers_of(row, form), unit, row.year)


def _posting(row: Declaration, hours: Decimal) -> Posting:
    form = _rules(row).learning_form(row.form)
    return Posting(
        person_id=row.person_id,
        portal=row.portal,
        year=row.year,
        subject=row.subject,
        form=row.form,
        hours=hours,
        source_kind=SOURCE,
        source_id=row.pk,
        starts_on=row.starts_on if form.full_days else None,
        ends_on=row.ends_on if form.full_days else None,
    )


def _write_recognised(rows: Sequence[Declaration], hours: Mapping[int, Decimal]) -> None:
    whole = [row.pk for row in rows if hours[row.pk] == row.hours_declared]
    Declaration.objects.filter(Among("pk", whole)).update(hours_recognised=F("hours_declared"))
    lowered: dict[Decimal, list[int]] = defaultdict(list)
    for row in rows:
        if hours[row.pk] != row.hours_declared:
            lowered[hours[row.pk]].append(row.pk)
    for recognised, pks in lowered.items():
        Declaration.objects.filter(Among("pk", pks)).update(hours_recognised=recognised)


def asked_on(portal: str) -> dict[str, str]:
    """What a refusal may concern: the questions of the portal's learning forms."""
    years = registry.pack(portal).years.values()
    forms = [form for rules in years for form in rules.learning_forms]
    return {field.key: field.label for form in forms for field in form.form.fields}


KIND = DocumentKind(
    key=KEY,
    label="学时申报",
    url="declarations:case",
    queue_url="declarations:desk",
    verification_url="declarations:verification",
    powers=POWERS,
    on_approved=approved,
    on_rejected=fallen,
    on_revoked=revoked,
    may_decide=reviewing.may_while_open,
    readers=frozenset({Power.RECORDS}),
    submitters=frozenset({Power.DECLARE}),
    fields=asked_on,
    foresee=foreseen,
)
