"""``roles``: the rights of the database's roles, stated anew and told."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from xueshi.config import environment, roles


class Command(BaseCommand):
    """State the rights as the owner, after a restore or when roles were made by hand; exit 1 on what must not be."""

    help = "State the rights of the database's roles anew and say what the application may do that it must not."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Nothing to state where owner and application are one."""
        roles.state()
        role = environment.application_role() or roles.current()
        if found := roles.excess(role):
            message = f"{role}: {', '.join(found)}"
            raise CommandError(message)
        self.stdout.write(f"{role}: reads and adds everywhere, adds only to {', '.join(roles.append_only_tables())}")
