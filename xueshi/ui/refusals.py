"""What a field of ours says when it refuses: the words that the packs' questions use (``policies.cleaning``)."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken

_HIDDEN = "含有不可见字符或控制字符，请删除后重新填写"


def speak(field: forms.Field) -> None:
    """Give a field its words, and let one for free text refuse what is invisible or steers the display (E1)."""
    label, verb = field.label or "", "请选择" if isinstance(field, forms.ChoiceField) else "请填写"
    _say(field, "required", f"请勾选“{label}”" if isinstance(field, forms.BooleanField) else f"{verb}{label}")
    _say(field, "invalid_choice", f"请从列表中选择{label}")
    if isinstance(field, forms.DateField):
        _say(field, "invalid", f"{label}应为日期，例如 2026-03-01")
    if isinstance(field, forms.IntegerField):
        _say(field, "invalid", f"{label}应为整数")
        _say(field, "min_value", f"{label}不能小于 {field.min_value}")
        _say(field, "max_value", f"{label}不能大于 {field.max_value}")
    if isinstance(field, forms.CharField):
        _say(field, "max_length", f"{label}不能超过 {field.max_length} 个字")
        _say(field, "min_length", f"{label}不能少于 {field.min_length} 个字")
        _say(field, "null_characters_not_allowed", _HIDDEN)
        if not isinstance(field.widget, forms.PasswordInput):
            others = [one for one in field.validators if not isinstance(one, ProhibitNullCharactersValidator)]
            field.validators = [*others, _Visible(multiline=isinstance(field.widget, forms.Textarea))]


def _say(field: forms.Field, code: str, words: str) -> None:
    """The words for a refusal, unless the form found better ones."""
    usual = {one.default_error_messages.get(code) for one in type(field).__mro__ if issubclass(one, forms.Field)}
    if field.error_messages.get(code) in {None, *usual}:
        field.error_messages[code] = words


class _Visible:
    """Refuses text with invisible, control or bidirectional characters."""

    def __init__(self, *, multiline: bool) -> None:
        self.multiline = multiline

    def __call__(self, value: str) -> None:
        try:
            text.clean(value, multiline=self.multiline)
        except RuleBroken:
            raise ValidationError(_HIDDEN, code="invisible") from None
