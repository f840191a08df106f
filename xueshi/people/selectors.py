"""Reading professionals."""

from django.db.models import QuerySet

from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.people import permissions
from xueshi.people.models import Professional


def _with_everything(rows: QuerySet[Professional]) -> QuerySet[Professional]:
    return rows.select_related("user", "employment__organisation__parent", "employment__department")


def professionals_seen(actor: Actor) -> QuerySet[Professional]:
    """Every professional the actor may see."""
    return _with_everything(Professional.objects.filter(permissions.professionals_seen_by(actor)))


def professional_of(user_id: int) -> Professional | None:
    """A user's record as a professional, if they have one."""
    return _with_everything(Professional.objects.filter(user_id=user_id)).first()


def professional_for(actor: Actor, pk: int) -> Professional:
    """One visible professional; ``NotFound`` when absent or not theirs."""
    found = professionals_seen(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
