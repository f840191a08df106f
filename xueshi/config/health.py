"""``/healthz``: whether web, database and worker are up, for supervisors and probes."""

from datetime import timedelta

from django.db import DatabaseError
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse
from procrastinate.contrib.django.models import ProcrastinateWorker

from xueshi.ui.routes import route

HEARTBEAT_SECONDS = 30  # a worker writes its heartbeat every 10 s


def state() -> dict[str, bool]:
    """Each part and whether it is up; this code running is what proves ``web``."""
    try:
        fresh = ProcrastinateWorker.objects.filter(  # rule 1: the queue's own table belongs to nobody
            last_heartbeat__gte=Now() - timedelta(seconds=HEARTBEAT_SECONDS)
        ).exists()
    except DatabaseError:
        return {"web": True, "database": False, "worker": False}
    return {"web": True, "database": True, "worker": fresh}


@route(public=True)
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 when all parts are up, else 503; the body names each part."""
    parts = state()
    words = {name: "up" if up else "down" for name, up in parts.items()}
    return JsonResponse(words, status=200 if all(parts.values()) else 503, headers={"Cache-Control": "no-store"})
