"""``seed --demo`` for looking around, ``seed --size s|m --rng N`` for the security checks."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from xueshi.portal.seeds import demo, world, world_objects


class Command(BaseCommand):
    """Make one of the two worlds in an empty database."""

    help = "--demo: the demo world, once · --size s|m --rng N: the reference world, the same for the same N."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which world."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--demo", action="store_true")
        which.add_argument("--size", choices=("s", "m"))
        parser.add_argument("--rng", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print log-ins and object ids")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Refuse where people's data may be, else make the world."""
        if settings.PRODUCTION:
            message = "made-up worlds are refused in production"
            raise CommandError(message)
        if options["demo"]:
            self._demo()
        else:
            self._reference(options["rng"], options["size"], as_json=options["json"])

    def _demo(self) -> None:
        if demo.is_there():
            self.stdout.write("演示数据已存在，未作任何改动。")
            return
        for line in demo.summary(demo.build()):
            self.stdout.write(line)

    def _reference(self, rng: int, size: str, *, as_json: bool) -> None:
        if world.is_there():
            message = "a world stands in this database already; the reference world wants an empty one"
            raise CommandError(message)
        made = world_objects.build(rng, size).as_json()
        if as_json:
            self.stdout.write(json.dumps(made, ensure_ascii=False, indent=1))
            return
        for name, actor in made["actors"].items():
            self.stdout.write(f"{name:24} {actor['account'] if actor else '-'}")
        self.stdout.write(f"password {made['password']}, {len(made['objects'])} objects")
