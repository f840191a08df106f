"""What the frame of every page shows, from the pack, the actor and the to-do counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from xueshi.organisations.actors import Actor
from xueshi.organisations.selectors import count_hats
from xueshi.policies.access import MenuItem
from xueshi.policies.packs import Pack
from xueshi.reviews import kinds, selectors
from xueshi.reviews.states import Stage
from xueshi.ui.shell import Link, NavGroup, Shell, Site, UserBox


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
    site = _site(pack, request.path, signed_in=actor is not None)
    if actor is None:
        return Shell(site=site)
    menu = _Menu(pack, actor, request.path, _counts(actor))
    return Shell(
        site=site,
        nav=tuple(menu.groups()),
        user=_user_box(pack, actor),
        todo=sum(menu.counts.values()) if actor.is_administrator else None,
        todo_url=menu.first_waiting(),
    )


def _site(pack: Pack, path: str, *, signed_in: bool) -> Site:
    portal = pack.portal
    links = [(link.label, _address(link.url)) for link in portal.links]
    return Site(
        title=portal.title,
        home_url=reverse("portal:home") if signed_in else reverse("portal:front"),
        seal=portal.seal,
        links=tuple(Link(label=label, url=url, current=url == path) for label, url in links if url),
        organiser=portal.organiser,
        operator=portal.operator,
        hotline=portal.hotline,
        record_number="　".join(portal.records),
        copyright=portal.copyright,
    )


def _address(name: str) -> str:
    """The address behind a URL name, or nothing when that page does not exist."""
    return name if name.startswith("/") else _reversed(name, get_urlconf() or settings.ROOT_URLCONF)


@cache
def _reversed(name: str, urlconf: str) -> str:
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return ""


def _counts(actor: Actor) -> dict[str, int]:
    """How much waits, by the address of the queue."""
    found: dict[str, int] = {}
    for (key, stage), number in selectors.todo_counts(actor).items():
        kind = kinds.kind(key)
        name = kind.verification_url if stage == Stage.VERIFICATION else kind.queue_url
        if address := _address(name):
            found[address] = found.get(address, 0) + number
    return found


@dataclass(frozen=True)
class _Menu:
    """The pack's menu of a role, as this actor may use it. ``path`` is where they are."""

    pack: Pack
    actor: Actor
    path: str
    counts: Mapping[str, int]

    def groups(self) -> Iterator[NavGroup]:
        """Loose items stand together, a branch becomes a group under its label."""
        tree = [(item, list(self._open(item))) for item in self.pack.menu(self.actor.role_key)]
        current = self._current([address for _item, leaves in tree for _leaf, address in leaves])
        loose: list[Link] = []
        for item, leaves in tree:
            links = [self._link(leaf, address, current) for leaf, address in leaves]
            if not item.children:
                loose += links
                continue
            if loose and links:
                yield NavGroup(items=tuple(loose))
                loose = []
            if links:
                yield NavGroup(label=item.label, items=tuple(links))
        if loose:
            yield NavGroup(items=tuple(loose))

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

    def first_waiting(self) -> str:
        """Where the bell leads: the queue where most waits."""
        return max(self.counts, key=lambda address: self.counts[address], default="")


def _user_box(pack: Pack, actor: Actor) -> UserBox:
    items = [Link(label="修改密码", url=reverse("portal:password"), icon="lock")]
    if (worn := count_hats(actor.user.pk, pack.key)) > 1:
        items.insert(0, Link(label=f"切换身份（{worn}）", url=reverse("portal:hats"), icon="arrows-exchange"))
    items.append(Link(label="退出登录", url=reverse("portal:sign_out"), icon="logout", post=True))
    return UserBox(
        name=f"{pack.word('greeting')}{actor.user.name}",
        role=pack.word(f"roles.{actor.role_key}"),
        organisation=actor.organisation.name if actor.organisation is not None else "",
        items=tuple(items),
    )
