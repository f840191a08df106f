"""Jobs of certificates: thin, ids in, safe to run twice."""

from procrastinate.contrib.django import app

from xueshi.certificates import batches, services


@app.task(name="certificates.print_run", queue="default")
def print_run(run_id: int) -> None:
    """Print a started run to its end."""
    batches.work(run_id)


@app.periodic(cron="* * * * *")
@app.task(name="certificates.resume_prints", queue="default", queueing_lock="certificates.resume_prints")
def resume_prints(timestamp: int) -> None:
    """Go on with runs whose process was killed."""
    batches.resume()


@app.periodic(cron="13 * * * *")
@app.task(name="certificates.sweep", queue="default", queueing_lock="certificates.sweep")
def sweep(timestamp: int) -> None:
    """Remove printed files after their day, and records of checks after half a year."""
    batches.sweep()
    services.forget_lookups()
