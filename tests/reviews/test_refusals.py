"""What a refused toolbar leaves on the list: its ticks, its words and the reason, wherever the page then stands."""

import html
import re
from urllib.parse import quote

import pytest
from django.http import HttpResponse

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import page
from xueshi.declarations.models import Declaration
from xueshi.reviews.models import BatchRun
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db
DESK, DECIDE, ALL = "/declarations/review/", "/reviews/decide/", "/reviews/all/"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def shown_as(row: Declaration) -> str:
    """What its tick posts: the case and the version shown."""
    return f"{w.case(row).pk}:{w.case(row).version}"


def ticked(answer: HttpResponse) -> list[str]:
    """The rows of a list that are ticked as it arrives."""
    return re.findall(r'name="row" value="([^"]*)" form="[^"]*"[^>]* checked>', answer.content.decode())


def test_a_refused_batch_keeps_its_ticks_and_its_words(world: make.SmallWorld) -> None:
    """Wherever a toolbar is refused, the list stands there as it was asked for, and nothing has happened."""
    rows = [w.handed_in(world.person, "8", school=name) for name in ("甲校", "乙校")]
    row, browser = shown_as(rows[1]), signed_in(world.employer_admin)
    here, region = f"{DESK}?name={quote('志远')}&size=20", "list-declarations-desk"
    shown = browser.get(here)
    [sent_along] = re.findall(r'name="next" value="([^"]+)"><button', shown.content.decode())[:1]
    token = shown.context["list"].token
    toolbar = {"token": token, "next": html.unescape(sent_along), "action": "fail", "row": [row]}
    long = "长" * 301
    refused = (
        (DECIDE, {"comment": " "}, "不通过时请填写审核意见"),
        (DECIDE, {"comment": long}, "审核意见不能超过 300 字"),
        (ALL, {"comment": long}, "审核意见不能超过 300 字"),
        (DECIDE, {"comment": "含\u202e控制"}, "不可见字符"),
        (DECIDE, {"comment": "材料不全", "row": []}, "请先选择要审核的记录"),
    )
    for address, more, problem in refused:
        answer = browser.post(address, toolbar | more)
        text = answer.content.decode()
        assert (answer.status_code, ticked(answer)) == (422, toolbar["row"] if "row" not in more else [])
        assert re.search(rf'<p class="x-error" id="{region}-problem" role="alert"[^>]*>[^<]*{problem}', text), problem
        [field] = re.findall(r"<input[^>]*x-comment-input[^>]*>", text)
        assert f'value="{more["comment"]}"' in field
        about = f'aria-invalid="true" aria-describedby="{region}-problem" autofocus'
        assert (about in field, text.count(" autofocus")) == ("row" not in more, 1)
        assert [one.pk for one in answer.context["list"].rows] == [one.pk for one in rows]
        assert f'name="next" value="{sent_along}"' in text, "so that it can be sent once more"
        assert re.findall(r'<(?:a [^>]*href|form [^>]*action)="(?:\?|/reviews/decide/\?|")[^>]*>', text) == []
        assert f'<form class="x-filters" method="get" action="{DESK}"' in text
    assert [(w.case(one).state, w.case(one).version) for one in rows] == [(CaseState.PENDING, 1)] * 2
    assert (BatchRun.objects.count(), "x-error" in page(browser, here)) == (0, False)
    confirm = browser.post(ALL, toolbar | {"comment": "材料不全"})["Location"]
    assert 'value="材料不全"' in page(browser, confirm)
    assert browser.post(DECIDE, toolbar | {"comment": "不全"}, headers={"Referer": DECIDE})["Location"] == here
    assert [w.case(one).state for one in rows] == [CaseState.PENDING, CaseState.REJECTED]


def test_a_batch_that_came_too_late_is_told_so_and_keeps_its_words(world: make.SmallWorld) -> None:
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    toolbar = {"token": browser.get(DESK).context["list"].token, "next": DESK, "row": [shown_as(row)]}
    w.decided(world.employer_admin, row)
    for address, verdict, problem in (
        (DECIDE, "fail", "已由他人处理或内容已变更（张敏）"),
        (ALL, "pass", "没有可以审核的记录"),
        (ALL, "fail", "没有可以审核的记录"),
    ):
        late = browser.post(address, toolbar | {"action": verdict, "comment": "不全"})
        text = late.content.decode()
        assert (late.status_code, problem in text, ticked(late)) == (409, True, []), verdict
        assert 'value="不全"' in text
    assert (w.case(row).state, w.total(world), BatchRun.objects.count()) == (CaseState.APPROVED, 24, 0)
    alone = browser.post(DECIDE, {"row": toolbar["row"], "verdict": "pass"}, headers={"Referer": DECIDE})
    assert (alone.status_code, at(alone)) == (409, DESK), "no address that only takes forms"


def at(answer: HttpResponse) -> str:
    """The list that an answer draws, by its own address."""
    return str(answer.context["list"].path)


def test_what_comes_from_nowhere_is_refused_on_a_desk_of_its_own(world: make.SmallWorld) -> None:
    """Neither ``next`` nor a Referer: the desk of what was to be decided, else the reviewer's home, with its status."""
    row, browser = w.handed_in(world.person), signed_in(world.employer_admin)
    token, tick, long = browser.get(DESK).context["list"].token, shown_as(row), "长" * 301
    typed = browser.post(DECIDE, {"row": tick, "verdict": "fail", "comment": long})
    assert (typed.status_code, at(typed), typed.context["detail_key"]) == (422, DESK, str(row.case_id))
    assert f'value="{long}"' in typed.content.decode().split('id="decide"')[1]
    for address, sent in ((DECIDE, {"row": [tick]}), (ALL, {"token": token})):
        many = browser.post(address, sent | {"action": "fail", "comment": long})
        assert (many.status_code, at(many), ticked(many)) == (422, DESK, sent.get("row", []))
        assert f'value="{long}"' in many.content.decode()
    bare = browser.post(DECIDE, {"row": tick, "verdict": "fail"})
    flash = r'class="x-flash error" role="alert">.*?不通过时请填写审核意见'
    assert (bare.status_code, at(bare), bool(re.search(flash, bare.content.decode()))) == (422, DESK, True)
    removed = browser.post(f"/reviews/{row.case_id}/remove/")
    assert (removed.status_code, at(removed)) == (409, DESK)
    assert "待审核的记录不能删除" in removed.content.decode()
    foreign = signed_in(world.stranger_admin)
    pages = [foreign.post(DECIDE, {"row": one, "verdict": "fail", "comment": " "}) for one in (tick, "77777:1")]
    assert [(one.status_code, "不通过时请填写审核意见" in one.content.decode()) for one in pages] == [(422, True)] * 2
    assert [one.context["title"] for one in pages] == [foreign.get("/home/").context["title"]] * 2
    assert "王志远" not in pages[0].content.decode()
    assert (w.case(row).state, w.case(row).version, BatchRun.objects.count()) == (CaseState.PENDING, 1, 0)
