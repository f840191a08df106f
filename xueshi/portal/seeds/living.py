"""Declarations lived day by day: handed in by people, decided at the desks that their chain names."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from xueshi.declarations import services as declarations
from xueshi.declarations.models import Declaration
from xueshi.declarations.selectors import KIND
from xueshi.declarations.services import Entry
from xueshi.declarations.services.submitting import POWERS
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.portal.seeds import scans
from xueshi.portal.seeds.building import Builder
from xueshi.portal.seeds.deeds import Deed, Ending
from xueshi.reviews import deciding, selectors
from xueshi.reviews.states import Stage, Verdict

WINDOW: Final = timedelta(days=150)
"""The desks clear their queues a few times a year."""
REASONS: Final = (
    "结业证书未加盖公章，请补传后重新提交。",
    "证明材料不清晰，请重新上传扫描件。",
    "起止时间与证书所载不一致，请核对。",
    "申报内容与现从事专业无关，不予认定。",
)
LOWERED: Final = "部分课程为入职培训，按实际专业课时认定。"


@dataclass
class _Lived:
    deed: Deed
    declaration: Declaration
    passed: int = 0


@dataclass
class Life:
    """Lives deeds in the order of time. ``done`` keeps what became of each, in the order of the deeds."""

    builder: Builder
    done: list[tuple[Deed, Declaration]] = field(default_factory=list)
    _open: dict[int, _Lived] = field(default_factory=dict)

    def live(self, deeds: Iterable[Deed]) -> None:
        """Everything up to now; a deed whose moment has not come is left out."""
        now = clock.now()
        waiting = sorted((deed for deed in deeds if deed.moment < now), key=lambda deed: deed.moment)
        for window in _windows(waiting):
            for deed in window:
                with clock.as_of(deed.moment):
                    self._hand_in(deed)
            self._clear_desks(min(window[-1].moment + timedelta(days=5), now - timedelta(hours=3)))

    def turn(self, declaration: Declaration, ending: Ending) -> None:
        """Let a declaration that still waits end otherwise, now."""
        for lived in self._open.values():
            if lived.declaration.pk == declaration.pk:
                lived.deed = replace(lived.deed, ending=ending)
        for stage in Stage:
            self._decide_all(stage, clock.now())

    def _hand_in(self, deed: Deed) -> None:
        actor, entry = deed.person.actor, self._entry(deed)
        if deed.ending is Ending.DRAFT:
            self.done.append((deed, declarations.save_draft(actor, entry)))
            return
        declaration = declarations.submit(actor, entry)
        self.done.append((deed, declaration))
        if deed.ending is Ending.WITHDRAWN:
            declarations.withdraw(actor, declaration.pk)
        elif declaration.case_id is not None:
            self._open[declaration.case_id] = _Lived(deed, declaration)

    def _entry(self, deed: Deed) -> Entry:
        user = deed.person.actor.user
        file = self._scan(deed)
        pack = registry.pack(deed.person.record.employment.organisation.portal)
        form = pack.year(deed.year).learning_form(deed.form)
        answers = form.form.clean({**deed.typed, "evidence": str(file.pk)}, "professional", today=clock.today())
        return Entry(deed.year, deed.form, answers, (file.pk,), f"seed-{user.pk}-{file.pk}")

    def _scan(self, deed: Deed) -> StoredFile:
        title, lines, seal = deed.scan
        return scans.hand_in(scans.draw(title, lines, seal), f"{title}.jpg", deed.person.actor.user.pk)

    def _clear_desks(self, moment: datetime) -> None:
        """Reviews twice over (first desk, then the one above), then verifications, each some days later."""
        latest = clock.now() - timedelta(minutes=30)
        self._decide_all(Stage.REVIEW, moment)
        self._decide_all(Stage.REVIEW, min(moment + timedelta(days=2), latest))
        self._decide_all(Stage.VERIFICATION, min(moment + timedelta(days=3), latest))

    def _decide_all(self, stage: Stage, moment: datetime) -> None:
        with clock.as_of(moment):
            for actors in list(self.builder.desks.values()):
                if actors[0].has(POWERS[stage]):
                    self._decide(actors[0], stage)

    def _decide(self, actor: Actor, stage: Stage) -> None:
        orders: dict[tuple[Verdict, str], dict[int, int]] = defaultdict(dict)
        findings: dict[int, dict[str, str]] = {}
        for pk, version in selectors.inbox(actor, KIND, stage).values_list("pk", "version"):
            lived = self._open.get(pk)
            verdict = _verdict(lived) if lived is not None else None
            if lived is None or verdict is None:
                continue
            comment = self._comment(lived, verdict)
            orders[verdict, comment][pk] = version
            if lived.deed.ending is Ending.LOWERED and comment:
                findings[pk] = {"hours": str((lived.deed.hours / 2).to_integral_value())}
        for (verdict, comment), items in orders.items():
            report = deciding.decide_many(actor, deciding.Order(verdict, items, comment, findings))
            self._note(report.done, verdict)

    def _comment(self, lived: _Lived, verdict: Verdict) -> str:
        if verdict == Verdict.FAIL:
            return lived.deed.comment or self.builder.chance.pick(REASONS)
        return LOWERED if lived.deed.ending is Ending.LOWERED and not lived.passed else ""

    def _note(self, done: Sequence[int], verdict: Verdict) -> None:
        for pk in done:
            if verdict == Verdict.PASS:
                self._open[pk].passed += 1
            else:
                del self._open[pk]


def _verdict(lived: _Lived) -> Verdict | None:
    """What the desk at hand says; None leaves the case where it waits."""
    ending, first = lived.deed.ending, lived.passed == 0
    if ending is Ending.PENDING or (ending is Ending.HALFWAY and not first):
        return None
    failing = first if ending is Ending.REJECTED else ending is Ending.FAILED and not first
    return Verdict.FAIL if failing else Verdict.PASS


def _windows(deeds: Sequence[Deed]) -> Iterable[list[Deed]]:
    window: list[Deed] = []
    for deed in deeds:
        if window and deed.moment - window[0].moment > WINDOW:
            yield window
            window = []
        window.append(deed)
    if window:
        yield window
