"""What the frame of every page shows, from the pack, the actor and the to-do counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from xueshi.organisations.actors import Actor
from xueshi.organisations.selectors import hats
from xueshi.policies.access import MenuItem
from xueshi.policies.packs import Pack
from xueshi.reviews import kinds, selectors
from xueshi.reviews.states import Stage
from xueshi.ui.shell import Link, NavGroup, Shell, Site, UserBox


def shell(request: HttpRequest) -> dict[str, object]:
    """The context processor; nothing is asked of the database before a template uses it."""
    return {"shell": SimpleLazyObject(lambda: shell_of(request))}


def shell_of(request: HttpRequest) -> Shell | None:
    """The frame of this request; ``None`` outside any portal."""
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
    if name.startswith("/"):
        return name
    try:
        return reverse(name)
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
    """The pack's menu of a role, as this actor may use it."""

    pack: Pack
    actor: Actor
    path: str
    counts: Mapping[str, int]

    def groups(self) -> Iterator[NavGroup]:
        """Loose items stand together, a branch becomes a group under its label."""
        loose: list[Link] = []
        for item in self.pack.menu(self.actor.role_key):
            if not item.children:
                loose += self._links((item,))
                continue
            links = self._links(item.children)
            if links:
                if loose:
                    yield NavGroup(items=tuple(loose))
                    loose = []
                yield NavGroup(label=item.label, items=tuple(links))
        if loose:
            yield NavGroup(items=tuple(loose))

    def _links(self, items: tuple[MenuItem, ...]) -> list[Link]:
        found: list[Link] = []
        for item in items:
            if item.power is not None and not self.actor.has(item.power):
                continue
            if item.children:
                found += self._links(item.children)
            elif address := _address(item.url):
                current = self.path == address or (address != reverse("portal:home") and self.path.startswith(address))
                found.append(Link(label=item.label, url=address, icon=item.icon or "list-details", current=current,
                                  count=self.counts.get(address)))  # fmt: skip
        return _only_longest_current(found)

    def first_waiting(self) -> str:
        """Where the bell leads: the queue where most waits."""
        return max(self.counts, key=lambda address: self.counts[address], default="")


def _only_longest_current(links: list[Link]) -> list[Link]:
    current = max((link for link in links if link.current), key=lambda link: len(link.url), default=None)
    if current is None:
        return links
    return [link if not link.current or link is current else Link(
        label=link.label, url=link.url, icon=link.icon, count=link.count) for link in links]  # fmt: skip


def _user_box(pack: Pack, actor: Actor) -> UserBox:
    items = [Link(label="修改密码", url=reverse("portal:password"), icon="lock")]
    if len(worn := hats(actor.user.pk, pack.key)) > 1:
        items.insert(0, Link(label=f"切换身份（{len(worn)}）", url=reverse("portal:hats"), icon="arrows-exchange"))
    items.append(Link(label="退出登录", url=reverse("portal:sign_out"), icon="logout", post=True))
    return UserBox(
        name=f"{pack.word('greeting')}{actor.user.name}",
        role=pack.word(f"roles.{actor.role_key}"),
        organisation=actor.organisation.name if actor.organisation is not None else "",
        items=tuple(items),
    )
