"""`check` refuses to start with a bad pack."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
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
    served = {pack.key for pack in registry.packs()}
    return [
        Error(f"PORTAL_HOSTS: {host} names the pack {key!r}, which is not served", id="policies.E002")
        for host, key in settings.PORTAL_HOSTS.items()
        if key not in served
    ]
