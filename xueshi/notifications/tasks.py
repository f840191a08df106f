"""Jobs of notifications: thin, ids in, safe to run twice."""

from procrastinate.contrib.django import app

from xueshi.notifications import services


@app.task(name=services.JOB, queue="default")
def deliver(message_id: int) -> None:
    """Send one message as soon as its cause is committed."""
    services.deliver(message_id)


@app.task(name=services.JOB_FOR_MANY, queue="default")
def deliver_many(message_ids: list[int]) -> None:
    """Send messages that came out of one cause; what a killed worker leaves is due again by itself."""
    for message_id in message_ids:
        services.deliver(message_id)


@app.periodic(cron="* * * * * */15")
@app.task(name="notifications.deliver_due", queue="default", queueing_lock="notifications.deliver_due")
def deliver_due(timestamp: int) -> None:
    """Try again what failed, and what a killed worker left."""
    services.deliver_due()


@app.periodic(cron="41 3 * * *")
@app.task(name="notifications.sweep", queue="default", queueing_lock="notifications.sweep")
def sweep(timestamp: int) -> None:
    """Forget old messages."""
    services.sweep()
