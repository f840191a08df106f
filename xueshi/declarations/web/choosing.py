"""What is chosen first: year, learning form and, where the pack says so, subject (CR-02, CR-03)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from xueshi.declarations import rules
from xueshi.declarations.services.drafting import ROLE
from xueshi.kernel import clock
from xueshi.policies.forms import FormSpec
from xueshi.policies.packs import Pack
from xueshi.policies.years import ANY_SUBJECT, LearningForm, YearRules
from xueshi.ui.fields import PLEASE_CHOOSE
from xueshi.ui.forms import BaseForm


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answers that decide which questions load (CR-02, CR-03). ``subject`` only where it is chosen first.

    ``role``: who fills the form in, for not every form is everybody's.
    """

    pack: Pack
    rules: YearRules
    year: int
    years: tuple[int, ...]
    subject: str
    form: LearningForm | None
    role: str = ROLE

    @property
    def subject_first(self) -> bool:
        """Whether the pack asks for the subject before the form."""
        return "subject" in self.rules.declaration.chosen_first

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects some form may be declared for, in the year's order; 全部 last."""
        return subjects_of(self.rules, self.role)

    @property
    def forms(self) -> tuple[LearningForm, ...]:
        """The learning forms on offer for what is chosen."""
        if self.subject_first and not self.subject:
            return ()
        return self.rules.learning_forms_for(self.role, self.subject if self.subject_first else "")

    @property
    def spec(self) -> FormSpec | None:
        """The questions of the form, without the subject where it was chosen first."""
        if self.form is None:
            return None
        if not self.subject_first:
            return self.form.form
        return self.form.form.only(field.key for field in self.form.form.fields if field.key != "subject")


def chosen(pack: Pack, asked: Mapping[str, Any], role: str = ROLE) -> Chosen:
    """What is chosen in an address or a posted form; nonsense falls back to this year and to nothing."""
    today = clock.today()
    years = rules.years_open(pack, today) or (today.year,)
    year = next((one for one in years if str(one) == asked.get("year")), years[0])
    of_year = pack.year(year)
    subject = next((one for one in subjects_of(of_year, role) if one == asked.get("subject")), "")
    first = Chosen(pack, of_year, year, years, subject, None, role)
    form = next((one for one in first.forms if one.key == asked.get("form")), None)
    return Chosen(pack, of_year, year, years, subject, form, role)


def subjects_of(of_year: YearRules, role: str = ROLE) -> tuple[str, ...]:
    """The subjects this role may declare for in a year."""
    used = {subject for form in of_year.learning_forms_for(role) for subject in form.subjects}
    return tuple(key for key in (*(one.key for one in of_year.subjects), ANY_SUBJECT) if key in used)


class ChooseForm(BaseForm):
    """计入年度, 学习形式 and, where it comes first, 计入科目. Changing one asks the server for the questions."""

    year = forms.ChoiceField(label="计入年度")
    subject = forms.ChoiceField(label="计入科目")
    form = forms.ChoiceField(label="学习形式", help_text="选择后下方自动换成该形式需要填写的内容")

    def __init__(self, what: Chosen, url: str, data: Mapping[str, Any] | None = None) -> None:
        initial = {"year": str(what.year), "subject": what.subject, "form": what.form.key if what.form else ""}
        super().__init__(data, initial=initial)
        self._offer("year", [(str(year), str(year)) for year in what.years])
        self._offer("form", [PLEASE_CHOOSE, *((one.key, one.label) for one in what.forms)])
        self._offer("subject", [PLEASE_CHOOSE, *((key, what.rules.subject_label(key)) for key in what.subjects)])
        if not what.subject_first:
            del self.fields["subject"]
        for field in self.fields.values():
            field.widget.attrs |= _reloads(url)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _reloads(url: str) -> dict[str, str]:
    return {
        "hx-post": url,
        "hx-trigger": "change",
        "hx-vals": '{"do": "choose"}',
        "hx-include": "closest form",
        "hx-encoding": "multipart/form-data",
        "hx-sync": "closest form:replace",  # the arrow keys choose faster than the server answers: the last choice wins
        "hx-target": "#declare",
        "hx-select": "#declare",
        "hx-swap": "outerHTML",
    }
