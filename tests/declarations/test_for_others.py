"""A unit declares for its people: who can be chosen, one record a person, all or none, once a page."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image, page
from tests.declarations.units import declared, sub_administrator
from xueshi.declarations import permissions, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.kernel import clock
from xueshi.kernel.errors import TradeError
from xueshi.ledger import services as ledger
from xueshi.ledger.services import Posting
from xueshi.organisations.states import Power
from xueshi.people.models import Professional
from xueshi.policies.answers import Period
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db
NEW = "/declarations/for-others/"
ON_THE_JOB = f"{NEW}?form=on_the_job"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def sent(*people: Professional, **changes: object) -> dict[str, object]:
    """The page with everything filled in for some people."""
    first: dict[str, object] = {"content": "数控加工工艺与安全规程", "evidence": [image()]}
    return filled(**(first | changes)) | {"people": [one.pk for one in people]}


def names(found: str) -> list[str]:
    """Whom the page offers or has chosen, in its order."""
    return re.findall(r'name="people" value="\d+"[^>]*>\s*<span[^>]*>(\S+)', found)


def stands(*people: Professional) -> list[tuple[str, str]]:
    rows = Declaration.objects.filter(person__in=people).order_by("person_id")
    return [(row.person.user.name, row.case.state if row.case else "") for row in rows]


@pytest.mark.req("CR-22", "CR-23")
def test_an_employer_declares_for_two_of_its_people_at_once(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    text = page(browser, ON_THE_JOB)
    assert names(text) == ["李春燕", "王志远"]
    assert [word in text for word in ("选择申请人", "添加人员", "提交申报", "保存暂不提交")] == [
        True,
        True,
        True,
        False,
    ]
    people = (world.record, world.colleague_record)

    empty = browser.post(NEW, sent(*people, content=""))
    assert empty.status_code == 422
    assert 'id="id_content_error"' in empty.content.decode()
    nobody = browser.post(NEW, sent())
    assert (nobody.status_code, "请选择申请人" in nobody.content.decode()) == (422, True)
    assert Declaration.objects.count() == 0

    answer = browser.post(NEW, sent(*people), follow=True)
    assert answer.redirect_chain == [("/declarations/records/", 302)]
    assert "申报已提交，等待审核（2 人）" in answer.content.decode()
    assert stands(*people) == [("王志远", "pending"), ("李春燕", "pending")]
    first, second = Declaration.objects.order_by("person_id")
    assert first.evidence.get().file == second.evidence.get().file
    assert {row.declared_by for row in (first, second)} == {world.employer_admin.user}
    assert (first.hours_declared, first.hours_recognised, first.declaring_body) == (24, None, world.employer)
    # The body above looks at it: nobody reviews what they declared themselves.
    assert list(ReviewStep.objects.filter(case=first.case).values_list("desk__name", "settles")) == [
        (world.department.name, True)
    ]
    w.decided(world.department_admin, first)
    assert (w.total(world), w.fresh(first).hours_recognised) == (24, 24)


@pytest.mark.parametrize(
    ("role", "desks"),
    [
        pytest.param("department", ["测试区人力资源和社会保障局"], marks=pytest.mark.req("CR-24")),
        pytest.param(
            "district", ["测试区人力资源和社会保障局", "测试市人力资源和社会保障局"], marks=pytest.mark.req("CR-25")
        ),
    ],
)
def test_departments_and_bureaux_declare_for_their_own(world: make.SmallWorld, role: str, desks: list[str]) -> None:
    body, actor = getattr(world, role), getattr(world, f"{role}_admin")
    _, record = make.professional("周海平", body)
    browser = signed_in(actor)
    assert names(page(browser, ON_THE_JOB)) == ["周海平"]
    if role == "district":
        # Its own desk reviews: that wants somebody besides who declared.
        alone = browser.post(NEW, sent(record, content=""))
        assert "周海平：本单位没有其他可以审核的管理员" in alone.content.decode()
        assert Declaration.objects.count() == 0
        sub_administrator("甲", body, Power.RECORDS)
        assert "周海平：本单位没有其他" in browser.post(NEW, sent(record, content="")).content.decode()
        sub_administrator("乙", body, Power.REVIEW_HOURS)
    answer = browser.post(NEW, sent(record, content=""))
    assert answer.status_code == 302
    row = Declaration.objects.get()
    steps = ReviewStep.objects.filter(case=row.case).order_by("position")
    assert [step.desk.name for step in steps] == desks


@pytest.mark.req("CR-22")
def test_finding_adding_and_dropping_keeps_what_was_typed(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    make.professional("王小明", world.stranger)
    found = post(browser, {"people__q": "王", "people__asked": "", "do": "submit", "class_name": "高级研修班"})
    assert (names(found), 'value="高级研修班"' in found, "请填写" in found) == (["王志远"], True, False)
    chosen = post(browser, {"people": [world.record.pk], "people__add": "1"})
    assert f'移除 王志远 {world.person.user.listed_document}"' in chosen
    assert "已选择 1 人" in chosen
    dropped = post(browser, {"people": [world.record.pk, world.colleague_record.pk], "people__drop": world.record.pk})
    assert ("移除 李春燕" in dropped, "移除 王志远" in dropped) == (True, False)
    whole = post(browser, {"people__q": world.person.user.document_number, "people__find": "1"})
    assert names(whole) == ["王志远"]
    assert "没有找到其他人员" in post(browser, {"people__q": "王小明", "people__find": "1"})
    assert Declaration.objects.count() == 0
    assert "手动添加" in page(signed_in(make.build("shandong").employer_admin), NEW)


def post(browser: Client, changes: dict[str, object]) -> str:
    answer = browser.post(NEW, {"form": "on_the_job", "year": "2026", "key": "k"} | changes)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_full_year_holds_back_the_whole_set_and_is_named(world: make.SmallWorld) -> None:
    w.decided(world.employer_admin, w.handed_in(world.person, "24"))
    browser, before = signed_in(world.employer_admin), Declaration.objects.count()
    answer = browser.post(NEW, sent(world.record, world.colleague_record))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.findall(r'id="id_people_error"><p>([^<]+?)：', text) == ["王志远"]
    assert 'value="数控机床安全操作与维护"' in text
    assert (Declaration.objects.count(), ReviewCase.objects.count()) == (before, before)


def fill(world: make.SmallWorld, year: int) -> None:
    """Ninety hours in a year of the first person."""
    for subject, hours in (("professional", 60), ("public", 30)):
        one = Posting(world.record.pk, "shandong", year, subject, "on_the_job", Decimal(hours), "test", hours)
        ledger.post_many([one], by=make.NOBODY)


@pytest.mark.req("CR-22")
def test_a_full_year_that_is_past_is_refused_to_the_unit_as_to_the_person() -> None:
    world, year = make.build("shandong"), clock.year() - 1
    fill(world, year)
    period = Period(date(year, 5, 11), date(year, 5, 13))
    with pytest.raises(TradeError, match="本年度学时已满"):
        w.handed_in(world.person, "8", year=year, period=period)
    with pytest.raises(TradeError, match="王志远：年度学时：本年度学时已满"):
        declared(world.employer_admin, world.record, hours="8", year=year, period=period)


@pytest.mark.req("CR-22")
def test_a_full_year_does_not_close_the_next_to_the_unit() -> None:
    world = make.build("shandong")
    fill(world, clock.year())
    with clock.shifted(timedelta(days=366)):
        year = clock.year()
        period = Period(date(year, 6, 11), date(year, 6, 13))
        [row] = declared(world.employer_admin, world.record, hours="8", year=year, period=period)
    assert (row.year, row.case is not None) == (year, True)


def test_a_double_click_is_one_set_and_another_content_is_refused(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    evidence = w.picture()
    first = sent(world.record, world.colleague_record, evidence=[image(content=evidence)])
    assert browser.post(NEW, first).status_code == 302
    kept = list(Declaration.objects.order_by("pk"))
    stored = kept[0].evidence.get().file
    again = w.entry(world.employer_admin, key="page-1", files=(stored.pk,), content="数控加工工艺与安全规程")
    people = [world.record.pk, world.colleague_record.pk]
    assert for_others.declare(world.employer_admin, again, people) == kept
    for other in ([world.record.pk], people):
        changed = sent(hours="8") | {"people": other}
        answer = browser.post(NEW, changed)
        assert answer.status_code == 422
        assert "此页面的内容已经提交过" in answer.content.decode()
    assert list(Declaration.objects.order_by("pk")) == kept


def test_the_person_reads_and_the_unit_takes_back_changes_and_deletes(world: make.SmallWorld) -> None:
    unit, person = signed_in(world.employer_admin), signed_in(world.person)
    unit.post(NEW, sent(world.record))
    row = Declaration.objects.get()
    mine = page(person, "/declarations/")
    assert row.number in mine
    assert not re.findall(r"撤销</button>|修改</a>|删除</button>", mine)
    assert person.post(f"/declarations/{row.pk}/withdraw/").status_code == 403
    assert w.case(row).state == CaseState.PENDING

    assert unit.post(f"/declarations/{row.pk}/withdraw/").status_code == 302
    assert w.case(row).state == CaseState.WITHDRAWN
    assert row.number not in page(person, "/declarations/")
    assert person.get(f"/declarations/{row.pk}/").status_code == 404
    assert signed_in(world.department_admin).get(f"/declarations/{row.pk}/").status_code == 404

    opened = page(unit, f"{NEW}{row.pk}/")
    assert ("王志远" in opened, 'value="24"' in opened, "people__q" in opened) == (True, True, False)
    version = re.findall(r'name="version" value="(\d+)"', opened)[0]
    keep = re.findall(r'name="evidence__keep" value="([^"]+)"', opened)
    changed = sent(hours="16", evidence=None, version=version) | {"evidence__keep": keep}
    elsewhere = unit.post(f"{NEW}{row.pk}/", changed | {"version": "999", "class_name": "钳工"})
    text = elsewhere.content.decode()
    told = "该申报已在别处变更；以下是您在本页填写的内容，核对后可以再次提交"
    assert (elsewhere.status_code, 'value="钳工"' in text, told in text) == (409, True, True)
    assert (f'href="/declarations/{row.pk}/"' in text, "请刷新" in text) == (True, False)
    stale_page = unit.post(f"/declarations/{row.pk}/delete/?version=999")
    text = stale_page.content.decode()
    assert (stale_page.status_code, "该申报已在别处变更，没有删除" in text, row.number in text) == (409, True, True)
    assert w.fresh(row).deleted_at is None
    assert unit.post(f"{NEW}{row.pk}/", changed).status_code == 302
    assert (w.fresh(row).hours_declared, w.case(row).state) == (16, CaseState.PENDING)
    stale = unit.post(f"{NEW}{row.pk}/", changed)
    assert stale.status_code == 403

    unit.post(f"/declarations/{row.pk}/withdraw/")
    assert unit.post(f"/declarations/{row.pk}/delete/?version={w.fresh(row).version}").status_code == 302
    assert w.fresh(row).deleted_at is not None


def test_strangers_people_and_records_are_out_of_reach(world: make.SmallWorld) -> None:
    unit, stranger = signed_in(world.employer_admin), signed_in(world.stranger_admin)
    unit.post(NEW, sent(world.record))
    row = Declaration.objects.get()
    assert stranger.post(NEW, sent(world.record)).status_code == 422
    assert stranger.get(f"{NEW}{row.pk}/").status_code == 404
    assert signed_in(world.person).get(NEW).status_code == 403
    w.decided(world.employer_admin, own := w.handed_in(world.colleague, "8"))
    assert unit.get(f"{NEW}{own.pk}/").status_code == 404
    assert Declaration.objects.count() == 2
    branch = signed_in(world.branch_admin)
    assert names(page(branch, NEW)) == []
    assert "本单位还没有可以申报的人员" in page(branch, NEW)


def test_who_may_declare_for_whom_and_its_filter_agree(world: make.SmallWorld) -> None:
    make.professional("周海平", world.department)
    actors = [
        world.person, world.employer_admin, world.branch_admin, world.stranger_admin, world.department_admin,
        world.district_admin, world.city_admin,
    ]  # fmt: skip
    everyone = list(Professional.objects.select_related("employment").order_by("pk"))
    for actor in actors:
        allowed = [one for one in everyone if permissions.can_declare_for(actor, one)]
        assert list(selectors.people_declared_for(actor).order_by("pk")) == allowed
    assert len(selectors.people_declared_for(world.employer_admin)) == 2


@pytest.mark.req("CR-22")
def test_a_picture_is_taken_at_once_whatever_stands_in_the_search_box(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    sending = sent(world.record, do="attach", people__q="李", people__asked="")
    answer = browser.post(NEW, sending, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert (answer.status_code, 'name="evidence__keep"' in text, "<html" in text) == (200, True, False)
    wrong = browser.post(NEW, sending | {"evidence": image("说明.txt", b"x")}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert Declaration.objects.count() == 0


def piece(browser: Client, do: str, *people: Professional, at: str = NEW, **changes: object) -> Any:
    """What scripts ask of the page."""
    sending = sent(*people, do=do, evidence=None, **changes)
    return browser.post(at, sending, headers={"HX-Request": "true"})


def calculated(browser: Client, *people: Professional, **changes: object) -> str:
    answer = piece(browser, "calculate", *people, **changes)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.req("CR-22")
def test_a_unit_calculates_for_each_of_the_people_chosen(world: make.SmallWorld) -> None:
    w.decided(world.employer_admin, w.handed_in(world.person, "24"))
    more = [make.professional(name, world.employer)[1] for name in ("赵一", "钱二", "孙三", "李四")]
    browser = signed_in(world.employer_admin)
    nobody = calculated(browser, hours="8")
    assert ("每人可申报 8 学时" in nobody, "选择申请人后显示" in nobody, "每天 8 学时" in nobody) == (True, True, True)
    one = calculated(browser, world.record, hours="8", period_from="2026-06-01", period_to="2026-06-01")
    assert ("可申报 8 学时" in one, "年度累计 24 32 90 58" in one) == (True, True)
    two = calculated(browser, world.record, world.colleague_record)
    for words in (
        "有 1 人受上限限制，不能计入 24 学时",
        "王志远 24 0 0（不足）",
        "李春燕 0 0 24",
        "2 人中有 1 人余额不足",
    ):
        assert words in two
    many = calculated(browser, world.record, world.colleague_record, *more)
    assert ("王志远" in many, "李春燕" in many, "其余 5 人没有达到上限" in many) == (True, False, True)
    over = calculated(browser, *more, hours="900")
    assert "每人最多可申报 24 学时，超出 876 学时" in over
    # The whole page says the same without scripts, whatever stands in the search box.
    whole = browser.post(NEW, sent(*more, do="calculate", people__q="王", people__asked="", evidence=None))
    text = whole.content.decode()
    assert ("4 人都没有达到上限" in text, names(text)[-1], "请选择" in text) == (True, "王志远", True)
    assert Declaration.objects.count() == 1


@pytest.mark.req("CR-22", "CR-23")
def test_a_units_form_keeps_itself_with_its_people_until_it_is_handed_in(world: make.SmallWorld) -> None:
    browser, two = signed_in(world.employer_admin), (world.record, world.colleague_record)
    assert piece(browser, "autosave").status_code == 409
    assert Declaration.objects.count() == 0
    told = piece(browser, "autosave", *two, hours="三").json()
    draft = Declaration.objects.get()
    assert (told["draft"], told["url"], draft.person) == (draft.pk, f"{NEW}{draft.pk}/", world.record)
    assert told["words"].endswith("申请学时还没有填写正确")
    # A page that does not know its draft yet repeats itself; the people may change meanwhile.
    again = piece(browser, "autosave", *two, hours="2")
    assert again.json()["draft"] == draft.pk
    kept = {"draft": draft.pk, "version": again.json()["version"]}
    kept |= {"version": piece(browser, "autosave", world.colleague_record, **kept).json()["version"]}
    assert (w.fresh(draft).person, Declaration.objects.count()) == (world.colleague_record, 1)
    kept |= {"version": piece(browser, "autosave", *two, hours="16", **kept).json()["version"]}
    stale = piece(browser, "autosave", *two, **kept | {"version": 1})
    assert (stale.status_code, w.fresh(draft).hours_declared) == (409, 16)

    opened = page(browser, f"{NEW}{draft.pk}/")
    assert ("移除 王志远" in opened, "移除 李春燕" in opened, 'value="16"' in opened) == (True, True, True)
    assert ("草稿已自动保存" in opened, "原来填写的内容" in opened) == (True, False)
    assert "王志远 等 2 人" in page(browser, "/declarations/records/")
    for other, status in ((world.person, 403), (world.stranger_admin, 404), (world.department_admin, 404)):
        assert signed_in(other).get(f"{NEW}{draft.pk}/").status_code == status
    assert "待提交" not in page(signed_in(world.person), "/declarations/").partition("<tbody")[2]

    answer = browser.post(f"{NEW}{draft.pk}/", sent(*two, key="page-2", **kept))
    assert answer.status_code == 302
    assert stands(*two) == [("王志远", "pending"), ("李春燕", "pending")]
    first = w.fresh(draft)
    assert (first.person, first.typed, first.hours_declared) == (world.record, None, 24)
    assert browser.post(NEW, sent(*two, key="page-2", hours="8")).status_code == 422
    assert Declaration.objects.count() == 2


@pytest.mark.req("CR-22")
def test_five_people_cost_as_many_questions_as_two(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    more = [make.professional(name, world.employer)[1] for name in ("赵一", "钱二", "孙三", "李四", "周五")]
    browser.get(NEW)
    asked = []
    for place, people in enumerate(([world.record, world.colleague_record], more)):
        with CaptureQueriesContext(connection) as drawn:
            calculated(browser, *people)
        with CaptureQueriesContext(connection) as handed_in:
            answer = browser.post(NEW, sent(*people, hours="8", class_name=f"第 {place} 期", key=f"page-{place}"))
        assert answer.status_code == 302
        asked.append((len(drawn), len(handed_in)))
    assert asked[0] == asked[1]
    assert len(stands(*more)) == 5
