"""Every entry of a menu leads somewhere, or belongs to a module that the pack does not offer yet."""

from collections.abc import Iterator

import pytest
from django.urls import NoReverseMatch, reverse

from xueshi.policies import registry
from xueshi.policies.access import MenuItem, Menus
from xueshi.policies.packs import Pack

PACKS = [pytest.param(pack, id=pack.key) for pack in registry.packs()]


def entries(pack: Pack) -> Iterator[MenuItem]:
    """The entries of every role's menu as it is shown, branches included."""
    waiting = [item for role in Menus.model_fields for item in pack.menu(role)]
    while waiting:
        item = waiting.pop()
        waiting += item.children
        yield item


def leads_nowhere(item: MenuItem) -> bool:
    if not item.url:
        return not item.children
    try:
        reverse(item.url)
    except NoReverseMatch:
        return True
    return False


@pytest.mark.parametrize("pack", PACKS)
def test_every_entry_that_is_shown_leads_somewhere(pack: Pack) -> None:
    shown = list(entries(pack))
    assert len(shown) > len(Menus.model_fields)
    assert {f"{item.key}: {item.url}" for item in shown if leads_nowhere(item)} == set()


@pytest.mark.parametrize("pack", PACKS)
def test_no_branch_shows_the_same_page_twice(pack: Pack) -> None:
    for role in Menus.model_fields:
        for item in pack.menu(role):
            urls = [child.url for child in item.children if child.url]
            assert len(urls) == len(set(urls)), (role, item.key)
