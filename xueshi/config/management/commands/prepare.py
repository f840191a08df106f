"""``prepare``: everything between an empty database and the first request."""

import importlib
import importlib.util
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, call_command, get_commands

ACCOUNTS = "xueshi.portal.seeds.accounts"


class Command(BaseCommand):
    """Bring schema, packs, static files and (in development) the demo world up to date; print the way in."""

    help = "Migrate, check the packs, collect static files, load the demo world once, print addresses and accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port that the printed addresses name."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """All steps in order; each is harmless when it has been done before."""
        call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
        call_command("check", stdout=sys.stderr)
        call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
        if settings.PRODUCTION:
            return
        nobody = not get_user_model()._default_manager.exists()  # rule 1: whether the world is empty
        if nobody and "seed" in get_commands():
            call_command("seed", demo=True, stdout=sys.stderr)
        self._welcome(options["port"])

    def _welcome(self, port: int) -> None:
        for portal in sorted(path.name for path in settings.POLICIES_ROOT.iterdir() if path.is_dir()):
            self.stdout.write(f"  http://{portal}.localhost:{port}/")
        if importlib.util.find_spec("xueshi.portal.seeds") and importlib.util.find_spec(ACCOUNTS):
            for line in importlib.import_module(ACCOUNTS).lines():
                self.stdout.write(f"  {line}")
