"""A region's pack: everything it decides, typed and frozen."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from xueshi.kernel.errors import RuleBroken
from xueshi.policies.access import Access, Agreement, Login, MenuItem, Menus, Registration, Rejection, Upload, Ways
from xueshi.policies.chains import Chain
from xueshi.policies.profile import Profile
from xueshi.policies.values import Key, Label, Sourced, UnknownKey, Value
from xueshi.policies.years import YearRules

__all__ = ["Link", "NoRulesForYear", "Pack", "Portal"]


class NoRulesForYear(RuleBroken):
    """The year lies before the pack's first rules."""


class Link(Value):
    """A link of the front page or the footer; with ``children`` it is a menu of them."""

    key: Key
    label: Label
    url: str = ""
    children: tuple["Link", ...] = ()


class Reminders(Sourced):
    """When people are reminded: after how many days a case has waited at a desk, and how many days before a year ends
    its people are told what they lack. Days of the calendar; none means never."""

    waiting_days: tuple[int, ...] = ()
    closing_days: tuple[int, ...] = ()


class Portal(Sourced):
    """The file ``portal.toml``. ``abstract`` packs are only extended, never served.

    ``user_menu``: whether an administrator's drop-down (修改密码, 退出登录) hangs under their name or the unit's
    (ID-20).
    ``title_parts``: the title in the pieces between which a narrow page may break it.
    ``home``: what an employer's home tells of its people, this year's completion (DSH-03) or figures by year
    (DSH-14).
    """

    key: Key
    extends: str = ""
    abstract: bool = False
    title: Label
    title_parts: tuple[Label, ...] = ()
    short_title: Label
    hosts: tuple[str, ...] = ()
    seal: str = Field(min_length=1, max_length=1)
    area: str = Field(pattern=r"^\d{6}$")
    slogan: Label
    introduction: str = ""
    organiser: Label
    operator: str = ""
    hotline: str = ""
    copyright: Label
    records: tuple[str, ...] = ()
    contact: str = ""
    links: tuple[Link, ...] = ()
    user_menu: Literal["person", "unit"] = "person"
    home: Literal["completion", "years"] = "completion"
    reminders: Reminders = Reminders()

    @model_validator(mode="after")
    def _parts_make_the_title(self) -> Self:
        if self.title_parts and "".join(self.title_parts) != self.title:
            message = f"title_parts give {''.join(self.title_parts)!r}, the title is {self.title!r}"
            raise ValueError(message)
        return self


class Pack(Value):
    """One pack with what it inherits merged in. ``version`` changes with every change of its files."""

    portal: Portal
    version: str
    folders: tuple[Path, ...]
    words: Mapping[str, str]
    access: Access
    ways: Ways
    menus: Menus
    profile: Profile
    years: Mapping[int, YearRules]

    def __hash__(self) -> int:
        """By what changes whenever the pack does, so that what is made of it can be kept."""
        return hash((self.portal.key, self.version))

    @property
    def key(self) -> str:
        """The pack's key, which organisations carry as ``portal``."""
        return self.portal.key

    @property
    def title(self) -> str:
        """The platform's title."""
        return self.portal.title

    @property
    def login(self) -> Login:
        """The sign-in box."""
        return self.access.login

    @property
    def agreement(self) -> Agreement:
        """The user agreement with its version."""
        return self.access.agreement

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """The ways in, in the order of their tabs."""
        return self.ways.registrations

    def word(self, key: str) -> str:
        """The pack's wording for a term, message or button (``hours``, ``login.wrong_captcha``)."""
        try:
            return self.words[key]
        except KeyError:
            near = difflib.get_close_matches(key, self.words, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnknownKey(f"pack {self.key} has no word {key!r}{hint}") from None

    def words_under(self, table: str) -> dict[str, str]:
        """The words of one table by their last name, for templates."""
        return {key.split(".", 1)[1]: text for key, text in self.words.items() if key.startswith(f"{table}.")}

    def year(self, year: int) -> YearRules:
        """The rules of a year: those of the latest file not later; ``NoRulesForYear`` before the first."""
        effective = max((first for first in self.years if first <= year), default=None)
        if effective is None:
            message = f"{self.portal.short_title}没有 {year} 年度的规则，最早为 {min(self.years)} 年度"
            raise NoRulesForYear(message, "year")
        return self.years[effective]

    def enabled(self, module: str) -> bool:
        """Whether the pack offers a module."""
        return module in self.access.modules

    def menu(self, role: str) -> tuple[MenuItem, ...]:
        """The role's menu without items of modules that are not enabled; empty branches go too."""
        return _menu(self, role)

    def called(self, role: str, url: str, otherwise: str) -> str:
        """What the role's menu calls the page of that URL name; ``otherwise`` when it has no entry for it."""
        return next((item.label for item in _leaves(self.menus.of(role)) if item.url == url), otherwise)

    def _enabled_items(self, items: tuple[MenuItem, ...]) -> list[MenuItem]:
        kept = []
        for item in items:
            children = tuple(self._enabled_items(item.children))
            if (item.module is None or self.enabled(item.module)) and (item.url or children):
                kept.append(item.model_copy(update={"children": children}))
        return kept

    def registration(self, key: str) -> Registration:
        """The way in of that key, or ``UnknownKey``."""
        for registration in self.registrations:
            if registration.key == key:
                return registration
        raise UnknownKey(f"pack {self.key} has no registration {key!r}")

    def change(self, key: str) -> Chain:
        """The chain of a reviewed change (``title``), or ``UnknownKey``."""
        try:
            return self.ways.changes[key]
        except KeyError:
            raise UnknownKey(f"pack {self.key} has no change {key!r}") from None

    def rejections(self, kind: str) -> tuple[Rejection, ...]:
        """The reasons that reviewers of a kind of document are offered."""
        return tuple(reason for reason in self.access.rejections if kind in reason.kinds)

    def upload(self, key: str) -> Upload:
        """The limits of one kind of upload (licence, title_certificate, evidence), or ``UnknownKey``."""
        for upload in self.access.uploads:
            if upload.key == key:
                return upload
        raise UnknownKey(f"pack {self.key} has no upload {key!r}")

    def document(self, name: str) -> Path:
        """The template file of that name, own before inherited; ``UnknownKey`` when no folder holds it."""
        for folder in self.folders:
            if (found := folder / "documents" / name).is_file():
                return found
        raise UnknownKey(f"pack {self.key} has no document {name!r}")


@lru_cache(maxsize=256)
def _menu(pack: Pack, role: str) -> tuple[MenuItem, ...]:
    return tuple(pack._enabled_items(pack.menus.of(role)))


def _leaves(items: Iterable[MenuItem]) -> Iterator[MenuItem]:
    """The entries of a menu that lead to a page."""
    for item in items:
        yield from _leaves(item.children)
        if item.url:
            yield item
