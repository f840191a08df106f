"""Packs are read when the program starts, so that a bad one stops it there."""

from django.apps import AppConfig
from django.core import checks


class PoliciesConfig(AppConfig):
    """Registers the check over the packs."""

    name = "xueshi.policies"

    def ready(self) -> None:
        """Every command that runs checks, serving included, refuses a bad pack."""
        from xueshi.notifications import wording  # noqa: PLC0415 - as below
        from xueshi.policies import registry  # noqa: PLC0415 - as below
        from xueshi.policies.checks import packs_are_valid  # noqa: PLC0415 - checks may only load after the apps

        checks.register(packs_are_valid)
        wording.use(lambda portal, key: registry.pack(portal).word(key))
