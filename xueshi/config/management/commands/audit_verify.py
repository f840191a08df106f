"""``audit_verify``: walk the audit chain; exit 1 and name the first bad entry."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from xueshi.audit import services as audit


class Command(BaseCommand):
    """Verify every digest of the chain."""

    help = "Verify the audit chain; exit 1 and the sequence number of the first bad entry if it does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The form of the answer."""
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print, then say by the exit code."""
        bad = audit.verify_chain()
        if options["json"]:
            self.stdout.write(json.dumps({"verified": bad is None, "first_bad": bad}))
        else:
            self.stdout.write("the chain verifies" if bad is None else f"the first bad entry is {bad}")
        if bad is not None:
            raise SystemExit(1)
