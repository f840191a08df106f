"""The declaration form: what is chosen first, the questions of the learning form, the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from xueshi.declarations import rules
from xueshi.declarations.services.drafting import ROLE, Entry
from xueshi.declarations.web import images
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.policies.forms import FormSpec
from xueshi.policies.packs import Pack
from xueshi.policies.years import ANY_SUBJECT, LearningForm, YearRules
from xueshi.ui.fields import PLEASE_CHOOSE, FilesInput
from xueshi.ui.forms import BaseForm
from xueshi.ui.specs import SpecForm, Surroundings

MOVES = ("evidence__up", "evidence__down", "evidence__drop")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answers that decide which questions load (CR-02, CR-03). ``subject`` only where it is chosen first."""

    pack: Pack
    rules: YearRules
    year: int
    years: tuple[int, ...]
    subject: str
    form: LearningForm | None

    @property
    def subject_first(self) -> bool:
        """Whether the pack asks for the subject before the form."""
        return "subject" in self.rules.declaration.chosen_first

    @property
    def subjects(self) -> tuple[str, ...]:
        """The subjects some form may be declared for, in the year's order; 全部 last."""
        return subjects_of(self.rules)

    @property
    def forms(self) -> tuple[LearningForm, ...]:
        """The learning forms on offer for what is chosen."""
        if self.subject_first and not self.subject:
            return ()
        return self.rules.learning_forms_for(ROLE, self.subject if self.subject_first else "")

    @property
    def spec(self) -> FormSpec | None:
        """The questions of the form, without the subject where it was chosen first."""
        if self.form is None:
            return None
        if not self.subject_first:
            return self.form.form
        return self.form.form.only(field.key for field in self.form.form.fields if field.key != "subject")


def chosen(pack: Pack, asked: Mapping[str, Any]) -> Chosen:
    """What is chosen in an address or a posted form; nonsense falls back to this year and to nothing."""
    this = clock.year()
    years = rules.years_open(this, pack.year(this).declaration.years_back, min(pack.years))
    year = next((one for one in years if str(one) == asked.get("year")), this)
    of_year = pack.year(year)
    subject = next((one for one in subjects_of(of_year) if one == asked.get("subject")), "")
    first = Chosen(pack, of_year, year, years, subject, None)
    form = next((one for one in first.forms if one.key == asked.get("form")), None)
    return Chosen(pack, of_year, year, years, subject, form)


def subjects_of(of_year: YearRules) -> tuple[str, ...]:
    """The subjects a person may declare for in a year."""
    used = {subject for form in of_year.learning_forms_for(ROLE) for subject in form.subjects}
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
        "hx-target": "#declare",
        "hx-select": "#declare",
        "hx-swap": "outerHTML",
    }


class AnswersForm(SpecForm):
    """The questions of a learning form. Choosing and re-ordering draw it again without judging what was typed."""

    @property
    def finding(self) -> bool:
        """Whether the page only wants to be drawn again."""
        again = self.data.get("do") == "choose" or any(name in self.data for name in MOVES)
        return again or super().finding

    def full_clean(self) -> None:
        """Keep chosen files even when nothing is judged; then re-order them as asked."""
        if not (self.is_bound and self.finding):
            super().full_clean()
            return
        self._errors = ErrorDict()
        self.cleaned_data = {}
        self._store_uploads()
        self._rearrange()

    def _rearrange(self) -> None:
        widget = self.fields["evidence"].widget
        if not isinstance(widget, FilesInput):
            return
        for name, by in (("evidence__up", -1), ("evidence__down", 1), ("evidence__drop", 0)):
            keys = [one.key for one in widget.kept]
            if self.data.get(name) in keys:
                widget.kept = tuple(moved(list(widget.kept), keys.index(self.data[name]), by))


def moved[T](items: list[T], place: int, by: int) -> list[T]:
    """The items with one moved forward or back, or taken out when ``by`` is nought."""
    one = items.pop(place)
    if by:
        items.insert(max(0, min(len(items), place + by)), one)
    return items


@dataclass(frozen=True, slots=True)
class Posted:
    """A posted form."""

    data: QueryDict
    files: "MultiValueDict[str, Any]"


def answers_form(
    actor: Actor, what: Chosen, posted: Posted | None, initial: Mapping[str, Any] | None = None
) -> AnswersForm | None:
    """The form for what is chosen, fresh, filled or as posted; None while nothing is chosen."""
    if what.form is None or what.spec is None:
        return None
    limit = what.pack.upload("evidence")
    keys = posted.data.getlist("evidence__keep") if posted else list((initial or {}).get("evidence", ()))
    table = images.scans_of(actor, keys)
    around = Surroundings(
        today=clock.today(),
        role=ROLE,
        draft=posted is not None and posted.data.get("do") == "save",
        uploads={"evidence": limit},
        store=lambda _asked, file: images.scan(actor, images.store(actor, limit, file)),
        stored=table.get,
    )
    filled = initial if initial is not None else _defaults(what)
    form = AnswersForm(
        what.spec, around, posted.data if posted else None, posted.files if posted else None, initial=filled
    )
    form.fields["evidence"].widget.template_name = "declarations/widgets/evidence.html"
    form.fields["evidence"].help_text = f"{what.form.evidence} {limit.hint}，可上传多张"
    return form


def _defaults(what: Chosen) -> dict[str, Any] | None:
    if what.form is None or len(what.form.subjects) != 1:
        return None
    return what.form.form.defaults() | {"subject": what.form.subjects[0]}


def entry_of(actor: Actor, what: Chosen, form: AnswersForm, key: str = "") -> Entry:
    """What was filled in, as the service takes it."""
    answers: Answers = form.answers
    if what.subject_first and what.subject:
        answers = Answers({**answers.given, "subject": what.subject})
    files = (images.opened(actor, one) for one in answers.many("evidence"))
    kept = tuple(pk for pk in files if pk is not None)
    return Entry(what.year, what.form.key if what.form else "", answers.without("evidence"), kept, key)
