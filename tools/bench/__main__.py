"""Prints the table; ``python -m tools.bench KEY`` one line of it. Uses a throw-away database with the demo world.

With ``--people N`` the demo world is repeated until there are so many (``population``): every line among them.
"""

import argparse
import importlib
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

from tools import bench as package
from tools.bench import harness
from xueshi.config import environment, postgres


def _load_lines(people: int) -> None:
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    if "seed" in get_commands():
        call_command("seed", demo=True)
    if people:
        importlib.import_module("tools.bench.population").enlarge(people)
    for module in pkgutil.iter_modules(package.__path__):
        if module.name != "__main__":
            importlib.import_module(f"tools.bench.{module.name}")


def _print(chosen: list[str], people: int) -> int:
    _load_lines(people)
    if unknown := set(chosen) - set(harness.REGISTERED):
        sys.exit(f"bench: no line {sorted(unknown)}; there are {', '.join(harness.REGISTERED)}")
    for key in chosen or sorted(harness.REGISTERED):
        for line in harness.rows(harness.REGISTERED[key]):
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
    return 0


def main(words: list[str]) -> int:
    """The cluster is durable: a floor without fsync would be no floor."""
    reader = argparse.ArgumentParser(prog="bench")
    reader.add_argument("lines", nargs="*")
    reader.add_argument("--people", type=int, default=0)
    asked = reader.parse_args(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xueshi.config.settings")
    os.environ.setdefault("XUESHI_STATEMENT_TIMEOUT", "15min")
    if os.environ.get("DATABASE_URL"):
        return _print(asked.lines, asked.people)
    with tempfile.TemporaryDirectory(prefix="xueshi-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "postgres"
        os.environ["XUESHI_HOME"] = folder
        cluster = postgres.Cluster(data, environment.socket_folder(data))
        server = cluster.start()
        os.environ["DATABASE_URL"] = cluster.url()
        try:
            return _print(asked.lines, asked.people)
        finally:
            postgres.stop(server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
