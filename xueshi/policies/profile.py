"""The file ``profile.toml``: the tabs of the professional's own record and what each asks."""

from typing import Final, Self

from pydantic import Field, model_validator

from xueshi.policies.forms import FormSpec
from xueshi.policies.values import Key, Label, Sourced, UnknownKey

TABS: Final = ("basics", "title", "education", "qualifications", "honours")
"""The tabs the program knows. A region calls and fills them as its manual does; what several entries make is listed."""


class Tab(Sourced):
    """One tab. ``add`` and ``empty`` are the words of a tab with entries; ``note`` stands above the form."""

    key: Key
    label: Label
    form: FormSpec = Field(alias="fields")
    note: str = ""
    add: str = ""
    empty: str = ""


class Profile(Sourced):
    """维护个人基本信息. ``desk`` is the name of the page where changes are reviewed.

    ``document_shown``: how many characters of one's own number stand before and after the stars."""

    label: Label
    submitted: Label
    desk: Label
    document_shown: tuple[int, int] = (3, 4)
    tabs: tuple[Tab, ...]

    @model_validator(mode="after")
    def _knows_its_tabs(self) -> Self:
        if odd := sorted(set(TABS) ^ {tab.key for tab in self.tabs}):
            message = f"tabs unknown or missing: {', '.join(odd)}"
            raise ValueError(message)
        return self

    def tab(self, key: str) -> Tab:
        """The tab of that key, or ``UnknownKey``."""
        for tab in self.tabs:
            if tab.key == key:
                return tab
        raise UnknownKey(f"the profile has no tab {key!r}")
