"""年度完成情况: the figures and the verdict as the person reads them."""

import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import Settings
from django.db import transaction

from tests import small_world as make
from tests.browsers import signed_in
from xueshi.ledger import services
from xueshi.ledger.services import Posting

pytestmark = pytest.mark.django_db


def read(public: str, professional: str) -> list[str]:
    """Public, professional, total hours and the result of a year that holds so much, read off the page."""
    world = make.build()
    given = {"public": Decimal(public), "professional": Decimal(professional)}
    postings = [
        Posting(world.record.pk, "weihai", 2026, subject, "other", hours, "test", world.record.pk * 2 + place)
        for place, (subject, hours) in enumerate(given.items())
        if hours
    ]
    services.post_many(postings, by=make.NOBODY)
    text = signed_in(world.person).get("/years/?first=2026&last=2026").content.decode()
    hours = re.findall(r'data-l="完成\w+学时（分）" class="num"><div>\s*([\d.]+)', text)
    result = re.findall(r'data-l="认定结果".*?(通过|不通过)', text, re.DOTALL)
    return [*hours, *result]


@pytest.mark.req("ANN-04", "ANN-05")
@pytest.mark.parametrize(
    ("public", "professional", "total", "result"),
    [
        ("24", "66", "90", "通过"),
        ("0", "80", "80", "不通过"),
        ("30", "60", "90", "通过"),
        ("40", "50", "90", "不通过"),
        ("70", "100", "170", "通过"),
        ("23.5", "66", "89.5", "不通过"),
    ],
)
def test_the_page_says_whether_the_year_passes(public: str, professional: str, total: str, result: str) -> None:
    assert read(public, professional) == [public, professional, total, result]


@pytest.mark.req("ANN-06")
def test_other_thresholds_are_other_verdicts(tmp_path: Path, settings: Settings) -> None:
    policies = Path(shutil.copytree(settings.POLICIES_ROOT, tmp_path / "policies"))
    small = "[requirement]\ntotal = 20\n"
    rules = policies / "weihai/2016.toml"
    text = rules.read_text(encoding="utf-8").replace("[requirement]\n", small).replace("hours = 0\n", "hours = 10\n", 1)
    wanted = '[[requirement.minimums]]\nkey = "professional"\nhours = 10\nsource = "test"\nmark = "A"\n\n[[subjects]]'
    rules.write_text(text.replace("[[subjects]]", wanted, 1), encoding="utf-8")
    settings.POLICIES_ROOT = policies
    with transaction.atomic():
        assert read("10", "10") == ["10", "10", "20", "通过"]
        transaction.set_rollback(True)
    assert read("0", "30") == ["0", "30", "30", "不通过"]
