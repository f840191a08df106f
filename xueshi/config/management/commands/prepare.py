"""``prepare``: everything between an empty database and the first request."""

import hashlib
import importlib
import importlib.util
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, CommandError, call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from xueshi.config import environment, roles
from xueshi.policies import registry

REMEDY = "name an ordinary role in DATABASE_URL and this one in DATABASE_OWNER_URL (docs/operations/running.md)"
ACCOUNTS = "xueshi.portal.seeds.accounts"


def is_migrated() -> bool:
    """Whether the database has every migration, so that the slow command need not run."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def static_fingerprint() -> str:
    """What the static files are now: names, sizes and times."""
    known = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list(["*.map"]), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            known.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return known.hexdigest()


class Command(BaseCommand):
    """Bring schema, packs, static files and (in development) the demo world up to date; print the way in."""

    help = "Migrate, check the packs, collect static files, load the demo world once, print addresses and accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The port that the printed addresses name."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """All steps in order; each does nothing when it has been done before. The checks run before this begins."""
        if is_migrated():
            roles.state()  # a program with other roles than the last one's needs no migration for them
        else:
            self._refuse_without_owner()
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True, stdout=sys.stderr)
        self.judge()
        self._collect()
        if settings.PRODUCTION:
            return
        nobody = not get_user_model()._default_manager.exists()  # rule 1: whether the world is empty
        if nobody and "seed" in get_commands():
            call_command("seed", demo=True, stdout=sys.stderr)
        self._welcome(options["port"])

    def _refuse_without_owner(self) -> None:
        if not roles.may_migrate():
            message = (
                f"migrations wait, and {roles.current()!r} may not run them: prepare where DATABASE_OWNER_URL is set"
            )
            raise CommandError(message)

    def judge(self) -> None:
        """Say, or in production refuse, that the application could undo what only triggers then protect (H2)."""
        role = environment.application_role() or roles.current()
        if not (found := roles.excess(role)):
            return
        message = f"the database role {role!r} of web and worker {', '.join(found)}: {REMEDY}"
        if settings.PRODUCTION:
            raise CommandError(message)
        self.stderr.write(f"xueshi: only triggers protect ledger and audit, for {message}")

    def _collect(self) -> None:
        stamp = settings.HOME / "static.stamp"
        now = static_fingerprint()
        if stamp.exists() and stamp.read_text(encoding="utf-8") == now:
            return
        call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
        stamp.write_text(now, encoding="utf-8")

    def _welcome(self, port: int) -> None:
        for pack in registry.packs():
            for host in pack.portal.hosts:
                self.stdout.write(f"  http://{host}:{port}/  {pack.title}")
        if importlib.util.find_spec("xueshi.portal.seeds") and importlib.util.find_spec(ACCOUNTS):
            for line in importlib.import_module(ACCOUNTS).lines():
                self.stdout.write(f"  {line}")
