"""Where sessions are kept: Django's table, read at every request by a question that is worded once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from xueshi.kernel.wording import worded_row


@worded_row
def _kept(key: str) -> QuerySet[Session]:
    return Session.objects.filter(pk=key)


class SessionStore(db.SessionStore):
    """Django's own, but for how a session is looked up."""

    def _get_session_from_db(self) -> Session | None:
        found = _kept(self.session_key or "")
        if found is not None and found.expire_date > timezone.now():
            return found
        self._session_key = None
        return None
