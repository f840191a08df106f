"""待办事项 in the header, and the quiet question that keeps it current."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as lived
from xueshi.kernel import clock
from xueshi.reviews.models import ReviewCase

pytestmark = pytest.mark.django_db
NEWS = "/todo/"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def offered(browser: Client, path: str = "/home/") -> list[tuple[str, str, int]]:
    """The header's list: address, name and number of each kind."""
    page = browser.get(path).content.decode()
    box = page.split("x-todo-box")[1].split("</details>")[0]
    found = re.findall(r'<a href="([^"]+)">(\S+) <span class="n">(\d+)', box)
    return [(url, name, int(number)) for url, name, number in found]


def next_desk(case: ReviewCase) -> int | None:
    """Where the case waits now."""
    return ReviewCase.objects.get(pk=case.pk).desk_id


@pytest.mark.req("DSH-01")
def test_each_kind_that_waits_has_its_number_and_its_queue(world: make.SmallWorld) -> None:
    lived.handed_in(world.person)
    lived.handed_in(world.colleague)
    at_employer = signed_in(world.employer_admin)
    assert offered(at_employer) == [("/declarations/review/", "学时审批", 2)]
    assert at_employer.get("/declarations/review/").status_code == 200
    first = ReviewCase.objects.order_by("pk")[0]
    at_employer.post("/reviews/decide/", {"row": f"{first.pk}:1", "verdict": "pass"})
    assert offered(at_employer) == [("/declarations/review/", "学时审批", 1)]
    above = (world.department_admin, world.district_admin, world.city_admin)
    verifier = next(one for one in above if one.desk_id == next_desk(first))
    assert offered(signed_in(verifier)) == [("/declarations/verification/", "学时审验", 1)]


@pytest.mark.req("DSH-01", "DSH-02")
@pytest.mark.parametrize("portal", ["weihai", "shandong", "fujian"])
def test_nothing_waits_for_employer_department_and_bureau(portal: str) -> None:
    world = make.build(portal)
    for actor in (world.employer_admin, world.department_admin, world.city_admin):
        page = signed_in(actor).get("/home/").content.decode()
        assert "暂无待办事项" in page
        assert "<details" not in page.split("x-todo-box")[1].split("</div>")[0]
    assert "待办事项" not in signed_in(world.person).get("/home/").content.decode()


@pytest.mark.req("DSH-01")
def test_news_come_only_when_something_changed(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    feed = re.search(r'hx-get="(/todo/\?seen=[^"]+)"', browser.get("/home/").content.decode())
    assert feed
    assert browser.get(feed[1]).status_code == 204
    lived.handed_in(world.person)
    news = browser.get(feed[1])
    assert news.status_code == 200
    assert "<html" not in news.content.decode()
    assert re.search(r"待办事项.{0,40}<b>1</b>", news.content.decode(), re.DOTALL)


def test_asking_by_itself_does_not_keep_a_session_alive(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    for minutes in (5, 10, 14):
        with clock.shifted(timedelta(minutes=minutes)):
            assert browser.get(NEWS).status_code == 200
    with clock.shifted(timedelta(minutes=16)):
        ended = browser.get(NEWS, headers={"HX-Request": "true"})
    assert (ended.status_code, ended["HX-Redirect"]) == (204, "/?expired=1")


def test_a_visited_page_does(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    for minutes in (10, 20):
        with clock.shifted(timedelta(minutes=minutes)):
            assert browser.get("/home/").status_code == 200


def test_all_kinds_are_counted_in_one_query(world: make.SmallWorld) -> None:
    browser = signed_in(world.employer_admin)
    lived.handed_in(world.person)
    browser.get(NEWS)
    with CaptureQueriesContext(connection) as asked:
        browser.get(NEWS)
    counts = [query["sql"] for query in asked if 'FROM "reviews_reviewcase"' in query["sql"]]
    assert len(counts) == 1


@pytest.mark.parametrize("name", ["person", "colleague"])
def test_a_person_has_no_todo(world: make.SmallWorld, name: str) -> None:
    assert signed_in(getattr(world, name)).get(NEWS).status_code == 204
