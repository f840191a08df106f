"""Who may see, change and delete a declaration. Each question has its filter beside it; one test compares the pairs."""

from django.db.models import Exists, OuterRef, Q

from xueshi.declarations.models import Declaration
from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations.actors import Actor
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

_NOT_SUBMITTED = Q(case=None) | Q(case__state=CaseState.WITHDRAWN)


def is_to_be_submitted(declaration: Declaration) -> bool:
    """待提交: never handed in, or taken back."""
    return declaration.case is None or declaration.case.state == CaseState.WITHDRAWN


def _owns(actor: Actor, declaration: Declaration) -> bool:
    return actor.user.pk in {declaration.person.user_id, declaration.declared_by_id}


def _owned_by(actor: Actor) -> Q:
    return Q(person__user_id=actor.user.pk) | Q(declared_by_id=actor.user.pk)


def can_see_declaration(actor: Actor, declaration: Declaration) -> Decision:
    """Its person and its declarer; once it is handed in, whoever may see its case. Deleted ones: nobody."""
    if declaration.deleted_at is not None:
        return deny("该申报已删除")
    if _owns(actor, declaration):
        return ALLOW
    if declaration.case is None or is_to_be_submitted(declaration):
        return deny("该申报尚未提交")
    return reviews.can_see_case(actor, declaration.case)


def declarations_seen_by(actor: Actor) -> Q:
    """The declarations ``can_see_declaration`` would allow."""
    cases = ReviewCase.objects.filter(reviews.cases_seen_by(actor), pk=OuterRef("case_id"))
    return Q(deleted_at=None) & (_owned_by(actor) | (~_NOT_SUBMITTED & Q(Exists(cases))))


def can_edit(actor: Actor, declaration: Declaration) -> Decision:
    """Whoever entered it, while it is to be submitted (CR-19, CR-21); deleting asks the same (CR-20)."""
    if declaration.deleted_at is not None or not _owns(actor, declaration):
        return deny("只能修改本人填写的申报")
    return ALLOW if is_to_be_submitted(declaration) else deny("已提交的申报不能修改或删除")


def editable_by(actor: Actor) -> Q:
    """The declarations ``can_edit`` would allow."""
    return Q(deleted_at=None) & _owned_by(actor) & _NOT_SUBMITTED


def can_withdraw(actor: Actor, declaration: Declaration) -> Decision:
    """Its owner, while nobody has reviewed it (CR-18, CR-21)."""
    if declaration.case is None or declaration.deleted_at is not None:
        return deny("该申报尚未提交")
    return reviews.can_withdraw(actor, declaration.case)


def withdrawable_by(actor: Actor) -> Q:
    """The declarations ``can_withdraw`` would allow."""
    cases = ReviewCase.objects.filter(reviews.cases_withdrawable_by(actor), pk=OuterRef("case_id"))
    return Q(deleted_at=None) & Q(Exists(cases))
