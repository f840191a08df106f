"""Reading professionals, their titles, changes and entries."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.db.models import CharField, Prefetch, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.kernel.wording import worded_row
from xueshi.organisations import permissions as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Department
from xueshi.people import permissions, rules
from xueshi.people.models import Entry, Professional, Title, TitleChange
from xueshi.people.states import EntryKind
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Stage

type Numbered = Callable[[str], Combinable]
_numbers: list[Numbered] = []


def describe_certificates(number: Numbered) -> None:
    """Let the app that issues certificates say how a person's latest number is found, given the path to the user."""
    _numbers[:] = [number]


def certificate_number(path: str) -> Combinable:
    """The number of a person's latest certificate as an expression; empty where nothing issues any."""
    return _numbers[0](path) if _numbers else Value("", output_field=CharField())


def _with_everything(rows: QuerySet[Professional]) -> QuerySet[Professional]:
    return rows.select_related("user", "employment__organisation__parent", "employment__department")


def professionals_listed(actor: Actor) -> QuerySet[Professional]:
    """The professionals the actor sees under the hat that is worn."""
    listed = bodies.under_hat(actor, "employment__organisation")
    return _with_everything(Professional.objects.filter(permissions.professionals_seen_by(actor), listed))


def professional_of(user_id: int) -> Professional | None:
    """A user's record as a professional, if they have one."""
    return _professional_of(user_id)


@worded_row
def _professional_of(user_id: int) -> QuerySet[Professional]:
    return _with_everything(Professional.objects.filter(user_id=user_id))


def employed_on(portal: str, *, after: int, limit: int) -> list[Professional]:
    """The next people whose present employer stands on a portal, behind the key ``after``; for jobs over everybody."""
    rows = Professional.objects.filter(employment__state="active", employment__organisation__portal=portal)
    return list(rows.filter(pk__gt=after).order_by("pk")[:limit])


def professional_for(actor: Actor, pk: int) -> Professional:
    """One visible professional; ``NotFound`` when absent or not theirs."""
    found = _professional(pk)
    if found is None or not permissions.can_see_professional(actor, found):
        raise NotFound
    return found


@worded_row
def _professional(pk: int) -> QuerySet[Professional]:
    return _with_everything(Professional.objects.filter(pk=pk))


def own(actor: Actor) -> Professional:
    """The actor's own record, worn as a hat; ``NotFound`` under any other hat."""
    found = professional_of(actor.user.pk) if actor.is_professional else None
    if found is None:
        raise NotFound
    return found


def locked_own(actor: Actor) -> Professional:
    """The actor's own record under its row lock, so that one person's savings come one after the other."""
    pk = own(actor).pk
    rows = Professional.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).order_by("pk")
    return rows.select_related("user", "employment__organisation__parent", "employment__department").get()


def live_title(professional: Professional) -> Title:
    """The title in force."""
    found = _live_title(professional.pk)
    if found is None:
        raise Title.DoesNotExist
    return found


@worded_row
def _live_title(professional_id: int) -> QuerySet[Title]:
    rows = Title.objects.filter(professional_id=professional_id, live_from__isnull=False, live_until=None)
    return rows.select_related("department", "scan")


def title_at(professional_id: int, moment: datetime) -> Title | None:
    """The title that was in force at a moment; before the first one that one, for it was said at registration."""
    rows = Title.objects.filter(professional_id=professional_id, live_from__isnull=False)
    then = rows.filter(Q(live_until=None) | Q(live_until__gt=moment), live_from__lte=moment)
    return then.order_by("-live_from", "-pk").first() or rows.order_by("live_from", "pk").first()


def levels_at(professional_ids: Iterable[int], moment: datetime) -> dict[int, str]:
    """The levels of title that were in force at a moment, by person, as ``title_at`` says it; one question for all."""
    rows = Title.objects.filter(professional_id__in=list(professional_ids), live_from__isnull=False)
    known: dict[int, str] = {}
    for title in rows.order_by("professional_id", "live_from", "pk"):
        then = title.live_from is not None and title.live_from <= moment
        if title.professional_id not in known or (then and (title.live_until is None or title.live_until > moment)):
            known[title.professional_id] = title.level
    return known


def own_changes(actor: Actor) -> QuerySet[TitleChange]:
    """The actor's title changes, latest first (变更记录)."""
    rows = TitleChange.objects.filter(professional=own(actor)).order_by("-created_at", "-pk")
    return _with_titles(rows)


def open_change(actor: Actor) -> TitleChange | None:
    """The actor's change under review, if there is one."""
    return _open_change(own(actor).pk)


@worded_row
def _open_change(professional_id: int) -> QuerySet[TitleChange]:
    return _with_titles(TitleChange.objects.filter(professional_id=professional_id, open=True))


def own_change(actor: Actor, case_id: int) -> TitleChange:
    """One of the actor's own changes; ``NotFound`` otherwise."""
    found = own_changes(actor).filter(case_id=case_id).first()
    if found is None:
        raise NotFound
    return found


def change_for(actor: Actor, case_id: int) -> TitleChange:
    """The change behind a case; ``NotFound`` when absent or not theirs."""
    found = _change(case_id)
    if found is None or not permissions.can_see_change(actor, found):
        raise NotFound
    return found


@worded_row
def _change(case_id: int) -> QuerySet[TitleChange]:
    return _with_titles(TitleChange.objects.filter(case_id=case_id)).select_related("case__organisation")


def change_by_key(professional: Professional, key: str) -> TitleChange | None:
    """The change that a form with this one-time key has already made for this person."""
    return TitleChange.objects.filter(professional=professional, submission_key=key).first()


def changes_locked(case_ids: Iterable[int]) -> list[TitleChange]:
    """The changes behind cases in key order, their records locked, for the review's hooks."""
    wanted = TitleChange.objects.filter(case_id__in=list(case_ids)).order_by("professional_id", "pk")
    rows = wanted.select_for_update(no_key=True, of=("self", "professional")).order_by("professional_id", "pk")
    return list(rows.select_related("professional__employment__organisation", "after__department"))


def change_queue(actor: Actor) -> QuerySet[ReviewCase]:
    """The title changes that wait at the actor's desk or were decided there, with what the lists show."""
    rows = reviews.queue(actor, rules.KIND).annotate(certificate_number=certificate_number("owner_id"))
    return rows.select_related("title_change__after__department", "title_change__professional__user")


def changes_reviewed(actor: Actor) -> QuerySet[ReviewCase]:
    """The rows of ``change_queue`` with their steps, for a list that names the reviewer."""
    return change_queue(actor).prefetch_related(Prefetch("steps", reviews.decided_by_desk(actor, Stage.REVIEW)))


def scan_for(actor: Actor, case_id: int, key: str) -> StoredFile:
    """A scan of a visible change, of the old or of the new title; ``NotFound`` for anything else."""
    change = change_for(actor, case_id)
    for scan in (change.before.scan, change.after.scan):
        if scan is not None and scan.key == key:
            return scan
    raise NotFound


def own_entries(actor: Actor, kind: EntryKind) -> list[Entry]:
    """The actor's entries of a kind, the highest education first, then the latest."""
    rows = Entry.objects.filter(professional=own(actor), kind=kind, deleted_at=None)
    return list(rows.select_related("scan").order_by("-highest", "-pk"))


def own_entry(actor: Actor, kind: EntryKind, pk: int) -> Entry:
    """One of the actor's entries; ``NotFound`` otherwise."""
    found = next((entry for entry in own_entries(actor, kind) if entry.pk == pk), None)
    if found is None:
        raise NotFound
    return found


def entry_by_key(professional: Professional, key: str) -> Entry | None:
    """The entry that a form with this one-time key has already made for this person."""
    return Entry.objects.filter(professional=professional, submission_key=key).first()


def has_highest(professional: Professional) -> bool:
    """Whether one education is marked as the highest."""
    return Entry.objects.filter(professional=professional, highest=True, deleted_at=None).exists()


def departments_of(professional: Professional, words: str = "") -> QuerySet[Department]:
    """The departments of one's employer that may be chosen (工作部门)."""
    rows = Department.objects.filter(organisation=professional.employment.organisation, is_available=True)
    return rows.filter(name__contains=words.strip()).order_by("name", "pk")


def department_of(professional: Professional, value: str) -> Department | None:
    """The department behind a picked value: one on offer, or the one the person is in already."""
    picked = number(value)
    if picked is None:
        return None
    present = professional.employment.department
    if present is not None and present.pk == picked:
        return present
    return departments_of(professional).filter(pk=picked).first()


def own_scan(actor: Actor, key: str) -> StoredFile | None:
    """An image that the actor uploaded, or that stands in the own record."""
    record = own(actor)
    mine = Q(uploaded_by_id=actor.user.pk)
    titles = Title.objects.filter(professional=record).values("scan_id")
    entries = Entry.objects.filter(professional=record).values("scan_id")
    return StoredFile.objects.filter(mine | Q(pk__in=titles) | Q(pk__in=entries), key=key).first()


def _with_titles(rows: QuerySet[TitleChange]) -> QuerySet[TitleChange]:
    return rows.select_related(
        "professional__user",
        "professional__employment__organisation",
        "case",
        "before__department",
        "before__scan",
        "after__department",
        "after__scan",
    ).prefetch_related(reviews.ways())
