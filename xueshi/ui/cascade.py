"""A place chosen from above: province, city, district, each list narrowed by the one before it (ORG-20)."""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from xueshi.ui.fields import PLEASE_CHOOSE
from xueshi.ui.widgets import Option

LEVELS = (("province", "省"), ("city", "市"), ("district", "县（市、区）"))
TEMPLATE = "ui/widgets/cascade.html"
_OWN = "本级"

type Place = tuple[str, str, str]
"""One choice: its code, its words, and the code it stands under."""


def depth(options: Sequence[Option]) -> int:
    """How many levels the options have; 1 where none stands under another."""
    return _tree(_places(options)).depth


class CascadeSelect(forms.Widget):
    """Three drop-downs whose last one is the answer. Without scripts the last one is whole, grouped by city.

    A place that has places below it may be chosen too, as 本级: a body of the province or of a city.
    """

    use_fieldset = True

    def __init__(self, options: Sequence[Option], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self._places = _places(options)
        self._above: list[str] = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The answer; what was chosen above it is remembered for drawing."""
        self._above = [str(data.get(f"{name}__{level}", "")) for level, _word in LEVELS[:2]]
        return data.get(name)

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: object | None = None
    ) -> SafeString:
        """The three lists, each at what was chosen."""
        tree = _tree(self._places)
        chosen = tree.filled(str(value)) if value and str(value) in tree.labels else [*self._begun(tree), ""]
        return _drawn(self._places, name, tuple(chosen), invalid=bool((attrs or {}).get("aria-invalid")))

    def _begun(self, tree: "_Tree") -> list[str]:
        """What was chosen above; the only province there is, is chosen already."""
        province, city = self._above or ("", "")
        return [province or (tree.tops[0] if len(tree.tops) == 1 else ""), city]


@lru_cache(maxsize=128)
def _drawn(places: tuple[Place, ...], name: str, chosen: tuple[str, ...], *, invalid: bool) -> SafeString:
    """A province has hundreds of places; at the same choice they look the same for everybody."""
    tree = _tree(places)
    lists = [
        {
            "name": name if level == LEVELS[-1][0] else f"{name}__{level}",
            "id": f"id_{name}__{level}",
            "label": word,
            "groups": _groups(tree, place, chosen[place]),
            "narrowed_by": json.dumps([f"{name}__{LEVELS[place - 1][0]}"]) if place else "",
        }
        for place, (level, word) in enumerate(LEVELS)
    ]
    return render_to_string(TEMPLATE, {"lists": lists, "blank": PLEASE_CHOOSE[1], "invalid": invalid})


def _groups(tree: "_Tree", place: int, chosen: str) -> list[dict[str, Any]]:
    """The options of a list under the place above them; the first list has no groups."""
    if place == 0:
        return [{"label": "", "options": [_option(tree, code, "", chosen) for code in tree.tops]}]
    groups = [(top, tree.inside(top)) for top in tree.tops] if place == 1 else tree.last()
    return [
        {"label": tree.labels[parent], "options": [_option(tree, code, parent, chosen) for code in codes]}
        for parent, codes in groups
    ]


def _option(tree: "_Tree", code: str, parent: str, chosen: str) -> dict[str, Any]:
    return {
        "code": code,
        "label": tree.labels[code] + (_OWN if code == parent else ""),
        "parents": json.dumps([parent]) if parent else "",
        "selected": code == chosen,
    }


def _places(options: Sequence[Option]) -> tuple[Place, ...]:
    return tuple((option.code, option.label, option.parents[0] if option.parents else "") for option in options)


@lru_cache(maxsize=32)
def _tree(places: tuple[Place, ...]) -> "_Tree":
    return _Tree(places)


class _Tree:
    """The options by what they stand under; one that stands under none of them is a top."""

    def __init__(self, places: tuple[Place, ...]) -> None:
        self.labels = {code: label for code, label, _parent in places}
        self._parent = {code: parent for code, _label, parent in places if parent}
        self.tops = [code for code in self.labels if self._parent.get(code) not in self.labels]
        self.depth = max((len(self.path(code)) for code in self.labels), default=1)

    def path(self, code: str) -> list[str]:
        """From the top down to the code."""
        above = self._parent.get(code, "")
        return [*self.path(above), code] if above in self.labels else [code]

    def filled(self, code: str) -> list[str]:
        """The choice in each of the lists: what has nothing above it stands there itself."""
        path = self.path(code)
        return [*path, *([code] * (len(LEVELS) - len(path)))]

    def inside(self, parent: str) -> list[str]:
        """What may be chosen under a place: the place itself (本级), then those below it."""
        return [parent, *(code for code in self.labels if self._parent.get(code) == parent)]

    def last(self) -> list[tuple[str, list[str]]]:
        """The choices of the last list by the choice before it; under 本级 of a top only that top."""
        found = []
        for top in self.tops:
            found += [(code, [top] if code == top else self.inside(code)) for code in self.inside(top)]
        return found
