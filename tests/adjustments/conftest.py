"""People on portals where events are switched on, and the form of a request as a browser sends it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.adjustments.packs import LEVELS, switched_on
from tests.browsers import signed_in
from tests.registrations.forms import picture
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import YearAccount
from xueshi.organisations.actors import Actor
from xueshi.reviews.models import ReviewCase

type Typed = dict[str, Any]
type Ask = Callable[..., ReviewCase]


@pytest.fixture(scope="session")
def packs_with_events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read once a run."""
    return switched_on(Path(current.POLICIES_ROOT), tmp_path_factory.mktemp("events"), levels=LEVELS)


@pytest.fixture
def on(packs_with_events: Path, settings: Any) -> None:
    """Every kind of event is on."""
    settings.POLICIES_ROOT = packs_with_events


@pytest.fixture
def world(db: None, on: None) -> make.SmallWorld:
    return make.build()


def typed(kind: str, reason: str, **more: Any) -> Typed:
    year = more.pop("year", clock.year())
    return {
        "year": str(year),
        "kind": kind,
        "reason": reason,
        "period_from": date(year, 3, 1).isoformat(),
        "period_to": date(year, 6, 30).isoformat(),
        "explanation": "见附件",
        "key": f"{kind}-{year}-{more.get('hours', '')}",
        "evidence": picture(),
    } | more


def send(client: Client, kind: str, reason: str, **more: Any) -> HttpResponse:
    """Press 提交申请."""
    return client.post("/adjustments/new/", typed(kind, reason, **more))


@pytest.fixture
def ask() -> Ask:
    """An event handed in through the page; its case."""

    def handed_in(actor: Actor, kind: str, reason: str, **more: Any) -> ReviewCase:
        answer = send(signed_in(actor), kind, reason, **more)
        assert answer.status_code == 302, answer.context["form"].errors
        return ReviewCase.objects.filter(kind="adjustment").latest("pk")

    return handed_in


def decide(actor: Actor, case: ReviewCase, verdict: str = "pass", comment: str = "") -> HttpResponse:
    """Press 通过 or 驳回."""
    case.refresh_from_db()
    sent = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": comment}
    return signed_in(actor).post("/reviews/decide/", sent)


def account(world: make.SmallWorld, year: int | None = None) -> YearAccount:
    found = ledger.account_of(world.record.pk, year or clock.year())
    assert found is not None
    return found


def needed(world: make.SmallWorld, year: int | None = None) -> list[tuple[str, str]]:
    """What the account's verdict asks, by subject."""
    return [(line["subject"], line["need"]) for line in account(world, year).verdict["lines"]]
