"""The same page sent twice is answered alike; what was corrected on it meanwhile is refused, whichever answer it is."""

import re

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image
from xueshi.declarations.models import Declaration

pytestmark = pytest.mark.django_db
OWN, UNIT = "/declarations/new/", "/declarations/for-others/"
CORRECTED: tuple[dict[str, str], ...] = (
    {"period_from": "2026-05-12"},
    {"period_to": "2026-05-14"},
    {"period_from": "2026-06-01", "period_to": "2026-06-03"},
    {"hours": "16"},
    {"class_name": "钳工"},
    {"year": "2025"},
)
REFUSED = {
    OWN: "此页面的内容已经保存过，请在申报进度查询中继续修改",
    UNIT: "此页面的内容已经提交过，请重新填写后再申报",
}


def sent(browser: Client, address: str, shot: bytes, **changes: object) -> tuple[int, str]:
    """The page as it was first filled in, but for some answers, with the same picture."""
    sending = filled(**{"content": "安全规程", "evidence": [image(content=shot)]} | changes)
    answer = browser.post(address, sending)
    return answer.status_code, answer.content.decode()


def stand() -> list[tuple[object, ...]]:
    """Every declaration there is, with what it says."""
    said = ("version", "starts_on", "ends_on", "hours_declared")
    return list(Declaration.objects.order_by("pk").values_list("pk", *said))


@pytest.mark.parametrize(
    ("address", "do"),
    [
        pytest.param(OWN, "submit", marks=pytest.mark.req("CR-12")),
        pytest.param(OWN, "save", marks=pytest.mark.req("CR-11")),
        pytest.param(UNIT, "submit", marks=pytest.mark.req("CR-22")),
    ],
)
def test_back_corrected_and_sent_again_is_refused_and_keeps_what_was_typed(address: str, do: str) -> None:
    world, shot = make.build(), w.picture()
    browser = signed_in(world.person if address == OWN else world.employer_admin)
    first = {"do": do} | ({"people": [world.record.pk]} if address == UNIT else {})
    assert sent(browser, address, shot, **first)[0] == 302
    before = stand()
    assert (len(before), sent(browser, address, shot, **first)[0]) == (1, 302)
    for corrected in CORRECTED:
        status, text = sent(browser, address, shot, **first | corrected)
        assert (corrected, status, REFUSED[address] in text) == (corrected, 422, True)
        typed = {name: _typed(text, name) for name in corrected if name != "year"}
        assert typed == {name: value for name, value in corrected.items() if name != "year"}
    assert stand() == before


def _typed(text: str, name: str) -> str:
    """What stands in an input of the page."""
    [found] = re.findall(rf"<input[^>]*\bname=\"{name}\"[^>]*>", text)
    return "".join(re.findall(r'\bvalue="([^"]*)"', found))


def test_a_form_that_asks_for_no_days_is_answered_alike() -> None:
    world, shot = make.build(), w.picture()
    browser = signed_in(world.person)
    paper = {"form": "paper", "title": "热误差补偿方法研究", "journal": "机械工程学报", "published": "2026-03-01"}
    asked = paper | {"author_rank": "first", "hours": "8"}
    assert [sent(browser, OWN, shot, **asked)[0] for _time in range(2)] == [302, 302]
    assert [row[2:4] for row in stand()] == [(None, None)]
