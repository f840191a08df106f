"""IN-01: SQL in every parameter, place and field."""

from urllib.parse import urlencode

import pytest
from django.db.models import QuerySet

from tests.checks.report import Outcome, Tell
from tests.checks.surface.crawling import Visit
from tests.checks.surface.injecting import PAYLOADS, Probe, scan
from tests.checks.surface.stage import Stage, undone
from tests.checks.surface.standing import standing
from xueshi.organisations.models import Organisation
from xueshi.registrations.web import pickers


def _hole(_portal: str, _picker: str, words: str) -> QuerySet[Organisation]:
    """A picker as it must never be; one row is enough to sleep over."""
    rows = "(SELECT * FROM organisations_organisation ORDER BY id LIMIT 1) AS one"
    statement = f"SELECT * FROM {rows} WHERE strpos(name, '{words}') > 0"  # noqa: S608 - see above
    return Organisation.objects.filter(pk__in=[one.pk for one in Organisation.objects.raw(statement)])


def test_in_01_sql_injection(
    stage: Stage, scanned: tuple[list[Visit], list[str], int], tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, bad, tried = scanned
    planted = []
    with monkeypatch.context() as patch, standing():
        patch.setattr(pickers.selectors, "pickable_bodies", _hole)
        for payload in PAYLOADS:
            with undone():
                url = f"/register/units/?{urlencode({'q': payload})}"
                probe = Probe("anonymous", "GET", url, payload, "planted", {})
                planted += scan(stage, [probe])[1]
    tell(Outcome("IN-01", len(answers), bad, len(planted) >= len(PAYLOADS), 300, f"places={tried}"))
