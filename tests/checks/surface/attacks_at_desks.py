"""Attacks on what desks keep: reasons, frozen batches, removed records, what a bureau writes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from django.urls import reverse

from tests.checks.surface.aiming import READS, Aim, Attack
from tests.checks.surface.entitled import ACCOUNTS
from tests.declarations import world as w
from xueshi.notices import services as notices
from xueshi.notices.models import Notice
from xueshi.notices.services import Draft, Edition
from xueshi.notices.states import NoticeKind, NoticeState
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import Power
from xueshi.registrations.models import Registration
from xueshi.reviews import batches, queues
from xueshi.reviews import services as reviews
from xueshi.reviews.models import RejectionReason, ReviewCase
from xueshi.reviews.services import ReasonDraft
from xueshi.reviews.states import Stage, Verdict

_CONTENT: Final = frozenset({Power.CONTENT})
_DECIDES: Final = {
    "declaration": frozenset({Power.REVIEW_HOURS, Power.VERIFY_HOURS}),
    "people.title": ACCOUNTS,
}
"""Who decides about a kind of document keeps the reasons for refusing it."""


class Desks(Aim):
    """What stands at one desk, by whoever sits at another."""

    def reasons(self) -> Iterator[Attack]:
        """Reasons of a unit and of the body above it: their form, changing and deleting them."""
        for name, (kind, powers) in zip(("employer_super", "department_1"), _DECIDES.items(), strict=True):
            desk = self.stage.world.actor(name)
            reason = reviews.save_reason(desk, ReasonDraft(kind, f"材料不全，请补充（{name}）"))
            yield from self._reason(reason, frozenset(self.who.administrators([desk.desk_id], powers)))

    def _reason(self, reason: RejectionReason, able: frozenset[str]) -> Iterator[Attack]:
        typed = {"text": "材料不清晰", "concerns": ""}
        write = Attack("", "", "", "", able, able, typed, typed)
        keys = (reason.kind, reason.pk)
        yield from self.ways("reviews:reason", (*READS, "POST"), keys, write)
        yield from self.ways("reviews:delete_reason", ("POST",), keys, write)

    def frozen(self) -> Iterator[Attack]:
        """Sets that were frozen for one reviewer, and the sealed set of a page that could be frozen by another desk."""
        for name in ("employer_super", "department_1"):
            desk = self.stage.world.actor(name)
            waiting = ReviewCase.objects.filter(desk_id=desk.desk_id, kind="declaration", stage=Stage.REVIEW)
            shown = dict(waiting.order_by("pk").values_list("pk", "version")[:3])
            run = batches.freeze(desk, batches.Freeze("declaration", Stage.REVIEW, Verdict.FAIL, shown))
            own, sent = frozenset(self.who.users(desk.user.pk)), {"comment": "不符"}
            read = Attack("", "", "", "", own, own, sent, sent)
            yield from self.ways("reviews:batch", (*READS, "POST"), (run.token,), read)
            yield self._sealed(desk)

    def _sealed(self, desk: Actor) -> Attack:
        """The token of a list: whoever sits at the same desk may use it, nobody else."""
        cases = ReviewCase.objects.filter(desk_id=desk.desk_id, kind="declaration", stage=Stage.REVIEW)
        token = queues.token("declaration", Stage.REVIEW, key="pk")(desk, cases)
        able = frozenset(self.who.administrators([desk.desk_id], frozenset({Power.REVIEW_HOURS})))
        url, sent = reverse("reviews:freeze"), {"token": token, "verdict": "pass"}
        return Attack("reviews:freeze token=", "POST", url, url, able, able, sent, sent | {"token": "x" * 20})

    def removed(self) -> Iterator[Attack]:
        """撤销删除 of a decided registration, on the list of whoever took it off theirs."""
        decided = Registration.objects.filter(case__state="approved").values("case_id")
        for case in ReviewCase.objects.filter(pk__in=decided).order_by("pk"):
            seers = frozenset(self.who.case(case))
            readers = seers - self.who.users(case.owner_id, case.submitted_by_id)
            yield from self.ways("reviews:restore", ("POST",), (case.pk,), Attack("", "", "", "", seers, readers))

    def written(self) -> Iterator[Attack]:
        """A draft, a withdrawn and a published notice of a bureau in either tree, and their files."""
        writers = (("district_1", NoticeState.DRAFT), ("district_2", NoticeState.WITHDRAWN),
                   ("district_1", NoticeState.PUBLISHED))  # fmt: skip
        for name, state in writers:
            yield from self._notice(_notice(self.stage.world.actor(name), state))

    def _notice(self, notice: Notice) -> Iterator[Attack]:
        able = frozenset(self.who.administrators([notice.organisation_id], _CONTENT))
        public = notice.state == NoticeState.PUBLISHED
        read = Attack("", "", "", "", able, able)
        moved = {"move": "withdraw" if public else "publish", "version": str(notice.version)}
        yield from self.ways("notices:own", READS, (notice.pk,), read)
        yield from self.ways("notices:own", ("POST",), (notice.pk,), replace(read, data=moved, absent_data=moved))
        typed = {"title": "改", "body": "改", "kind": "notice", "version": str(notice.version)}
        yield from self.ways(
            "notices:edit", (*READS, "POST"), (notice.pk,), replace(read, data=typed, absent_data=typed)
        )
        yield from self.ways("notices:own_file", READS, (notice.pk, 1), read)
        everybody = frozenset(self.stage.actors) if public else frozenset[str]()
        for route, keys in (("notices:detail", (notice.pk,)), ("notices:file", (notice.pk, 1))):
            yield from self.ways(route, READS, keys, replace(read, seers=everybody))


def _notice(writer: Actor, state: NoticeState) -> Notice:
    """A notice with a file that has come as far as ``state``."""
    notice = notices.write(writer, Draft(NoticeKind.DOWNLOAD, f"{state}的资料", "供下载。", added=(w.stored(writer),)))
    if state != NoticeState.DRAFT:
        notice = notices.publish(writer, Edition(notice.pk, notice.version))
    if state == NoticeState.WITHDRAWN:
        notice = notices.withdraw(writer, Edition(notice.pk, notice.version))
    return notice
