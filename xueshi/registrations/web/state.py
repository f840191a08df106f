"""What a wizard carries from step to step: signed hidden text that belongs to one open form, so tabs do not mix.

Passwords are never in it: they are asked in the last step and typed again after a refusal.
"""

from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from xueshi.kernel import one_time
from xueshi.notifications import services as notifications
from xueshi.notifications.states import Channel
from xueshi.policies.access import Registration as Way
from xueshi.policies.access import RegistrationStep
from xueshi.policies.forms import FieldKind, FormSpec
from xueshi.registrations import rules

type Typed = dict[str, str | list[str]]

SALT = "registrations.form"
MAX_AGE = 24 * 3600
_BY_SMS = frozenset({"sms_code"})
"""Asked only where a sender of text messages is installed (ID-28)."""


@dataclass
class Progress:
    """One person's way through one form.

    ``version`` is that of the texts shown when the form was opened, ``corrects`` the refused registration it goes on
    with: only a session that proved whose that is puts it here.
    """

    way: Way
    version: str
    key: str = field(default_factory=one_time.token)
    typed: dict[str, Typed] = field(default_factory=dict)
    corrects: int | None = None

    def packed(self) -> str:
        """The hidden text."""
        body = {"way": self.way.key, "key": self.key, "typed": self.typed}
        return signing.dumps(body | {"version": self.version, "corrects": self.corrects}, salt=SALT, compress=True)

    def keep(self, step: RegistrationStep, typed: Typed) -> None:
        """Remember a step without its passwords."""
        self.typed[step.key] = {name: value for name, value in typed.items() if name not in rules.PASSWORD_FIELDS}

    def bound(self, step: RegistrationStep) -> "MultiValueDict[str, str]":
        """A kept step as if it had just been posted, to show a late refusal beside its field."""
        data: MultiValueDict[str, str] = MultiValueDict()
        for name, value in self.typed.get(step.key, {}).items():
            if isinstance(value, list):
                data.setlist(f"{name}__keep", value)
            else:
                data[name] = value
        return data

    def everything(self, last: Typed) -> Typed:
        """All that was typed, with the last step as just posted."""
        whole: Typed = {}
        for typed in self.typed.values():
            whole |= typed
        return whole | last

    @property
    def unit_name(self) -> str:
        """The unit's name from an earlier step, repeated above the administrator (ORG-12)."""
        return str(next((typed["unit_name"] for typed in self.typed.values() if "unit_name" in typed), ""))


def read(way: Way, posted: QueryDict) -> Progress:
    """The progress in a posted form; ``signing.BadSignature`` when it is missing, too old or not of this form."""
    return unpacked(way, posted.get("carried", ""))


def unpacked(way: Way, packed: str) -> Progress:
    """The progress in a text made by ``packed``; ``signing.BadSignature`` as above."""
    body: dict[str, Any] = signing.loads(packed, salt=SALT, max_age=MAX_AGE)
    if body["way"] != way.key:
        raise signing.BadSignature
    return Progress(way, str(body["version"]), str(body["key"]), body["typed"], body["corrects"])


def asked(way: Way, step: RegistrationStep) -> FormSpec:
    """The questions of a step that can be asked here."""
    return way.form.only(set(step.fields) - _unasked())


def asked_at_all(way: Way) -> FormSpec:
    """The questions of all steps that can be asked here."""
    return way.form.only({field.key for field in way.form.fields} - _unasked())


def _unasked() -> frozenset[str]:
    return frozenset() if notifications.offered(Channel.SMS) else _BY_SMS


def step_of(way: Way, key: str) -> int:
    """The place of a step; the first when there is none such."""
    return next((place for place, step in enumerate(way.steps) if step.key == key), 0)


def step_asking(way: Way, name: str) -> int:
    """The place of the step that asks for a field; the last one for what no step asks."""
    return next((place for place, step in enumerate(way.steps) if name in step.fields), len(way.steps) - 1)


def file_fields(spec: FormSpec) -> list[str]:
    """The questions answered by files."""
    return [field.key for field in spec.fields if field.kind in {FieldKind.FILE, FieldKind.FILES}]
