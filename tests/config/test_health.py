"""``/healthz`` names each part."""

import json

import pytest
from django.db import OperationalError, connection
from django.test import Client

from xueshi.config import health

pytestmark = pytest.mark.django_db


def heartbeat(age: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", [age])


def asked(client: Client) -> tuple[int, dict[str, str]]:
    response = client.get("/healthz", headers={"host": "localhost"})
    return response.status_code, json.loads(response.content)


def test_200_when_a_worker_lives(client: Client) -> None:
    heartbeat("5 seconds")
    assert asked(client) == (200, {"web": "up", "database": "up", "worker": "up"})


@pytest.mark.parametrize("age", [None, "40 seconds"])
def test_503_names_a_worker_that_is_gone(client: Client, age: str | None) -> None:
    if age:
        heartbeat(age)
    assert asked(client) == (503, {"web": "up", "database": "up", "worker": "down"})


def test_503_names_a_database_that_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def filter(self, **_conditions: object) -> None:
            raise OperationalError

    monkeypatch.setattr(health.ProcrastinateWorker, "objects", Gone())
    assert asked(client) == (503, {"web": "up", "database": "down", "worker": "down"})


def test_only_reading(client: Client) -> None:
    assert client.post("/healthz", headers={"host": "localhost"}).status_code == 405
