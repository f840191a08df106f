"""``with_database.py COMMAND …``: runs a command beside an empty throw-away database, or that of ``DATABASE_URL``.

The cluster lives in a temporary folder without fsync and disappears with the command. Its exit code is the command's.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xueshi.config import postgres
from xueshi.config.environment import BadConfiguration, socket_folder


def _stop(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def run(command: list[str], environment: dict[str, str]) -> int:
    """The exit code of the command; it is ended when we are."""
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        return process.wait() or 130


def main(command: list[str]) -> int:
    """The command's exit code."""
    signal.signal(signal.SIGTERM, _stop)
    with tempfile.TemporaryDirectory(prefix="xueshi-", ignore_cleanup_errors=True) as folder:
        environment = {"XUESHI_HOME": folder, **os.environ}
        if os.environ.get("DATABASE_URL"):
            return run(command, environment)
        data = Path(folder) / "postgres"
        cluster = postgres.Cluster(data, socket_folder(data), durable=False)
        server = cluster.start()
        try:
            return run(command, {**environment, "DATABASE_URL": cluster.url()})
        finally:
            postgres.stop(server)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadConfiguration as problem:
        sys.exit(f"xueshi: {problem}")
