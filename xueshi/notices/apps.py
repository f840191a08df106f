"""Start-up."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices and downloads."""

    name = "xueshi.notices"
    default_auto_field = "django.db.models.BigAutoField"
