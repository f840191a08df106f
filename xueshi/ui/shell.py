"""What the frame around every page shows; ``portal`` fills it in a context processor as ``shell``."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link of the navigation or of a menu; ``post`` draws it as a button in a form (GET changes nothing).

    ``children`` fold out below it where the place knows menus (the links at the top of public pages).
    """

    label: str
    url: str
    icon: str = ""
    current: bool = False
    count: int | None = None
    post: bool = False
    children: tuple["Link", ...] = ()


@dataclass(frozen=True, kw_only=True)
class NavGroup:
    """Links under one heading; an empty label draws no heading."""

    items: tuple[Link, ...]
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Site:
    """The words of one portal (SYS-16); empty ones are left out. ``title_parts`` are where a narrow head breaks it."""

    title: str
    title_parts: tuple[str, ...] = ()
    home_url: str = "/"
    seal: str = "学"
    links: tuple[Link, ...] = ()
    organiser: str = ""
    operator: str = ""
    hotline: str = ""
    record_number: str = ""
    copyright: str = ""
    footer_links: tuple[Link, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UserBox:
    """Who is signed in, under which hat, the items of the drop-down behind the name, and the way to their messages.

    ``greeting`` stands before the name where there is room, ``short`` in its place where there is little.
    """

    name: str
    greeting: str = ""
    short: str = ""
    role: str = ""
    organisation: str = ""
    items: tuple[Link, ...] = ()
    notes: Link | None = None


@dataclass(frozen=True, kw_only=True)
class Todo:
    """待办事项 of an administrator: what waits, a link per kind; ``feed`` answers with news of them (DSH-01)."""

    items: tuple[Link, ...] = ()
    feed: str = ""

    @property
    def total(self) -> int:
        """How much waits altogether."""
        return sum(item.count or 0 for item in self.items)

    @property
    def mark(self) -> str:
        """The same as long as nothing changes."""
        return ".".join(f"{item.count}" for item in self.items) or "0"


@dataclass(frozen=True, kw_only=True)
class Shell:
    """The frame; ``todo`` is None where the role has no 待办事项. ``modules`` is the menu as tree, ``nav`` as drawn."""

    site: Site
    nav: tuple[NavGroup, ...] = ()
    modules: tuple[Link, ...] = ()
    user: UserBox | None = None
    todo: Todo | None = None
    large_type: bool = False
    extra_crumbs: tuple[Link, ...] = ()

    @property
    def breadcrumb(self) -> tuple[Link, ...]:
        """Module and page of the current entry (SYS-09), then what the page adds; empty on the home page."""
        for group in self.nav:
            if path := _path_to_current(group.items):
                if path[-1].url == self.site.home_url:
                    break
                module = (Link(label=group.label, url=""),) if group.label else ()
                return (*module, *path, *self.extra_crumbs)
        return self.extra_crumbs


def _path_to_current(items: tuple[Link, ...]) -> tuple[Link, ...]:
    """The entry of this page with the branches above it; empty when it is not among ``items``."""
    for item in items:
        if item.current:
            return (item,)
        if inner := _path_to_current(item.children):
            return (Link(label=item.label, url=""), *inner)
    return ()
