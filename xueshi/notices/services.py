"""Writing, publishing and withdrawing notices."""

from dataclasses import dataclass

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.notices import permissions
from xueshi.notices.models import Attachment, Notice
from xueshi.notices.states import MOVES, Move, NoticeKind, NoticeState
from xueshi.organisations.actors import Actor


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form says. ``kept`` are positions of files that stay, ``added`` new files after them."""

    kind: NoticeKind
    title: str
    body: str
    pinned: bool = False
    kept: tuple[int, ...] = ()
    added: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Edition:
    """Which notice, as it was when its editor opened it."""

    pk: int
    version: int


@transaction.atomic
def write(actor: Actor, draft: Draft) -> Notice:
    """A new draft of the actor's bureau; ``RuleBroken`` for a download without a file."""
    permissions.can_write(actor).require()
    if actor.organisation is None:
        raise NotFound
    notice = Notice(organisation=actor.organisation, portal=actor.organisation.portal)
    _fill(notice, draft)
    audit.record(_by(actor), "notice.written", notice)
    return notice


@transaction.atomic
def rewrite(actor: Actor, edition: Edition, draft: Draft) -> Notice:
    """Change what is not published; ``MovedOn`` when it is, or when somebody else changed it meanwhile."""
    notice = _locked(actor, edition)
    if notice.is_published:
        raise MovedOn("已发布的内容不能修改，请先撤回")
    notice.version += 1
    _fill(notice, draft)
    audit.record(_by(actor), "notice.rewritten", notice, version=notice.version)
    return notice


@transaction.atomic
def publish(actor: Actor, edition: Edition) -> Notice:
    """Everybody reads it from now on; the date is today's."""
    notice = _locked(actor, edition)
    notice.state = MOVES.next(NoticeState(notice.state), Move.PUBLISH)
    notice.published_at = clock.now()
    return _moved(actor, notice, "notice.published")


@transaction.atomic
def withdraw(actor: Actor, edition: Edition) -> Notice:
    """Nobody but its bureau reads it any more."""
    notice = _locked(actor, edition)
    notice.state = MOVES.next(NoticeState(notice.state), Move.WITHDRAW)
    return _moved(actor, notice, "notice.withdrawn")


def _moved(actor: Actor, notice: Notice, action: str) -> Notice:
    notice.version += 1
    notice.save(update_fields=["state", "published_at", "version"])
    audit.record(_by(actor), action, notice)
    return notice


def _locked(actor: Actor, edition: Edition) -> Notice:
    rows = Notice.objects.filter(permissions.managed_by(actor), pk=edition.pk)
    notice = rows.select_for_update(no_key=True).order_by("pk").first()
    if notice is None:
        raise NotFound
    if notice.version != edition.version:
        raise MovedOn("内容已被他人修改，请刷新后查看")
    return notice


def _fill(notice: Notice, draft: Draft) -> None:
    old = list(Attachment.objects.filter(notice=notice).order_by("position")) if notice.pk else []
    kept = [one.file for key in draft.kept for one in old if one.position == key]
    files = [*kept, *draft.added]
    if draft.kind == NoticeKind.DOWNLOAD and not files:
        raise RuleBroken("请上传供下载的附件", "attachments")
    notice.kind, notice.title, notice.body = draft.kind, draft.title, draft.body
    notice.pinned, notice.changed_at = draft.pinned, clock.now()
    notice.save()
    Attachment.objects.filter(notice=notice).delete()
    Attachment.objects.bulk_create(
        Attachment(notice=notice, file=file, position=place) for place, file in enumerate(files, 1)
    )


def _by(actor: Actor) -> audit.By:
    return audit.By(actor.user.pk, actor.organisation.pk if actor.organisation is not None else None)
