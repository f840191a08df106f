"""Programs of the system that tests use: found, installed where that may be done, else named in one line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

INSTALL = ["apt-get", "install", "--yes", "--no-install-recommends"]


def have(what: str, find: Callable[[], object], packages: Sequence[str], otherwise: str = "") -> None:
    """Have a program that ``find`` finds, from the first of Debian's ``packages`` that there is; or stop."""
    if find():
        return
    command = " ".join([*INSTALL, packages[-1]])
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"{what} is missing; as root: {command}{otherwise}")
    subprocess.run(["apt-get", "update", "--quiet"], check=False, stdout=subprocess.DEVNULL)
    for package in packages:
        subprocess.run([*INSTALL, package], check=False, stdout=subprocess.DEVNULL)
        if find():
            return
    sys.exit(f"{what} is missing and `{command}` failed")


def main() -> None:
    """What the suite asks beside its browser: another reader of signed papers."""
    have("pdfsig", lambda: shutil.which("pdfsig"), ("poppler-utils",))


if __name__ == "__main__":
    main()
