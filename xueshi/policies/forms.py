"""A form as data: what is asked, of whom, when, and what counts as an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import Self

from pydantic import model_validator

from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.policies import cleaning
from xueshi.policies.answers import Answer, Answers, Period
from xueshi.policies.fields import CHOICES, FILES, FieldKind, FieldSpec
from xueshi.policies.values import UnknownKey, Value

__all__ = ["Answer", "Answers", "FieldKind", "FieldSpec", "FormSpec", "Period", "Shown"]


@dataclass(frozen=True)
class Shown:
    """One line of a detail page."""

    field: FieldSpec
    text: str


class FormSpec(Value):
    """An ordered list of questions."""

    fields: tuple[FieldSpec, ...]

    @model_validator(mode="before")
    @classmethod
    def _from_rows(cls, given: object) -> object:
        """In packs a form is written as the bare list of its fields."""
        return {"fields": given} if isinstance(given, list) else given

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        keys = [field.key for field in self.fields]
        for key in keys:
            if keys.count(key) > 1:
                message = f"field {key} stands twice"
                raise ValueError(message)
        for field in self.fields:
            _refer_backwards(field, keys)
        return self

    def field(self, key: str) -> FieldSpec:
        """The question of that key; ``UnknownKey`` when the form has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise UnknownKey(f"the form has no field {key!r}")

    def __contains__(self, key: object) -> bool:
        return any(field.key == key for field in self.fields)

    def for_role(self, role: str) -> "FormSpec":
        """The questions this role is asked."""
        return FormSpec.model_construct(fields=tuple(field for field in self.fields if field.asked_of(role)))

    def only(self, keys: Iterable[str]) -> "FormSpec":
        """Some of the questions, in the form's order: one step of a wizard."""
        wanted = set(keys)
        return FormSpec.model_construct(fields=tuple(field for field in self.fields if field.key in wanted))

    def holding(self, answers: Answers) -> "FormSpec":
        """The same questions, where what somebody holds may be kept although it is not offered to others any more."""
        return FormSpec.model_construct(fields=tuple(_holding(field, answers.text(field.key)) for field in self.fields))

    def sections(self) -> tuple[tuple[str, tuple[FieldSpec, ...]], ...]:
        """Neighbouring questions under their section's title."""
        return tuple((title, tuple(fields)) for title, fields in groupby(self.fields, key=lambda field: field.section))

    def defaults(self) -> dict[str, str]:
        """What a fresh form starts with."""
        return {field.key: field.default for field in self.fields if field.default}

    def shown(self, typed: cleaning.Typed) -> tuple[FieldSpec, ...]:
        """The questions that appear, given what was typed; a field hanging on a hidden one is hidden too."""
        visible: dict[str, FieldSpec] = {}
        for field in self.fields:
            if all(
                key in visible and cleaning.typed_text(typed, key) in answers
                for key, answers in field.shown_when.items()
            ):
                visible[field.key] = field
        return tuple(visible.values())

    def clean(self, values: cleaning.Typed, role: str = "", *, today: date, draft: bool = False) -> Answers:
        """The typed answers; ``Problems`` lists everything wrong at once, each beside its input.

        Hidden fields, fields of other roles and unknown names are ignored. A draft (保存暂不提交, CR-11) may have
        gaps, but what is there must be in order.
        """
        given: dict[str, Answer] = {}
        problems: list[RuleBroken] = []
        for field in self.for_role(role).shown(values):
            try:
                answer = cleaning.clean_field(field, cleaning.Context(values, given, today))
            except RuleBroken as problem:
                problems.append(problem)
                continue
            if answer is not None:
                given[field.key] = answer
            elif not draft and field.required_for(role) and field.kind is not FieldKind.READONLY:
                problems.append(RuleBroken(cleaning.missing_message(field), field.names[0]))
        if problems:
            raise Problems(problems)
        return Answers(given)

    def restore(self, stored: Mapping[str, object]) -> Answers:
        """What ``Answers.as_json`` wrote, typed again.

        Dropped are keys the form no longer has, and answers that are none to what it asks now: a form may change under
        a draft with the rules of a year.
        """
        known = ((field, _typed(field, stored.get(field.key))) for field in self.fields)
        return Answers({field.key: answer for field, answer in known if answer is not None})

    def typed(self, answers: Answers) -> dict[str, str | list[str]]:
        """The answers as a page's inputs would hold them, to fill the form again."""
        filled: dict[str, str | list[str]] = {}
        for field in self.fields:
            answer = answers.get(field.key)
            if isinstance(answer, Period):
                filled |= dict(zip(field.names, (answer.start.isoformat(), answer.end.isoformat()), strict=True))
            elif isinstance(answer, tuple):
                filled[field.key] = list(answer)
            elif answer is not None:
                filled[field.key] = "on" if answer is True else str(answer)
        return filled

    def lines(self, answers: Answers) -> tuple[Shown, ...]:
        """What a reader sees: label and text of every answer except files, passwords and agreements."""
        hidden = FILES | {FieldKind.PASSWORD, FieldKind.AGREEMENT}
        return tuple(
            Shown(field, _printed(field, answers.given[field.key]))
            for field in self.fields
            if field.key in answers and field.kind not in hidden
        )


def _holding(field: FieldSpec, held: str) -> FieldSpec:
    if not held or field.kind not in CHOICES:
        return field
    kept = {"valid_from": None, "valid_to": None}
    options = tuple(
        option.model_copy(update=kept) if option.code == held and not field.dated_by else option
        for option in field.options
    )
    return field.model_copy(update={"options": options})


def _refer_backwards(field: FieldSpec, keys: list[str]) -> None:
    if field.dated_by and field.dated_by not in keys:
        message = f"field {field.key} is dated by {field.dated_by}, which the form does not ask"
        raise ValueError(message)
    named = [*field.shown_when, *field.narrowed_by, *filter(None, (field.same_as, field.document_type))]
    for key in named:
        if key not in keys or keys.index(key) >= keys.index(field.key):
            message = f"field {field.key} refers to {key}, which does not stand before it"
            raise ValueError(message)


def _typed(field: FieldSpec, value: object) -> Answer | None:
    try:
        return _of_kind(field, value) if value is not None else None
    except (ValueError, TypeError, InvalidOperation):
        return None


def _of_kind(field: FieldSpec, value: object) -> Answer:
    if field.kind is FieldKind.PERIOD:
        start, end = value if isinstance(value, list) else ("", "")
        return Period(date.fromisoformat(str(start)), date.fromisoformat(str(end)))
    if isinstance(value, list):
        return tuple(str(part) for part in value)
    if field.kind is FieldKind.INTEGER:
        return int(str(value))
    if isinstance(value, bool | int):
        return value
    if field.kind is FieldKind.DATE:
        return date.fromisoformat(str(value))
    return Decimal(str(value)) if field.kind is FieldKind.HOURS else str(value)


def _printed(field: FieldSpec, answer: Answer) -> str:
    if field.kind in CHOICES:
        return field.label_of(str(answer))
    if isinstance(answer, bool):
        return "是" if answer else "否"
    return f"{answer} {field.unit}".strip()
