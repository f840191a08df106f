"""A new body with its first administrator."""

from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations import services as organisations
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState
from xueshi.registrations import selectors
from xueshi.registrations.services.drafts import RegistrationDraft

_COLUMNS = {
    "nature": "unit_nature",
    "unit_level": "unit_level",
    "industry": "industry",
    "phone": "unit_telephone",
    "address": "address",
    "head": "head",
}


def enter(draft: RegistrationDraft, user: User) -> Membership:
    """Create the body under its superior and its first, super administrator, both pending (ORG-03, ORG-16)."""
    by = audit.By(user.pk)
    kind = OrganisationKind(draft.way.role)
    check_free(draft, kind)
    code = draft.answers.text("code") or None
    known = {column: draft.answers.text(key) for column, key in _COLUMNS.items()}
    body = organisations.create_organisation(
        organisations.OrganisationDraft(
            kind=kind,
            name=draft.answers.text("unit_name"),
            portal=draft.portal,
            area_code=draft.answers.text("area"),
            parent=superior(draft),
            code=code,
            answers={"base_level": draft.answers.text("base_level")} if "base_level" in draft.answers else {},
            **known,
        ),
        state=OrganisationState.PENDING,
        by=by,
    )
    return organisations.give_hat(
        organisations.HatDraft(user=user, organisation=body, hat=Hat.ADMINISTRATOR, is_super=True),
        state=MembershipState.PENDING,
        by=by,
    )


def check_free(draft: RegistrationDraft, kind: OrganisationKind) -> None:
    """Refuse a name or code that a live body bears; one who only wants to administer it asks its 超管 (ORG-24)."""
    name, code = draft.answers.text("unit_name"), draft.answers.text("code")
    if bodies.active_by_name(draft.portal, name, kind) is not None:
        raise RuleBroken("该单位已在平台注册。若只是申请成为单位管理员，请先联系该单位超管添加。", "unit_name")
    if code and selectors.code_in_use(code):
        raise RuleBroken("该统一社会信用代码已有单位在使用", "code")


def superior(draft: RegistrationDraft) -> Organisation:
    """The picked superior, or the bureau of the same level when the unit says it has no department (AMB-19)."""
    way, answers = draft.way, draft.answers
    if "superior" in way.form and "superior" in answers:
        picker = way.form.field("superior").picker
        found = selectors.pickable_body(draft.portal, picker, answers.text("superior"))
        if found is None:
            raise RuleBroken(f"请从列表中选择{way.form.field('superior').label}", "superior")
        return found
    bureau = bodies.same_level_bureau(draft.portal, answers.text("area"))
    if bureau is None:
        raise RuleBroken("该地区还没有人社部门，请联系技术支持", "area")
    return bureau
