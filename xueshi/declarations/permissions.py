"""Who may see, change and delete a declaration. Each question has its filter beside it; one test compares the pairs."""

from django.db.models import Exists, OuterRef, Q

from xueshi.declarations.models import Declaration
from xueshi.kernel.decisions import ALLOW, Decision, deny
from xueshi.organisations.actors import Actor
from xueshi.organisations.states import MembershipState, Power
from xueshi.people.models import Professional
from xueshi.reviews import permissions as reviews
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

_NOT_SUBMITTED = Q(case=None) | Q(case__state=CaseState.WITHDRAWN)


def is_to_be_submitted(declaration: Declaration) -> bool:
    """待提交: never handed in, or taken back."""
    return declaration.case is None or declaration.case.state == CaseState.WITHDRAWN


def _enters(actor: Actor, declaration: Declaration) -> bool:
    """Who may go on with it: one's own, or under the unit's hat what one entered for somebody of it."""
    declarer = actor.user.pk == declaration.declared_by_id
    if declaration.declaring_body_id is None:
        return declarer or actor.user.pk == declaration.person.user_id
    return declarer and declaration.declaring_body_id == actor.desk_id and bool(can_declare_for_others(actor))


def _entered_by(actor: Actor) -> Q:
    declarer = Q(declared_by_id=actor.user.pk)
    own = Q(declaring_body=None) & (declarer | Q(person__user_id=actor.user.pk))
    return own | (declarer & Q(declaring_body_id=actor.desk_id)) if can_declare_for_others(actor) else own


def _owns(actor: Actor, declaration: Declaration) -> bool:
    """Whoever may go on with it; and its person, but for what their unit has entered and not handed in."""
    own = actor.user.pk == declaration.person.user_id and not is_to_be_submitted(declaration)
    return own or _enters(actor, declaration)


def _owned_by(actor: Actor) -> Q:
    return _entered_by(actor) | (Q(person__user_id=actor.user.pk) & ~_NOT_SUBMITTED)


def can_see_declaration(actor: Actor, declaration: Declaration) -> Decision:
    """Its person, and its declarer under the hat they declared with; once it is handed in, whoever may see its case.

    Deleted ones: nobody.
    """
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
    if declaration.deleted_at is not None or not _enters(actor, declaration):
        return deny("只能修改本人填写的申报")
    return ALLOW if is_to_be_submitted(declaration) else deny("已提交的申报不能修改或删除")


def editable_by(actor: Actor) -> Q:
    """The declarations ``can_edit`` would allow."""
    return Q(deleted_at=None) & _entered_by(actor) & _NOT_SUBMITTED


_REFUSED = (CaseState.REJECTED, CaseState.REVOKED)


def can_declare_again(actor: Actor, declaration: Declaration) -> Decision:
    """Its person, once it was refused or its verification failed (CR-37)."""
    if declaration.deleted_at is not None or declaration.person.user_id != actor.user.pk:
        return deny("只能重新申报本人的学时")
    refused = declaration.case is not None and declaration.case.state in _REFUSED
    return ALLOW if refused else deny("只有未通过的申报可以再次申报")


def declared_again_by(actor: Actor) -> Q:
    """The declarations ``can_declare_again`` would allow."""
    return Q(deleted_at=None, person__user_id=actor.user.pk, case__state__in=_REFUSED)


def can_withdraw(actor: Actor, declaration: Declaration) -> Decision:
    """Whoever declared and may go on with it, while nobody has reviewed it (CR-18, CR-21).

    Neither the person for whom their unit declared, nor who acts for that unit no more.
    """
    if declaration.case is None or declaration.deleted_at is not None:
        return deny("该申报尚未提交")
    if declaration.declaring_body_id is not None and not _enters(actor, declaration):
        return deny("由单位代为申报的记录只能由申报人撤销")
    return reviews.can_withdraw(actor, declaration.case)


def withdrawable_by(actor: Actor) -> Q:
    """The declarations ``can_withdraw`` would allow."""
    cases = ReviewCase.objects.filter(reviews.cases_withdrawable_by(actor), pk=OuterRef("case_id"))
    return Q(deleted_at=None) & _entered_by(actor) & Q(Exists(cases))


def can_declare_for_others(actor: Actor) -> Decision:
    """Administrators of a body with the module 学时申报."""
    return ALLOW if actor.desk_id is not None and actor.has(Power.DECLARE) else deny("您没有代为申报学时的权限")


def can_declare_for(actor: Actor, professional: Professional) -> Decision:
    """The present people of the actor's own body, not of those below it (CR-22, CR-24, CR-25)."""
    decision = can_declare_for_others(actor)
    if not decision:
        return decision
    employment = professional.employment
    own = employment.organisation_id == actor.desk_id and employment.state == MembershipState.ACTIVE
    return ALLOW if own else deny("不是本单位人员")


def people_declared_for_by(actor: Actor) -> Q:
    """The people ``can_declare_for`` would allow."""
    if not can_declare_for_others(actor):
        return Q(pk__in=[])
    return Q(employment__organisation_id=actor.desk_id, employment__state=MembershipState.ACTIVE)
