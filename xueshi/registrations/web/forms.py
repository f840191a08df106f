"""One step of a registration as a form, and all steps together as a ``RegistrationDraft``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from xueshi.accounts.models import User
from xueshi.accounts.rules import PASSWORD_HINT
from xueshi.kernel import clock
from xueshi.policies.access import RegistrationStep
from xueshi.policies.fields import FieldSpec
from xueshi.policies.forms import FieldKind, FormSpec
from xueshi.policies.packs import Pack
from xueshi.registrations.services import RegistrationDraft
from xueshi.registrations.web import pickers, state
from xueshi.registrations.web.state import Progress, Typed
from xueshi.registrations.web.uploads import Store
from xueshi.ui.code_input import SEND, CodeInput
from xueshi.ui.specs import SpecForm, Surroundings

_SHOWN_UNIT = "unit_name_shown"


class NameInput(forms.TextInput):
    """A unit's name; like-named units already registered appear below while it is typed (ORG-21)."""

    template_name = "registrations/widgets/name.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the search."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "hx-get": reverse("registrations:find_names"),
            "hx-trigger": "input changed delay:400ms",
            "hx-target": f"#{context['widget']['attrs'].get('id', name)}_found",
            "hx-sync": "this:replace",
        }
        return context


class StepForm(SpecForm):
    """A step, with the button beside a code and the like-named units below a name."""

    def __init__(self, spec: FormSpec, around: Surroundings, **sent: Any) -> None:
        super().__init__(spec, around, **sent)
        for field in spec.fields:
            self._replace_widget(field)

    def _replace_widget(self, field: FieldSpec) -> None:
        if field.autocomplete == "one-time-code":
            self.fields[field.key].widget = CodeInput(f"获取{field.label}", self.fields[field.key].widget.attrs)
        elif field.picker and field.kind is not FieldKind.PICK:
            self.fields[field.key].widget = NameInput(self.fields[field.key].widget.attrs)
        elif field.kind is FieldKind.PASSWORD and not field.same_as:
            self.fields[field.key].help_text = PASSWORD_HINT
            self.dress(field.key)

    @property
    def finding(self) -> bool:
        """Whether a button inside the form was pressed that judges nothing: 查找, or 获取短信验证码."""
        return super().finding or SEND in self.data

    def keep_passwords(self) -> None:
        """Give back typed passwords too: the button beside another field must not empty them."""
        for field in self.fields.values():
            if isinstance(field.widget, forms.PasswordInput):
                field.widget.render_value = True

    def untick(self, names: Iterable[str]) -> None:
        """Draw these boxes empty, whatever was sent."""
        if isinstance(self.data, MultiValueDict):
            kept = self.data.copy()
            for name in names:
                kept.pop(name, None)
            self.data = kept


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who fills the form in, on which portal, and how far they are."""

    pack: Pack
    progress: Progress
    user: User | None

    @property
    def store(self) -> Store:
        """Where the scans of this form go."""
        return Store(self.pack, self.progress.key, self.user.pk if self.user is not None else None)

    def fresh(self, step: RegistrationStep) -> StepForm:
        """A step to be filled in: with what was entered before, else with its defaults (PRO-16)."""
        spec = state.asked(self.progress.way, step)
        typed = self.progress.typed.get(step.key)
        initial: dict[str, Any] = dict(spec.defaults()) if typed is None else dict(typed)
        if _SHOWN_UNIT in spec:
            initial[_SHOWN_UNIT] = self.progress.unit_name
        return StepForm(spec, self._around(typed or {}), initial=initial)

    def posted(
        self, step: RegistrationStep, data: "QueryDict | MultiValueDict[str, str]", files: Any = None
    ) -> StepForm:
        """A step as it was sent."""
        spec = state.asked(self.progress.way, step)
        known = data.copy()
        if _SHOWN_UNIT in spec:
            known[_SHOWN_UNIT] = self.progress.unit_name
        return StepForm(spec, self._around(known), data=known, files=files)

    def draft(self, last: Typed) -> RegistrationDraft:
        """All steps judged once more, together; ``Problems`` when one no longer stands."""
        way = self.progress.way
        spec = state.asked_at_all(way)
        answers = spec.clean(self.progress.everything(last), way.role, today=clock.today())
        keys = [key for key in state.file_fields(spec) if key in answers]
        files = {key: [file for token in answers.many(key) if (file := self.store.file(token))] for key in keys}
        return RegistrationDraft(
            portal=self.pack.key,
            kind=way.key,
            answers=answers,
            submission_key=self.progress.key,
            applicant=self.user if way.signed_in else None,
            files=files,
            agreement_version=self.progress.version,
            corrects=self.progress.corrects,
        )

    def _around(self, typed: Mapping[str, Any]) -> Surroundings:
        store = self.store
        return Surroundings(
            today=clock.today(),
            role=self.progress.way.role,
            uploads={upload.key: upload for upload in self.pack.access.uploads},
            pickers=pickers.of(self.pack.key, str(typed.get("employer", ""))),
            store=store,
            stored=store.stored,
        )
