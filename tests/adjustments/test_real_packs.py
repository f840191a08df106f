"""Events on the four portals as they ship: what policy facts 7 has a default for, and nothing else."""

import html
from decimal import Decimal

import pytest
from django.test import Client

from tests import small_world as make
from tests.adjustments.conftest import Ask, decide, send
from tests.browsers import signed_in
from tests.declarations.units import cells, heads
from xueshi.adjustments.models import Adjustment, Proof
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger import services
from xueshi.ledger.models import TargetChange
from xueshi.ledger.services import Posting
from xueshi.policies import registry
from xueshi.policies.events import EventKind
from xueshi.reviews.models import ReviewCase

OPEN = {"start": "S", "end": "A"}
"""The kinds on, and how far the facts may be trusted."""
REAL = ("weihai", "shandong", "liaocheng", "fujian")


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.content.decode())


def verdicts(client: Client) -> dict[str, str]:
    """年度完成情况: each year with its result."""
    text = read(client, "/years/")
    result = heads(text).index("认定结果")
    return {row[1]: row[result] for row in cells(text)}


def needed(world: make.SmallWorld, year: int) -> str:
    account = ledger.account_of(world.record.pk, year)
    assert account is not None
    return str(account.verdict["lines"][0]["need"])


@pytest.mark.parametrize("portal", REAL)
def test_a_portal_carries_what_the_facts_know_and_marks_it(portal: str) -> None:
    pack = registry.pack(portal)
    assert pack.enabled("adjustments")
    for year in pack.years.values():
        assert {rule.key.value: rule.mark.value for rule in year.events_on()} == OPEN
        assert {rule.key for rule in year.events} == set(EventKind)


def offers_only_what_is_open(person: Client) -> None:
    """The form, and what it answers to kinds that are off."""
    assert "/adjustments/" in read(person, "/years/")
    form = read(person, "/adjustments/new/")
    for words in (
        "起算（自本年度起要求学时，此前年度不作要求；待本地人社部门确认）",
        "终止（",
        "新聘任专业技术职务",
        "退休",
    ):
        assert words in form
    for words in ("顺延（", "减免（", "免除（", "因病休假"):
        assert words not in form
    assert send(person, "defer", "illness", measure="hours", hours="30").status_code == 422
    assert send(person, "waive", "illness").status_code == 422
    assert Adjustment.objects.count() == 0


def shows_its_proof(world: make.SmallWorld, case: ReviewCase) -> None:
    """The desk of the unit with the event opened; nobody else gets at its proof."""
    unit, person = signed_in(world.employer_admin), signed_in(world.person)
    assert "审核学时要求调整" in read(unit, "/home/")
    assert "审核学时要求调整" not in read(person, "/home/")
    assert 'href="/adjustments/"' in read(person, "/years/")
    desk = read(unit, "/adjustments/review/")
    assert heads(desk) == ["", "序号", "姓名", "年度", "调整内容", "所在单位", "申请时间", "操作"]
    opened = read(unit, f"/adjustments/review/?case={case.pk}")
    proof = f"/adjustments/cases/{case.pk}/proof/{Proof.objects.get().file.key}/"
    assert (proof in opened, "依据" in opened, "转引，待本地人社部门确认" in opened) == (True, True, True)
    assert unit.get(proof)["Content-Type"] == "image/png"
    assert signed_in(world.stranger_admin).get(proof).status_code == 404


@pytest.mark.parametrize("portal", REAL)
def test_an_appointment_from_declaring_to_being_taken_back(db: None, portal: str, ask: Ask) -> None:
    world, last = make.build(portal), clock.year() - 1
    post = Posting(world.record.pk, portal, last, "professional", "other", Decimal(10), "test", 1)
    services.post_many([post], by=make.NOBODY)
    person, unit, above = (signed_in(one) for one in (world.person, world.employer_admin, world.department_admin))
    failed = verdicts(person)[str(last)]
    assert (failed in {"不通过", "不合格"}, needed(world, last)) == (True, "90")

    offers_only_what_is_open(person)
    case = ask(world.person, "start", "appointed")
    mine = read(person, "/adjustments/")
    assert ("新聘任专业技术职务：起算，自" in mine, "待审核" in mine) == (True, True)

    shows_its_proof(world, case)
    decide(world.employer_admin, case)
    assert (verdicts(person)[str(last)], needed(world, last)) == (failed, "90")
    decide(world.department_admin, case)
    assert (verdicts(person)[str(last)], needed(world, last)) == ("免于要求", "0")
    account = ledger.account_of(world.record.pk, last)
    assert account is not None
    year = read(unit, f"/years/{account.pk}/")
    assert ("本年度不作学时要求" in year, "新聘任专业技术职务" in year) == (True, True)

    taken = above.post(f"/adjustments/cases/{case.pk}/revoke/", {"reason": "聘任文件与档案不符"})
    assert taken.status_code == 302
    assert (verdicts(person)[str(last)], needed(world, last)) == (failed, "90")
    told = read(person, f"/adjustments/cases/{case.pk}/")
    assert ("已取消" in told, "聘任文件与档案不符" in told) == (True, True)
    assert (Adjustment.objects.get().live, TargetChange.objects.count()) == (False, 2)


def test_the_policy_page_says_what_may_be_asked_for_and_how_sure_that_is(db: None) -> None:
    text = read(Client(HTTP_HOST="weihai.localhost"), "/policy/")
    section = text.split("什么情况可以申请调整要求")[1].split("</section>")[0]
    for words in ("起算", "终止", "适用于 退休、不再从事专业技术工作", "依据转载资料", "暂定，待本地人社部门确认"):
        assert words in section
    assert "顺延" not in section
