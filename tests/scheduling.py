"""Which tests stay on one worker, which start first, and the proof that they do.

The plugin's own way of grouping writes into a private attribute of tests that pytest no longer reads; it then groups
nothing and says nothing, and every worker makes every world and starts every browser.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

SHARED = "tests/checks/surface"
"""The package whose files share one world and one crawl; apart, every worker would make its own."""
UNCRAWLED = (f"{SHARED}/test_authority.py", f"{SHARED}/test_browser.py")
"""Its files that need the world and not the crawl: half of its work, which another worker may do."""
WORLD = "snapshot"
"""The fixture by which a file waits for that world."""
RACES = "races"
"""Files in which forty threads meet: two such at once ask for more connections than a database usually has."""


def path_of(nodeid: str) -> str:
    """The file of a test."""
    return nodeid.split("::", 1)[0]


def group_of(nodeid: str) -> str:
    """What stays on one worker: a file, the files that share a crawl, or those that race."""
    path = path_of(nodeid)
    if RACES in path:
        return RACES
    return SHARED if path.startswith(SHARED) and path not in UNCRAWLED else path


def turn_of(item: pytest.Item) -> int:
    """The longest first, so that no worker ends alone: what shares a world, then what drives a browser.

    What needs that world too comes after the other browsers, when it has long been built; then the races.
    """
    if group_of(item.nodeid) == SHARED:
        return 0
    if item.get_closest_marker("browser"):
        return 2 if hasattr(getattr(item, "module", None), WORLD) else 1
    return 3 if path_of(item.nodeid) in UNCRAWLED or group_of(item.nodeid) == RACES else 4


class Together(LoadScopeScheduling):
    """Gives a worker a whole group, in the order in which the tests were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


class Witness:
    """Sees where every group ran; one that ran in two places ends the run."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def saw(self, nodeid: str, worker: str) -> None:
        """Remember where a test ran; ``RuntimeError`` when its group ran elsewhere before."""
        first = self._places.setdefault(group_of(nodeid), worker)
        if first != worker:
            raise RuntimeError(f"{group_of(nodeid)} ran on {first} and on {worker}: groups are not kept together")
