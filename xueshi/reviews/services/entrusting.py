"""转交: one administrator of a desk entrusts a case to another; 收回 takes it back. Pages shown before are stale."""

from dataclasses import dataclass

from django.db import transaction

from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotFound, RuleBroken
from xueshi.kernel.text import clean
from xueshi.organisations.actors import Actor
from xueshi.reviews import permissions, rules, selectors
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.services import noting
from xueshi.reviews.services.cases import acting, locked
from xueshi.reviews.services.noting import Moved
from xueshi.reviews.states import CASE_MOVES, CaseState, Move


@dataclass(frozen=True, slots=True)
class Entrusting:
    """Which case as it was shown, to which hat of the desk, with which words."""

    case_id: int
    version: int
    to: int
    note: str = ""


@transaction.atomic
def entrust(actor: Actor, wanted: Entrusting) -> ReviewCase:
    """Hand a waiting case to a colleague of the same desk, who alone decides it from now on.

    Raises ``NotFound`` out of reach, ``NotAllowed`` for who may not decide it, ``MovedOn`` when it changed since it was
    shown, ``RuleBroken`` beside ``to`` or ``note``.
    """
    case = _reached(actor, wanted.case_id, wanted.version)
    permissions.can_decide(actor, case).require()
    note = clean(wanted.note, field="note")
    if len(note) > rules.LONGEST_WORDS:
        message = f"转交说明不能超过 {rules.LONGEST_WORDS} 字"
        raise RuleBroken(message, "note")
    chosen = next((hat for hat in selectors.colleagues(actor, case) if hat.pk == wanted.to), None)
    if chosen is None:
        raise RuleBroken("请从列表中选择本单位的审核人员", "to")
    case.handler = chosen
    _moved(actor, case, Move.ENTRUST, note)
    return case


@transaction.atomic
def take_back(actor: Actor, case_id: int, version: int) -> ReviewCase:
    """Give an entrusted case back to the whole desk; any of its reviewers may, so that nothing waits for one absent."""
    case = _reached(actor, case_id, version)
    permissions.can_take_back(actor, case).require()
    case.handler = None
    _moved(actor, case, Move.TAKE_BACK, "")
    return case


def _reached(actor: Actor, case_id: int, version: int) -> ReviewCase:
    """The case under its lock, as it was shown to somebody who sees it."""
    case = locked(case_id)
    if not permissions.can_see_case(actor, case):
        raise NotFound
    if case.version != version:
        raise MovedOn(rules.MOVED_ON)
    return case


def _moved(actor: Actor, case: ReviewCase, move: Move, note: str) -> None:
    case.state = CASE_MOVES.next(CaseState(case.state), move)
    case.version += 1
    case.save(update_fields=["handler", "version"])
    to = case.handler.user_id if case.handler is not None else None
    moved = Moved(case, move, case.version, case.state, comment=note, to_id=to, details={"to": to})
    noting.note(acting(actor), [moved], clock.now())
