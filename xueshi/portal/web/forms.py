"""The sign-in box, the change of password, the codes of the second factor."""

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from xueshi.accounts.challenges import Answer
from xueshi.accounts.rules import PASSWORD_HINT
from xueshi.accounts.services import ALL_DOCUMENTS
from xueshi.policies.access import UserType
from xueshi.policies.packs import Pack
from xueshi.ui.forms import BaseForm

MAX_TYPED = 200


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the sign-in box posts. ``picture`` and ``proof`` answer the challenge; one of them suffices.

    ``code`` is of the second factor; it may stand beside the password where strangers tried too often (B3).
    """

    user_type: UserType
    identifier: str
    password: str
    answer: Answer
    remember: bool
    document_type: str = ""
    code: str = ""

    @classmethod
    def read(cls, pack: Pack, posted: QueryDict) -> "SignIn":
        """Read the box; an unknown user type is the first one."""
        types = {one.key: one for one in pack.login.user_types}
        return cls(
            user_type=types.get(posted.get("user_type", ""), pack.login.user_types[0]),
            identifier=posted.get("identifier", "")[:MAX_TYPED],
            password=posted.get("password", "")[:MAX_TYPED],
            answer=Answer(
                posted.get("picture", "")[:64], posted.get("captcha", "")[:16], posted.get("altcha", "")[:2000]
            ),
            remember=pack.login.remember and posted.get("remember") == "on",
            document_type=next((kind for kind in ALL_DOCUMENTS if kind == posted.get("document_type")), ""),
            code=posted.get("code", "")[:80],
        )


class PasswordForm(BaseForm):
    """修改密码 (ID-18)."""

    current = forms.CharField(label="原密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(
        label="新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_HINT,
    )  # fmt: skip
    again = forms.CharField(label="确认新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def clean(self) -> dict[str, object]:
        """Both new ones must be the same."""
        found = super().clean() or {}
        if found.get("new") and found.get("again") and found["new"] != found["again"]:
            self.add_error("again", "两次输入的新密码不一致")
        return found


class CodeForm(BaseForm):
    """A code of the second factor."""

    code = forms.CharField(
        label="验证码", max_length=40, help_text="验证器上的 6 位数字，或一个恢复码",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )  # fmt: skip


class ProofForm(BaseForm):
    """The password once more (A13)."""

    password = forms.CharField(
        label="登录密码", max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


def way_on(request: HttpRequest) -> str:
    """Where a form leads when it is done: to the page that was asked for, never off the site (E9)."""
    wanted = request.POST.get("next", "") or request.GET.get("next", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if safe else reverse("portal:home")
