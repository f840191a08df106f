"""``check_invariants``: count the violations of what must always be true; exit 1 if there are any."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from xueshi.config.reports import invariants


class Command(BaseCommand):
    """Ask every invariant once."""

    help = "Each invariant of docs/operations/invariants.md with its violations; exit 1 if any."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print, then say by the exit code."""
        findings = invariants.check_all()
        if options["json"]:
            self.stdout.write(json.dumps([one.as_json() for one in findings], ensure_ascii=False, indent=1))
        else:
            for one in findings:
                self.stdout.write(f"{one.id} {one.violations:6} {one.statement} {' · '.join(one.examples)}".rstrip())
        if any(one.violations for one in findings):
            raise SystemExit(1)
