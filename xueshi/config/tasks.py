"""Jobs about the queue itself."""

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)
KEPT_HOURS = 24


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="retry_stalled_jobs", pass_context=True)
async def retry_stalled_jobs(context: JobContext, timestamp: int) -> None:
    """Give the jobs of a killed worker back to the queue; Procrastinate leaves them ``doing`` for ever (FT-03)."""
    for job in await context.app.job_manager.get_stalled_jobs():
        logger.warning("job %s (%s) lost its worker and is tried again", job.id, job.task_name)
        await context.app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget_finished_jobs", pass_context=True)
async def forget_finished_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs that succeeded more than a day ago; parked ones stay visible."""
    await context.app.job_manager.delete_old_jobs(nb_hours=KEPT_HOURS)
