"""Reading bodies, hats and desks."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce

from xueshi.accounts.states import AccountState
from xueshi.kernel import text
from xueshi.kernel.errors import NotFound
from xueshi.kernel.wording import worded, worded_row
from xueshi.organisations import permissions
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import DeskRule, Hat, MembershipState, OrganisationKind, OrganisationState


def within(actor: Actor) -> QuerySet[Organisation]:
    """Every body the actor may see."""
    return Organisation.objects.filter(permissions.organisations_seen_by(actor))


def organisation_for(actor: Actor, pk: int) -> Organisation:
    """One visible body; ``NotFound`` when absent or not theirs."""
    found = within(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def hats(user_id: int, portal: str) -> list[Membership]:
    """The hats a person may wear on this portal, professional last."""
    return _hats(user_id, portal)


@worded
def _hats(user_id: int, portal: str) -> QuerySet[Membership]:
    rows = Membership.objects.filter(permissions.hats_of(user_id, portal))
    return rows.select_related("organisation", "role", "department").order_by("hat", "-is_super", "pk")


def hats_counted(user_id: int, portal: str) -> Coalesce:
    """How many hats a person may wear on this portal, as part of another question."""
    rows = Membership.objects.filter(permissions.hats_of(user_id, portal)).order_by()
    return Coalesce(Subquery(rows.values("user_id").annotate(number=Count("pk")).values("number")), 0)


def hat(user_id: int, portal: str, membership_id: int) -> Membership | None:
    """One wearable hat, for the request's actor."""
    return _hat(user_id, portal, membership_id)


@worded_row
def _hat(user_id: int, portal: str, membership_id: int) -> QuerySet[Membership]:
    rows = Membership.objects.filter(permissions.hats_of(user_id, portal), pk=membership_id)
    return rows.select_related("user", "organisation", "role", "department")


def hat_seen(actor: Actor, pk: int) -> Membership:
    """A live hat of somebody within reach; ``NotFound`` when absent or not theirs."""
    rows = Membership.objects.filter(permissions.memberships_seen_by(actor), pk=pk, state=MembershipState.ACTIVE)
    found = rows.select_related("user", "organisation", "role").first()
    if found is None:
        raise NotFound
    return found


def resettable(actor: Actor, hats: Iterable[Membership]) -> set[int]:
    """Of some hats the keys of those whose owner's password the actor may have reset; one question for all."""
    rows = Membership.objects.filter(permissions.resettable_by(actor), pk__in=[one.pk for one in hats])
    return set(rows.values_list("pk", flat=True))


def pending_hats(user_id: int, portal: str) -> list[Membership]:
    """The hats that still wait for a review on this portal, to tell the person whom to remind (ID-11)."""
    rows = Membership.objects.filter(user_id=user_id, state=MembershipState.PENDING, organisation__portal=portal)
    return list(rows.select_related("organisation").order_by("pk"))


def employers_named(portal: str, part: str, kinds: tuple[OrganisationKind, ...] = ()) -> QuerySet[Organisation]:
    """Live bodies of a portal whose name contains ``part``: the open unit picker (name and code only)."""
    rows = Organisation.objects.filter(portal=portal, state=OrganisationState.ACTIVE)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    key = text.name_key(part)
    if key:
        rows = rows.filter(
            name_bigrams__contains=[key] if len(key) < 3 else [key[i : i + 2] for i in range(len(key) - 1)]
        )
        rows = rows.filter(name_key__contains=key)
    return rows.order_by("kind", "name_key", "pk")


def active_by_name(portal: str, name: str, kind: OrganisationKind | None = None) -> Organisation | None:
    """The live body with exactly this appearance of name."""
    rows = Organisation.objects.filter(portal=portal, state=OrganisationState.ACTIVE, name_key=text.name_key(name))
    if kind is not None:
        rows = rows.filter(kind=kind)
    return rows.order_by("pk").first()


def same_level_bureau(portal: str, area_code: str) -> Organisation | None:
    """The bureau of an area, else of the city, else the portal's highest (ORG-16: 同级人社部门)."""
    rows = Organisation.objects.filter(portal=portal, kind=OrganisationKind.BUREAU, state=OrganisationState.ACTIVE)
    for code in (area_code, area_code[:4] + "00", area_code[:2] + "0000"):
        if found := rows.filter(area_code=code).order_by("path").first():
            return found
    return rows.order_by("path").first()


def desk_for(rule: DeskRule, organisation: Organisation) -> Organisation | None:
    """The body that decides a step for people or documents of ``organisation``; ``None`` when there is none above."""
    if rule in {DeskRule.OWN, DeskRule.SELF}:
        return organisation
    return organisation.parent


def administrators(organisation_id: int) -> list[Membership]:
    """Who acts for a body now: its administrators with open accounts, the super administrator first."""
    rows = Membership.objects.filter(
        organisation_id=organisation_id,
        hat=Hat.ADMINISTRATOR,
        state=MembershipState.ACTIVE,
        user__state=AccountState.ACTIVE,
    )
    return list(rows.select_related("user", "organisation", "role").order_by("-is_super", "pk"))


def active_super(organisation_id: int) -> Membership | None:
    """The super administrator of a body."""
    rows = Membership.objects.filter(organisation_id=organisation_id, is_super=True, state=MembershipState.ACTIVE)
    return rows.select_related("user").first()
