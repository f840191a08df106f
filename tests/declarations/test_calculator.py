"""学时试算: rule, caps and verdict as arithmetic, and beside the form as one types."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled
from xueshi.declarations.models import Declaration
from xueshi.declarations.rules import Claim
from xueshi.declarations.web.calculator import Card, Standing, card, outlook
from xueshi.ledger.rules import ZERO, Held
from xueshi.policies import registry
from xueshi.policies.answers import Answers

NEW = "/declarations/new/"


def claim(hours: str, days: int = 3, **more: object) -> Claim:
    of_year = registry.pack("weihai").year(2026)
    form = of_year.learning_form("on_the_job")
    return Claim(of_year, form, w.training(hours, days, **more), "学时", 2026)


def standing(*held: Held, pending: tuple[Held, ...] = (), professional: str = "0", public: str = "0") -> Standing:
    sums = {"professional": Decimal(professional), "public": Decimal(public)}
    return Standing(held, pending, sums, registry.pack("weihai").year(2026).requirement)


def day(hours: str) -> Held:
    return Held("seminar", "professional", Decimal(hours), date(2026, 5, 11), date(2026, 5, 11))


def line(drawn: Card, label: str) -> str:
    return next(f"{one.value} {one.note or ''}".strip() for one in drawn.lines if one.label == label)


def test_the_rule_limits_and_names_what_it_used() -> None:
    drawn = card(claim("30"), standing())
    assert (drawn.headline.label, drawn.headline.tone) == ("最多可申报 24 学时，超出 6 学时", "no")
    assert "每天 8 学时" in line(drawn, "规则")
    assert ("天数 3" in line(drawn, "所用数据"), "申报学时 30" in line(drawn, "所用数据")) == (True, True)
    assert card(claim("24"), standing()).headline.label == "可申报 24 学时"
    assert card(claim("1.5"), standing()).headline.label == "可申报 1.5 学时"


def test_hours_spread_over_many_days_leave_whole_steps() -> None:
    long = Held("seminar", "professional", Decimal(100), date(2026, 5, 1), date(2026, 5, 30))
    for drawn in (card(claim("24"), standing(pending=(long,))), card(claim("24"), standing(long))):
        assert not any(re.search(r"\.\d\d", f"{one.value}{one.note}") for one in drawn.lines)
    assert "最多计入 14 学时" in line(card(claim("24"), standing(pending=(long,))), "待审核")
    assert card(claim("24"), standing(long)).headline.label == "最多可申报 14 学时，超出 10 学时"


def test_the_days_cap_bites_and_what_waits_would_bite_next() -> None:
    seen = outlook(claim("24"), standing(day("8"), pending=(day("0.5"),)))
    assert (seen.hours, seen.over, seen.later.hours) == (Decimal(16), True, Decimal("15.5"))
    drawn = card(claim("24"), standing(day("8"), pending=(day("0.5"),)))
    assert "这些日期已计入 8 学时，还可申报 16 学时" in line(drawn, "上限")
    assert line(drawn, "待审核") == "0.5 学时 如果先通过，本次最多计入 15.5 学时"
    assert line(drawn, "本年已计入") == "8 学时 其中岗位培训 0 学时"


@pytest.mark.parametrize(
    ("had", "verdict"),
    [("0", "通过后年度累计还差 66 学时，专业课还差 36 学时"), ("66", "通过后该年度达标"), ("90", "该年度已经达标")],
)
def test_the_year_before_and_after(had: str, verdict: str) -> None:
    drawn = card(claim("24"), standing(professional=had))
    total = drawn.rows[0]
    assert (total.before, total.after, total.need) == (Decimal(had), Decimal(had) + 24, Decimal(90))
    assert total.missing == max(Decimal(90) - total.after, ZERO)
    assert drawn.verdict == verdict


def test_nothing_typed_yet_says_what_the_rule_gives() -> None:
    bare = Claim(claim("1").rules, claim("1").form, Answers({}), "学时", 2026)
    drawn = card(bare, standing(), ("起止时间",))
    assert drawn.headline.label == "填写申请学时后显示结果"
    assert drawn.unread == "起止时间没有填写正确，暂未参与计算"
    dateless = Claim(bare.rules, bare.form, Answers({"hours": Decimal(8)}), "学时", 2026)
    half = card(dateless, standing())
    assert (half.headline.label, half.headline.tone) == ("填写完整后显示结果", "idle")
    assert "0 天" not in line(half, "上限")
    assert (line(half, "规则"), [one.label for one in half.lines if one.label == "所用数据"]) == ("每天 8 学时", [])


def fragment(browser: Client, typed: dict[str, object]) -> str:
    answer = browser.post(NEW, typed | {"do": "calculate"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.django_db
@pytest.mark.req("CR-05", "CR-10", "CR-13", "CR-38")
def test_beside_the_form_as_one_types_and_by_a_button() -> None:
    world = make.build()
    browser = signed_in(world.person)
    first = w.handed_in(world.person, "16", days=2)
    w.handed_in(world.person, "4", form="seminar", days=1)
    w.decided(world.employer_admin, first)
    typed = filled(period_from="2026-06-01", period_to="2026-08-29", hours="900")
    told = fragment(browser, typed)
    for words in ("最多可申报 720 学时，超出 180 学时", "每天 8 学时", "16 学时 其中岗位培训 16 学时", "4 学时"):
        assert words in told
    assert "年度累计 16 736 90 0" in told
    half = fragment(browser, typed | {"hours": "1.5", "period_to": "2026-06-01"})
    assert ("可申报 1.5 学时" in half, "年度累计 16 17.5 90 72.5" in half) == (True, True)
    assert "申请学时没有填写正确，暂未参与计算" in fragment(browser, typed | {"hours": "三"})
    whole = browser.post(NEW, typed | {"do": "calculate"}).content.decode()
    assert ("超出 180 学时" in whole, 'value="900"' in whole, 'name="do" value="calculate"' in whole) == (True,) * 3
    assert Declaration.objects.count() == 2
    refused = browser.post(NEW, typed | {"do": "submit"})
    assert (refused.status_code, "最多申报 720 学时" in refused.content.decode()) == (422, True)
    _cheap(lambda: browser.get(f"{NEW}?form=on_the_job"))
    _cheap(lambda: browser.post(NEW, typed | {"do": "calculate"}, headers={"HX-Request": "true"}))


def _cheap(ask: Callable[[], Any]) -> None:
    ask()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        ask()
    told = [one["sql"][:90] for one in asked if "SAVEPOINT" not in one["sql"]]
    assert len(told) <= 12, told


@pytest.mark.django_db
@pytest.mark.req("CR-10", "CR-22")
@pytest.mark.parametrize("form", ["", "gone"])
def test_without_a_learning_form_there_is_nothing_to_calculate(form: str) -> None:
    world = make.build()
    for actor, address in ((world.person, NEW), (world.employer_admin, "/declarations/for-others/")):
        browser, sending = signed_in(actor), filled(form=form, do="calculate")
        piece = browser.post(address, sending, headers={"HX-Request": "true"})
        assert (piece.status_code, piece.content) == (204, b"")
        # Without scripts the same draws the whole page.
        assert browser.post(address, sending).status_code == 200
    assert not Declaration.objects.exists()
