"""Reviewing in depth: who gets it, what a reviewer may recognise, what the year becomes, hand-over, closed rights."""

import html
import re
from decimal import Decimal

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import ON_DESK, REVIEWING, page
from tests.declarations.units import heads
from xueshi.audit.models import AuditEntry
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger import services as posting
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.services import create_role
from xueshi.reviews.models import CaseEvent
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db
DESK, DECIDE = "/declarations/review/", "/reviews/decide/"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def posted(declaration: Declaration, verdict: str = "pass", **more: str) -> dict[str, str]:
    """What the detail beside the list posts."""
    case = w.case(declaration)
    here = f"{DESK}?case={declaration.case_id}"
    sent = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "next": DESK, "here": here, "comment": ""}
    hours = more.pop("hours", None)
    return sent | more | ({f"hours-{case.pk}": hours} if hours is not None else {})


def drawn_again(browser: Client, sent: dict[str, str], status: int = 422) -> str:
    """The desk as a refused decision draws it."""
    answer = browser.post(DECIDE, sent)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def told(browser: Client, path: str) -> str:
    """A page without its marks."""
    return re.sub(r"<[^>]+>|\s+", " ", page(browser, path))


@pytest.mark.req("CV-05", "CV-06")
@pytest.mark.parametrize("body", ["department", "city"])
def test_departments_and_bureaux_review_what_reaches_them(world: make.SmallWorld, body: str) -> None:
    desk: Organisation = getattr(world, body)
    person, _record = make.professional("周文斌", desk)
    row = w.handed_in(person)
    browser = signed_in(getattr(world, f"{body}_admin"))
    text = page(browser, DESK)
    for word in ("周文斌", *ON_DESK, "待审核", "已审核", "查询", "清空"):
        assert word in text, word
    assert tuple(heads(text)) == REVIEWING
    asked = {"name=文斌": True, "name=志远": False, f"year={row.year}": True, f"year={row.year - 1}": False}
    assert {one: "周文斌" in page(browser, f"{DESK}?{one}") for one in asked} == asked
    form = page(browser, f"{DESK}?case={row.case_id}").split('id="decide"')[1]
    buttons = re.findall(r'name="verdict" value="(\w+)"[^>]*>(.*?)</button>', form, re.S)
    assert [(code, word) for code, text in buttons for word in ("通过", "驳回") if word in text] == [
        ("pass", "通过"), ("fail", "驳回"),
    ]  # fmt: skip
    emptied = drawn_again(browser, posted(row, hours="", comment="同意"))
    assert ("请填写认定学时" in emptied, in_field(emptied, row), w.case(row).state) == (True, "", CaseState.PENDING)
    [drawn] = browser.get(f"{DESK}?name=文斌").context["list"].drawn
    [(_passing, url, fields), (_refusing, opened, _), (_detail, whole, _)] = drawn["actions"]
    assert [action.label for action, _url, _fields in drawn["actions"]] == ["通过", "驳回", "详细"]
    assert (opened.endswith(f"&case={row.case_id}#decide"), whole) == (True, f"/declarations/{row.pk}/")
    assert "审核意见（驳回时必填）" in page(browser, opened.partition("#")[0])
    assert browser.post(url, fields)["Location"] == fields["next"]
    assert (w.case(row).state, w.fresh(row).hours_recognised) == (CaseState.APPROVED, 24)
    assert "周文斌" in page(browser, f"{DESK}?tab=reviewed")
    assert "周文斌" not in page(signed_in(world.employer_admin), f"{DESK}?tab=reviewed")


def test_what_may_be_recognised(world: make.SmallWorld) -> None:
    """Lowered with a reason, in halves, never above what was declared; what was typed stays beside its problem."""
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    refusals = {
        ("25", "多一点"): "认定学时不能超过申报的 24 学时",
        ("16.3", "按证书"): "认定学时应为 0.5 的整数倍",
        ("16", ""): "调低认定学时请在审核意见中说明理由",
        ("0", "不认"): "认定学时必须大于 0；不予认定请驳回",
        ("abc", ""): "认定学时应为数字",
        ("", "同意"): "请填写认定学时",
        ("  ", ""): "请填写认定学时",
    }
    for (hours, comment), reason in refusals.items():
        text = drawn_again(browser, posted(row, hours=hours, comment=comment))
        assert (reason in text, in_field(text, row), f'value="{comment}"' in text) == (True, hours, True), hours
        assert "aria-invalid" in text
        assert (w.case(row).state, w.case(row).version) == (CaseState.PENDING, 1)
    assert "aria-invalid" not in page(browser, f"{DESK}?case={row.case_id}")
    assert browser.post(DECIDE, posted(row, hours="16.5", comment="少一天"))["Location"] == DESK
    assert (str(w.fresh(row).hours_recognised), w.total(world)) == ("16.50", w.fresh(row).hours_recognised)


def in_field(text: str, row: Declaration) -> str:
    """What stands in 认定学时 of the opened declaration."""
    [found] = re.findall(rf'name="hours-{row.case_id}" value="([^"]*)"', text)
    return str(found)


def test_never_above_the_rule_even_if_it_was_declared_so(world: make.SmallWorld) -> None:
    """A pack year that gives less than when it was handed in: the desk asks the rule again."""
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    limit = re.search(r"最多 ([\d.]+) 学时", told(browser, f"{DESK}?case={row.case_id}"))
    assert limit
    Declaration.objects.filter(pk=row.pk).update(hours_declared="40")
    assert f"认定学时不能超过规则核算的 {limit[1]} 学时" in drawn_again(browser, posted(row))
    assert (w.case(row).state, w.total(world)) == (CaseState.PENDING, 0)


def test_the_year_is_shown_before_deciding_one_or_all(world: make.SmallWorld) -> None:
    year = clock.year()
    first = w.handed_in(world.person)
    browser = signed_in(world.employer_admin)
    assert "0 → 24 / 90" in told(browser, f"{DESK}?case={first.case_id}")
    token = re.search(r'name="token" value="([^"]+)"', page(browser, DESK))
    assert token
    confirm = browser.post("/reviews/all/", {"token": token[1], "action": "pass"})["Location"]
    assert "涉及 1 人，共申报 24 学时" in page(browser, confirm)
    assert "通过后没有人因此达到年度要求" in page(browser, confirm)
    reject = browser.post("/reviews/all/", {"token": token[1], "action": "fail"})["Location"]
    assert "涉及 1 人" not in page(browser, reject)
    for hours in (30, 36):
        make_up(world, year, hours)
    assert "90 → 90" not in told(browser, f"{DESK}?case={first.case_id}")
    assert "审通过后达标" in told(browser, f"{DESK}?case={first.case_id}")
    assert "通过后有 1 人的年度学时达标" in page(browser, confirm)


def make_up(world: make.SmallWorld, year: int, hours: int) -> None:
    """Hours from elsewhere, public first."""
    subject = "public" if hours == 30 else "professional"
    one = posting.Posting(world.record.pk, "weihai", year, subject, "online", Decimal(hours), "test", hours)
    posting.post_many([one], by=make.NOBODY)


def test_a_cap_that_another_approval_has_just_filled_is_named(world: make.SmallWorld) -> None:
    """Both are within the day's cap when handed in; together they are not."""
    first, second = (w.handed_in(world.person, "24", school=name) for name in ("甲校", "乙校"))
    browser = signed_in(world.employer_admin)
    page(browser, f"{DESK}?case={second.case_id}")
    browser.post(DECIDE, posted(first))
    text = drawn_again(browser, posted(second))
    assert (w.case(first).state, w.case(second).state, w.total(world)) == (CaseState.APPROVED, CaseState.PENDING, 24)
    assert "每天" in text
    assert "超出上限" in text
    together = browser.post(DECIDE, {"row": posted(second)["row"], "action": "pass", "next": DESK})
    assert together.status_code == 422
    assert re.search("未处理“王志远[^”]+”：.*每天", together.content.decode())
    assert (together.context["list"].sent.rows, w.case(second).state) == ({posted(second)["row"]}, CaseState.PENDING)


@pytest.fixture
def deputy(world: make.SmallWorld) -> Actor:
    made = make.administrator("李审核", world.employer, is_super=False)
    return Actor(made.user, made.membership, world.employer, world.employer_admin.powers)


def with_all_powers(actor: Actor) -> Client:
    """A browser of an administrator whose role grants everything."""
    assert actor.membership is not None
    assert actor.organisation is not None
    actor.membership.role = create_role(actor.organisation, "审核员", actor.powers)
    actor.membership.save()
    return signed_in(actor)


def test_a_case_is_handed_over_and_taken_back(world: make.SmallWorld, deputy: Actor) -> None:
    row = w.handed_in(world.person)
    first, second = signed_in(world.employer_admin), with_all_powers(deputy)
    form = f"/reviews/{row.case_id}/entrust/"
    assert form in page(first, f"{DESK}?case={row.case_id}")
    assert "李审核" in page(first, form)
    assert "张敏" not in re.findall(r"<option[^>]*>([^<]*)", page(first, form))
    missing = first.post(form, {"version": "1", "note": "请核对"})
    assert (missing.status_code, "请核对" in missing.content.decode()) == (422, True)
    sent = {"version": "1", "to": str(deputy.membership and deputy.membership.pk), "note": "请核对盖章"}
    stale = first.post(form, sent | {"version": "7"})
    assert (stale.status_code, "请核对盖章" in stale.content.decode(), w.case(row).version) == (409, True, 1)
    assert "已由他人处理或内容已变更" in stale.content.decode()
    assert first.post(form, sent)["Location"] == DESK
    assert (w.case(row).version, w.case(row).handler_id, w.case(row).state) == (2, int(sent["to"]), CaseState.PENDING)
    assert "已转交李审核" in page(first, DESK)
    detail = told(first, f"{DESK}?case={row.case_id}")
    assert ("已转交李审核处理" in detail, "张敏 → 李审核" in detail, "请核对盖章" in detail) == (True, True, True)
    assert f"{world.employer.name} · 李审核" in page(signed_in(world.person), f"/declarations/{row.pk}/")
    first.post(DECIDE, posted(row))
    assert w.case(row).state == CaseState.PENDING
    assert f"hours-{row.case_id}" in page(second, f"{DESK}?case={row.case_id}")
    stale = first.post(f"/reviews/{row.case_id}/take-back/", {"version": "1", "next": f"{DESK}?name=志远"})
    said = "已由他人处理或内容已变更" in stale.content.decode()
    assert (stale.status_code, said, [one.pk for one in stale.context["list"].rows]) == (409, True, [row.pk])
    assert (w.case(row).handler_id, w.case(row).version) == (int(sent["to"]), 2), "an old page takes nothing back"
    first.post(f"/reviews/{row.case_id}/take-back/", {"version": "2", "next": DESK})
    assert (w.case(row).handler_id, w.case(row).version) == (None, 3)
    second.post(DECIDE, posted(row) | {"row": f"{row.case_id}:2"})
    assert w.case(row).state == CaseState.PENDING, "the page of before the hand-over is stale"
    second.post(DECIDE, posted(row))
    assert w.case(row).state == CaseState.APPROVED
    moves = list(CaseEvent.objects.filter(case_id=row.case_id).order_by("version").values_list("move", "to__name"))
    assert moves == [("submit", None), ("entrust", "李审核"), ("take_back", None), ("approve", None)]
    acts = AuditEntry.objects.filter(object_id=str(row.case_id), object_kind="reviews.reviewcase")
    assert list(acts.order_by("sequence").values_list("action", flat=True))[1:3] == [
        "review.entrust",
        "review.take_back",
    ]


def test_nobody_else_hands_over_and_nobody_foreign_receives(world: make.SmallWorld, deputy: Actor) -> None:
    row = w.handed_in(world.person)
    form, to = f"/reviews/{row.case_id}/entrust/", {"version": "1", "note": ""}
    for actor, expected in ((world.stranger_admin, 404), (world.department_admin, 403)):
        assert signed_in(actor).get(form).status_code == expected
        assert signed_in(actor).post(form, to).status_code == expected
    browser = signed_in(world.employer_admin)
    powerless = deputy.membership
    for hat in (powerless, world.stranger_admin.membership, world.person.membership):
        assert hat is not None
        assert browser.post(form, to | {"to": str(hat.pk)}).status_code == 422
    assert "没有其他可以审核" in page(browser, form)
    assert browser.get("/reviews/999999/entrust/").status_code == 404
    assert (w.case(row).version, w.case(row).handler_id) == (1, None)


@pytest.mark.req("CV-12", "CV-14")
def test_verification_passed_failed_and_already_done(world: make.SmallWorld) -> None:
    passed, failed = w.handed_in(world.person), services.submit(world.colleague, w.paper(world.colleague))
    for one in (passed, failed):
        w.decided(world.employer_admin, one)
    verifier, path = signed_in(world.department_admin), "/declarations/verification/"
    detail = told(verifier, f"{path}?case={failed.case_id}")
    assert "36 → 0" in detail
    assert "本人需重新申报" in detail
    without = verifier.post(DECIDE, posted(failed, "fail"))
    assert (without.status_code, without.context["list"].path) == (422, path), "at the desk where it waits"
    assert "请填写审核意见" in without.content.decode().split('id="decide"')[1]
    verifier.post(DECIDE, posted(failed, "fail", comment="期刊不符"))
    verifier.post(DECIDE, posted(passed))
    assert (w.case(passed).state, w.case(failed).state) == (CaseState.APPROVED, CaseState.REVOKED)
    assert (w.total(world), ledger.held(world.colleague_record.pk, clock.year())) == (24, [])
    told_person = told(signed_in(world.colleague), f"/declarations/{failed.pk}/")
    assert "期刊不符" in told_person
    again = verifier.post(DECIDE, posted(passed, "fail", comment="再看") | {"row": f"{passed.case_id}:2", "here": ""})
    assert (again.status_code, "已由他人处理或内容已变更（部门管理员）" in again.content.decode()) == (409, True)
    assert w.total(world) == 24
    assert services.submit(world.colleague, w.paper(world.colleague)).pk != failed.pk


def test_subordinate_units_are_listed_filtered_and_opened(world: make.SmallWorld) -> None:
    Organisation.objects.filter(pk=world.stranger.pk).update(nature="organ", code="123456789", area_code="371082")
    browser, path = signed_in(world.department_admin), "/registrations/subordinates/"
    text = page(browser, path)
    for word in (
        "管理下级单位",
        "序号",
        "单位名称",
        "单位性质",
        "所属行业",
        "组织机构代码",
        "操作",
        "管理员信息",
        "详细",
        "关闭审核权限",
    ):
        assert word in text, word
    listed = [world.employer.name, world.stranger.name, world.branch.name]
    assert [name for name in listed if name in text] == listed
    alone, others = [world.stranger.name], [world.employer.name, world.branch.name]
    by_query = {
        "name=别家": alone, "nature=organ": alone, "area=371082": alone, "area=371002": others, "area=371003": [],
        "area=371000": [world.employer.name, world.stranger.name, world.branch.name],
    }  # fmt: skip
    assert "福州市" not in text
    for query, names in by_query.items():
        found = page(browser, f"{path}?{query}")
        assert [name for name in listed if name in found] == names, query
    people = told(browser, f"/registrations/unit/{world.employer.pk}/people/")
    assert ("张敏" in people, "超级管理员" in people) == (True, True)
    assert world.employer_admin.user.document_number not in people
    assert world.employer.name in page(browser, f"/registrations/unit/{world.employer.pk}/")
    foreign = signed_in(world.stranger_admin)
    assert foreign.get(f"/registrations/unit/{world.employer.pk}/people/").status_code == 404
    assert world.employer.name not in page(foreign, path)


def test_a_closed_right_stops_the_unit_and_the_superior_reviews_meanwhile(world: make.SmallWorld) -> None:
    row = w.handed_in(world.person)
    superior, unit = signed_in(world.department_admin), signed_in(world.employer_admin)
    address = f"/registrations/unit/{world.employer.pk}/review/"
    assert page(unit, f"{DESK}?case={row.case_id}")
    stale = posted(row)
    missing = superior.post(address, {"reason": " "})
    assert (missing.status_code, Organisation.objects.get(pk=world.employer.pk).review_closed) == (422, False)
    assert superior.post(address, {"reason": "审核把关不严"}).status_code == 302
    closed = Organisation.objects.get(pk=world.employer.pk)
    assert (closed.review_closed, closed.review_closed_for) == (True, "审核把关不严")
    assert "1 条待审核的事项转由本单位审核" in page(superior, "/registrations/subordinates/")
    assert "开放审核权限" in page(superior, "/registrations/subordinates/")
    text = page(unit, DESK)
    assert ("上级部门已关闭本单位的审核权限" in text, "审核把关不严" in text, "王志远" in text) == (True, True, False)
    unit.post(DECIDE, stale)
    assert (w.case(row).state, w.total(world)) == (CaseState.PENDING, 0)
    unit.post(DECIDE, stale | {"row": f"{row.case_id}:{w.case(row).version}"})
    assert (w.case(row).state, w.total(world)) == (CaseState.PENDING, 0)
    later, kept = services.submit(world.colleague, w.paper(world.colleague)), w.handed_in(world.person, "2", days=1)
    assert {w.case(one).desk_id for one in (row, later, kept)} == {world.department.pk}
    superior.post(DECIDE, posted(row))
    assert (w.case(row).state, w.total(world)) == (CaseState.APPROVED, 24)
    assert superior.post(address, {"reason": ""}).status_code == 302
    assert not Organisation.objects.get(pk=world.employer.pk).review_closed
    assert {w.case(one).desk_id for one in (later, kept)} == {world.employer.pk}
    unit.post(DECIDE, posted(later))
    assert w.case(later).state == CaseState.APPROVED
    acts = AuditEntry.objects.filter(action__startswith="organisation.review_").order_by("sequence")
    assert [(one.action, one.details["reason"]) for one in acts] == [
        ("organisation.review_closed", "审核把关不严"), ("organisation.review_opened", ""),
    ]  # fmt: skip


def test_only_the_direct_superior_closes(world: make.SmallWorld) -> None:
    address = f"/registrations/unit/{world.employer.pk}/review/"
    for actor in (world.employer_admin, world.stranger_admin, world.city_admin, world.branch_admin):
        assert signed_in(actor).post(address, {"reason": "无权"}).status_code == 404
    assert signed_in(world.person).post(address, {"reason": "无权"}).status_code in {403, 404}
    assert signed_in(world.employer_admin).get(f"/registrations/unit/{world.branch.pk}/review/").status_code == 200
    assert not Organisation.objects.filter(review_closed=True).exists()


@pytest.mark.req("CV-16")
def test_in_fujian_only_the_second_approval_writes_the_archive() -> None:
    world = make.build("fujian")
    row = services.submit(world.person, w.entry(world.person, "8"))
    employer, superior = signed_in(world.employer_admin), signed_in(world.department_admin)
    assert "待我审核" in page(employer, DESK)
    employer.post(DECIDE, posted(row))
    assert (w.case(row).state, w.case(row).desk_id, w.total(world)) == (CaseState.PENDING, world.department.pk, 0)
    assert "王志远" in page(superior, DESK)
    superior.post(DECIDE, posted(row))
    assert (w.case(row).state, w.total(world)) == (CaseState.APPROVED, 8)


@pytest.mark.req("CV-07")
def test_an_employer_of_the_province_queries_decides_views_and_removes() -> None:
    world = make.build("shandong")
    first, second = (services.submit(one, w.entry(one, "8", days=1)) for one in (world.person, world.colleague))
    browser = signed_in(world.employer_admin)
    text = page(browser, f"{DESK}?name=志远&form=on_the_job&subject=professional")
    assert ("学时（分）审核" in text, "王志远" in text, "李春燕" in text) == (True, True, False)
    assert "折算标准待本地人社部门确认" in text
    assert second.number in page(browser, f"{DESK}?case={second.case_id}")
    browser.post(DECIDE, {"row": posted(first)["row"], "action": "pass", "next": DESK})
    browser.post(DECIDE, {"row": posted(second)["row"], "action": "fail", "comment": "材料不全", "next": DESK})
    assert (w.case(first).state, w.case(second).state) == (CaseState.APPROVED, CaseState.REJECTED)
    reviewed = f"{DESK}?tab=reviewed"
    assert [name for name in ("王志远", "李春燕") if name in page(browser, reviewed)] == ["王志远", "李春燕"]
    removing = f"/reviews/{first.case_id}/remove/"
    assert re.search(rf'action="{removing}".{{0,900}}?删除', page(browser, reviewed), re.S)
    browser.post(removing, {"next": reviewed})
    assert [row.pk for row in browser.get(reviewed).context["list"].rows] == [second.pk]
    assert (w.case(first).state, w.total(world)) == (CaseState.APPROVED, 8)
