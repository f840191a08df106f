"""Jobs of accounts."""

from django.contrib.sessions.backends.db import SessionStore
from procrastinate.contrib.django import app

from xueshi.accounts import challenges, codes, devices, limits, recovering, sessions


@app.periodic(cron="23 * * * *")
@app.task(queueing_lock="accounts.sweep")
def sweep(timestamp: int) -> None:
    """Forget questions, counters, sessions and devices whose time is over."""
    challenges.sweep()
    codes.sweep()
    recovering.sweep()
    limits.sweep()
    SessionStore.clear_expired()
    sessions.sweep()
    devices.sweep()
