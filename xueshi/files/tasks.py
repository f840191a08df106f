"""Jobs of files."""

from procrastinate.contrib.django import app

from xueshi.files import services


@app.periodic(cron="31 3 * * *")
@app.task(name="files.clear_unused", queue="default", queueing_lock="files.clear_unused", lock="files.clear_unused")
def clear_unused(timestamp: int) -> None:
    """Remove uploads that no document came to hold."""
    services.clear_unused()
