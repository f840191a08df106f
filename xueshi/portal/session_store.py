"""Where sessions are kept: Django's table, read at every request by a question that is worded once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from xueshi.accounts import selectors as accounts
from xueshi.kernel import clock


class SessionStore(db.SessionStore):
    """Django's own, but for how a session is looked up and whose clock ends it."""

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """When it ends at the latest, by the clock that all else goes by."""
        return super().get_expiry_date(**{"modification": clock.now()} | kwargs)

    def _get_session_from_db(self) -> Session | None:
        found = accounts.kept_session(self.session_key or "")
        if found is not None and found.expire_date > clock.now():
            return found
        self._session_key = None
        return None
