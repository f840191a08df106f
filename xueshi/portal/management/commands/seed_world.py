"""``seed_world``: the name under which the security checks know ``seed --size``."""

from xueshi.portal.management.commands.seed import Command

__all__ = ["Command"]
