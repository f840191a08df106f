"""The review desk and the verification, page by page."""

import re
from collections.abc import Iterator

import pytest

from tests import small_world as make
from tests.declarations import world as w
from tests.declarations.forms import page
from tests.declarations.site import client
from xueshi.declarations import services
from xueshi.kernel import clock
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("site")]


@pytest.fixture
def world() -> Iterator[make.SmallWorld]:
    return make.build()


@pytest.mark.req("CV-02", "CV-08", "CV-10")
def test_the_desk_lists_filters_and_shows_the_detail(world: make.SmallWorld) -> None:
    mine = w.handed_in(world.person)
    other = services.submit(world.colleague, w.paper(world.colleague, year=clock.year() - 1))
    browser = client(world.employer_admin)
    text = page(browser, "/declarations/review/")
    for label in (
        "序号",
        "年度",
        "姓名",
        "学习形式",
        "科目类型",
        "申报学时",
        "认定学时",
        "批量通过",
        "全部通过",
        "批量驳回",
        "全部驳回",
        "如2015",
    ):
        assert label in text
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
    detail = page(browser, f"/declarations/review/?case={mine.pk}")
    for word in (mine.number, "0 → 24 / 90", "通过", "驳回", f'name="hours-{mine.case_id}"', f"{mine.case_id}:1"):
        assert word in detail
    part = browser.get(f"/declarations/review/?case={mine.pk}", headers={"HX-Request": "true", "HX-Target": "detail"})
    assert mine.number in part.content.decode()
    assert "<html" not in part.content.decode()
    assert client(world.stranger_admin).get(f"/declarations/review/?case={mine.pk}").status_code == 404
    assert other.number not in page(client(world.stranger_admin), "/declarations/review/")


@pytest.mark.req("CV-03", "CV-09")
def test_decisions_through_the_desk(world: make.SmallWorld) -> None:
    rows = [w.handed_in(world.person, form="seminar", days=1, hours=str(h)) for h in (2, 3)] + [
        services.submit(world.colleague, w.paper(world.colleague))
    ]
    browser = client(world.employer_admin)
    posted = {"row": [f"{row.case_id}:1" for row in rows], "action": "pass", "next": "/declarations/review/"}
    assert browser.post("/reviews/decide/", posted).status_code == 302
    assert set(ReviewCase.objects.values_list("state", flat=True)) == {CaseState.APPROVED}
    assert "没有数据" in page(browser, "/declarations/review/")
    done = page(browser, "/declarations/review/?tab=done")
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
    browser = client(world.employer_admin)
    token = re.search(r'name="token" value="([^"]+)"', page(browser, "/declarations/review/"))
    assert token
    late = services.submit(world.colleague, w.paper(world.colleague))
    confirm = browser.post("/reviews/all/", {"token": token[1], "action": "pass"})
    assert confirm.status_code == 302
    browser.post(confirm["Location"])
    assert (w.case(first).state, w.case(late).state) == (CaseState.APPROVED, CaseState.PENDING)


@pytest.mark.req("CV-12", "CV-13", "CV-14")
def test_verification_lists_both_hours_and_filters_by_unit(world: make.SmallWorld) -> None:
    declaration = w.handed_in(world.person)
    w.decided(world.employer_admin, declaration, comment="少一天", hours="16")
    browser = client(world.department_admin)
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
    assert re.findall(r'data-l="..学时" class="num"><div>\s*(\d+)', text) == ["24", "16"]
    assert "王志远" in page(browser, "/declarations/verification/?unit=海天")
    assert "王志远" not in page(browser, "/declarations/verification/?unit=别家")
    detail = page(browser, f"/declarations/verification/?case={declaration.pk}")
    assert "审验通过" in detail
    assert "审验不通过" in detail
    assert f'name="hours-{declaration.case_id}"' not in detail
    found = w.case(declaration)
    browser.post("/reviews/decide/", {"row": f"{found.pk}:{found.version}", "verdict": "fail", "comment": "证书存疑"})
    assert (w.case(declaration).state, w.total(world)) == (CaseState.REVOKED, 0)
    assert "王志远" in page(browser, "/declarations/verification/?tab=done")
