"""The review desk and the verification, page by page."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import ON_DESK, REVIEWING, VERIFYING, filled, image, page
from tests.declarations.units import cells as listed
from tests.declarations.units import heads
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.ledger import services as ledger
from xueshi.organisations.states import OrganisationKind
from xueshi.reviews.models import BatchRun, ReviewCase
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[make.SmallWorld]:
    return make.build()


@pytest.mark.req("CV-02", "CV-08", "CV-10")
def test_the_desk_lists_filters_and_shows_the_detail(world: make.SmallWorld) -> None:
    mine = w.handed_in(world.person)
    other = services.submit(world.colleague, w.paper(world.colleague, year=clock.year() - 1))
    browser = signed_in(world.employer_admin)
    text = page(browser, "/declarations/review/")
    for label in ("序号", *ON_DESK, "如2015"):
        assert label in text
    assert tuple(heads(text)) == REVIEWING
    link = re.search(rf'<a href="\?case={mine.case_id}" hx-target="#detail"[^>]*>(.*?)</a>', text)
    assert link is not None
    assert link[1] == "<b>王志远</b>"
    assert f'value="{mine.case_id}:1" form="list-declarations-desk-batch" aria-label="选择 王志远' in text
    both, last = ["王志远", "李春燕"], clock.year() - 1
    expected = {
        "": both,
        "name=志远": ["王志远"],
        f"year={last}": ["李春燕"],
        "form=paper": ["李春燕"],
        "subject=public": [],
        "year=x": both,
    }
    for query, names in expected.items():
        text = page(browser, f"/declarations/review/?{query}")
        assert [name for name in both if name in text] == names, query
    detail = page(browser, f"/declarations/review/?case={mine.case_id}")
    for word in (mine.number, "0 → 24 / 90", "通过", "驳回", f'name="hours-{mine.case_id}"', f"{mine.case_id}:1"):
        assert word in detail
    part = browser.get(
        f"/declarations/review/?case={mine.case_id}", headers={"HX-Request": "true", "HX-Target": "detail"}
    )
    assert mine.number in part.content.decode()
    assert "<html" not in part.content.decode()
    assert signed_in(world.stranger_admin).get(f"/declarations/review/?case={mine.case_id}").status_code == 404
    assert browser.get(f"/declarations/review/?case={mine.pk}").status_code == 404, "the case's key, as at every desk"
    assert other.number not in page(signed_in(world.stranger_admin), "/declarations/review/")


@pytest.mark.parametrize("portal", ["shandong", "liaocheng", "fujian"])
def test_every_portal_prints_the_same_columns(db: None, portal: str) -> None:
    province = make.build(portal)
    w.handed_in(province.person)
    text = page(signed_in(province.employer_admin), "/declarations/review/")
    assert tuple(heads(text)) == REVIEWING
    assert [row[2] for row in listed(text)] == [str(clock.year())]


@pytest.mark.req("CV-03", "CV-09")
def test_decisions_through_the_desk(world: make.SmallWorld) -> None:
    rows = [w.handed_in(world.person, form="seminar", days=1, hours=str(h)) for h in (2, 3)] + [
        services.submit(world.colleague, w.paper(world.colleague))
    ]
    browser = signed_in(world.employer_admin)
    posted = {"row": [f"{row.case_id}:1" for row in rows], "action": "pass", "next": "/declarations/review/"}
    foreign = w.handed_in(make.professional("外人", world.stranger)[0])
    stolen = browser.post("/reviews/decide/", posted | {"row": [*posted["row"], f"{foreign.case_id}:1"]})
    assert (stolen.status_code, BatchRun.objects.count()) == (404, 0)
    cases = ReviewCase.objects.filter(pk__in=[row.case_id for row in rows])
    refused = browser.post("/reviews/decide/", posted | {"comment": "长" * 301})
    assert (refused.status_code, "审核意见不能超过 300 字" in refused.content.decode()) == (422, True)
    confirm = browser.post("/reviews/decide/", posted | {"comment": "集中审核"})["Location"]
    text = page(browser, confirm)
    assert ("批量通过" in text, "<b>3</b> 条" in text, 'value="集中审核"' in text) == (True, True, True)
    assert "涉及 2 人，共申报 41 学时" in text
    assert "通过后没有人因此达到年度要求" in text
    assert set(cases.values_list("state", flat=True)) == {CaseState.PENDING}
    assert browser.post(confirm, {"comment": "集中审核"}).status_code == 302
    assert "已通过 3 条" in page(browser, confirm)
    assert set(cases.values_list("state", flat=True)) == {CaseState.APPROVED}
    assert "没有数据" in page(browser, "/declarations/review/")
    done = page(browser, "/declarations/review/?tab=reviewed")
    assert done.count("审核通过") == 0 or "待审验" in done
    assert "王志远" in done
    assert "批量通过" not in done
    lowered = w.handed_in(
        world.person, form="other", hours="10", title="其他", school=None, class_name=None, result=None
    )
    one = {"row": f"{lowered.case_id}:1", "verdict": "pass", "comment": "按证书学时", f"hours-{lowered.case_id}": "6"}
    browser.post("/reviews/decide/", one)
    assert w.fresh(lowered).hours_recognised == 6


@pytest.mark.req("CV-03")
def test_all_decides_the_set_that_was_shown(world: make.SmallWorld) -> None:
    first = w.handed_in(world.person)
    browser = signed_in(world.employer_admin)
    token = re.search(r'name="token" value="([^"]+)"', page(browser, "/declarations/review/"))
    assert token
    late = services.submit(world.colleague, w.paper(world.colleague))
    confirm = browser.post("/reviews/all/", {"token": token[1], "action": "pass"})
    assert confirm.status_code == 302
    browser.post(confirm["Location"])
    assert (w.case(first).state, w.case(late).state) == (CaseState.APPROVED, CaseState.PENDING)


@pytest.mark.req("CV-08", "SYS-21")
def test_the_reviewed_tab_names_who_decided_and_when_and_lets_a_record_leave_ones_list(world: make.SmallWorld) -> None:
    kept, gone = w.handed_in(world.person), services.submit(world.colleague, w.paper(world.colleague))
    for one in (kept, gone):
        w.decided(world.employer_admin, one)
    browser, tab = signed_in(world.employer_admin), "/declarations/review/?tab=reviewed"
    listed, came_from = browser.get(tab).context["list"], f"http://weihai.localhost{tab}&name="
    assert [column.label for column in listed.page.columns][-3:-1] == ["审核人", "审核时间"]
    text = page(browser, tab)
    assert re.findall(r'data-l="审核人"[^>]*><div>\s*([^<\s]+)', text) == ["张敏", "张敏"]
    assert len(re.findall(r'data-l="审核时间"[^>]*><div>\s*\d{4}-\d\d-\d\d \d\d:\d\d', text)) == 2
    removal = [[(action.label, url) for action, url, _fields in row["actions"]][-1] for row in listed.drawn]
    assert ("删除", f"/reviews/{gone.case_id}/remove/") in removal
    removed = browser.post(f"/reviews/{gone.case_id}/remove/", headers={"Referer": came_from})
    assert removed["Location"] == came_from
    assert [row.pk for row in browser.get(tab).context["list"].rows] == [kept.pk]
    assert (w.case(gone).state, w.total(world)) == (CaseState.APPROVED, 24)
    browser.post(f"/reviews/{gone.case_id}/restore/")
    assert {row.pk for row in browser.get(tab).context["list"].rows} == {kept.pk, gone.pk}


@pytest.mark.req("CV-12", "CV-18")
def test_verification_lists_both_hours_and_filters_five_ways(world: make.SmallWorld) -> None:
    declaration = w.handed_in(world.person)
    w.decided(world.employer_admin, declaration, comment="少一天", hours="16")
    browser = signed_in(world.department_admin)
    text = page(browser, "/declarations/verification/")
    for word in (
        "认证年度",
        "姓名",
        "科目类型",
        "学习形式",
        "所在单位",
        "待审验",
        "已审验",
        world.employer.name,
    ):
        assert word in text, word
    assert tuple(heads(text)) == VERIFYING
    assert [row[2] for row in listed(text)] == [str(declaration.year)]
    assert re.findall(r'data-l="..学时" class="num[^"]*"><div>\s*(\d+)', text) == ["24", "16"]
    for query, there in {
        "unit=海天": True, "unit=别家": False, "name=志远": True, "name=春燕": False, "subject=professional": True,
        "subject=public": False, "form=on_the_job": True, "form=paper": False, f"year={clock.year()}": True,
        f"year={clock.year() - 1}": False,
    }.items():  # fmt: skip
        assert ("王志远" in page(browser, f"/declarations/verification/?{query}")) is there, query
    detail = page(browser, f"/declarations/verification/?case={declaration.case_id}")
    assert "审验通过" in detail
    assert "审验不通过" in detail
    assert f'name="hours-{declaration.case_id}"' not in detail


@pytest.mark.req("CV-13")
def test_a_bureau_verifies_and_finds_again_what_it_verified(world: make.SmallWorld) -> None:
    unit = make.body(OrganisationKind.EMPLOYER, "市属研究院", world.city)
    reviewer, (person, _record) = make.administrator("院管理员", unit), make.professional("赵敏", unit)
    declaration = w.handed_in(person)
    w.decided(reviewer, declaration)
    browser = signed_in(world.city_admin)
    text = page(browser, "/declarations/verification/")
    assert ("赵敏" in text, tuple(heads(text))) == (True, VERIFYING)
    found = w.case(declaration)
    browser.post("/reviews/decide/", {"row": f"{found.pk}:{found.version}", "verdict": "pass"})
    assert w.case(declaration).state == CaseState.APPROVED
    assert "赵敏" not in page(browser, "/declarations/verification/")
    assert "赵敏" in page(browser, "/declarations/verification/?tab=reviewed")


@pytest.mark.req("CV-14", "CR-37")
def test_a_failed_verification_takes_the_hours_back_and_the_person_declares_again(world: make.SmallWorld) -> None:
    declaration = w.handed_in(world.person)
    w.decided(world.employer_admin, declaration)
    found, verifier, person = w.case(declaration), signed_in(world.department_admin), signed_in(world.person)
    assert hours(person) == ["0", "24", "24"]
    verifier.post("/reviews/decide/", {"row": f"{found.pk}:{found.version}", "verdict": "fail", "comment": "证书存疑"})
    assert (w.case(declaration).state, w.total(world)) == (CaseState.REVOKED, 0)
    assert hours(person) == ["0", "0", "0"]
    assert "王志远" in page(verifier, "/declarations/verification/?tab=reviewed")
    assert person.post("/declarations/new/", filled(evidence=image())).status_code == 302
    again = Declaration.objects.exclude(pk=declaration.pk).get()
    w.decided(world.employer_admin, again)
    assert hours(person) == ["0", "24", "24"]


@pytest.mark.req("CR-05", "CR-13", "ANN-18")
def test_hours_go_to_the_year_and_subject_declared_once_approved(world: make.SmallWorld) -> None:
    last, person = clock.year() - 1, signed_in(world.person)
    sent = filled(year=str(last), period_from=f"{last}-05-11", period_to=f"{last}-05-13", evidence=image())
    assert person.post("/declarations/new/", sent).status_code == 302
    assert hours(person, last) == []
    w.decided(world.employer_admin, Declaration.objects.get())
    assert (hours(person, last), hours(person)) == (["0", "24", "24"], [])
    future = person.post("/declarations/new/", filled(year=str(clock.year() + 1), key="page-2", evidence=image()))
    assert (future.status_code, Declaration.objects.count()) == (422, 1)


@pytest.mark.req("CR-32", "CV-09", "CV-19")
def test_declared_and_recognised_hours_stand_apart(world: make.SmallWorld) -> None:
    lowered, refused = w.handed_in(world.person), services.submit(world.colleague, w.paper(world.colleague))
    reviewer = signed_in(world.employer_admin)
    assert cells(page(reviewer, "/declarations/review/?name=志远")) == ["24", "—"]
    w.decided(world.employer_admin, lowered, comment="少一天", hours="16")
    w.decided(world.employer_admin, refused, Verdict.FAIL, "证书不清晰")
    assert cells(page(reviewer, "/declarations/review/?tab=reviewed&name=志远")) == ["24", "16"]
    assert cells(page(signed_in(world.person), "/declarations/")) == ["24", "16"]
    shown = page(signed_in(world.colleague), "/declarations/")
    assert (
        "审核不通过" in shown,
        "证书不清晰" in page(signed_in(world.colleague), f"/declarations/{refused.pk}/"),
    ) == (
        True,
        True,
    )
    assert "不通过" in page(reviewer, "/declarations/review/?tab=reviewed&name=春燕")


def test_hours_from_elsewhere_enter_the_year_without_a_declaration(world: make.SmallWorld) -> None:
    """Online classes (CR-14) will post like this; the form offers learning that is declared by hand only."""
    person = signed_in(world.person)
    assert "网络" not in page(person, "/declarations/new/").split('name="form"')[1].split("</select>")[0]
    year = clock.year()
    one = ledger.Posting(world.record.pk, "weihai", year, "public", "online", Decimal(30), "test", 1)
    ledger.post_many([one], by=make.NOBODY)
    assert hours(person) == ["30", "0", "30"]
    assert "没有" in page(person, "/declarations/")


def hours(person: Client, year: int = 0) -> list[str]:
    """Public, professional and total hours of a year (this one) on the person's annual list."""
    text = page(person, f"/years/?first={year or clock.year()}&last={year or clock.year()}")
    return re.findall(r'data-l="完成\w+学时（分）" class="num[^"]*"><div>\s*([\d.]+)', text)


def cells(text: str) -> list[str]:
    """申报学时 and 认定学时 of the rows of a list."""
    return re.findall(r'data-l="(?:申报|申请|认定)学时" class="num[^"]*"><div>\s*([\d.—-]+)', text)


def test_a_second_window_is_told_above_the_detail_that_it_came_too_late(world: make.SmallWorld) -> None:
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    here = f"/declarations/review/?case={row.case_id}"
    shown = {"row": f"{row.case_id}:1", "next": "/declarations/review/", "here": here}
    browser.post("/reviews/decide/", shown | {"verdict": "fail", "comment": "材料不清"})
    late = browser.post("/reviews/decide/", shown | {"verdict": "pass", "comment": "同意"})
    assert late.status_code == 409
    before = late.content.decode().partition("申报单号")[0]
    assert "已由他人处理或内容已变更" in before
    assert "您填写的审核意见没有提交：同意" in before
    assert w.case(row).state == CaseState.REJECTED


@pytest.mark.req("CR-13")
def test_the_desk_grants_what_the_days_still_hold_and_says_it_in_whole_steps(world: make.SmallWorld) -> None:
    shared = [w.handed_in(world.person, "5", class_name=f"数控车工第 {one} 期") for one in (1, 2, 3)]
    much, right = (w.handed_in(world.person, one, days=1, class_name=f"复训 {one} 学时") for one in ("6", "3"))
    desk = signed_in(world.employer_admin)

    def pass_(row: Declaration) -> tuple[int, list[str]]:
        sent = {"row": f"{row.case_id}:1", "verdict": "pass", "here": f"/declarations/review/?case={row.case_id}"}
        answer = desk.post("/reviews/decide/", sent)
        return answer.status_code, re.findall(r"还可计入 [\d.]+ 学时", answer.content.decode())

    assert pass_(shared[0]) == (302, [])
    assert pass_(shared[1]) == (302, [])
    status, told = pass_(much)
    assert (status, set(told)) == (422, {"还可计入 4.5 学时"})
    assert pass_(shared[2]) == (302, [])
    assert pass_(right) == (302, [])
    assert hours(signed_in(world.person)) == ["0", "18", "18"]


def test_a_refused_refusal_keeps_what_was_typed_and_chosen(world: make.SmallWorld) -> None:
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    here = f"/declarations/review/?year={row.year}&case={row.case_id}"
    sent = {"row": f"{row.case_id}:1", "verdict": "fail", "concerns": "evidence", "comment": " ", "here": here}
    answer = browser.post("/reviews/decide/", sent | {f"hours-{row.case_id}": "12"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "不通过时请填写审核意见" in text
    assert re.search(r'<input[^>]*name="comment"[^>]*aria-invalid="true"[^>]*autofocus', text)
    assert re.findall(r'<option value="([^"]*)" selected>', text.split('name="concerns"')[1]) == ["evidence"]
    assert f'name="hours-{row.case_id}" value="12"' in text
    assert f'name="year" value="{row.year}"' in text
    assert f'name="here" value="{here.replace("&", "&amp;")}"' in text
    long = browser.post("/reviews/decide/", sent | {"comment": "长" * 301}).content.decode()
    assert "长" * 301 in long
    assert browser.post("/reviews/decide/", sent | {"concerns": "password", "comment": "不清"}).status_code == 422
    assert w.case(row).state == CaseState.PENDING
    shown = page(browser, here)
    assert "aria-invalid" not in shown


@pytest.mark.parametrize(
    "here", ["/home/", "//evil.example/declarations/review/", "/declarations/verification/", "/nowhere/", "/account/"]
)
def test_only_a_desk_of_ones_own_is_drawn_for_a_refused_decision(world: make.SmallWorld, here: str) -> None:
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    sent = {"row": f"{row.case_id}:1", "verdict": "fail", "comment": "", "here": here, "next": "/declarations/review/"}
    answer = browser.post("/reviews/decide/", sent | {"concerns": "evidence"})
    text = answer.content.decode()
    assert (answer.status_code, answer.context["detail_key"]) == (422, str(row.case_id)), "the declaration's own desk"
    assert "不通过时请填写审核意见" in text.split('id="decide"')[1]
    assert re.findall(r'<option value="([^"]*)" selected>', text.split('name="concerns"')[1]) == ["evidence"]
