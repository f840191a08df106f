"""States of a notice and what may follow what."""

from enum import StrEnum

from xueshi.kernel.transitions import Transitions


class NoticeKind(StrEnum):
    """Which public list it stands in."""

    NOTICE = "notice"
    DOWNLOAD = "download"

    @property
    def label(self) -> str:
        """The list's name on the front page."""
        return _KINDS[self]


_KINDS = {NoticeKind.NOTICE: "通知公告", NoticeKind.DOWNLOAD: "下载中心"}


class NoticeState(StrEnum):
    """Whether the public reads it. Only what is not published may be edited."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in the user's words."""
        return _LABELS[self]


_LABELS = {NoticeState.DRAFT: "草稿", NoticeState.PUBLISHED: "已发布", NoticeState.WITHDRAWN: "已撤回"}


class Move(StrEnum):
    """What its bureau may do with it."""

    PUBLISH = "publish"
    WITHDRAW = "withdraw"


MOVES: Transitions[NoticeState, Move] = Transitions(
    {
        (NoticeState.DRAFT, Move.PUBLISH): NoticeState.PUBLISHED,
        (NoticeState.PUBLISHED, Move.WITHDRAW): NoticeState.WITHDRAWN,
        (NoticeState.WITHDRAWN, Move.PUBLISH): NoticeState.PUBLISHED,
    }
)
