"""The questions of the chosen learning form, and the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from xueshi.declarations.services.drafting import CHANGED, ROLE, Edit, Entry
from xueshi.declarations.web import images, papers
from xueshi.declarations.web.choosing import Chosen
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, Problems, RuleBroken
from xueshi.kernel.text import number
from xueshi.organisations.actors import Actor
from xueshi.policies.access import Upload
from xueshi.policies.answers import Answers
from xueshi.policies.cleaning import Typed
from xueshi.policies.forms import FormSpec
from xueshi.ui.fields import Attached, FilesField, FilesInput
from xueshi.ui.parts import Scan
from xueshi.ui.specs import SpecForm, Surroundings

MOVES: Final = ("evidence__up", "evidence__down", "evidence__drop", "evidence__back")
REDRAWN: Final = frozenset({"choose", "calculate", "attach", "autosave"})
"""What a page may be sent for without being judged."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A picture just taken out, for as long as the page that says so stands."""

    place: int
    scan: Scan

    @property
    def value(self) -> str:
        """What 撤消 sends."""
        return f"{self.place}:{self.scan.key}"


class EvidenceInput(FilesInput):
    """Pictures that can be put in order, taken out and put back, with and without scripts."""

    template_name = "declarations/widgets/evidence.html"

    def __init__(self, drawn: forms.Widget, kept: tuple[Scan, ...]) -> None:
        super().__init__(drawn.attrs | {"data-store": ""})
        self.kept = kept
        self.dropped: Dropped | None = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add what was just taken out."""
        return super().get_context(name, value, attrs) | {"dropped": self.dropped}


class AnswersForm(SpecForm):
    """The questions of a learning form. Choosing and re-ordering draw it again without judging what was typed."""

    @property
    def finding(self) -> bool:
        """Whether the page only wants to be drawn again."""
        again = self.data.get("do") in REDRAWN or any(name in self.data for name in MOVES)
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

    def _store_uploads(self) -> None:
        """Keep what can be kept: one bad file is named and takes no good one with it."""
        widget = self.fields["evidence"].widget
        if not isinstance(widget, EvidenceInput):
            return
        for sent in self["evidence"].data.added:
            try:
                self._keep_all(widget, sent)
            except (RuleBroken, ValidationError) as refusal:
                self.add_error("evidence", refusal.message)

    def _keep_all(self, widget: EvidenceInput, sent: "UploadedFile[Any]") -> None:
        """The file, or the pictures in it when it is an archive the pack allows."""
        field, limit = self.fields["evidence"], self.around.uploads["evidence"]
        if not isinstance(field, FilesField) or not isinstance(limit, Upload) or self.around.store is None:
            return
        field.clean(Attached(added=(sent,)))
        for one in _opened(sent, limit, field.max_files):
            if len(widget.kept) >= field.max_files:
                raise RuleBroken(f"最多上传 {field.max_files} 个文件，“{one.name}”没有收下")
            widget.kept = (*widget.kept, self.around.store(self.asked["evidence"], one))

    def _rearrange(self) -> None:
        widget = self.fields["evidence"].widget
        if not isinstance(widget, EvidenceInput):
            return
        for name, by in (("evidence__up", -1), ("evidence__down", 1), ("evidence__drop", 0)):
            keys = [one.key for one in widget.kept]
            if (key := self.data.get(name)) in keys:
                place = keys.index(key)
                if not by:
                    widget.dropped = Dropped(place, widget.kept[place])
                widget.kept = tuple(moved(list(widget.kept), place, by))
        self._put_back(widget)

    def _put_back(self, widget: EvidenceInput) -> None:
        """撤消 of a removal: the picture returns to where it was."""
        place, _, key = self.data.get("evidence__back", "").partition(":")
        scan = self.around.stored(key) if key else None
        if scan is not None and place.isascii() and place.isdigit() and key not in [one.key for one in widget.kept]:
            kept = list(widget.kept)
            kept.insert(int(place[:3]), scan)
            widget.kept = tuple(kept)


def _opened(sent: "UploadedFile[Any]", limit: Upload, most: int) -> list["UploadedFile[Any]"]:
    name = sent.name or ""
    if papers.ARCHIVE not in limit.extensions or not papers.is_archive(name):
        return [sent]
    pictures = tuple(one for one in limit.extensions if one not in {papers.ARCHIVE, papers.PAPER})
    allowed = papers.Allowed(pictures, most, limit.max_bytes)
    return [SimpleUploadedFile(called, content) for called, content in papers.unpack(name, sent.read(), allowed)]


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
    back = posted.data.get("evidence__back", "").partition(":")[2] if posted else ""
    table = images.scans_of(actor, [*keys, back])
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
    drawn = form.fields["evidence"].widget
    form.fields["evidence"].widget = EvidenceInput(drawn, getattr(drawn, "kept", ()))
    form.fields["evidence"].help_text = f"{what.form.evidence}{limit.hint}，可上传多张"
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


@dataclass(frozen=True, slots=True)
class Read:
    """What could be understood of a half-typed form, and the labels of what could not."""

    answers: Answers
    unread: tuple[str, ...] = ()


def legible(spec: FormSpec, typed: Typed, today: date, role: str = ROLE) -> Read:
    """Answers to the questions whose answer already stands; the others are named, never guessed."""
    left, wrong = dict(typed), dict[str, str]()
    for _ in range(len(spec.fields) + 1):
        try:
            return Read(spec.clean(left, role, today=today, draft=True), tuple(wrong.values()))
        except Problems as refusal:
            for field in spec.fields:
                if any(one.field in field.names for one in refusal.problems):
                    wrong[field.key] = field.label
                    left |= dict.fromkeys(field.names, "")
    return Read(Answers({}), tuple(wrong.values()))


def edit_of(pk: int, version: str) -> Edit:
    """A declaration as the page showed it; ``MovedOn`` when the page does not say which version that was."""
    shown = number(version, 9)
    if shown is None:
        raise MovedOn(CHANGED)
    return Edit(pk, shown)


def entry_of(actor: Actor, what: Chosen, given: Answers, key: str = "") -> Entry:
    """What was filled in, as the service takes it."""
    answers = given
    if what.subject_first and what.subject:
        answers = Answers({**answers.given, "subject": what.subject})
    files = (images.opened(actor, one) for one in answers.many("evidence"))
    kept = tuple(pk for pk in files if pk is not None)
    return Entry(what.year, what.form.key if what.form else "", answers.without("evidence"), kept, key)
