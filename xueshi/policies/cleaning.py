"""From what was typed to a typed answer, one function per kind; ``RuleBroken`` carries the field's input name."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xueshi.kernel import identity, text
from xueshi.kernel.errors import RuleBroken
from xueshi.policies.answers import Answer, Period
from xueshi.policies.fields import CHOICES, FILES, FieldKind, FieldSpec

type Typed = Mapping[str, str | Sequence[str]]

_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_YEARS = range(1900, 2200)
"""The years in which anything lies that people tell of; 0206 and 20026 are slips, and no period spans an age."""
_HOURS = re.compile(r"[0-9]{1,5}(\.[0-9]{1,3})?")
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_TELEPHONE = re.compile(r"\+?[0-9][0-9\-() 转]{5,24}")
_EMAIL = re.compile(r"[^@\s<>\"',;:()]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")
_LONGEST_PASSWORD = 128
_TICKED = frozenset({"on", "1", "true", "yes", "是"})


@dataclass(frozen=True)
class Context:
    """What cleaning one field may look at: all that was typed, what is already clean, and the day."""

    typed: Typed
    clean: Mapping[str, Answer]
    today: date


def typed_text(typed: Typed, name: str) -> str:
    """The (last) value typed under a name."""
    found = typed.get(name, "")
    if isinstance(found, str):
        return found
    return found[-1] if found else ""


def typed_many(typed: Typed, name: str) -> tuple[str, ...]:
    """All values under a name, without empty ones and repetitions."""
    found = typed.get(name, ())
    values = (found,) if isinstance(found, str) else found
    return tuple(dict.fromkeys(value for value in values if value))


def missing_message(field: FieldSpec) -> str:
    """What to say beside an empty required field."""
    if field.kind is FieldKind.AGREEMENT:
        return field.message or f"请阅读并勾选“{field.label}”"
    if field.kind in FILES:
        return f"请上传{field.label}"
    chosen = field.kind in CHOICES or field.kind is FieldKind.PICK
    return f"请{'选择' if chosen else '填写'}{field.label}"


def clean_field(field: FieldSpec, context: Context) -> Answer | None:
    """The typed answer, None when nothing was given; ``RuleBroken`` when it cannot stand."""
    cleaner = _CLEANERS.get(field.kind, _plain_text)
    return cleaner(field, context)


def parse_day(typed: str, label: str, name: str) -> date | None:
    """A day in any of the usual spellings (2026-03-01, 2026/3/1, 2026年3月1日, full width too)."""
    plain = text.half_width(text.clean(typed, field=name))
    if not plain:
        return None
    match = _DATE.fullmatch(plain)
    if not match:
        raise RuleBroken(f"{label}应为日期，例如 2026-03-01", name)
    year, month, day = (int(part) for part in match.groups())
    if year not in _YEARS:
        raise RuleBroken(f"{label}的年份应在 {_YEARS[0]} 至 {_YEARS[-1]} 之间", name)
    try:
        return date(year, month, day)
    except ValueError:
        raise RuleBroken(f"{label}中的日期不存在", name) from None


def parse_hours(typed: str, field: FieldSpec) -> Decimal | None:
    """A positive multiple of the step; full-width digits are accepted, 1e3, NaN, 0 and less are refused (CR-38)."""
    plain = text.half_width(text.clean(typed, field=field.key))
    if not plain:
        return None
    if not _HOURS.fullmatch(plain):
        raise RuleBroken(f"{field.label}应为大于 0 的数字，例如 24 或 1.5", field.key)
    hours = Decimal(plain)
    if hours <= 0:
        raise RuleBroken(f"{field.label}必须大于 0", field.key)
    if field.step and hours % field.step:
        raise RuleBroken(f"{field.label}应为 {field.step} 的整数倍", field.key)
    if field.maximum is not None and hours > field.maximum:
        raise RuleBroken(f"{field.label}不能超过 {field.maximum}", field.key)
    return hours


def _plain_text(field: FieldSpec, context: Context) -> str | None:
    multiline = field.kind is FieldKind.TEXTAREA
    value = text.clean(typed_text(context.typed, field.key), field=field.key, multiline=multiline)
    if not value:
        return None
    if len(value) > field.max_length:
        raise RuleBroken(f"{field.label}不能超过 {field.max_length} 个字", field.key)
    if len(value) < field.min_length:
        raise RuleBroken(f"{field.label}不能少于 {field.min_length} 个字", field.key)
    if field.pattern and not re.fullmatch(field.pattern, value):
        raise RuleBroken(field.message or f"{field.label}格式不正确", field.key)
    return value


def _person_name(field: FieldSpec, context: Context) -> str | None:
    value = _plain_text(field, context)
    return text.person_name(value, field.label, field=field.key) if value else None


def _organisation_name(field: FieldSpec, context: Context) -> str | None:
    value = _plain_text(field, context)
    return text.organisation_name(value, field.label, field=field.key) if value else None


def _whole(field: FieldSpec, context: Context) -> int | None:
    plain = text.half_width(text.clean(typed_text(context.typed, field.key), field=field.key))
    if not plain:
        return None
    if not _WHOLE.fullmatch(plain):
        raise RuleBroken(f"{field.label}应为整数", field.key)
    value = int(plain)
    if field.minimum is not None and value < field.minimum:
        raise RuleBroken(f"{field.label}不能小于 {field.minimum}", field.key)
    if field.maximum is not None and value > field.maximum:
        raise RuleBroken(f"{field.label}不能大于 {field.maximum}", field.key)
    return value


def _day(field: FieldSpec, context: Context) -> date | None:
    day = parse_day(typed_text(context.typed, field.key), field.label, field.key)
    if day and field.past and day > context.today:
        raise RuleBroken(f"{field.label}不能晚于今天", field.key)
    return day


def _period(field: FieldSpec, context: Context) -> Period | None:
    first, last = field.names
    start = parse_day(typed_text(context.typed, first), field.label, first)
    end = parse_day(typed_text(context.typed, last), field.label, last)
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise RuleBroken(f"{field.label}的开始和结束日期都要填写", first if start is None else last)
    if end < start:
        raise RuleBroken("结束日期不能早于开始日期", last)
    if field.past and end > context.today:
        raise RuleBroken(f"{field.label}不能晚于今天", last)
    return Period(start, end)


def _choice(field: FieldSpec, context: Context) -> str | None:
    code = text.clean(typed_text(context.typed, field.key), field=field.key)
    if not code:
        return None
    above = tuple(str(context.clean.get(key, "")) for key in field.narrowed_by)
    day = _day_of_choice(field, context)
    for option in field.options:
        if option.code == code and option.belongs(above):
            if option.offered(day):
                return code
            if field.dated_by:
                message = f"{field.label}“{option.label}”在 {day:%Y-%m-%d} 不授予，请核对日期，或选择当时的名称"
                raise RuleBroken(message, field.key)
    raise RuleBroken(f"请从列表中选择{field.label}", field.key)


def _day_of_choice(field: FieldSpec, context: Context) -> date:
    """The day that decides what may be chosen; an unreadable date is refused beside its own field."""
    if not field.dated_by:
        return context.today
    try:
        return parse_day(typed_text(context.typed, field.dated_by), "", field.dated_by) or context.today
    except RuleBroken:
        return context.today


def _ticked(field: FieldSpec, context: Context) -> bool | None:
    return True if typed_text(context.typed, field.key).strip().lower() in _TICKED else None


def _document(field: FieldSpec, context: Context) -> str | None:
    typed = typed_text(context.typed, field.key)
    if not typed.strip():
        return None
    kind = str(context.clean.get(field.document_type, identity.DocumentType.RESIDENT))
    return identity.canonical_document(kind, typed, today=context.today, field=field.key)


def _phone(field: FieldSpec, context: Context) -> str | None:
    typed = typed_text(context.typed, field.key)
    return identity.canonical_phone(typed, field=field.key) if typed.strip() else None


def _telephone(field: FieldSpec, context: Context) -> str | None:
    plain = text.half_width(text.clean(typed_text(context.typed, field.key), field=field.key))
    if plain and not _TELEPHONE.fullmatch(plain):
        raise RuleBroken(f"请输入正确的{field.label}，例如 0631-5231234", field.key)
    return plain or None


def _email(field: FieldSpec, context: Context) -> str | None:
    plain = text.half_width(text.clean(typed_text(context.typed, field.key), field=field.key))
    if plain and (len(plain) > field.max_length or not _EMAIL.fullmatch(plain)):
        raise RuleBroken(f"请输入正确的{field.label}，例如 name@example.com", field.key)
    return plain or None


def _password(field: FieldSpec, context: Context) -> str | None:
    typed = typed_text(context.typed, field.key)
    if len(typed) > _LONGEST_PASSWORD:
        raise RuleBroken(f"{field.label}不能超过 {_LONGEST_PASSWORD} 个字符", field.key)
    if field.same_as and typed != typed_text(context.typed, field.same_as):
        raise RuleBroken("两次输入的密码不一致", field.key)
    return typed or None


def _organisation_code(field: FieldSpec, context: Context) -> str | None:
    typed = typed_text(context.typed, field.key)
    return identity.canonical_organisation_code(typed, field=field.key) if typed.strip() else None


def _files(field: FieldSpec, context: Context) -> tuple[str, ...] | None:
    references = typed_many(context.typed, field.key)
    if len(references) > field.max_files:
        raise RuleBroken(f"{field.label}最多上传 {field.max_files} 个文件", field.key)
    return references or None


def _unread(_field: FieldSpec, _context: Context) -> None:
    """A read-only item is shown, never taken from what was posted (PRO-14, PRO-15)."""


_CLEANERS: Mapping[FieldKind, Callable[[FieldSpec, Context], Answer | None]] = {
    FieldKind.PERSON_NAME: _person_name,
    FieldKind.ORGANISATION_NAME: _organisation_name,
    FieldKind.INTEGER: _whole,
    FieldKind.DATE: _day,
    FieldKind.PERIOD: _period,
    FieldKind.SELECT: _choice,
    FieldKind.RADIO: _choice,
    FieldKind.AREA: _choice,
    FieldKind.CHECKBOX: _ticked,
    FieldKind.AGREEMENT: _ticked,
    FieldKind.HOURS: lambda field, context: parse_hours(typed_text(context.typed, field.key), field),
    FieldKind.DOCUMENT: _document,
    FieldKind.PHONE: _phone,
    FieldKind.TELEPHONE: _telephone,
    FieldKind.EMAIL: _email,
    FieldKind.PASSWORD: _password,
    FieldKind.ORGANISATION_CODE: _organisation_code,
    FieldKind.FILE: _files,
    FieldKind.FILES: _files,
    FieldKind.READONLY: _unread,
}
