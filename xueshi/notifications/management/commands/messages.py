"""``messages list|retry``: the outbox under an operator's eyes."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from xueshi.notifications import selectors, services
from xueshi.notifications.models import Message
from xueshi.notifications.states import MessageState


def _row(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk, "portal": message.portal, "channel": message.channel, "template": message.template,
        "to": message.masked_recipient, "tries": message.tries, "failure": message.failure,
    }  # fmt: skip


class Command(BaseCommand):
    """List messages of one state, or give a parked one another five tries."""

    help = "list [--state parked]: as JSON, recipients masked · retry ID: send a parked message after all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verb and what it needs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list")
        listing.add_argument("--state", choices=[state.value for state in MessageState], default="parked")
        verbs.add_parser("retry").add_argument("id", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says."""
        if options["verb"] == "list":
            rows = [_row(message) for message in selectors.in_state(MessageState(options["state"]))]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        elif not services.retry(options["id"]):
            message = f"no parked message {options['id']}"
            raise CommandError(message)
