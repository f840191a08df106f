"""Reasons for refusing: those of the pack, those of an organisation, and the field that a refusal speaks of."""

import re

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as lived
from xueshi.declarations.models import Declaration
from xueshi.organisations.actors import Actor
from xueshi.reviews import selectors
from xueshi.reviews.models import BatchRun, RejectionReason, ReviewCase, ReviewStep
from xueshi.reviews.services import ReasonDraft, save_reason
from xueshi.reviews.services.reasons import AT_MOST

pytestmark = pytest.mark.django_db
OURS = "/reviews/reasons/declaration/"
UNCLEAR = "证明材料不清晰，请重新上传"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


@pytest.fixture
def admin(world: make.SmallWorld) -> Client:
    return signed_in(world.employer_admin)


def kept(actor: Actor) -> list[tuple[str, str]]:
    return [(row.text, row.concerns) for row in selectors.own_reasons(actor, "declaration")]


def refused(row: Declaration) -> tuple[str, str, str, str]:
    step = ReviewStep.objects.get(case_id=row.case_id, position=1)
    return step.state, step.comment, step.concerns, step.concerns_label


def test_an_administrator_keeps_the_list_of_the_organisation(world: make.SmallWorld, admin: Client) -> None:
    page = admin.get(OURS).content.decode()
    assert UNCLEAR in page
    assert page.count("平台") >= 3
    assert admin.post(OURS, {"text": "请附培训通知", "concerns": "evidence"})["Location"] == OURS
    assert kept(world.employer_admin) == [("请附培训通知", "evidence")]
    [reason] = RejectionReason.objects.all()
    edit = f"{OURS}{reason.pk}/"
    assert 'value="请附培训通知"' in admin.get(edit).content.decode()
    admin.post(edit, {"text": "请附培训通知原件", "concerns": ""})
    assert kept(world.employer_admin) == [("请附培训通知原件", "")]
    admin.post(f"{edit}delete/")
    assert kept(world.employer_admin) == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"text": "", "concerns": ""}, "请填写驳回原因"),
        ({"text": "字" * 201, "concerns": ""}, "驳回原因不能超过 200 个字"),
        ({"text": "已有的原因", "concerns": ""}, "列表中已有相同的原因"),
        ({"text": "藏\u202e字", "concerns": ""}, "含有不可见字符或控制字符"),
        ({"text": "好", "concerns": "password"}, "请从列表中选择涉及项目"),
    ],
)
def test_a_bad_reason_is_refused_beside_its_field(
    world: make.SmallWorld, admin: Client, typed: dict[str, str], message: str
) -> None:
    save_reason(world.employer_admin, ReasonDraft("declaration", "已有的原因"))
    answer = admin.post(OURS, typed)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert kept(world.employer_admin) == [("已有的原因", "")]


def test_a_list_has_an_end(world: make.SmallWorld, admin: Client) -> None:
    for number in range(AT_MOST):
        save_reason(world.employer_admin, ReasonDraft("declaration", f"原因 {number}"))
    assert admin.post(OURS, {"text": "再一条"}).status_code == 422
    assert len(kept(world.employer_admin)) == AT_MOST


def test_a_foreign_list_is_not_there(world: make.SmallWorld, admin: Client) -> None:
    reason = save_reason(world.employer_admin, ReasonDraft("declaration", "海天的专用原因"))
    stranger, edit = signed_in(world.stranger_admin), f"{OURS}{reason.pk}/"
    assert "海天的专用原因" not in stranger.get(OURS).content.decode()
    assert stranger.get(edit).status_code == 404
    assert stranger.post(edit, {"text": "改掉"}).status_code == 404
    assert stranger.post(f"{edit}delete/").status_code == 404
    assert admin.get("/reviews/reasons/nothing/").status_code == 404
    assert signed_in(world.person).get(OURS).status_code == 403
    assert kept(world.employer_admin) == [("海天的专用原因", "")]


def test_the_desk_offers_the_reasons_and_keeps_the_field(world: make.SmallWorld, admin: Client) -> None:
    save_reason(world.employer_admin, ReasonDraft("declaration", "请附培训通知", "evidence"))
    row = lived.handed_in(world.person)
    page = admin.get(f"/declarations/review/?case={row.case_id}").content.decode()
    offered = re.findall(r'<option value="([a-z]*:[^"]+)">', page.split("data-reasons")[1])
    assert offered[:2] == ["evidence:请附培训通知", f"evidence:{UNCLEAR}"]
    sent = {"row": f"{row.case_id}:1", "verdict": "fail", "comment": "", "reason": offered[0]}
    admin.post("/reviews/decide/", sent)
    label = selectors.last_rejection(row.case_id or 0)
    assert refused(row)[:3] == ("failed", "请附培训通知", "evidence")
    assert label is not None
    assert (label.comment, label.concerns, label.organisation) == ("请附培训通知", "evidence", world.employer.name)
    own = signed_in(world.person).get(f"/declarations/{row.pk}/").content.decode()
    assert f"{label.concerns_label}：请附培训通知" in own


def test_what_was_typed_goes_before_what_was_chosen(world: make.SmallWorld, admin: Client) -> None:
    row = lived.handed_in(world.person)
    sent = {"row": f"{row.case_id}:1", "verdict": "fail", "comment": "第 2 页看不清", "reason": f"evidence:{UNCLEAR}"}
    admin.post("/reviews/decide/", sent | {"concerns": "hours"})
    assert refused(row)[:3] == ("failed", "第 2 页看不清", "hours")


def test_the_words_of_a_reason_in_the_toolbar_name_its_field(world: make.SmallWorld, admin: Client) -> None:
    rows = [lived.handed_in(world.person), lived.handed_in(world.colleague)]
    sent = {"row": [f"{row.case_id}:1" for row in rows], "action": "fail", "comment": UNCLEAR}
    assert f'<option value="{UNCLEAR}">' in admin.get("/declarations/review/").content.decode()
    admin.post("/reviews/decide/", sent)
    assert [refused(row)[:3] for row in rows] == [("failed", UNCLEAR, "evidence")] * 2


def test_an_unknown_field_changes_nothing(world: make.SmallWorld, admin: Client) -> None:
    row = lived.handed_in(world.person)
    sent = {"row": f"{row.case_id}:1", "verdict": "fail", "comment": "不清", "concerns": "password"}
    answer = admin.post("/reviews/decide/", sent)
    assert (answer.status_code, answer.context["typed"]["problem"]) == (422, "请从列表中选择涉及的项目")
    assert 'value="不清"' in answer.content.decode().split('id="decide"')[1]
    assert lived.case(row).state == "pending"


def test_passing_names_no_field(world: make.SmallWorld, admin: Client) -> None:
    row = lived.handed_in(world.person)
    sent = {"row": f"{row.case_id}:1", "verdict": "pass", "reason": f"evidence:{UNCLEAR}", "concerns": "evidence"}
    admin.post("/reviews/decide/", sent)
    assert refused(row) == ("passed", "", "", "")


def test_all_may_be_refused_for_one_reason(world: make.SmallWorld, admin: Client) -> None:
    rows = [lived.handed_in(world.person), lived.handed_in(world.colleague)]
    token = re.search(r'name="token" value="([^"]+)"', admin.get("/declarations/review/").content.decode())
    assert token
    admin.post("/reviews/all/", {"token": token[1], "action": "fail"})
    url = f"/reviews/all/{BatchRun.objects.get().token}/"
    assert UNCLEAR in admin.get(url).content.decode()
    assert admin.post(url, {"comment": ""}).status_code == 422
    assert set(ReviewCase.objects.values_list("state", flat=True)) == {"pending"}
    admin.post(url, {"comment": "", "reason": f"evidence:{UNCLEAR}"})
    assert [refused(row)[:3] for row in rows] == [("failed", UNCLEAR, "evidence")] * 2
