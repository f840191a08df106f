"""The rules of one year of one pack: requirement, subjects, learning forms, caps, chains, certificates."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from xueshi.policies.caps import Cap
from xueshi.policies.chains import Chain, Stage
from xueshi.policies.duplicates import Duplicate
from xueshi.policies.events import EventRule
from xueshi.policies.forms import FormSpec
from xueshi.policies.formulas import Formula
from xueshi.policies.formulas.kinds import lacking
from xueshi.policies.lookback import Archive, LookBack
from xueshi.policies.papers import ANNUAL, Certificate, check
from xueshi.policies.routes import Applicant, Route, chosen
from xueshi.policies.values import Key, Label, Sourced, UnknownKey, Value
from xueshi.policies.windows import Term, Window

ANY_SUBJECT = "any"
"""科目类型 全部: one record that counts for whichever subject needs it (policy facts 1)."""

BY = "declaration_by_"
"""Before a role's name: the chain of what that role declares."""


class Subject(Value):
    """A bucket of hours. ``label`` as lists print it (专业课), ``title`` as rules call it (专业科目)."""

    key: Key
    label: Label
    title: Label
    declarable: bool = False


class Minimum(Sourced):
    """The least hours of one subject; nought means none is asked."""

    key: Key
    hours: Decimal = Field(ge=0)


class LevelRequirement(Sourced):
    """What is asked of holders of one level of title (a code of the catalogue) instead (徐州, policy facts 2)."""

    key: Key
    total: Decimal = Field(gt=0)
    minimums: tuple[Minimum, ...] = ()


class Requirement(Sourced):
    """When a year is passed: ``total`` hours and each minimum reached.

    ``ratio_base`` required: minimums are fixed hours of the required total (AMB-12); actual: they are shares of what
    was done, ``hours / total`` of it. ``any_fills`` says which gap a record of subject 全部 fills. ``levels`` name the
    levels of title of which something else is asked.
    """

    total: Decimal = Field(gt=0)
    minimums: tuple[Minimum, ...] = ()
    levels: tuple[LevelRequirement, ...] = ()
    ratio_base: Literal["required", "actual"] = "required"
    any_fills: Literal["largest_gap", "professional_first"] = "largest_gap"

    @model_validator(mode="after")
    def _minimums_fit(self) -> Self:
        if sum((minimum.hours for minimum in self.minimums), Decimal(0)) > self.total:
            raise ValueError("the minimums together exceed the total")
        return self

    def at_level(self, level: str) -> "Requirement":
        """What is asked of a holder of that level."""
        for row in self.levels:
            if row.key == level:
                return self.model_copy(update={"total": row.total, "minimums": row.minimums})
        return self

    def minimum(self, subject: str) -> Decimal:
        """The least hours of a subject, 0 when none is asked."""
        return next((minimum.hours for minimum in self.minimums if minimum.key == subject), Decimal(0))


class Policy(Sourced):
    """What the form shows beside the hours: the regional text and where to read it (CR-10)."""

    text: Label
    url: str = ""


class LearningForm(Sourced):
    """A way of learning that can be declared. ``code`` is the canonical list's (policy facts 4).

    ``fields`` are all questions after 计入年度 and 学习形式, in the printed order; among them the keys ``subject``,
    ``hours`` and ``evidence`` always, ``period`` where the form has dates. ``full_days``: its days count against caps
    per day.
    """

    key: Key
    code: str
    label: Label
    form: FormSpec = Field(alias="fields")
    subjects: tuple[Key, ...]
    evidence: Label
    policy: Policy
    rule: Formula
    full_days: bool = False
    declared_by: tuple[Key, ...] = ("professional", "employer", "department", "bureau", "base")

    @field_validator("form")
    @classmethod
    def _has_the_common_fields(cls, form: FormSpec) -> FormSpec:
        for key in ("subject", "hours", "evidence"):
            if key not in form:
                message = f"a learning form needs the field {key}"
                raise ValueError(message)
        return form

    @field_validator("rule")
    @classmethod
    def _asks_what_the_rule_needs(cls, rule: Formula, info: ValidationInfo) -> Formula:
        form = info.data.get("form")
        if isinstance(form, FormSpec) and (missing := lacking(rule, form)):
            raise ValueError(missing)
        return rule


class Declaration(Sourced):
    """How declaring works this year. ``chosen_first`` are the answers that decide which fields load (CR-02, CR-03).

    ``drafts``: roles that may save without submitting. ``years_back``: how many earlier years may still be declared.
    ``banner`` is said to those who declare, ``notice`` to the administrators who recognise hours (policy facts 5.7).
    ``records`` of a unit: what it declared itself (CR-27), or everything of its people, by results (CR-30).
    """

    chosen_first: tuple[Literal["learning_form", "subject"], ...] = ("learning_form",)
    drafts: tuple[Key, ...] = ("professional",)
    years_back: int = Field(ge=0)
    banner: str = ""
    notice: str = ""
    records: Literal["unit", "people"] = "unit"


class Precision(Sourced):
    """The unit of hours: ``step`` of a claim, minutes of one hour of credit."""

    step: Decimal = Field(gt=0)
    minutes: int = Field(gt=0)


class Column(Value):
    """A column of the annual list."""

    key: Key
    label: Label


class Annual(Value):
    """The words of the annual list (ANN-01, ANN-07), and a body's list of its people's years where it prints one."""

    columns: tuple[Column, ...]
    archive: Archive | None = None
    passed: Label
    waived: Label = "免于要求"
    failed: Label
    refused: Label


class YearRules(Value):
    """Everything decided for a year and those after it, until other rules come (``since``: the first of them).

    ``version`` is stored wherever a number was computed with it.
    """

    since: int
    version: str
    title: Label
    requirement: Requirement
    precision: Precision
    subjects: tuple[Subject, ...]
    declaration: Declaration
    learning_forms: tuple[LearningForm, ...]
    caps: tuple[Cap, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    chains: Mapping[Key, Chain]
    routes: tuple[Route, ...] = ()
    window: Window = Field(default_factory=lambda: Window.model_validate({}))
    events: tuple[EventRule, ...] = ()
    lookbacks: tuple[LookBack, ...] = ()
    annual: Annual
    certificates: tuple[Certificate, ...]

    @model_validator(mode="after")
    def _references_hold(self) -> Self:
        subjects = {subject.key for subject in self.subjects} | {ANY_SUBJECT}
        forms = {form.key for form in self.learning_forms}
        named = [(minimum.key, "minimum") for minimum in self.requirement.minimums]
        named += [(one.key, f"level {row.key}") for row in self.requirement.levels for one in row.minimums]
        named += [(key, f"learning form {form.key}") for form in self.learning_forms for key in form.subjects]
        named += [(key, f"cap {cap.key}") for cap in self.caps for key in cap.subjects]
        named += [(paper.subject, f"certificate {paper.key}") for paper in self.certificates if paper.subject]
        _all_known(named, subjects, "subject")
        _all_known([(key, f"cap {cap.key}") for cap in self.caps for key in cap.forms], forms, "learning form")
        chain = self.chains.get("adjustment")
        if self.events_on() and (chain is None or any(step.stage is not Stage.REVIEW for step in chain.steps)):
            raise ValueError("a year that takes events needs the chain 'adjustment', of review steps only")
        return self

    @property
    def certificate(self) -> Certificate:
        """The annual certificate."""
        return self.certificate_of(ANNUAL)

    def certificate_of(self, key: str) -> Certificate:
        """The certificate of that key, ``UnknownKey`` if this year has none such."""
        for paper in self.certificates:
            if paper.key == key:
                return paper
        raise UnknownKey(f"{self.version} has no certificate {key!r}")

    def learning_form(self, key: str) -> LearningForm:
        """The learning form of that key, ``UnknownKey`` if this year has none such."""
        for form in self.learning_forms:
            if form.key == key:
                return form
        raise UnknownKey(f"{self.version} has no learning form {key!r}")

    def events_on(self) -> tuple[EventRule, ...]:
        """The kinds of events that may be asked for."""
        return tuple(rule for rule in self.events if rule.enabled)

    def learning_forms_for(self, role: str, subject: str = "") -> tuple[LearningForm, ...]:
        """What this role may declare, for one subject if given."""
        return tuple(
            form
            for form in self.learning_forms
            if role in form.declared_by and (not subject or subject in form.subjects)
        )

    def subject_label(self, key: str) -> str:
        """专业课 for ``professional`` and so on; 全部 for any."""
        return next((subject.label for subject in self.subjects if subject.key == key), "全部")

    def declarable_subjects(self) -> tuple[Subject, ...]:
        """The subjects that may be declared by hand (CR-04)."""
        return tuple(subject for subject in self.subjects if subject.declarable)

    def declaring(self, year: int) -> Term:
        """When hours may be declared for a counted year that has these rules."""
        return self.window.declaring(year, self.declaration.years_back)

    @property
    def all_routes(self) -> tuple[Route, ...]:
        """The routes of the pack, and one for each chain that names its applicants: ``declaration_by_employer``."""
        named = [key.removeprefix(BY) for key in self.chains if key.startswith(BY)]
        own = (Route.model_validate({"key": BY + key, "chain": BY + key, "applicants": (key,)}) for key in named)
        return (*self.routes, *own)

    def route(self, applicant: Applicant) -> Chain:
        """The chain of a declaration, by who hands in what; ``declaration`` where no route says otherwise."""
        found = chosen(self.all_routes, applicant)
        return self.chains[found.chain if found else "declaration"]

    def declaration_chain(self, declared_by: str = "professional") -> Chain:
        """The chain of a declaration handed in by that role, whatever is declared (CV-17)."""
        return self.route(Applicant(kind=declared_by))

    @field_validator("certificates")
    @classmethod
    def _certificates_fit(cls, certificates: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
        check(certificates)
        return certificates

    @field_validator("chains")
    @classmethod
    def _declarations_have_a_chain(cls, chains: Mapping[str, Chain]) -> Mapping[str, Chain]:
        if "declaration" not in chains:
            raise ValueError("a year needs the chain 'declaration'")
        return chains


def _all_known(named: list[tuple[str, str]], known: set[str], what: str) -> None:
    for key, where in named:
        if key not in known:
            message = f"{where} names the unknown {what} {key!r}"
            raise ValueError(message)
