"""What those said who were entered directly: as if they had registered, each on the portal of their first hat."""

from collections.abc import Iterable, Iterator

from xueshi.accounts.models import User
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.portal.seeds.accounts import ACCOUNTS
from xueshi.registrations import services as registrations
from xueshi.registrations.services import Known


def agree(actors: Iterable[Actor], accounts: dict[str, User]) -> None:
    """Let everybody have ticked the boxes once, below the texts of that year, which nobody shows any more.

    ``accounts`` are the fixed ones by number, some without a hat.
    """
    met = {known.user.pk: known for known in [*_bare(accounts), *_hats(actors)]}
    registrations.enter_known(met.values(), version=f"{clock.year()}-01-01")


def _hats(actors: Iterable[Actor]) -> Iterator[Known]:
    for actor in actors:
        if actor.organisation is not None:
            yield Known(actor.user, actor.organisation.portal, actor.membership)


def _bare(accounts: dict[str, User]) -> Iterator[Known]:
    for fixed in ACCOUNTS:
        yield Known(accounts[fixed.document], fixed.portal)
