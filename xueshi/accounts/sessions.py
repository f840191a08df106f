"""The sessions of an account: listed for their owner, ended by them or with a change of what guards the way in (B9)."""

from django.contrib.sessions.models import Session
from django.db import transaction

from xueshi.accounts.devices import Visit
from xueshi.accounts.models import OpenSession, User
from xueshi.kernel import clock


def opened(session_key: str, user: User, visit: Visit) -> None:
    """Note a session that begins."""
    OpenSession.objects.create(  # rule 1: our own sessions
        session_key=session_key, user=user, portal=visit.portal, label=visit.label, source=visit.source,
        began_at=clock.now(),
    )  # fmt: skip


def moved(old_key: str, new_key: str) -> None:
    """Follow a session to its new id."""
    OpenSession.objects.filter(session_key=old_key).update(session_key=new_key)  # rule 1: our own sessions


def closed(session_key: str) -> None:
    """Forget a session that has ended."""
    OpenSession.objects.filter(session_key=session_key).delete()  # rule 1: our own sessions


def listed(user: User) -> list[OpenSession]:
    """The sessions of an account that were not ended, latest first."""
    mine = list(OpenSession.objects.filter(user=user).order_by("-began_at", "pk"))  # rule 1: our own sessions
    keys = [one.session_key for one in mine]
    alive = set(Session.objects.filter(pk__in=keys).values_list("pk", flat=True))  # rule 1: the framework's sessions
    return [one for one in mine if one.session_key in alive]


def visit_of(session_key: str) -> Visit:
    """From where a session was opened; an empty visit when it was never noted."""
    found = OpenSession.objects.filter(session_key=session_key).first()  # rule 1: our own sessions
    return Visit(found.source, found.label, found.portal) if found is not None else Visit()


def end(user: User, pk: int) -> bool:
    """End one session of one's own, from its next request on; false when it is not theirs."""
    key = OpenSession.objects.filter(user=user, pk=pk).values_list("session_key", flat=True).first()  # rule 1: as above
    if key is None:
        return False
    _end([key])
    return True


def end_all(user: User, *, keep: str = "") -> int:
    """End every session of an account but the one with the key ``keep``; returns how many there were."""
    mine = OpenSession.objects.filter(user=user).exclude(session_key=keep)  # rule 1: as above
    keys = list(mine.values_list("session_key", flat=True))
    _end(keys)
    return len(keys)


@transaction.atomic
def _end(keys: list[str]) -> None:
    Session.objects.filter(pk__in=keys).delete()  # rule 1: the framework's sessions
    OpenSession.objects.filter(session_key__in=keys).delete()  # rule 1: our own sessions


def sweep() -> int:
    """Forget sessions the framework no longer knows."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("pk")  # rule 1: the framework's sessions
    return OpenSession.objects.exclude(session_key__in=alive).delete()[0]  # rule 1: our own sessions
