"""A place chosen from above: province, city, district, each list narrowed by the one before it (ORG-20)."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from xueshi.ui.fields import PLEASE_CHOOSE
from xueshi.ui.widgets import Option

LEVELS = (("province", "省"), ("city", "市"), ("district", "县（市、区）"))
_OWN = "本级"


def depth(options: Sequence[Option]) -> int:
    """How many levels the options have; 1 where none stands under another."""
    tree = _Tree(options)
    return max((len(tree.path(option.code)) for option in options), default=1)


class CascadeSelect(forms.Widget):
    """Three drop-downs whose last one is the answer. Without scripts the last one is whole, grouped by city.

    A place that has places below it may be chosen too, as 本级: a body of the province or of a city.
    """

    template_name = "ui/widgets/cascade.html"
    use_fieldset = True

    def __init__(self, options: Sequence[Option], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.tree = _Tree(options)
        self.above: list[str] = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The answer; what was chosen above it is remembered for drawing."""
        self.above = [str(data.get(f"{name}__{level}", "")) for level, _word in LEVELS[:2]]
        return data.get(name)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The three lists, each at what was chosen."""
        chosen = self.tree.filled(str(value)) if value and str(value) in self.tree.labels else [*self._begun(), ""]
        lists = [
            {
                "name": name if level == LEVELS[-1][0] else f"{name}__{level}",
                "id": f"id_{name}__{level}",
                "label": word,
                "groups": self._groups(place, chosen[place]),
                "narrowed_by": json.dumps([f"{name}__{LEVELS[place - 1][0]}"]) if place else "",
            }
            for place, (level, word) in enumerate(LEVELS)
        ]
        invalid = (attrs or {}).get("aria-invalid", "")
        return super().get_context(name, value, attrs) | {"lists": lists, "blank": PLEASE_CHOOSE[1], "invalid": invalid}

    def _begun(self) -> list[str]:
        """What was chosen above; the only province there is, is chosen already."""
        tops = self.tree.tops
        province, city = self.above or ("", "")
        return [province or (tops[0] if len(tops) == 1 else ""), city]

    def _groups(self, place: int, chosen: str) -> list[dict[str, Any]]:
        """The options of a list under the place above them; the first list has no groups."""
        if place == 0:
            return [{"label": "", "options": [self._option(code, "", chosen) for code in self.tree.tops]}]
        groups = [(top, self.tree.inside(top)) for top in self.tree.tops] if place == 1 else self.tree.last()
        return [
            {"label": self.tree.labels[parent], "options": [self._option(code, parent, chosen) for code in codes]}
            for parent, codes in groups
        ]

    def _option(self, code: str, parent: str, chosen: str) -> dict[str, Any]:
        return {
            "code": code,
            "label": self.tree.labels[code] + (_OWN if code == parent else ""),
            "parents": json.dumps([parent]) if parent else "",
            "selected": code == chosen,
        }


class _Tree:
    """The options by what they stand under; one that stands under none of them is a top."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.labels = {option.code: option.label for option in options}
        self._parent = {option.code: option.parents[0] for option in options if option.parents}
        self.tops = [code for code in self.labels if self._parent.get(code) not in self.labels]

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
