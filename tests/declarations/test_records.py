"""What a unit has declared, in four tabs; its people's declarations by results; what was approved."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image, page
from tests.declarations.units import administering, cells, declared, heads, names, sub_administrator
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.kernel.errors import NotFound
from xueshi.organisations.states import Power
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db
RECORDS, DESK = "/declarations/records/", "/declarations/review/"


@pytest.mark.req("CR-27", "CR-31", "CR-32", "CV-19")
def test_an_employer_sees_what_it_declared_in_four_tabs() -> None:
    world = make.build()
    unit, people = signed_in(world.employer_admin), (world.record, world.colleague_record)
    [passed, _waits] = declared(world.employer_admin, *people, hours="8")
    [failed] = declared(world.employer_admin, world.record, form="seminar", hours="6", result=None)
    w.handed_in(world.person, "8", form="seminar", result=None, days=1)
    assert w.decided(world.department_admin, passed, comment="按实际课时", hours="4").refused == ()
    assert w.decided(world.department_admin, failed, Verdict.FAIL, "材料不清晰").refused == ()

    text = page(unit, RECORDS)
    assert "<h1" in text
    assert re.findall(r"<h1[^>]*>\s*([^<]+?)\s*<", text) == ["学时申报记录"]
    assert heads(text) == [
        "序号", "姓名", "认定年度", "科目类型", "学习形式", "申报学时", "认定学时", "当前处理人", "认定结果", "操作",
    ]  # fmt: skip
    desk = world.department.name
    found = {tuple(row[2:9]) for row in cells(text)}
    assert found == {
        ("2026", "专业课", "岗位培训", "8", "4", "", "审核通过"),
        ("2026", "专业课", "岗位培训", "8", "", desk, "待审核"),
        ("2026", "专业课", "培训、研修", "6", "", "", "审核不通过"),
    }
    by_tab = {tab: names(unit, f"{RECORDS}?tab={tab}") for tab in ("all", "pending", "approved", "rejected")}
    assert {tab: len(rows) for tab, rows in by_tab.items()} == {"all": 3, "pending": 1, "approved": 1, "rejected": 1}
    assert by_tab["pending"] == ["李春燕"]
    assert names(unit, f"{RECORDS}?name=李春燕") == ["李春燕"]
    assert names(unit, f"{RECORDS}?form=seminar") == ["王志远"]
    assert "审核不通过" in page(signed_in(world.person), "/declarations/?tab=rejected")
    assert "材料不清晰" in page(unit, f"/declarations/{failed.pk}/")
    assert cells(page(signed_in(world.stranger_admin), RECORDS)) == []
    assert signed_in(world.person).get(RECORDS).status_code == 403


@pytest.mark.parametrize(
    "role",
    [
        pytest.param("department", marks=pytest.mark.req("CR-28")),
        pytest.param("district", marks=pytest.mark.req("CR-29")),
    ],
)
def test_departments_and_bureaux_have_the_same_page(role: str) -> None:
    world = make.build()
    body, actor = getattr(world, role), getattr(world, f"{role}_admin")
    _, record = make.professional("周海平", body)
    sub_administrator("第二管理员", body, Power.REVIEW_HOURS)
    declared(actor, record)
    text = page(signed_in(actor), RECORDS)
    assert heads(text) == [
        "序号", "姓名", "认定年度", "科目类型", "学习形式", "申报学时", "认定学时", "当前处理人", "认定结果", "操作",
    ]  # fmt: skip
    assert [(row[1].split()[0], row[7], row[8]) for row in cells(text)] == [("周海平", world.district.name, "待审核")]
    tabs, browser = ("all", "pending", "approved", "rejected"), signed_in(actor)
    assert [len(names(browser, f"{RECORDS}?tab={tab}")) for tab in tabs] == [1, 1, 0, 0]


@pytest.mark.req("CR-30")
def test_elsewhere_the_records_of_the_people_are_told_apart_by_result() -> None:
    world = make.build("shandong")
    unit = signed_in(world.employer_admin)
    w.handed_in(world.person, "8")
    done = w.handed_in(world.colleague, "8")
    [failed] = declared(world.employer_admin, world.record, form="seminar", result=None)
    w.decided(world.employer_admin, done)
    w.decided(world.department_admin, failed, Verdict.FAIL, "材料不清晰")
    text = page(unit, RECORDS)
    assert re.findall(r'<label[^>]*>([^<]+)</label>\s*<select name="result"', text) == ["认定结果"]
    assert len(cells(text)) == 3
    found = {one: names(unit, f"{RECORDS}?result={one}") for one in ("pending", "approved", "rejected")}
    assert found == {"pending": ["王志远"], "approved": ["李春燕"], "rejected": ["王志远"]}
    assert len(names(unit, f"{RECORDS}?result=nonsense")) == 3


@pytest.mark.req("CR-30")
def test_ones_own_drafts_are_no_records_of_the_unit_that_one_administers() -> None:
    world = make.build("shandong")
    admin = administering(world.person.user, world.employer, Power.RECORDS, Power.DECLARE)
    services.save_draft(world.person, w.entry(world.person))
    taken, sent = (w.handed_in(world.person, "8", form="seminar", result=None, days=days) for days in (1, 2))
    services.withdraw(world.person, taken.pk)
    own, unit = signed_in(world.person), signed_in(admin)
    assert len(cells(page(own, "/declarations/?tab=draft"))) == 2
    assert names(unit, RECORDS) == ["王志远"]
    assert sent.number in page(unit, f"/declarations/{sent.pk}/")
    # What they entered for a colleague is a record of the unit, taken back or not.
    [row] = declared(admin, world.colleague_record)
    assert unit.post(f"/declarations/{row.pk}/withdraw/").status_code == 302
    assert names(unit, RECORDS) == ["李春燕", "王志远"]


def archived(client: Client, name: str) -> str:
    """A person's total of the year as 培训档案 shows it."""
    [row] = cells(page(client, f"/years/archive/?name={name}"))
    return row[-3]


@pytest.mark.req("CR-33", "CV-17")
def test_what_an_employer_submits_from_its_list_reaches_the_archive_with_the_approval() -> None:
    world = make.build("fujian")
    unit, above = signed_in(world.employer_admin), signed_in(world.department_admin)
    start = page(unit, RECORDS)
    assert re.findall(r"<h1[^>]*>\s*([^<]+?)\s*<", start) == ["我申报的"]
    assert re.search(r'href="/declarations/for-others/"[^>]*>(?:(?!</a>).)*学时申报', start, re.S)
    sent = filled(content="安全规程", evidence=[image()], hours="8") | {"people": [world.record.pk]}
    assert unit.post("/declarations/for-others/", sent).status_code == 302
    row = w.fresh(Declaration.objects.get())
    assert (names(unit, f"{RECORDS}?tab=pending"), archived(unit, "王志远")) == (["王志远"], "0")
    order = {"row": f"{row.case_id}:{w.case(row).version}", "verdict": "pass", "comment": "", "next": DESK}
    unit.post("/reviews/decide/", order)
    assert archived(unit, "王志远") == "0"
    assert "王志远" in page(above, DESK)
    above.post("/reviews/decide/", order)
    assert (names(unit, f"{RECORDS}?tab=approved"), archived(unit, "王志远")) == (["王志远"], "8")


@pytest.mark.req("CR-34")
def test_what_an_employer_declares_is_one_list_and_what_was_approved_another() -> None:
    world = make.build("fujian")
    unit, archive = signed_in(world.employer_admin), "/declarations/approved/"
    assert 'href="/declarations/for-others/"' in page(unit, archive)
    [row, other] = declared(world.employer_admin, world.record, world.colleague_record)
    assert (names(unit, f"{RECORDS}?tab=pending"), names(unit, archive)) == (["李春燕", "王志远"], [])
    assert w.total(world) == 0
    with pytest.raises(NotFound):
        w.decided(world.employer_admin, row)
    assert w.decided(world.department_admin, row).done == (w.case(row).pk,)
    assert w.total(world) == 8
    assert (names(unit, f"{RECORDS}?tab=pending"), names(unit, archive)) == (["李春燕"], ["王志远"])
    own = w.handed_in(world.colleague, "8", form="seminar", result=None)
    w.decided(world.employer_admin, own)
    w.decided(world.department_admin, own)
    assert names(unit, archive) == ["李春燕", "王志远"]
    number = world.person.user.document_number
    asked = ("year=2026&form=seminar", "form=on_the_job", "name=王志", f"document={number}", "year=2025")
    assert [names(unit, f"{archive}?{one}") for one in asked] == [["李春燕"], ["王志远"], ["王志远"], ["王志远"], []]
    w.decided(world.department_admin, other, Verdict.FAIL, "材料不清晰")
    assert names(unit, f"{RECORDS}?tab=rejected") == ["李春燕"]
    assert "学时申报管理" in page(unit, archive)
    assert cells(page(signed_in(world.stranger_admin), archive)) == []


def asked(client: Client, path: str) -> int:
    page(client, path)
    with CaptureQueriesContext(connection) as queries:
        page(client, path)
    return len(queries)


def test_one_record_and_many_cost_the_same() -> None:
    world = make.build("fujian")
    unit, [first] = signed_in(world.employer_admin), declared(world.employer_admin, world.record)
    w.decided(world.department_admin, first)
    paths = (RECORDS, "/declarations/approved/", "/declarations/for-others/?form=on_the_job")
    assert max(asked(unit, path) for path in paths) <= 12  # the first visit fills what a process keeps
    before = [asked(unit, path) for path in paths]
    people = [make.professional(f"同事{number}", world.employer)[1] for number in range(4)]
    rows = declared(world.employer_admin, world.colleague_record, *people)
    for row in rows[:3]:
        w.decided(world.department_admin, row)
    assert [asked(unit, path) for path in paths] == before
    assert max(before) <= 12
