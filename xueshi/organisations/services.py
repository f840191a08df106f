"""Writing bodies and hats."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from xueshi.accounts import recovering
from xueshi.accounts.codes import Recipient
from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel import clock, text
from xueshi.kernel.errors import NotFound, RuleBroken
from xueshi.organisations import permissions, rules, selectors
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Department, Membership, Organisation, Role
from xueshi.organisations.states import (
    CEILING,
    Hat,
    MembershipState,
    OrganisationKind,
    OrganisationState,
    Power,
)


@dataclass(frozen=True, slots=True)
class OrganisationDraft:
    """What is known of a body before it exists."""

    kind: OrganisationKind
    name: str
    portal: str
    area_code: str
    parent: Organisation | None
    code: str | None = None
    level: str = ""
    nature: str = ""
    unit_level: str = ""
    industry: str = ""
    phone: str = ""
    address: str = ""
    head: str = ""
    answers: dict[str, object] = field(default_factory=dict)


@transaction.atomic
def create_organisation(draft: OrganisationDraft, *, state: OrganisationState, by: audit.By) -> Organisation:
    """Create a body under its superior; a live one gets its place in the tree at once."""
    _check_place(draft)
    organisation = Organisation(
        kind=draft.kind,
        state=OrganisationState.PENDING,
        name=draft.name,
        name_key=text.name_key(draft.name),
        name_bigrams=text.bigrams(draft.name),
        code=draft.code,
        portal=draft.portal,
        parent=draft.parent,
        area_code=draft.area_code,
        level=draft.level,
        nature=draft.nature,
        unit_level=draft.unit_level,
        industry=draft.industry,
        phone=draft.phone,
        address=draft.address,
        head=draft.head,
        answers=draft.answers,
        created_at=clock.now(),
    )
    organisation.save(force_insert=True)
    if state == OrganisationState.ACTIVE:
        activate_organisation(organisation)
    audit.record(by, "organisation.created", organisation, state=organisation.state)
    return organisation


def _check_place(draft: OrganisationDraft) -> None:
    if draft.parent is None:
        if draft.kind != OrganisationKind.BUREAU:
            raise RuleBroken("请选择上级部门", "parent")
        return
    if draft.parent.state != OrganisationState.ACTIVE:
        raise RuleBroken("上级部门尚未生效", "parent")
    if not rules.may_stand_under(draft.kind, OrganisationKind(draft.parent.kind)):
        raise RuleBroken("不能选择该单位作为上级部门", "parent")


@transaction.atomic
def activate_organisation(organisation: Organisation) -> None:
    """Give a body its place in the tree; ``RuleBroken`` when a live body already has its code or its name."""
    parent_path = organisation.parent.path or "" if organisation.parent is not None else ""
    organisation.path = rules.path_of(parent_path, organisation.pk)
    organisation.state = OrganisationState.ACTIVE
    try:
        with transaction.atomic():
            organisation.save(update_fields=["path", "state"])
    except IntegrityError as twice:
        if "organisation_name_once_active" in str(twice):
            raise RuleBroken("同名单位已经生效，请核对", "unit_name") from None
        raise RuleBroken("该统一社会信用代码已有单位在使用", "code") from None


def reject_organisation(organisation: Organisation) -> None:
    """Leave the entered data, free the name and code."""
    organisation.state = OrganisationState.REJECTED
    organisation.save(update_fields=["state"])


@transaction.atomic
def move_organisation(organisation_id: int, new_parent_id: int, *, by: audit.By) -> Organisation:
    """Hang a body, with everything below it, under another superior in one transaction."""
    rows = (
        Organisation.objects.select_for_update(no_key=True)
        .filter(pk__in=[organisation_id, new_parent_id])
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    if len(found) < 2:
        raise NotFound
    moving, parent = found[organisation_id], found[new_parent_id]
    old_root, parent_path = moving.path or "", parent.path or ""
    if not old_root or not parent_path or rules.is_within(parent_path, old_root):
        raise RuleBroken("不能移动到自己的下级", "parent")
    if not rules.may_stand_under(OrganisationKind(moving.kind), OrganisationKind(parent.kind)):
        raise RuleBroken("不能选择该单位作为上级部门", "parent")
    new_root = rules.path_of(parent_path, moving.pk)
    subtree = Organisation.objects.filter(path__startswith=old_root)
    subtree.update(path=Concat(Value(new_root), Substr(F("path"), len(old_root) + 1)), portal=parent.portal)
    Organisation.objects.filter(pk=moving.pk).update(parent=parent)
    moving.refresh_from_db()
    audit.record(by, "organisation.moved", moving, old=old_root, new=new_root)
    return moving


def locked(organisation_id: int) -> Organisation:
    """The body under its lock; ``NotFound`` when absent. Whoever hands something in there takes the same lock."""
    rows = Organisation.objects.select_for_update(no_key=True, of=("self",)).filter(pk=organisation_id).order_by("pk")
    found = rows.select_related("parent").first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def reviewing_body(organisation: Organisation) -> Organisation:
    """The body that reviews hours for this desk now: itself, or the nearest above whose right is not closed (AMB-27).

    Locked, so that nothing is handed in to a desk while it is being closed.
    """
    found = locked(organisation.pk)
    while found.review_closed and found.parent_id is not None:
        found = locked(found.parent_id)
    return found


def set_review_closed(organisation: Organisation, *, closed: bool, reason: str, by: audit.By) -> None:
    """Close or open a body's right to review hours; the reason is kept while it is closed."""
    organisation.review_closed, organisation.review_closed_for = closed, reason if closed else ""
    organisation.save(update_fields=["review_closed", "review_closed_for"])
    audit.record(by, f"organisation.review_{'closed' if closed else 'opened'}", organisation, reason=reason)


@dataclass(frozen=True, slots=True)
class HatDraft:
    """Which hat a person gets, where."""

    user: User
    organisation: Organisation
    hat: Hat
    is_super: bool = False
    role: Role | None = None
    department: Department | None = None


@transaction.atomic
def give_hat(draft: HatDraft, *, state: MembershipState, by: audit.By) -> Membership:
    """Create a membership; the database refuses a second employer, a second super administrator, a hat twice."""
    try:
        with transaction.atomic():
            membership = Membership.objects.create(
                user=draft.user,
                organisation=draft.organisation,
                hat=draft.hat,
                state=state,
                is_super=draft.is_super,
                role=draft.role,
                department=draft.department,
                began_at=clock.now(),
            )
    except IntegrityError:
        raise RuleBroken("此人已有该身份，或该单位已有超级管理员", "user") from None
    audit.record(by, "membership.given", membership, hat=draft.hat, state=state)
    return membership


@transaction.atomic
def set_hat_state(membership: Membership, state: MembershipState, *, by: audit.By) -> None:
    """Open, refuse or end a hat; an ended one keeps its dates as history."""
    membership.state = state
    if state in {MembershipState.ENDED, MembershipState.REJECTED}:
        membership.ended_at = clock.now()
    try:
        with transaction.atomic():
            membership.save(update_fields=["state", "ended_at"])
    except IntegrityError:
        raise RuleBroken("此人已有工作单位，或该单位已有超级管理员", "user") from None
    audit.record(by, "membership.state", membership, state=state)


def reset_password(actor: Actor, membership_id: int) -> Recipient:
    """重置密码: have the owner sent a secret that sets a new password; nobody else sees any (B8).

    Returns:
        Where it went.

    Raises:
        NotFound, NotAllowed: as ``hat_seen`` and ``can_reset`` say.
        RuleBroken, TooMany: as ``recovering.start_reset``.
    """
    hat = selectors.hat_seen(actor, membership_id)
    permissions.can_reset(actor, hat).require()
    by = audit.By(actor.user.pk, actor.desk_id)
    return recovering.start_reset(hat.user, by=by, portal=hat.organisation.portal)


def set_department(membership: Membership, department: Department | None, *, by: audit.By) -> None:
    """Put a hat into an internal department of its body, or into none."""
    if department is not None and department.organisation_id != membership.organisation_id:
        raise NotFound
    membership.department = department
    membership.save(update_fields=["department"])
    audit.record(by, "membership.department", membership, department=department.pk if department else None)


def create_role(organisation: Organisation, name: str, powers: frozenset[Power], description: str = "") -> Role:
    """A named set of powers, never beyond what the body's kind allows (A7)."""
    if not powers <= CEILING[OrganisationKind(organisation.kind)]:
        raise RuleBroken("所选权限超出本单位的权限范围", "powers")
    return Role.objects.create(
        organisation=organisation, name=name, description=description, powers=sorted(power.value for power in powers)
    )


def create_department(organisation: Organisation, name: str, parent: Department | None = None) -> Department:
    """An internal department; its name is unique under its parent."""
    return Department.objects.create(organisation=organisation, name=name, parent=parent)
