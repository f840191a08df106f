"""The same learning counts once (D13, policy facts 6): refused beside its field, freed when the other one falls."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, page
from tests.duplicates import world as d
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import for_others
from xueshi.duplicates.models import Trace
from xueshi.kernel import clock
from xueshi.kernel.errors import Problems
from xueshi.reviews.models import CaseEvent
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db
OWN_FILE = ("evidence", "第 1 个附件已在本人的另一条申报中使用，同一材料不能重复申报")
OTHERS_FILE = ("evidence", "第 1 个附件已由他人申报使用，不能重复使用")
OWN_DOI = ("doi", "该 DOI 已在本人的另一条申报中使用，同一成果只计一次")


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def test_the_same_file_is_refused_on_the_page_and_what_was_typed_stays(world: make.SmallWorld) -> None:
    content = d.scan(1)
    d.handed_in(world.person, d.paper(world.person, content=content))
    for actor, (_field, message) in ((world.person, OWN_FILE), (world.colleague, OTHERS_FILE)):
        browser = signed_in(actor)
        sent = filled(evidence=SimpleUploadedFile("证书.jpg", content), key=f"again-{actor.user.pk}")
        answer = browser.post("/declarations/new/", sent)
        text = answer.content.decode()
        assert (answer.status_code, Declaration.objects.count()) == (422, 1)
        assert message in text
        assert 'value="数控机床安全操作与维护"' in text
        assert ("王志远" in text) is (actor is world.person)


def test_a_stored_picture_saved_from_the_page_is_the_same_file(world: make.SmallWorld) -> None:
    first = d.handed_in(world.person, d.paper(world.person, content=d.scan(2)))
    shown = signed_in(world.person).get(f"/declarations/{first.pk}/evidence/1/")
    saved = b"".join(shown) if shown.streaming else shown.content
    assert d.refused(world.colleague, d.paper(world.colleague, content=saved)) == [OTHERS_FILE]


def test_an_achievement_counts_once_whatever_the_year_and_the_spelling(world: make.SmallWorld) -> None:
    d.handed_in(world.person, d.paper(world.person, doi=d.DOI, year=clock.year() - 1))
    again = d.paper(world.person, doi=f"https://doi.org/{d.DOI.lower()}")
    assert d.refused(world.person, again) == [OWN_DOI]
    number, title = "ISSN 0577-6686", "五轴加工中心热误差补偿方法研究"
    d.handed_in(world.person, d.paper(world.person, issue_number=number, title=title))
    twin = d.paper(world.person, issue_number="05776686", title=f"《{title}》")
    assert d.refused(world.person, twin) == [("title", "该刊号和题名已在本人的另一条申报中使用，同一成果只计一次")]
    assert d.refused(world.person, d.paper(world.person, issue_number=number, title=f"{title}之二")) == []


def test_a_project_counts_once_a_year(world: make.SmallWorld) -> None:
    year = clock.year()
    d.handed_in(world.person, d.project(world.person, "2025-KJ-001", year - 1))
    d.handed_in(world.person, d.project(world.person, "2025KJ001", year))
    assert d.refused(world.person, d.project(world.person, "2025-kj-001", year)) == [
        ("number", "该项目编号已在本人的另一条申报中使用，同一成果每年只计一次")
    ]


def test_what_fell_stands_in_nobodys_way(world: make.SmallWorld) -> None:
    def entry() -> services.Entry:
        return d.paper(world.person, doi=d.DOI, content=d.scan(3))

    first = d.handed_in(world.person, entry())
    services.withdraw(world.person, first.pk)
    second = d.handed_in(world.person, entry())
    assert d.refused(world.person, entry()) == [OWN_DOI, OWN_FILE]
    w.decided(world.employer_admin, second, Verdict.FAIL, "证书不清晰")
    third = d.handed_in(world.person, entry())
    w.decided(world.employer_admin, third)
    assert Trace.objects.filter(source_id=third.pk, counted=True).count() == Trace.objects.count() > 0
    assert d.refused(world.person, entry()) == [OWN_DOI, OWN_FILE]
    w.decided(world.department_admin, third, Verdict.FAIL, "证书存疑")
    assert not Trace.objects.exists()
    fourth = d.handed_in(world.person, entry())
    services.withdraw(world.person, fourth.pk)
    again = services.submit(world.person, entry(), w.edit(fourth))
    assert (again.pk, d.refused(world.person, entry())) == (fourth.pk, [OWN_DOI, OWN_FILE])
    services.withdraw(world.person, fourth.pk)
    services.delete_draft(world.person, w.edit(fourth))
    assert d.refused(world.person, entry()) == []


def test_a_unit_proves_a_class_for_its_people_at_once_but_not_twice(world: make.SmallWorld) -> None:
    people = [world.record.pk, world.colleague_record.pk]
    content = d.scan(4)

    def entry(key: str) -> services.Entry:
        return w.entry(world.employer_admin, key=key, files=d.proof(world.employer_admin, content), content="课程")

    assert len(for_others.declare(world.employer_admin, entry("unit-1"), people)) == 2
    with pytest.raises(Problems) as refusal:
        for_others.declare(world.employer_admin, entry("unit-2"), people[:1])
    assert [one.message for one in refusal.value.problems] == [
        "王志远：第 1 个附件已在本人的另一条申报中使用，同一材料不能重复申报",
        "王志远：第 1 个附件已由他人申报使用，不能重复使用",
    ]
    assert Declaration.objects.count() == 2
    listed = page(signed_in(world.department_admin), "/declarations/review/")
    assert listed.count("王志远") + listed.count("李春燕") >= 2
    assert "可能重复" not in listed


def test_the_people_of_a_paper_share_its_table(world: make.SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xueshi.declarations.rules.shared", lambda _asked: Decimal(30))
    d.handed_in(world.person, d.paper(world.person, doi=d.DOI, hours="20"))
    message = ("hours", "该成果的全部完成人合计最多 30 学时，还可申报 10 学时")
    assert d.refused(world.colleague, d.paper(world.colleague, doi=d.DOI, hours="20")) == [message]
    second = d.handed_in(world.colleague, d.paper(world.colleague, doi=d.DOI, hours="10"))
    assert w.decided(world.employer_admin, second).refused == ()


def test_approval_asks_again_beside_what_counts_already(world: make.SmallWorld) -> None:
    rows = [d.handed_in(one, d.paper(one, doi=d.DOI, hours="10")) for one in (world.person, world.colleague)]
    Trace.objects.update(pool=15)  # as if the two had been taken in before the table was known
    for row, refused in zip(rows, ([], ["该成果的全部完成人合计最多 15 学时，还可申报 5 学时"]), strict=True):
        report = w.decided(world.employer_admin, row)
        assert [one.reason for one in report.refused] == refused
    assert [w.case(row).state for row in rows] == [CaseState.APPROVED, CaseState.PENDING]
    assert w.total(world) == 10
    assert CaseEvent.objects.filter(case=rows[1].case_id).count() == 1
    w.decided(world.employer_admin, rows[1], comment="合计不超过标准", hours="5")
    assert (w.case(rows[1]).state, w.fresh(rows[1]).hours_recognised) == (CaseState.APPROVED, 5)
