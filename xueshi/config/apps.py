"""Start-up of the program as a whole."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class WholeConfig(AppConfig):
    """What belongs to no app."""

    name = "xueshi.config"

    def ready(self) -> None:
        """Each ``migrate`` ends with the rights of the database's roles stated anew, after the last app with tables."""
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(_state_rights, sender=last)


def _state_rights(**_signal: Any) -> None:
    from xueshi.config import roles  # noqa: PLC0415 - may only load after the apps

    roles.state()
