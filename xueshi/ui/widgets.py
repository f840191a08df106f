"""The widget of a described choice: a drop-down, narrowed by answers given above."""

import json
from collections.abc import Sequence
from typing import Any, Protocol

from django import forms

from xueshi.ui.fields import PLEASE_CHOOSE


class Option(Protocol):
    """One choice."""

    @property
    def code(self) -> str:
        """What is stored."""

    @property
    def label(self) -> str:
        """What is printed."""

    @property
    def printed(self) -> str:
        """What is printed in a list of choices."""

    @property
    def parents(self) -> tuple[str, ...]:
        """The answers above that it belongs to."""


class ChoosingSelect(forms.Select):
    """A drop-down that starts at 请选择 (SYS-20); its options may hang on answers given above."""

    def __init__(self, options: Sequence[Option], *, narrowed_by: Sequence[str] = (), attrs: dict[str, Any]) -> None:
        if narrowed_by:
            attrs = attrs | {"data-narrowed-by": json.dumps(list(narrowed_by))}
        super().__init__(attrs, [PLEASE_CHOOSE, *((option.code, option.printed) for option in options)])
        self.parents = {option.code: option.parents for option in options if option.parents and narrowed_by}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what the option hangs on."""
        option = super().create_option(name, value, *args, **kwargs)
        if parents := self.parents.get(str(value)):
            option["attrs"]["data-parents"] = json.dumps(parents)
        return option
