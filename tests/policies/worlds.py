"""Folders of packs: the served ones, and those of other regions that only tests know."""

from pathlib import Path

from django.conf import settings

from xueshi.policies.loading import World, load

OTHERS = Path(__file__).parent / "packs"


def world_of(root: Path, *served: str) -> World:
    """The packs of other regions beside some served ones, read from links below ``root``."""
    source = Path(settings.POLICIES_ROOT)
    for folder in [*(source / name for name in ("catalogues", "national", *served)), *_others()]:
        (root / folder.name).symlink_to(folder)
    return load(root)


def _others() -> list[Path]:
    return [folder for folder in OTHERS.iterdir() if folder.is_dir()]
