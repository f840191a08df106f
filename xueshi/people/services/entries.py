"""Education, qualifications, academic titles: added, changed and deleted by the person, live at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.people import rules, selectors
from xueshi.people.models import Entry, Professional
from xueshi.people.services.basics import CHANGED_MEANWHILE
from xueshi.people.states import EntryKind
from xueshi.policies.answers import Answers
from xueshi.reviews.services import acting

MOST = 30
"""Entries of one kind that one person may have; no life needs more."""

_MIRRORED = ("education", "school", "major", "degree")


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """The clean answers of one form. ``pk`` and ``version`` name the entry that is changed; without them it is new.

    ``submission_key`` is the form's one-time key: the same form sent twice adds one entry (D4).
    """

    kind: EntryKind
    answers: Answers
    submission_key: str
    scan: StoredFile | None = None
    pk: int | None = None
    version: int = 0


@transaction.atomic
def save_entry(actor: Actor, draft: EntryDraft) -> Entry:
    """Add or change an entry of one's own.

    Raises:
        NotFound: no such entry of this person.
        MovedOn: it was changed from another form meanwhile.
        RuleBroken: too many, or the only highest education gives up its mark.
        Problems: a day lies before the person's birth.
    """
    professional = selectors.locked_own(actor)
    twin = selectors.entry_by_key(professional, draft.submission_key) if draft.pk is None else None
    if twin is not None:
        return twin
    days = {key: day for key, day in draft.answers.given.items() if isinstance(day, date)}
    rules.after_birth(professional.born_on, days)
    entry = _opened(actor, professional, draft)
    highest = _highest(professional, entry, draft)
    if highest and not entry.highest:
        Entry.objects.filter(professional=professional, highest=True, deleted_at=None).update(highest=False)
    entry.answers, entry.highest = dict(draft.answers.without("scan").as_json()), highest
    if draft.kind is EntryKind.EDUCATION:
        entry.answers["highest"] = highest
    entry.scan = draft.scan
    entry.save()
    if highest:
        _mirror(professional, draft.answers)
    audit.record(acting(actor), "professional.entry_saved", entry, kind=draft.kind, version=entry.version)
    return entry


@transaction.atomic
def delete_entry(actor: Actor, kind: EntryKind, pk: int) -> None:
    """Take an entry off the record; the highest education stays while there is another, so that the record has one."""
    professional = selectors.locked_own(actor)
    entry = selectors.own_entry(actor, kind, pk)
    if entry.highest and len(selectors.own_entries(actor, kind)) > 1:
        raise RuleBroken("最高学历不能直接删除，请先把另一条学历设为最高学历")
    entry.deleted_at = clock.now()
    entry.save(update_fields=["deleted_at"])
    if entry.highest:
        _mirror(professional, Answers({}))
    audit.record(acting(actor), "professional.entry_deleted", entry, kind=kind)


def _opened(actor: Actor, professional: Professional, draft: EntryDraft) -> Entry:
    if draft.pk is None:
        if len(selectors.own_entries(actor, draft.kind)) >= MOST:
            message = f"最多可以添加 {MOST} 条"
            raise RuleBroken(message)
        key, now = draft.submission_key, clock.now()
        return Entry(professional=professional, kind=draft.kind, submission_key=key, created_at=now)
    entry = selectors.own_entry(actor, draft.kind, draft.pk)
    if entry.version != draft.version:
        raise MovedOn(CHANGED_MEANWHILE)
    entry.version += 1
    return entry


def _highest(professional: Professional, entry: Entry, draft: EntryDraft) -> bool:
    """Whether the entry is the highest education: as ticked, and the first one always."""
    if draft.kind is not EntryKind.EDUCATION:
        return False
    if draft.answers.flag("highest"):
        return True
    if entry.highest:
        raise RuleBroken("请先把另一条学历设为最高学历", "highest")
    return not selectors.has_highest(professional)


def _mirror(professional: Professional, answers: Answers) -> None:
    """Repeat the highest education in the record."""
    values: Mapping[str, str] = {name: answers.text(name) for name in _MIRRORED}
    graduated = answers.get("graduated")
    for name, value in values.items():
        setattr(professional, name, value)
    professional.graduated_on = graduated if isinstance(graduated, date) else None
    professional.save(update_fields=[*_MIRRORED, "graduated_on"])
