"""Writing requirement events: asking, taking back, revoking; what a verdict does is in ``settling``."""

from xueshi.adjustments.services.asking import Asked, ask, withdraw
from xueshi.adjustments.services.settling import revoke

__all__ = ["Asked", "ask", "revoke", "withdraw"]
