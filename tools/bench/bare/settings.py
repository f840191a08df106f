"""The product's settings with the bare page beside its own."""

from xueshi.config.settings import *  # noqa: F403 - every setting, one changed
from xueshi.config.settings import ROOT, TEMPLATES

ROOT_URLCONF = "tools.bench.bare.urls"
TEMPLATES[0]["DIRS"] = [ROOT / "tools" / "bench" / "bare" / "templates"]
