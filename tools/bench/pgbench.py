"""The floor for everything that writes: pgbench's single-row upserts on the same server."""

import re
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from xueshi.config import postgres

SECONDS = 3
TABLE = "CREATE TABLE IF NOT EXISTS bench_upsert (id bigint PRIMARY KEY, hours numeric(7, 2) NOT NULL)"
SCRIPT = """\\set id random(1, 100000)
INSERT INTO bench_upsert VALUES (:id, 1) ON CONFLICT (id) DO UPDATE SET hours = bench_upsert.hours + 1;
"""


def _connection() -> list[str]:
    database = settings.DATABASES["default"]
    words = ["-h", str(database["HOST"]), "-U", str(database["USER"])]
    return [*words, *(["-p", str(database["PORT"])] if database["PORT"] else [])]


def prepare() -> None:
    """The table that pgbench writes."""
    name = str(settings.DATABASES["default"]["NAME"])
    subprocess.run([str(postgres.binary("psql")), *_connection(), "-q", "-c", TABLE, name], check=True)


def upserts() -> int:
    """Run pgbench with two clients for a few seconds; how many transactions it did."""
    name = str(settings.DATABASES["default"]["NAME"])
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "upsert.sql"
        script.write_text(SCRIPT, encoding="utf-8")
        words = ["-n", "-c", "2", "-j", "2", "-T", str(SECONDS), "-f", str(script)]
        done = subprocess.run(
            [str(postgres.binary("pgbench")), *_connection(), *words, name], check=True, capture_output=True, text=True
        )
    found = re.search(r"transactions actually processed: (\d+)", done.stdout)
    if found is None:
        message = f"pgbench said nothing about its transactions: {done.stdout}"
        raise RuntimeError(message)
    return int(found[1])
