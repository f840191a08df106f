"""The request as a form, its questions drawn from what the years know."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest

from xueshi.adjustments import selectors, services
from xueshi.adjustments.services.asking import years_open
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.events import EventRule
from xueshi.policies.fields import FieldKind, FieldSpec
from xueshi.policies.forms import FormSpec
from xueshi.policies.packs import Pack
from xueshi.policies.uploads import OwnUploads
from xueshi.policies.values import Mark, Option
from xueshi.ui.specs import SpecForm, Surroundings

UPLOAD = "evidence"
_MOST_FILES = 9
_MEASURES = {"hours": "按学时", "share": "按比例"}


def kinds_on(pack: Pack) -> tuple[EventRule, ...]:
    """Every kind that may be asked for in some open year, as the latest of them describes it."""
    found = {rule.key: rule for year in reversed(years_open(pack)) for rule in pack.year(year).events_on()}
    return tuple(found.values())


def spec(pack: Pack) -> FormSpec:
    """The questions: which year, what happened, how much, when, with which proof."""
    rules, years = kinds_on(pack), years_open(pack)
    measured = tuple(rule.key.value for rule in rules if rule.measures)
    step = pack.year(years[0]).precision.step
    amounts = _amounts(rules, measured, step, pack.word("hours")) if measured else []
    period = FieldSpec(key="period", label="起止时间", kind=FieldKind.PERIOD, required=True)
    explanation = FieldSpec(key="explanation", label="情况说明", kind=FieldKind.TEXTAREA, max_length=300)
    fields = [*_choices(rules, years), *amounts, period, explanation, _proof(rules)]
    return FormSpec(fields=tuple(fields))


def _choices(rules: tuple[EventRule, ...], years: tuple[int, ...]) -> list[FieldSpec]:
    def select(key: str, label: str, options: Iterable[Option], *above: str) -> FieldSpec:
        kind = FieldKind.SELECT
        return FieldSpec(key=key, label=label, kind=kind, required=True, options=tuple(options), narrowed_by=above)

    reasons = [option.model_copy(update={"parents": (rule.key.value,)}) for rule in rules for option in rule.offered()]
    return [
        select("year", "年度", (Option(code=str(year), label=f"{year} 年度") for year in years)),
        select("kind", "调整类型", (Option(code=rule.key.value, label=_named(rule)) for rule in rules)),
        select("reason", "调整原因", reasons, "kind"),
    ]


def _proof(rules: tuple[EventRule, ...]) -> FieldSpec:
    hint = "".join(dict.fromkeys(rule.evidence for rule in rules))
    kind, most = FieldKind.FILES, _MOST_FILES
    return FieldSpec(
        key="evidence", label="证明材料", kind=kind, required=True, upload=UPLOAD, max_files=most, hint=hint
    )


def _named(rule: EventRule) -> str:
    said = "；".join(filter(None, (rule.hint, "" if rule.mark.is_settled else Mark.ASSUMED.words)))
    return f"{rule.label}（{said}）" if said else rule.label


def reasons_on(pack: Pack) -> str:
    """What may be asked for, as a sentence names it: 新聘任专业技术职务、退休."""
    return "、".join(dict.fromkeys(reason.label for rule in kinds_on(pack) for reason in rule.reasons))


def _amounts(rules: tuple[EventRule, ...], measured: tuple[str, ...], step: Decimal, unit: str) -> list[FieldSpec]:
    options = tuple(
        Option(code=measure, label=_MEASURES[measure], parents=(rule.key.value,))
        for rule in rules
        for measure in rule.measures
    )
    return [
        FieldSpec(
            key="measure",
            label="调整方式",
            kind=FieldKind.SELECT,
            required=True,
            options=options,
            narrowed_by=("kind",),
            shown_when={"kind": measured},
        ),
        FieldSpec(
            key="hours",
            label="调整学时",
            kind=FieldKind.HOURS,
            required=True,
            step=step,
            unit=unit,
            shown_when={"measure": ("hours",)},
        ),
        FieldSpec(
            key="share",
            label="减免比例",
            kind=FieldKind.INTEGER,
            required=True,
            minimum=1,
            maximum=100,
            unit="%",
            shown_when={"measure": ("share",)},
        ),
    ]


class RequestForm(SpecForm):
    """The form of one person on one portal."""

    def __init__(self, actor: Actor, pack: Pack, request: HttpRequest) -> None:
        self.store = OwnUploads(actor, pack, selectors.own_upload, "adjustments:upload")
        around = Surroundings(
            today=clock.today(),
            role="professional",
            uploads={upload.key: upload for upload in pack.access.uploads},
            store=self.store,
            stored=self.store.stored,
        )
        data: Any = request.POST if request.method == "POST" else None
        super().__init__(spec(pack), around, data, request.FILES if data is not None else None)

    def request(self, key: str) -> services.Asked:
        """The answers as the service takes them."""
        answers: Answers = self.answers
        period = answers.period("period")
        if period is None:
            message = "a clean form holds its period"
            raise ValueError(message)
        files = (self.store.file(one) for one in answers.many("evidence"))
        measure = answers.text("measure")
        return services.Asked(
            year=int(answers.text("year")),
            kind=answers.text("kind"),
            reason=answers.text("reason"),
            starts_on=period.start,
            ends_on=period.end,
            measure=measure,
            amount=_amount(answers, measure),
            explanation=answers.text("explanation"),
            files=tuple(file for file in files if file is not None),
            submission_key=key,
        )


def _amount(answers: Answers, measure: str) -> Decimal | None:
    if measure == "hours":
        return answers.hours("hours")
    share = answers.get("share") if measure == "share" else None
    return Decimal(str(share)) / 100 if share is not None else None
