"""Who comes in, and what they find: login, registration, uploads, menus."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, model_validator

from xueshi.organisations.states import Power
from xueshi.policies.chains import Chain
from xueshi.policies.forms import FormSpec
from xueshi.policies.values import Key, Label, Sourced, UnknownKey, Value

type Role = Literal["professional", "employer", "department", "bureau", "base", "account"]


class UserType(Value):
    """A choice of the sign-in box (ID-01, ID-03). ``area_asked``: bureaux sign in under their own one (ID-36)."""

    key: Key
    label: Label
    roles: tuple[Role, ...]
    document_label: str = ""
    placeholder: Label
    pending: Label


class Lock(Sourced):
    """Freezing after wrong passwords (ID-30, ID-31)."""

    tries: int = Field(gt=0)
    minutes: int = Field(gt=0)
    warn_from: int = Field(gt=0)

    @property
    def duration(self) -> timedelta:
        """How long the account stays frozen."""
        return timedelta(minutes=self.minutes)


class Lifetime(Value):
    """How long a session may idle, and how long it may live at all, in minutes (B9)."""

    idle: int = Field(gt=0)
    absolute: int = Field(gt=0, le=720)


class Sessions(Sourced):
    """The lifetimes of sessions: of a person, and of whoever has authority over others."""

    person: Lifetime
    administrator: Lifetime


class Login(Value):
    """The sign-in box. ``identifiers`` are what a person may type as account (ID-04, ID-05)."""

    user_types: tuple[UserType, ...]
    identifiers: tuple[Literal["document", "login_name"], ...]
    captcha: bool
    remember: bool
    recovery: bool
    sessions: Sessions
    lock: Lock | None = None

    def user_type(self, key: str) -> UserType:
        """The user type of that key, or ``UnknownKey``."""
        for user_type in self.user_types:
            if user_type.key == key:
                return user_type
        raise UnknownKey(f"no user type {key!r}")


class Upload(Sourced):
    """What may be uploaded for one purpose. ``extensions`` are lower case without a dot, ``max_bytes`` per file."""

    key: Key
    extensions: tuple[str, ...]
    max_bytes: int = Field(gt=0)
    hint: Label

    @property
    def accept(self) -> str:
        """For the ``accept`` of the file input."""
        return ",".join(f".{extension}" for extension in self.extensions)

    @property
    def megabytes(self) -> int:
        """The limit as people read it."""
        return self.max_bytes // (1024 * 1024)


class RegistrationStep(Value):
    """One page of the wizard: its title and its fields."""

    key: Key
    title: Label
    fields: tuple[Key, ...]


class Registration(Sourced):
    """A way in (ORG-01). ``role`` is what the registrant becomes, ``signed_in`` asks for an account first (ORG-18).

    ``chain`` without steps takes effect at once (备案, ORG-22).
    """

    key: Key
    label: Label
    role: Role
    signed_in: bool = False
    notices: tuple[str, ...] = ()
    note: str = ""
    success: Label
    steps: tuple[RegistrationStep, ...]
    form: FormSpec = Field(alias="fields")
    chain: Chain

    @model_validator(mode="after")
    def _steps_cover_the_form(self) -> Self:
        asked = [key for step in self.steps for key in step.fields]
        fields = [field.key for field in self.form.fields]
        if sorted(asked) != sorted(fields):
            odd = sorted(set(asked) ^ set(fields)) or sorted({key for key in asked if asked.count(key) > 1})
            message = f"steps and form disagree on: {', '.join(odd)}"
            raise ValueError(message)
        return self

    def step_form(self, key: str) -> FormSpec:
        """The fields of one step, ``UnknownKey`` if there is none such."""
        for step in self.steps:
            if step.key == key:
                return self.form.only(step.fields)
        raise UnknownKey(f"registration {self.key} has no step {key!r}")


class Agreement(Value):
    """The user agreement, the undertaking and the note on sensitive data (C7); one version for all three texts.

    ``consent`` is the box for sensitive data, ``withdrawal`` says what taking consent back brings, and
    ``unreviewed_withdrawal`` what it brings while nobody has approved the account. ``waiting_withdrawal`` says what it
    brings to take a waiting registration of an approved account back, ``closing_withdrawal`` what follows besides where
    that account has no other way in. The accepted version is stored with the registration.
    """

    version: Label
    title: Label
    label: Label
    link: Label
    paragraphs: tuple[str, ...]
    undertaking: Label
    sensitive_title: Label
    sensitive: tuple[str, ...]
    consent: Label
    withdrawal: tuple[str, ...]
    unreviewed_withdrawal: tuple[str, ...]
    waiting_withdrawal: tuple[str, ...]
    closing_withdrawal: tuple[str, ...]


class MenuItem(Value):
    """A node of the menu. ``url`` is a URL name; ``module`` must be enabled in the pack; ``power`` must be granted."""

    key: Key
    label: Label
    icon: str = ""
    url: str = ""
    module: Key | None = None
    power: Power | None = None
    children: tuple["MenuItem", ...] = ()


class Rejection(Sourced):
    """A reason that reviewers may choose when they refuse a document of one of ``kinds``.

    ``concerns`` is the key of the field it speaks of; empty when it is about the whole.
    """

    key: Key
    text: Label
    kinds: tuple[str, ...]
    concerns: str = ""


class Access(Value):
    """The file ``access.toml``."""

    modules: tuple[Key, ...]
    login: Login
    uploads: tuple[Upload, ...]
    agreement: Agreement
    rejections: tuple[Rejection, ...] = ()


class Ways(Value):
    """The file ``registration.toml``: ways in, and changes that are reviewed (title change: ``title``)."""

    registrations: tuple[Registration, ...]
    changes: Mapping[Key, Chain]


class Menus(Value):
    """The file ``menus.toml``: a tree per role."""

    professional: tuple[MenuItem, ...] = ()
    employer: tuple[MenuItem, ...] = ()
    department: tuple[MenuItem, ...] = ()
    bureau: tuple[MenuItem, ...] = ()
    base: tuple[MenuItem, ...] = ()
    account: tuple[MenuItem, ...] = ()

    def of(self, role: str) -> tuple[MenuItem, ...]:
        """The menu of a role; nothing for a role without one."""
        return getattr(self, role, ()) if role in Menus.model_fields else ()
