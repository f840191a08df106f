"""The list page: what is asked, what is answered, and what it costs."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from xueshi.kernel.decisions import deny
from xueshi.kernel.errors import NotAllowed
from xueshi.kernel.spreadsheets import defused
from xueshi.ui.lists import ListPage, ListState, exported, read_list, show_list
from xueshi.ui.web import gallery_samples as samples

pytestmark = pytest.mark.django_db
PAGE: ListPage[ContentType] = replace(
    samples.LIST, tabs=(), batch=(), rows=lambda _actor: ContentType._default_manager.filter(app_label="sample")
)


@pytest.fixture
def rows() -> Any:
    def make(number: int) -> list[ContentType]:
        fresh = [ContentType(app_label="sample", model=f"row{place:03}") for place in range(number)]
        return ContentType._default_manager.bulk_create(fresh)

    return make


def read(query: str = "", page: ListPage[ContentType] = PAGE) -> ListState[ContentType]:
    return read_list(page, None, QueryDict(query))


def names(state: ListState[ContentType]) -> list[str]:
    return [row.model for row in state.rows]


def answer(query: str = "", page: ListPage[ContentType] = PAGE, **headers: str) -> HttpResponse:
    request = RequestFactory().get(f"/?{query}", headers=headers)
    return show_list(request, page)


@pytest.mark.req("SYS-06", "SYS-07")
def test_25_rows_make_three_pages_with_right_ranges(rows: Any) -> None:
    rows(25)
    seen = [
        (pager.page, pager.pages, pager.total, pager.first, pager.last)
        for pager in (read(f"page={n}").pager for n in (1, 2, 3))
    ]
    assert seen == [(1, 3, 25, 1, 10), (2, 3, 25, 11, 20), (3, 3, 25, 21, 25)]
    page = answer("page=3").content.decode()
    assert "第3/3页 共25条 显示第21到25条" in page
    assert "10条/页" in page
    assert ">首页<" in page
    assert ">尾页<" in page


@pytest.mark.req("SYS-07")
def test_page_size_changes_the_rows(rows: Any) -> None:
    rows(25)
    assert len(read("size=20").rows) == 20
    assert len(read("size=7").rows) == 10


def test_an_empty_list_says_so() -> None:
    page = answer().content.decode()
    assert "没有数据" in page
    assert "第1/0页 共0条" in page


@pytest.mark.req("SYS-10")
def test_filters_narrow_stay_while_paging_and_are_cleared(rows: Any) -> None:
    rows(25)
    state = read("label=sam&number=&page=2&tab=x&utm=1")
    assert state.total == 25
    assert "label=sam" in state.pager.first_url
    assert "label=sam" in state.headings[1].url
    assert state.cleared_url == "?"
    assert read("label=other").total == 0
    page = answer("label=sam").content.decode()
    assert "查询" in page
    assert "清空" in page


def test_sorting_turns_round_and_ignores_unknown_columns(rows: Any) -> None:
    rows(3)
    assert names(read("sort=model")) == ["row000", "row001", "row002"]
    assert names(read("sort=-model")) == ["row002", "row001", "row000"]
    assert names(read("sort=pk")) == names(read("sort=password")) == names(read())
    assert [heading.sorted for heading in read("sort=-model").headings] == ["", "descending", "", ""]


@pytest.mark.parametrize(
    "query", ["", "page=2", "page=9", "sort=-model", "sort=-model&page=3", "label=other", "size=50"]
)
def test_rows_found_by_their_keys_are_the_same_in_the_same_order(rows: Any, query: str) -> None:
    rows(25)
    assert names(read(query, replace(PAGE, by_keys=True))) == names(read(query))


@pytest.mark.parametrize(
    ("number", "query", "asked"), [(0, "", 1), (1, "", 1), (50, "", 1), (51, "", 2), (1, "page=2", 2)]
)
def test_a_page_costs_one_query_and_a_count_where_there_are_more(
    rows: Any, number: int, query: str, asked: int
) -> None:
    rows(number)
    with CaptureQueriesContext(connection) as queries:
        page = answer(f"size=50&{query}").content.decode()
    assert (len(queries), f"共{number}条" in page) == (asked, True)
    assert len(read(f"size=50&{query}").rows) == min(number, 50)


@pytest.mark.parametrize(("number", "kind"), [(10, list), (11, QuerySet)])
def test_everything_is_named_from_the_rows_in_hand_where_they_are_all(rows: Any, number: int, kind: type) -> None:
    made, given = rows(number), []
    state = read(page=replace(PAGE, token=lambda _actor, matching: str(given.append(matching))))
    assert state.token == "None"
    assert isinstance(given[0], kind)
    assert {row.pk for row in given[0]} == {row.pk for row in made}


@pytest.mark.parametrize(
    "query",
    [
        "page=" + "9" * 400, "page=-1", "page=1.5", "page=٣", "page=%00", "size=1000000", "size=-1", "tab=%00&tab=2",
        "number=abc", "number=1e400", "number=NaN", "number=9223372036854775808", "number=1e49",
        "label=%00", "label=%ED%A0%80",
        "label=" + "x" * 10_000, "app=nowhere", "app=contenttypes&app=ui", "sort=-", "sort=--model", "sort=model;drop",
        "export=",
    ],
)  # fmt: skip
def test_nonsense_is_ignored(rows: Any, query: str) -> None:
    rows(2)
    assert answer(query).status_code == 200


def test_a_filter_that_does_not_clean_says_so_and_is_left_out(rows: Any) -> None:
    rows(2)
    state = read("number=abc")
    assert state.total == 2
    assert state.filterset is not None
    assert list(state.filterset.form.errors) == ["number"]


def test_a_list_that_is_not_theirs_is_refused() -> None:
    closed = replace(PAGE, allowed=lambda _actor: deny("不是您的列表"))
    with pytest.raises(NotAllowed, match="不是您的列表"):
        read(page=closed)


def test_htmx_gets_the_region_alone(rows: Any) -> None:
    rows(1)
    whole, part = answer().content.decode(), answer(**{"HX-Target": PAGE.region}).content.decode()
    assert "<html" in whole
    assert "<html" not in part
    token = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    assert token.sub("", part).strip() in token.sub("", whole)


def test_tabs_narrow_and_count(rows: Any) -> None:
    rows(3)
    tabbed = replace(PAGE, tabs=samples.LIST.tabs)
    assert [(tab.label, tab.current, tab.count) for tab in read("tab=none", tabbed).tabs] == [
        ("全部", False, 3),
        ("空的", True, None),
    ]
    assert read("tab=none", tabbed).total == 0


def test_the_file_has_the_rows_and_columns_of_the_screen(rows: Any) -> None:
    made = rows(12)
    lines = exported(read("sort=-model")).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "应用,名称,编号,状态"
    assert [line.split(",")[1] for line in lines[1:]] == [row.model for row in reversed(made)]


@pytest.mark.parametrize(("text", "kept"), [("=1+1", "'=1+1"), ("@a", "'@a"), ("-1", "'-1"), ("王", "王"), (None, "")])
def test_files_execute_nothing(text: object, kept: str) -> None:
    assert defused(text) == kept


def test_a_desk_links_its_rows_and_marks_the_chosen_one(rows: Any) -> None:
    made = rows(2)
    desk = replace(PAGE, detail_param="case")
    state = read(f"label=sam&case={made[0].pk}", desk)
    drawn = state.drawn
    assert [row["chosen"] for row in drawn] == [True, False]
    assert drawn[1]["cells"][0][2] == f"?label=sam&case={made[1].pk}"
    assert "case=" not in state.pager.first_url


def test_another_column_than_the_first_names_the_row(rows: Any) -> None:
    [made] = rows(1)
    first, second, *others = PAGE.columns
    desk = replace(PAGE, detail_param="case", columns=(first, replace(second, names_row=True), *others))
    [row] = read("", desk).drawn
    assert [link for _column, _value, link in row["cells"][:2]] == ["#", f"?case={made.pk}"]
    assert (row["name"], row["drawn"].count('hx-target="#detail"')) == (made.model, 1)
    assert f'first"><div><a href="?case={made.pk}" hx-target="#detail"' in row["drawn"]
