"""Reading notices: everybody the published ones of a portal, a bureau its own."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded
from xueshi.notices import permissions
from xueshi.notices.models import Attachment, Notice
from xueshi.notices.states import NoticeKind
from xueshi.organisations.actors import Actor

LATEST = 5
"""Notices that a home may show."""
ORDER = ("-pinned", "-published_at", "-pk")


def managed(actor: Actor) -> QuerySet[Notice]:
    """Everything the actor's bureau wrote, latest first."""
    rows = Notice.objects.filter(permissions.managed_by(actor)).select_related("organisation")
    return rows.order_by(Coalesce("published_at", "changed_at").desc(), "-pk")


def notice_for(actor: Actor, pk: int) -> Notice:
    """One of the actor's bureau's; ``NotFound`` when absent or not theirs."""
    found = managed(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def published(portal: str, kind: NoticeKind) -> QuerySet[Notice]:
    """What the public of a portal reads in one list: pinned first, then the latest."""
    rows = Notice.objects.filter(permissions.readable_on(portal), kind=kind)
    return rows.select_related("organisation").order_by(*ORDER)


def recent_for(actor: Actor, limit: int) -> list[Notice]:
    """The latest notices of the bureaux above the actor's body, ``LATEST`` at most; without a body nothing."""
    if actor.organisation is None or not actor.organisation.path:
        return []
    keys = tuple(int(key) for key in actor.organisation.path.split(".") if key)
    return _latest(actor.organisation.portal, keys)[:limit]


@worded
def _latest(portal: str, organisation_ids: tuple[int, ...]) -> QuerySet[Notice]:
    return published(portal, NoticeKind.NOTICE).filter(organisation_id__in=organisation_ids)[:LATEST]


def published_notice(portal: str, pk: int) -> Notice:
    """One published on this portal; ``NotFound`` for drafts, withdrawn ones and those of other portals."""
    found = Notice.objects.filter(permissions.readable_on(portal), pk=pk).select_related("organisation").first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands before and after a notice in its public list."""

    before: Notice | None
    after: Notice | None


def neighbours(notice: Notice) -> Neighbours:
    """上一篇 and 下一篇 by date of publication; pins do not count here."""
    rows = Notice.objects.filter(permissions.readable_on(notice.portal), kind=notice.kind)
    at, pk = notice.published_at, notice.pk
    newer = rows.filter(Q(published_at__gt=at) | Q(published_at=at, pk__gt=pk)).order_by("published_at", "pk")
    older = rows.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk)).order_by("-published_at", "-pk")
    return Neighbours(newer.first(), older.first())


def attachments(notice: Notice) -> list[Attachment]:
    """The files of a notice in order."""
    return list(Attachment.objects.filter(notice=notice).select_related("file").order_by("position"))


def attached_file(notice: Notice, position: int) -> StoredFile:
    """One file of a notice that the caller has already been allowed to read."""
    found = Attachment.objects.filter(notice=notice, position=position).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file
