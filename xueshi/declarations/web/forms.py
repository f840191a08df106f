"""The questions of the chosen learning form, and the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from xueshi.declarations.services.drafting import Entry
from xueshi.declarations.web import images
from xueshi.declarations.web.choosing import Chosen
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers
from xueshi.ui.fields import FilesInput
from xueshi.ui.specs import SpecForm, Surroundings

MOVES = ("evidence__up", "evidence__down", "evidence__drop")


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
        role=what.role,
        draft=posted is not None and posted.data.get("do") == "save",
        uploads={"evidence": limit},
        store=lambda _asked, file: images.scan(actor, images.store(actor, limit, file)),
        stored=table.get,
    )
    filled = initial if initial is not None else _defaults(what)
    data, files = (_with_only_subject(what, posted.data), posted.files) if posted else (None, None)
    form = AnswersForm(what.spec, around, data, files, initial=filled)
    form.fields["evidence"].widget.template_name = "declarations/widgets/evidence.html"
    form.fields["evidence"].help_text = f"{what.form.evidence} {limit.hint}，可上传多张"
    return form


def _with_only_subject(what: Chosen, data: QueryDict) -> QueryDict:
    """A newly chosen form with one subject starts with it."""
    if data.get("do") != "choose" or what.form is None or len(what.form.subjects) != 1:
        return data
    data = data.copy()
    data["subject"] = what.form.subjects[0]
    return data


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
