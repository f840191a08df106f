"""``state_table``: what may happen to each kind of object in each state, and by whom."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management import BaseCommand

from xueshi.config.reports import transitions


class Command(BaseCommand):
    """Print the table of transitions."""

    help = "Every (object kind, state, action, roles, next state)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line or one object per transition."""
        rows = list(transitions.rows())
        if options["json"]:
            self.stdout.write(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
            return
        for row in rows:
            roles = ",".join(row.roles)
            self.stdout.write(f"{row.object_kind:26} {row.state:11} {row.action:10} {row.next_state:11} {roles}")
