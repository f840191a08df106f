"""The shape of the tree, without a database."""

from xueshi.organisations.states import OrganisationKind

ALLOWED_PARENTS: dict[OrganisationKind, frozenset[OrganisationKind]] = {
    OrganisationKind.BUREAU: frozenset({OrganisationKind.BUREAU}),
    OrganisationKind.DEPARTMENT: frozenset({OrganisationKind.BUREAU}),
    OrganisationKind.EMPLOYER: frozenset(
        {OrganisationKind.DEPARTMENT, OrganisationKind.BUREAU, OrganisationKind.EMPLOYER}
    ),
    OrganisationKind.BASE: frozenset({OrganisationKind.DEPARTMENT, OrganisationKind.BUREAU}),
}
"""Which body may stand directly under which (ORG-28)."""


def may_stand_under(kind: OrganisationKind, parent: OrganisationKind) -> bool:
    """Whether a body of ``kind`` may have a superior of kind ``parent``."""
    return parent in ALLOWED_PARENTS[kind]


def path_of(parent_path: str, pk: int) -> str:
    """The path of a body under ``parent_path`` (empty for a root)."""
    return f"{parent_path}{pk}."


def is_within(path: str, root: str) -> bool:
    """Whether ``path`` is ``root`` itself or below it."""
    return path.startswith(root)


def moved_path(path: str, old_root: str, new_root: str) -> str:
    """The path of a body inside a subtree that moved from ``old_root`` to ``new_root``."""
    return new_root + path.removeprefix(old_root)
