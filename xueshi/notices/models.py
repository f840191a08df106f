"""A notice or download, and the files it carries."""

from django.db import models
from django.db.models import Q

from xueshi.files.models import StoredFile
from xueshi.notices.states import NoticeKind, NoticeState
from xueshi.organisations.models import Organisation


class Notice(models.Model):
    """What one bureau says. ``body`` is plain text: an empty line begins a new paragraph.

    ``portal`` is the bureau's at the time of writing; ``version`` counts changes, so that two editors do not overwrite
    each other.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="notices")
    portal = models.CharField(max_length=20)
    kind = models.CharField("栏目", max_length=10, choices=[(kind.value, kind.label) for kind in NoticeKind])
    title = models.CharField("标题", max_length=100)
    body = models.TextField("正文", max_length=20_000)
    pinned = models.BooleanField("置顶", default=False)
    state = models.CharField(max_length=10, default=NoticeState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField("修改时间")
    published_at = models.DateTimeField("发布时间", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in NoticeKind]), name="notice_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in NoticeState]), name="notice_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None) | (~Q(state="draft") & Q(published_at__isnull=False)),
                name="notice_dated_when_published",
            ),
        ]
        indexes = [models.Index(fields=["portal", "kind", "state", "-pinned", "-published_at"], name="notice_public")]

    @property
    def is_published(self) -> bool:
        """Whether the public reads it."""
        return self.state == NoticeState.PUBLISHED


class Attachment(models.Model):
    """A file of a notice, in its place."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["notice", "position"], name="attachment_place_once")]
