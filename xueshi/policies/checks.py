"""`check` refuses to start with a bad pack."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from xueshi.policies import registry
from xueshi.policies.parsing import PackError


def packs_are_valid(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One message for each mistake, as ``file:line: key: what``."""
    del app_configs, kwargs
    try:
        registry.world()
    except PackError as error:
        return [Error(line, id="policies.E001") for line in str(error).splitlines()]
    return []
