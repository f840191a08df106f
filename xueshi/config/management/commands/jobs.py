"""``jobs list|drain|run-once|redeliver``: the queue under somebody's control, for operators and tests."""

import asyncio
import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import Job
from procrastinate.middleware import AsyncCallNext, WorkerMiddleware
from procrastinate.worker import Worker


def _row(job: Job) -> dict[str, Any]:
    # Arguments are ids by rule (security.md C3), yet a listing has no need of them.
    return {"id": job.id, "task": job.task_name, "queue": job.queue, "status": job.status, "attempts": job.attempts}


def _worker_app() -> App:
    connector = app.connector
    if not isinstance(connector, DjangoConnector):
        message = "the queue is not on the program's database"
        raise CommandError(message)
    return app.with_connector(connector.get_worker_connector())


async def _work(*middleware: WorkerMiddleware) -> None:
    worker_app = _worker_app()
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            wait=False,
            listen_notify=False,
            concurrency=1,
            install_signal_handlers=False,
            worker_middleware=list(middleware),
        )


async def _only_this_one(call_next: AsyncCallNext, _context: JobContext, worker: Worker) -> Any:
    worker.stop()  # type: ignore[no-untyped-call]  # Procrastinate has no annotation there
    return await call_next()


class Command(BaseCommand):
    """List the queue, work it off, or hand one job out again."""

    help = "list: as JSON · drain: work until empty · run-once: one job · redeliver ID: queue a copy of a job."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verb and what it needs."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list")
        listing.add_argument("--status")
        listing.add_argument("--task")
        verbs.add_parser("drain")
        verbs.add_parser("run-once")
        again = verbs.add_parser("redeliver")
        again.add_argument("id", type=int)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what the verb says."""
        if options["verb"] == "list":
            jobs = app.job_manager.list_jobs(status=options["status"], task=options["task"])
            self.stdout.write(json.dumps([_row(job) for job in jobs], ensure_ascii=False, indent=1))
        elif options["verb"] == "drain":
            asyncio.run(_work())
        elif options["verb"] == "run-once":
            asyncio.run(_work(_only_this_one))
        else:
            self._redeliver(options["id"])

    def _redeliver(self, number: int) -> None:
        jobs = app.job_manager.list_jobs(id=number)
        if not jobs:
            message = f"no job {number}"
            raise CommandError(message)
        job = jobs[0]
        copy = app.configure_task(job.task_name, queue=job.queue, lock=job.lock).defer(**job.task_kwargs)
        self.stdout.write(str(copy))
