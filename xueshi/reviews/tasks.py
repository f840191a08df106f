"""Jobs of reviews: thin, ids in, safe to run twice."""

from procrastinate.contrib.django import app

from xueshi.reviews import batches


@app.task(name="reviews.run_batch", queue="default")
def run_batch(run_id: int) -> None:
    """Work a confirmed batch to its end."""
    batches.work(run_id)


@app.periodic(cron="* * * * *")
@app.task(name="reviews.resume_batches", queue="default", queueing_lock="reviews.resume_batches")
def resume_batches(timestamp: int) -> None:
    """Go on with batches whose process was killed."""
    batches.resume()


@app.periodic(cron="37 3 * * *")
@app.task(name="reviews.sweep", queue="default", queueing_lock="reviews.sweep")
def sweep(timestamp: int) -> None:
    """Forget old batches."""
    batches.sweep()
