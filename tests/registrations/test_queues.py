"""The review pages of registrations."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.declarations.units import heads, sub_administrator
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import Form, host
from tests.small_world import SmallWorld
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import Power
from xueshi.registrations.models import Registration
from xueshi.reviews.models import BatchRun, RemovedRecord, ReviewCase
from xueshi.reviews.states import CaseState

type Visit = Callable[..., Form]

WEIHAI = host("weihai")
PEOPLE = ("姓名", "证件号", "证书管理号", "专业技术职务", "手机号", "电子邮箱")
"""What 审核注册人员 shows of a person, in the printed order (REV-10)."""


def people(visit: Visit, employer: Organisation, names: list[str], first: int = 401) -> list[ReviewCase]:
    cases = []
    for serial, name in enumerate(names, start=first):
        form = visit("professional")
        typed = forms.person(forms.number(serial), employer=str(employer.pk), name=name)
        form.send(typed | {"certificate_number": f"鲁C{serial}"})
        form.done()
        cases.append(ReviewCase.objects.latest("pk"))
    return cases


def row(case: ReviewCase) -> str:
    return f"{case.pk}:{case.version}"


def states(cases: list[ReviewCase]) -> list[str]:
    return [ReviewCase.objects.get(pk=case.pk).state for case in cases]


@pytest.mark.req("REV-01", "REV-04", "REV-10", "PRO-11")
def test_the_waiting_tab_shows_the_columns_of_the_manual(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    [case] = people(visit, world.employer, ["陈霞"])
    page = sign_in(world.employer_admin).get("/registrations/people/", **WEIHAI)
    listed = page.context["list"]
    assert [(tab.label, tab.count, tab.current) for tab in listed.tabs] == [
        ("待审核", 1, True),
        ("已审核", None, False),
    ]
    assert [str(value) for _column, value, _link in listed.drawn[0]["cells"]] == [
        "陈霞", f"****{forms.number(401)[-4:]}", "鲁C401", "工程师", "139******45",
        "ch***@example.cn",
    ]  # fmt: skip
    text = page.content.decode()
    assert heads(text) == ["", "序号", *PEOPLE, "操作"]
    for words in ("审核注册人员", "序号", "全选本页", f'value="{row(case)}"', "通过", "驳回", "详情"):
        assert words in text
    assert [action.label for action in listed.page.batch] == ["批量通过", "全部通过", "批量驳回", "全部驳回"]
    for secret in (forms.number(401), "13963112345", "chenxia@example.cn"):
        assert secret not in text


@pytest.mark.req("REV-01", "REV-08", "SYS-08")
def test_an_empty_queue_says_so(world: SmallWorld, sign_in: SignIn) -> None:
    for queue in ("people", "units", "departments", "bases", "bureaux"):
        page = sign_in(world.city_admin).get(f"/registrations/{queue}/", **WEIHAI)
        assert "没有数据" in page.content.decode()
        assert [tab.label for tab in page.context["list"].tabs] == ["待审核", "已审核"]


@pytest.mark.req("REV-02", "REV-05", "REV-03")
def test_two_of_five_move_then_the_rest_of_the_filtered_set(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    cases = people(visit, world.employer, ["陈霞", "陈光", "王一", "陈明", "陈亮"])
    admin = sign_in(world.employer_admin)
    here = f"/registrations/people/?name={quote('陈')}"
    nothing = admin.post("/reviews/decide/", {"action": "pass", "comment": "同意", "next": here}, **WEIHAI)
    assert states(cases) == ["pending"] * 5
    listed, text = nothing.context["list"], nothing.content.decode()
    assert (nothing.status_code, listed.sent.problem) == (422, "请先选择要审核的记录")
    assert ('role="alert" tabindex="-1" autofocus>请先选择要审核的记录</p>' in text, 'value="同意"' in text) == (
        True,
        True,
    )
    assert {fields["next"] for one in listed.drawn for action, _url, fields in one["actions"] if action.post} == {here}
    admin.post("/reviews/decide/", {"row": [row(cases[0]), row(cases[2])], "action": "pass"}, **WEIHAI)
    assert states(cases) == ["approved", "pending", "approved", "pending", "pending"]
    shown = admin.get("/registrations/people/?name=陈", **WEIHAI).context["list"]
    assert [case.pk for case in shown.rows] == [cases[1].pk, cases[3].pk, cases[4].pk]
    late = people(visit, world.employer, ["陈迟"], first=450)
    admin.post("/reviews/all/", {"token": shown.token, "action": "pass"}, **WEIHAI)
    run = BatchRun.objects.get()
    admin.post(f"/reviews/all/{run.token}/", {"comment": ""}, **WEIHAI)
    assert states([*cases, *late]) == ["approved"] * 5 + ["pending"]


@pytest.mark.req("REV-03")
def test_a_row_is_passed_on_its_own(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    cases = people(visit, world.employer, ["陈霞", "陈光"])
    admin = sign_in(world.employer_admin)
    drawn = admin.get("/registrations/people/", **WEIHAI).context["list"].drawn
    action, url, fields = drawn[1]["actions"][0]
    assert (action.label, url) == ("通过", "/reviews/decide/")
    admin.post(url, fields, **WEIHAI)
    assert states(cases) == ["pending", "approved"]


@pytest.mark.req("REV-01", "REV-06", "REV-11", "SYS-21")
def test_the_reviewed_tab_names_reviewer_time_and_result(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first, second = people(visit, world.employer, ["陈霞", "陈光"])
    admin = sign_in(world.employer_admin)
    admin.post("/reviews/decide/", {"row": row(first), "verdict": "pass"}, **WEIHAI)
    admin.post("/reviews/decide/", {"row": row(second), "verdict": "fail", "comment": "信息有误"}, **WEIHAI)
    listed = admin.get("/registrations/people/?tab=reviewed", **WEIHAI).context["list"]
    assert [column.label for column in listed.page.columns][-3:] == ["审核人", "审核时间", "审核状态"]
    assert [case.pk for case in listed.rows] == [second.pk, first.pk]
    cells = [str(value) for _column, value, _link in listed.drawn[0]["cells"]]
    assert (cells[-3], cells[-1]) == ("张敏", "不通过")
    for asked, found in (
        (f"document={forms.number(401).lower()}", [first.pk]),
        (f"document={forms.number(401)[:10]}", []),
        ("email=CHENXIA@example.cn", [second.pk, first.pk]),
        ("email=chenxia", []),
        ("name=光", [second.pk]),
    ):
        page = admin.get(f"/registrations/people/?tab=reviewed&{asked}", **WEIHAI)
        assert [case.pk for case in page.context["list"].rows] == found
    removed = admin.post(f"/reviews/{first.pk}/remove/", **WEIHAI)
    assert removed["Location"] == "/registrations/people/?tab=reviewed"
    listed = admin.get("/registrations/people/?tab=reviewed", **WEIHAI).context["list"]
    assert [case.pk for case in listed.rows] == [second.pk]
    assert states([first]) == ["approved"]
    assert Registration.objects.get(case=first).user.is_active
    assert forms.enters(forms.number(401))


@pytest.mark.req("REV-01", "REV-03")
def test_what_was_entrusted_stays_in_everybodys_list_and_is_its_handlers(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    [case] = people(visit, world.employer, ["陈霞"])
    other = sub_administrator("李明", world.employer, Power.REVIEW_ACCOUNTS)
    to = {"version": case.version, "to": other.membership.pk, "note": ""}
    assert sign_in(world.employer_admin).post(f"/reviews/{case.pk}/entrust/", to, **WEIHAI).status_code == 302
    drawn = {}
    for actor in (world.employer_admin, other):
        page = sign_in(actor).get("/registrations/people/", **WEIHAI)
        [row_] = page.context["list"].drawn
        drawn[actor] = [action.label for action, url, _fields in row_["actions"] if url]
        assert "已转交李明" in page.content.decode()
    assert drawn == {world.employer_admin: ["详情"], other: ["通过", "驳回", "详情"]}


@pytest.mark.req("REV-06")
def test_what_a_colleague_decided_stands_under_reviewed_too(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    case, left = people(visit, world.employer, ["陈霞", "陈光"])
    other = sub_administrator("李明", world.employer, Power.REVIEW_ACCOUNTS)
    sign_in(world.employer_admin).post("/reviews/decide/", {"row": row(case), "verdict": "pass"}, **WEIHAI)
    listed = {
        tab: [one.pk for one in sign_in(other).get(f"/registrations/people/?tab={tab}", **WEIHAI).context["list"].rows]
        for tab in ("waiting", "reviewed")
    }
    assert listed == {"waiting": [left.pk], "reviewed": [case.pk]}


@pytest.mark.req("REV-06", "SYS-21")
def test_a_removed_record_comes_back_when_its_reviewer_says_so(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    [case] = people(visit, world.employer, ["陈霞"])
    admin, tab = sign_in(world.employer_admin), "/registrations/people/?tab=reviewed"
    admin.post("/reviews/decide/", {"row": row(case), "verdict": "pass"}, **WEIHAI)
    admin.post(f"/reviews/{case.pk}/remove/", **WEIHAI)
    page = admin.get(tab, **WEIHAI)
    assert list(page.context["list"].rows) == []
    assert f'action="/reviews/{case.pk}/restore/"' in page.content.decode()
    assert sign_in(world.stranger_admin).post(f"/reviews/{case.pk}/restore/", **WEIHAI).status_code == 404
    admin.post(f"/reviews/{case.pk}/restore/", **WEIHAI)
    assert [one.pk for one in admin.get(tab, **WEIHAI).context["list"].rows] == [case.pk]


@pytest.mark.req("REV-06")
def test_a_waiting_record_cannot_be_hidden_nor_a_foreign_one(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    [case] = people(visit, world.employer, ["陈霞"])
    tab = "/registrations/people/?tab=reviewed"
    refused = sign_in(world.employer_admin).post(f"/reviews/{case.pk}/remove/", {"next": tab}, **WEIHAI)
    told = [str(one) for one in refused.context["messages"]]
    assert (refused.status_code, told, refused.context["list"].tab_key) == (409, ["待审核的记录不能删除"], "reviewed")
    assert sign_in(world.stranger_admin).post(f"/reviews/{case.pk}/remove/", **WEIHAI).status_code == 404
    assert RemovedRecord.objects.count() == 0


@pytest.mark.req("REV-09", "REV-23", "REV-31")
def test_a_reviewer_sees_only_what_waits_at_the_own_desk(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    wanted = {}
    for serial, (body, actor) in enumerate(
        [
            (world.employer, world.employer_admin),
            (world.department, world.department_admin),
            (world.city, world.city_admin),
        ],
        start=410,
    ):
        [wanted[actor.user.pk]] = people(visit, body, ["陈霞"], first=serial)
    for actor in (world.employer_admin, world.department_admin, world.city_admin):
        rows = sign_in(actor).get("/registrations/people/", **WEIHAI).context["list"].rows
        assert list(rows) == [wanted[actor.user.pk]]
    case = wanted[world.city_admin.user.pk]
    browser = sign_in(world.employer_admin)
    for url in (
        f"/registrations/people/?case={case.pk}",
        f"/registrations/{case.pk}/",
        "/registrations/people/?case=1",
    ):
        assert browser.get(url, **WEIHAI).status_code == 404


@pytest.mark.req("REV-03", "REV-10")
def test_the_detail_masks_what_is_class_1_and_serves_its_scans(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    [case] = people(visit, world.employer, ["陈霞"])
    admin = sign_in(world.employer_admin)
    page = admin.get(f"/registrations/people/?case={case.pk}", **WEIHAI)
    shown = {pair.label: str(pair.value) for pair in page.context["pairs"]}
    assert (shown["出生日期"], shown["最高学历"], shown["职称级别"]) == ("1985 年（与证件号一致）", "本科", "中级")
    text = page.content.decode()
    for secret in (forms.number(401), "13963112345", "1985-07-16"):
        assert secret not in text
    [scan] = page.context["scans"]
    assert admin.get(scan.url, **WEIHAI)["Content-Type"] == "image/png"
    assert sign_in(world.stranger_admin).get(scan.url, **WEIHAI).status_code == 404
    assert [step.title for step in page.context["steps"]] == ["提交", "用人单位审核"]
    assert page.context["may_decide"] is True
    part = admin.get(f"/registrations/people/?case={case.pk}", headers={"HX-Target": "detail"}, **WEIHAI)
    assert "<html" not in part.content.decode()


@pytest.mark.req("REV-15", "REV-21", "REV-30")
def test_units_wait_under_the_name_their_reviewer_knows(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    for serial, (name, superior) in enumerate([("甲分公司", world.employer), ("乙公司", world.department)], start=420):
        form = visit("employer")
        form.send(forms.unit(unit_name=name, has_department="yes", superior=str(superior.pk), has_code="no"))
        form.send(forms.manager(forms.number(serial)))
        form.done()
    for actor, title, name, code in (
        (world.employer_admin, "审核下级单位", "甲分公司", "机构代码/统一社会信用代码"),
        (world.department_admin, "审核用人单位", "乙公司", "统一社会信用代码"),
    ):
        page = sign_in(actor).get("/registrations/units/?name=公司", **WEIHAI)
        listed = page.context["list"]
        assert (listed.page.title, [case.title for case in listed.rows]) == (title, [name])
        assert heads(page.content.decode()) == ["", "序号", "法人单位", code, "管理员", "证件号", "手机", "操作"]
        assert listed.drawn[0]["cells"][2][1] == "刘洋"
    none = sign_in(world.department_admin).get("/registrations/units/?name=丙", **WEIHAI)
    assert list(none.context["list"].rows) == []


def test_the_queue_costs_the_same_for_one_row_and_many(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    admin = sign_in(world.employer_admin)
    people(visit, world.employer, ["陈霞"])
    numbers = []
    for first in (430, 440):
        with CaptureQueriesContext(connection) as queries:
            assert admin.get("/registrations/people/", **WEIHAI).status_code == 200
        numbers.append(len(queries))
        people(visit, world.employer, ["陈霞", "陈光", "陈东", "陈明", "陈杰"], first=first)
    assert numbers[0] == numbers[1] <= 12


def test_a_professional_reviews_nothing(world: SmallWorld, sign_in: SignIn) -> None:
    assert sign_in(world.person).get("/registrations/people/", **WEIHAI).status_code == 403


@pytest.mark.req("REV-09")
def test_nobody_decides_their_own_registration(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    admin = world.employer_admin
    form = visit("professional")
    typed = forms.person(admin.user.document_number, employer=str(world.employer.pk), existing="on", name="张敏")
    form.send(typed | {"password": make.PASSWORD})
    form.done()
    case = ReviewCase.objects.get()
    browser = sign_in(admin)
    assert list(browser.get("/registrations/people/", **WEIHAI).context["list"].rows) == []
    browser.post("/reviews/decide/", {"row": row(case), "verdict": "pass"}, **WEIHAI)
    assert states([case]) == [CaseState.PENDING]
