"""Jobs of accounts."""

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

from xueshi.accounts import challenges, limits


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Forget questions, counters and sessions whose time is over."""
    challenges.sweep()
    limits.sweep()
    SessionStore.clear_expired()
