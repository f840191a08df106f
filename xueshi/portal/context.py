"""What the frame of every page shows, from the pack, the actor and the to-do counts."""

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from xueshi.accounts import selectors as accounts
from xueshi.notifications.selectors import unread_counted
from xueshi.organisations.actors import Actor
from xueshi.organisations.selectors import hats_counted
from xueshi.organisations.states import Power
from xueshi.policies.access import MenuItem
from xueshi.policies.packs import Link as PackLink
from xueshi.policies.packs import Pack
from xueshi.reviews import kinds, selectors
from xueshi.reviews.states import Stage
from xueshi.ui.shell import Link, NavGroup, Shell, Site, Todo, UserBox

_PACKS: Final = 16
"""Of so many packs is kept what stands on all their pages."""


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor; nothing is asked of the database before a template uses it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> Shell | None:
    """The frame of this request, made once; ``None`` outside any portal."""
    if not hasattr(request, "_shell"):
        setattr(request, "_shell", _made(request))  # noqa: B010 - an attribute of our own on Django's request
    made: Shell | None = getattr(request, "_shell", None)
    return made


def _made(request: HttpRequest) -> Shell | None:
    pack: Pack | None = getattr(request, "pack", None)
    actor: Actor | None = getattr(request, "actor", None)
    if pack is None:
        return None
    site = _site(pack, request.path if request.path in _public(pack) else "", signed_in=actor is not None)
    if actor is None:
        return Shell(site=site)
    figures = _figures(actor, pack.key)
    counts = _by_address(figures.waiting)
    withdrawn = actor.user.consent_withdrawn_at is not None
    tree = _own(request.path) if withdrawn else _Menu(pack, actor, request.path, counts).tree()
    return Shell(
        site=site,
        nav=tuple(_groups(tree)),
        modules=tree,
        user=_user_box(pack, actor, figures, () if withdrawn else _own_unit(actor, tree)),
        todo=todo_of(pack, actor, counts) if actor.is_administrator else None,
    )


def _own(path: str) -> tuple[Link, ...]:
    """What is left to somebody who took their consent back (C7)."""
    pages = (("portal:privacy", "隐私与授权", "shield-check"), ("portal:account", "账号信息", "id"))
    links = ((reverse(name), label, icon) for name, label, icon in pages)
    return tuple(Link(label=label, url=url, icon=icon, current=url == path) for url, label, icon in links)


@lru_cache(maxsize=_PACKS)
def _public(pack: Pack) -> frozenset[str]:
    """The addresses that the top of a page links to."""
    return frozenset(link.url for top in _top_links(pack.portal.links, "") for link in (top, *top.children))


@lru_cache(maxsize=_PACKS * 32)
def _site(pack: Pack, path: str, *, signed_in: bool) -> Site:
    portal = pack.portal
    return Site(
        title=portal.title,
        title_parts=portal.title_parts,
        home_url=reverse("portal:home") if signed_in else reverse("portal:front"),
        seal=portal.seal,
        links=tuple(_top_links(portal.links, path)),
        organiser=portal.organiser,
        operator=portal.operator,
        hotline=portal.hotline,
        record_number="　".join(portal.records),
        copyright=portal.copyright,
    )


def _top_links(links: Iterable[PackLink], path: str) -> Iterator[Link]:
    """The links of public pages whose pages exist, menus with what is left of them."""
    for link in links:
        inner = tuple(_top_links(link.children, path))
        address = _address(link.url) if link.url else ""
        if address or inner:
            yield Link(label=link.label, url=address, current=address == path, children=inner)


def _address(name: str) -> str:
    """The address behind a URL name, or nothing when that page does not exist."""
    return name if name.startswith("/") else _reversed(name, get_urlconf() or settings.ROOT_URLCONF)


@cache
def _reversed(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _by_address(waiting: Mapping[tuple[str, Stage], int]) -> dict[str, int]:
    """How much waits, by the address of the queue."""
    found: dict[str, int] = {}
    for (key, stage), number in waiting.items():
        kind = kinds.kind(key)
        name = kind.verification_url if stage == Stage.VERIFICATION else kind.queue_url
        if address := _address(name):
            found[address] = found.get(address, 0) + number
    return found


def todo_of(pack: Pack, actor: Actor, counts: Mapping[str, int] | None = None) -> Todo:
    """待办事项 by kind under the names of the menu, most first; one query over all kinds (DSH-01)."""
    found = _by_address(selectors.todo_counts(actor)) if counts is None else counts
    names = _called(pack, actor.role_key)
    items = [Link(label=names.get(url, "审核"), url=url, count=number) for url, number in found.items()]
    return Todo(
        items=tuple(sorted(items, key=lambda item: (-(item.count or 0), item.url))), feed=reverse("portal:todo")
    )


@lru_cache(maxsize=_PACKS * 32)
def _called(pack: Pack, role: str) -> Mapping[str, str]:
    """What pages are called: as the role's menu says, else a queue by what waits there."""
    queues = [(kind, name) for kind in kinds.all_kinds() for name in (kind.queue_url, kind.verification_url) if name]
    return {_address(name): kind.label for kind, name in queues} | dict(_named(pack.menu(role)))


def _named(items: Iterable[MenuItem]) -> Iterator[tuple[str, str]]:
    """What the menu calls each address."""
    for item in items:
        yield from _named(item.children)
        if address := _address(item.url) if item.url else "":
            yield address, item.label


def _groups(tree: Iterable[Link]) -> Iterator[NavGroup]:
    """Loose items stand together, a branch becomes a group under its label."""
    loose: list[Link] = []
    for link in tree:
        if not link.children:
            loose.append(link)
            continue
        if loose:
            yield NavGroup(items=tuple(loose))
            loose = []
        yield NavGroup(label=link.label, items=link.children)
    if loose:
        yield NavGroup(items=tuple(loose))


@dataclass(frozen=True)
class _Menu:
    """The pack's menu of a role, as this actor may use it. ``path`` is where they are."""

    pack: Pack
    actor: Actor
    path: str
    counts: Mapping[str, int]

    def tree(self) -> tuple[Link, ...]:
        """The menu with its branches; what this actor may not open is absent, and so are branches without pages."""
        items = self.pack.menu(self.actor.role_key)
        current = self._current([address for item in items for _leaf, address in self._open(item)])
        return tuple(self._links(items, current))

    def _links(self, items: Iterable[MenuItem], current: str) -> Iterator[Link]:
        for item in items:
            if item.power is not None and not self.actor.has(item.power):
                continue
            if item.children:
                if inner := tuple(self._links(item.children, current)):
                    yield Link(label=item.label, url="", icon=item.icon or "point", children=inner)
            elif address := _address(item.url):
                yield self._link(item, address, current)

    def _open(self, item: MenuItem) -> Iterator[tuple[MenuItem, str]]:
        """The pages below an item that exist and that this actor may open, with their addresses."""
        if item.power is not None and not self.actor.has(item.power):
            return
        for child in item.children:
            yield from self._open(child)
        if not item.children and (address := _address(item.url)):
            yield item, address

    def _current(self, addresses: list[str]) -> str:
        """The entry of this page: the longest address it begins with."""
        return max((one for one in addresses if self.path.startswith(one)), key=len, default="")

    def _link(self, item: MenuItem, address: str, current: str) -> Link:
        return Link(
            label=item.label, url=address, icon=item.icon or "point", current=address == current,
            count=self.counts.get(address),
        )  # fmt: skip


@dataclass(frozen=True)
class _Figures:
    """Hats a person may wear here, unread messages, and what waits for them by kind and stage."""

    hats: int
    unread: int
    waiting: Mapping[tuple[str, Stage], int]


_KEPT: Final = 4096
"""Actors whose question a process keeps in words."""
_questions: dict[Hashable, accounts.Question] = {}


def _figures(actor: Actor, portal: str) -> _Figures:
    """One question for the frame of a page."""
    user_id = actor.user.pk
    hat = actor.membership.pk if actor.membership is not None else None
    # All that the question hangs on: the same actor asks the same, whatever the answer has become.
    key = user_id, hat, actor.desk_id, actor.powers, portal
    if (question := _questions.get(key)) is None:
        if len(_questions) >= _KEPT:
            _questions.clear()
        question = accounts.question(
            user_id, hats_counted(user_id, portal), unread_counted(user_id, portal), selectors.todo_counted(actor)
        )
        _questions[key] = question
    hats, unread, waiting = accounts.answer(question)
    return _Figures(hats, unread, selectors.todo_read(map(json.loads, waiting or ())))


def _own_unit(actor: Actor, tree: Iterable[Link]) -> Iterator[Link]:
    """The way to the data of one's own unit and who acts for it, where the printed menu of the role has none."""
    address = _address("registrations:unit")
    entrusted = actor.has(Power.PROFILE) or actor.has(Power.ADMINISTRATORS)
    if entrusted and address and not any(link.url == address for link in _leaves(tree)):
        yield Link(label="单位管理", url=address, icon="building")


def _leaves(tree: Iterable[Link]) -> Iterator[Link]:
    for link in tree:
        yield from _leaves(link.children) if link.children else (link,)


def _user_box(pack: Pack, actor: Actor, figures: _Figures, own_unit: Iterable[Link]) -> UserBox:
    items = [
        *own_unit,
        Link(label="账号信息", url=reverse("portal:account"), icon="id"),
        Link(label="修改密码", url=reverse("portal:password"), icon="lock"),
    ]
    if actor.is_administrator and actor.has(Power.CONTENT):
        items.insert(0, Link(label="通知公告管理", url=reverse("notices:own_list"), icon="edit"))
    if (worn := figures.hats) > 1 and actor.user.consent_withdrawn_at is None:
        items.insert(0, Link(label=f"切换身份（{worn}）", url=reverse("portal:hats"), icon="arrows-exchange"))
    items.append(Link(label="退出登录", url=reverse("portal:sign_out"), icon="logout", post=True))
    notes = Link(label=pack.word("notes.page"), url=reverse("portal:notes"), icon="mail", count=figures.unread)
    role, unit = pack.word(f"roles.{actor.role_key}"), actor.organisation.name if actor.organisation is not None else ""
    if pack.portal.user_menu == "unit" and actor.is_administrator:
        shown = f"{role} {actor.user.name}"
        return UserBox(name=unit, short=actor.user.name, role=shown, items=tuple(items), notes=notes)
    return UserBox(
        name=actor.user.name,
        greeting=pack.word("greeting"),
        role=role,
        organisation=unit,
        items=tuple(items),
        notes=notes,
    )
