"""The forms of 忘记密码."""

from typing import Any

from django import forms

from xueshi.accounts.codes import LIFE, Recipient
from xueshi.accounts.recovering import Forgotten
from xueshi.accounts.rules import PASSWORD_HINT
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken
from xueshi.notifications import services as notifications
from xueshi.notifications.states import Channel
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.ui.code_input import SEND, CodeInput
from xueshi.ui.forms import BaseForm

_FIELDS = {Channel.MAIL: "email", Channel.SMS: "phone"}


class Verification(BaseForm):
    """① 安全认证: document, the way to prove it, and the code (ID-15). Only ways that are installed are offered."""

    document_type = forms.ChoiceField()
    document_number = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    method = forms.ChoiceField()
    email = forms.CharField(max_length=200, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(max_length=40, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}))
    code = forms.CharField(max_length=40)

    def __init__(self, pack: Pack, *args: Any, **kwargs: Any) -> None:
        self.pack = pack
        self.recipient: Recipient | None = None
        self.ways = [channel for channel in _FIELDS if notifications.offered(channel)]
        self.shown_when = {_FIELDS[channel]: {"method": (channel.value,)} for channel in self.ways}
        super().__init__(*args, **kwargs)
        self._offer()

    def _offer(self) -> None:
        """Put in the words of the pack, and take out the ways that do not exist here."""
        words = self.pack.words_under("recovery")
        kinds = [(one.code, one.label) for one in registry.catalogue("document_types").items]
        self._choices("document_type", kinds)
        self._choices("method", [(channel.value, words[channel.value]) for channel in self.ways])
        self.fields["code"].widget = CodeInput(words["get_code"])
        labels = {"email": words["mail"], "phone": words["sms"]}
        for name, field in list(self.fields.items()):
            field.label = labels.get(name) or words[name]
            field.error_messages["required"] = f"请填写{field.label}"
            self.dress(name)
        for channel, name in _FIELDS.items():
            if channel not in self.ways:
                del self.fields[name]
        if not self.ways:
            self.fields.clear()
        if SEND in self.data:
            self.fields["code"].required = False

    def marked(self, name: str) -> bool:
        """Every question has its star, also the one that the button in it does not ask yet."""
        return bool(name)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
        field.initial = choices[0][0] if choices else ""

    def clean(self) -> dict[str, Any]:
        """Refuse what no account can have; that says nothing about any account."""
        found = super().clean() or {}
        if self.errors or not self.ways:
            return found
        channel = Channel(found["method"])
        name = _FIELDS[channel]
        try:
            identity.canonical_document(found["document_type"], found["document_number"], today=clock.today())
            self.recipient = Recipient.read(channel, found.get(name, ""), field=name)
        except RuleBroken as refused:
            self.add_error(refused.field, refused.message)
        return found

    def forgotten(self, session_key: str) -> Forgotten:
        """What was typed, for the service."""
        typed = self.cleaned_data
        if self.recipient is None:
            message = "asked of a form that is not valid"
            raise ValueError(message)
        return Forgotten(typed["document_type"], typed["document_number"], self.recipient, session_key)

    def note_sent(self, recipient: str) -> None:
        """Say where a code went, if anywhere, and wait for it."""
        widget = self.fields["code"].widget
        if isinstance(widget, CodeInput):
            minutes = LIFE.seconds // 60
            widget.sent = self.pack.word("recovery.sent").format(recipient=recipient, minutes=minutes)
            widget.attrs["autofocus"] = True


class NewPassword(BaseForm):
    """② 密码修改."""

    new = forms.CharField(
        label="新密码", help_text=PASSWORD_HINT, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    again = forms.CharField(label="确认新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return found


class ResetForm(NewPassword):
    """The secret an administrator had sent, and the new password."""

    field_order = ["secret", "new", "again"]
    secret = forms.CharField(
        label="重置码", max_length=60, help_text="由管理员发起后发送到您的手机号或邮箱，24 小时内有效，仅可使用一次",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )  # fmt: skip
