"""People within an actor's reach, each with what an authority's list of people does with them."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from xueshi.ledger import permissions
from xueshi.ledger.models import YearAccount
from xueshi.organisations import permissions as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership
from xueshi.organisations.states import MembershipState
from xueshi.people import selectors as people
from xueshi.people.models import Professional


def personnel(actor: Actor) -> QuerySet[Professional]:
    """The active people of the actor's body and those below it; nobody for who may not query.

    Each has ``earned_id``, the account of the latest year that hours have passed (one that is waived certifies
    nothing), and whether the actor ``may_reset`` their password.
    """
    if not permissions.can_open_archive(actor):
        return Professional.objects.none()
    earned = YearAccount.objects.filter(
        Q(verdict__waived=False) | Q(verdict__waived__isnull=True), person_id=OuterRef("pk"), passed=True
    )
    resettable = Membership.objects.filter(bodies.resettable_by(actor), pk=OuterRef("employment_id"))
    rows = people.professionals_listed(actor).filter(employment__state=MembershipState.ACTIVE)
    return rows.annotate(earned_id=Subquery(earned.order_by("-year").values("pk")[:1]), may_reset=Exists(resettable))
