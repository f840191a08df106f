"""Events through their pages: asked for, decided by employer and superior, explained in the year, taken back."""

import html
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.test import Client

from tests import small_world as make
from tests.adjustments.conftest import Ask, account, decide, needed, send
from tests.adjustments.packs import switched_off
from tests.browsers import signed_in
from xueshi.adjustments.models import Adjustment
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.ledger.models import TargetChange, YearAccount
from xueshi.ledger.services import Posting
from xueshi.policies import registry
from xueshi.reviews.models import ReviewCase


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def post(world: make.SmallWorld, hours: str, year: int, source: int = 1) -> None:
    one = Posting(world.record.pk, "weihai", year, "professional", "other", Decimal(hours), "test", source)
    ledger.post_many([one], by=make.NOBODY)


def test_nothing_of_it_is_there_where_no_kind_is_on(db: None, tmp_path: Path, settings: Any) -> None:
    settings.POLICIES_ROOT = switched_off(Path(settings.POLICIES_ROOT), tmp_path)
    assert [pack.key for pack in registry.packs() for year in pack.years.values() if year.events_on()] == []
    assert [pack.key for pack in registry.packs() if pack.enabled("adjustments")] == []
    world = make.build()
    client = signed_in(world.person)
    assert "学时要求调整" not in read(client, "/years/")
    assert client.get("/adjustments/new/").status_code == 404
    assert client.post("/adjustments/new/", {"kind": "waive"}).status_code == 404
    assert not Adjustment.objects.exists()


def test_reduced_hours_take_the_way_of_the_chain_and_pass_the_year(world: make.SmallWorld, ask: Ask) -> None:
    year = clock.year()
    post(world, "50", year)
    assert (account(world).passed, needed(world)) == (False, [("", "90"), ("professional", "60"), ("public", "0")])
    case = ask(world.person, "reduce", "childbirth", measure="hours", hours="40")
    assert "审核学时要求调整" in read(signed_in(world.employer_admin), "/home/")
    desk = read(signed_in(world.employer_admin), f"/adjustments/review/?case={case.pk}")
    for words in ("生育休假：减免 40 学时", "王志远", "批量通过", "licence.png"):
        assert words in desk
    assert decide(world.employer_admin, case).status_code == 302
    assert account(world).passed is False
    assert decide(world.department_admin, case).status_code == 302
    found = account(world)
    assert (found.passed, needed(world)) == (True, [("", "50.0"), ("professional", "33.0"), ("public", "0.0")])
    page = read(signed_in(world.person), f"/years/{found.pk}/")
    for words in ("生育休假：减免 40 学时", "基本要求 90 学时", f"/adjustments/cases/{case.pk}/", "各项要求均已达到。"):
        assert words in page
    mine = read(signed_in(world.person), "/adjustments/")
    assert "审核通过" in mine
    assert send(signed_in(world.person), "reduce", "illness", measure="hours", hours="5", key="b").status_code == 422

    closed = signed_in(world.employer_admin).post(f"/adjustments/cases/{case.pk}/revoke/", {"reason": "误"})
    assert closed.status_code == 403
    for reason, problem in ((" ", "请填写取消原因"), ("不\x00实", "含有不可见字符"), ("长" * 301, "不超过 300 字")):
        vain = signed_in(world.department_admin).post(f"/adjustments/cases/{case.pk}/revoke/", {"reason": reason})
        said = problem in vain.content.decode().split('id="revoke-problem"')[1]
        assert (vain.status_code, said, account(world).passed) == (422, True, True), problem
    before = clock.now()
    done = signed_in(world.department_admin).post(f"/adjustments/cases/{case.pk}/revoke/", {"reason": "证明不实"})
    assert done.status_code == 302
    assert (account(world).passed, needed(world)[0]) == (False, ("", "90"))
    assert "证明不实" in read(signed_in(world.person), f"/adjustments/cases/{case.pk}/")
    again = signed_in(world.department_admin).post(f"/adjustments/cases/{case.pk}/revoke/", {"reason": "再次"})
    assert (again.status_code, TargetChange.objects.count()) == (403, 2)
    with clock.shifted(timedelta(days=2)):  # yesterday the event stood nowhere, today it came and went
        shown = read(signed_in(world.person), f"/years/{found.pk}/?on={clock.day_of(before).isoformat()}")
    assert "截至" in shown


def test_deferred_hours_are_asked_of_the_next_year(world: make.SmallWorld, ask: Ask) -> None:
    year = clock.year() - 1
    post(world, "60", year)
    case = ask(world.person, "defer", "illness", year=year, measure="hours", hours="30")
    decide(world.employer_admin, case)
    decide(world.department_admin, case)
    assert (account(world, year).passed, needed(world, year)[0]) == (True, ("", "60.0"))
    assert needed(world, year)[1:] == [("professional", "40.0"), ("public", "0.0")]
    assert needed(world, year + 1) == [("", "120.0"), ("professional", "80.0"), ("public", "0.0")]
    page = read(signed_in(world.person), f"/years/{account(world, year + 1).pk}/")
    assert f"顺延至 {year + 1} 年度 30 学时" in page


def test_a_waived_year_is_neither_passed_nor_printed(world: make.SmallWorld, ask: Ask) -> None:
    case = ask(world.person, "waive", "illness")
    decide(world.employer_admin, case)
    decide(world.department_admin, case)
    page = read(signed_in(world.person), f"/years/{account(world).pk}/")
    assert "免于要求" in page
    assert "打印学时证明" not in page


def test_start_and_end_bound_the_years_of_which_something_is_asked(world: make.SmallWorld, ask: Ask) -> None:
    year = clock.year()
    post(world, "10", year - 1)
    case = ask(world.person, "start", "appointed")
    decide(world.employer_admin, case)
    decide(world.department_admin, case)
    assert needed(world, year - 1)[0] == ("", "0")
    post(world, "10", year - 2, source=2)
    assert needed(world, year - 2)[0] == ("", "0")
    sheet = read(signed_in(world.person), f"/years/sheet/?first={year - 3}&last={year}")
    assert sheet.count("免于要求</span>") == 3
    assert f"共核验 4 个年度，其中 3 个年度免于要求，1 个年度不通过：{year}。" in sheet


def test_what_does_not_fit_is_said_beside_its_field(world: make.SmallWorld) -> None:
    client, year = signed_in(world.person), clock.year()
    for field, more in {
        "hours": {"measure": "hours", "hours": "91"},
        "share": {"measure": "share", "share": "101"},
        "measure": {"measure": ""},
        "reason": {"measure": "hours", "hours": "5", "reason": "retired"},
        "year": {"measure": "hours", "hours": "5", "year": year + 1},
        "period": {
            "measure": "hours",
            "hours": "5",
            "period_from": f"{year - 2}-01-01",
            "period_to": f"{year - 2}-02-01",
        },
        "evidence": {"measure": "hours", "hours": "5", "evidence": ""},
    }.items():
        answer = send(client, "reduce", **{"reason": "illness", **more})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field]), field
    assert (Adjustment.objects.count(), ReviewCase.objects.count()) == (0, 0)
    assert send(client, "waive", "illness", key="same").status_code == 302
    assert send(client, "waive", "illness", key="same").status_code == 302
    assert Adjustment.objects.count() == 1


def test_withdrawn_and_refused_events_leave_room(world: make.SmallWorld, ask: Ask) -> None:
    client = signed_in(world.person)
    first = ask(world.person, "waive", "illness", key="1")
    assert client.post(f"/adjustments/cases/{first.pk}/withdraw/").status_code == 302
    second = ask(world.person, "waive", "illness", key="2")
    decide(world.employer_admin, second, "fail", "证明不清晰")
    third = ask(world.person, "waive", "illness", key="3")
    assert list(Adjustment.objects.order_by("pk").values_list("live", flat=True)) == [False, False, True]
    assert (TargetChange.objects.count(), YearAccount.objects.count()) == (0, 0)
    assert "证明不清晰" in read(client, f"/adjustments/cases/{second.pk}/")
    decide(world.employer_admin, third)
    late = client.post(f"/adjustments/cases/{third.pk}/withdraw/")
    assert (late.status_code, "已有单位审核，不能撤销" in late.content.decode()) == (409, True)
    assert [one.case_id for one in late.context["list"].rows] == [third.pk, second.pk, first.pk]
    third.refresh_from_db()
    assert third.state == "pending"
