"""Prints the table; ``python -m tools.bench KEY`` one line of it. Uses a throw-away database with the demo world."""

import importlib
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

from tools import bench as package
from tools.bench import harness
from xueshi.config import environment, postgres


def _load_lines() -> None:
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if "seed" in get_commands():
        call_command("seed", demo=True)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "__main__":
            importlib.import_module(f"tools.bench.{module.name}")


def _print(chosen: list[str]) -> int:
    _load_lines()
    if unknown := set(chosen) - set(harness.REGISTERED):
        sys.exit(f"bench: no line {sorted(unknown)}; there are {', '.join(harness.REGISTERED)}")
    for key in chosen or sorted(harness.REGISTERED):
        for line in harness.rows(harness.REGISTERED[key]):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return 0


def main(chosen: list[str]) -> int:
    """The cluster is durable: a floor without fsync would be no floor."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    os.environ.setdefault("XUESHI_STATEMENT_TIMEOUT", "15min")
    if os.environ.get("DATABASE_URL"):
        return _print(chosen)
    with tempfile.TemporaryDirectory(prefix="xueshi-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "postgres"
        os.environ["XUESHI_HOME"] = folder
        cluster = postgres.Cluster(data, environment.socket_folder(data))
        server = cluster.start()
        os.environ["DATABASE_URL"] = cluster.url()
        try:
            return _print(chosen)
        finally:
            postgres.stop(server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
