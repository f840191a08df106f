"""The system's Chromium for tests and pictures: found or installed, with Chinese fonts though the machine has none."""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tools.programs import have

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's, the first that there is; without a window's furniture a browser takes a quarter less of the machine."""
# QUIC, updates and the like would call out; the sandbox does not work for root.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="strong"><family>sans-serif</family><prefer><family>Noto Sans SC</family></prefer></alias>
  <alias binding="strong"><family>serif</family><prefer><family>Noto Serif SC</family></prefer></alias>
</fontconfig>
"""


def find() -> str | None:
    """The browser: ``CHROMIUM``, else the first known name in PATH."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def font_environment() -> dict[str, str]:
    """The environment variable that shows Chromium the Noto fonts of the Python packages."""
    spec = importlib.util.find_spec("pylopdf_fonts_zh_cn")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("browser: the font package is missing; run tools/bootstrap")
    folder = Path(tempfile.gettempdir()) / f"xueshi-fonts-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    conf = folder / "fonts.conf"
    text = FONTS_CONF.format(fonts=spec.submodule_search_locations[0], cache=folder / "cache")
    if not conf.exists() or conf.read_text(encoding="utf-8") != text:
        fresh = folder / f"fonts.{os.getpid()}"
        fresh.write_text(text, encoding="utf-8")
        fresh.rename(conf)
    return {"FONTCONFIG_FILE": str(conf)}


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium for the length of the block."""
    os.environ.update(font_environment())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


def main() -> None:
    """Have a browser, or say in one line how to get one."""
    have("browser: Chromium", find, PACKAGES, " (or name one with CHROMIUM=)")


if __name__ == "__main__":
    main()
