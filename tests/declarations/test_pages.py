"""The pages, with the real input of the issue: what was typed stays, the error stands beside its field."""

import html
import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image, page
from tests.declarations.units import cells, heads
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.organisations.states import OrganisationKind
from xueshi.policies import registry
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db
ON_THE_JOB = "/declarations/new/?form=on_the_job"


@pytest.fixture
def world() -> Iterator[make.SmallWorld]:
    return make.build()


@pytest.mark.req("CR-02", "CR-09", "CR-10")
def test_the_form_chosen_decides_what_is_asked(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    assert "请先选择学习形式" in page(browser, "/declarations/new/")
    training = page(browser, ON_THE_JOB)
    assert ("培训班名称" in training, "论文题目" in training) == (True, False)
    assert "提交岗位培训结业证书扫描件" in training
    assert "岗位培训每天 8 学时，按起止天数封顶" in training
    assert world.employer.name in training
    other = page(browser, "/declarations/new/?form=paper")
    assert ("培训班名称" in other, "论文题目" in other) == (False, True)
    assert "提交岗位培训结业证书扫描件" not in other


@pytest.mark.req("CR-03", "CR-04")
def test_elsewhere_the_subject_is_chosen_first() -> None:
    world = make.build("shandong")
    browser = signed_in(world.person)
    first = page(browser, "/declarations/new/")
    assert first.index('name="subject"') < first.index('name="form"')
    assert "岗位培训</option>" not in first
    assert "培训班名称" in page(browser, "/declarations/new/?subject=public&form=on_the_job")
    answer = browser.post("/declarations/new/", filled(subject="public", hours="8", evidence=image()))
    assert answer.status_code == 302
    assert Declaration.objects.get().subject == "public"
    offered = re.findall(r'name="subject" value="(\w+)"', page(signed_in(make.build().person), ON_THE_JOB))
    assert offered == ["professional"]


@pytest.mark.req("SYS-18")
@pytest.mark.parametrize("portal", [pack.key for pack in registry.packs()])
def test_the_standard_beside_the_form_is_the_portals_own(portal: str) -> None:
    browser, year = signed_in(make.build(portal).person), clock.year()
    everywhere = {pack.key: [one.policy.text for one in pack.year(year).learning_forms] for pack in registry.packs()}
    own = set(everywhere.pop(portal))
    foreign = {text for texts in everywhere.values() for text in texts} - own
    for form in registry.pack(portal).year(year).learning_forms[:2]:
        text = page(browser, f"/declarations/new/?form={form.key}&subject={form.subjects[0]}")
        [told] = re.findall(r"<dt[^>]*>标准</dt>\s*<dd[^>]*>([^<]+)", text)
        assert html.unescape(told).strip() == form.policy.text
        assert [one for one in foreign if html.escape(one) in text] == []
    names = {"weihai": "威海", "shandong": "山东", "liaocheng": "聊城", "fujian": "福建"}
    assert not any(name in one for key, name in names.items() if key != portal for one in own)


def test_a_form_with_one_subject_starts_with_it(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    fresh = page(browser, ON_THE_JOB)
    switched = browser.post("/declarations/new/", {"do": "choose", "form": "posting", "subject": "professional"})
    for text, subject in ((fresh, "professional"), (switched.content.decode(), "any")):
        assert re.search(rf'name="subject" value="{subject}"[^>]* checked', text)


def test_choosing_another_form_keeps_what_was_typed(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    answer = browser.post("/declarations/new/", filled(do="choose", form="seminar", class_name="高级研修班"))
    text = answer.content.decode()
    assert (answer.status_code, 'value="高级研修班"' in text, "研修班名称" in text) == (200, True, True)
    assert Declaration.objects.count() == 0


@pytest.mark.req("CR-06", "CR-12")
def test_submitting_through_the_page(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    assert "证书、论文第一页" in page(browser, ON_THE_JOB)
    one, two = w.picture(), w.picture()
    for _sent_again in range(2):
        pictures = [image("一.png", one), image("二.png", two)]
        answer = browser.post("/declarations/new/", filled(evidence=pictures))
        assert (answer.status_code, answer["Location"]) == (302, "/declarations/")
        declaration = Declaration.objects.get()
        assert (w.case(declaration).state, declaration.evidence.count()) == (CaseState.PENDING, 2)
    again = browser.post("/declarations/new/", filled(evidence=[image("一.png")]))
    assert (again.status_code, Declaration.objects.count()) == (422, 1)


@pytest.mark.req("CR-01")
@pytest.mark.parametrize(
    ("change", "label"),
    [
        ({"school": ""}, "学校（单位）名称"),
        ({"class_name": ""}, "培训班名称"),
        ({"period_from": "", "period_to": ""}, "起止时间"),
        ({"result": ""}, "学习成绩"),
        ({"hours": ""}, "申请学时"),
        ({"subject": ""}, "计入科目"),
        ({"evidence": None}, "附件"),
    ],
)
def test_every_starred_item_is_named_when_it_is_empty(
    world: make.SmallWorld, change: dict[str, object], label: str
) -> None:
    browser = signed_in(world.person)
    form = page(browser, ON_THE_JOB)
    for word in ("计入年度", "学习形式", "学习内容", label):
        assert word in form
    refused = browser.post("/declarations/new/", filled(**({"evidence": image()} | change)))
    errors = re.findall(r'class="x-error"[^>]*>\s*<p>([^<]*)', refused.content.decode())
    assert (refused.status_code, [label in error for error in errors]) == (422, [True]), errors
    assert Declaration.objects.count() == 0


@pytest.mark.req("CR-38")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"period_from": "2026-05-13", "period_to": "2026-05-11"}, "结束日期不能早于开始日期"),
        ({"period_to": ""}, "起止时间的开始和结束日期都要填写"),
        ({"period_to": "2199-12-31"}, "起止时间不能晚于今天"),
        ({"period_to": "9999-12-31"}, "起止时间的年份应在 1900 至 2199 之间"),
        ({"hours": "0"}, "申请学时必须大于 0"),
        ({"hours": "-3"}, "申请学时应为大于 0 的数字"),
        ({"hours": "abc"}, "申请学时应为大于 0 的数字"),
        ({"hours": "30"}, "3 天的岗位培训最多申报 24 学时（每天 8 学时）"),
        ({"class_name": ""}, "请填写培训班名称"),
        ({"evidence": None}, "请上传附件"),
        ({"evidence": image("扫描.jpg", b"%PDF-1.7 not a picture")}, "不是图片，或图片已损坏"),
        ({"evidence": image("照片.jpg", b"\xff\xd8" + bytes(6 << 20))}, "每个文件不超过 4 MB，此文件 6.0 MB"),
        ({"evidence": image("附件.docx")}, "不是允许的格式"),
    ],
)
@pytest.mark.req("CR-07")
def test_wrong_input_is_refused_beside_its_field_and_stays(
    world: make.SmallWorld, change: dict[str, object], message: str
) -> None:
    answer = signed_in(world.person).post("/declarations/new/", filled(**({"evidence": image()} | change)))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'class="x-error"[^>]*>\s*<p>[^<]*{re.escape(message)}', text), message
    assert 'value="威海职业学院"' in text
    for name, value in change.items():
        if isinstance(value, str) and value:
            assert f'value="{value}"' in text, name
    assert Declaration.objects.count() == 0


def test_an_image_survives_the_refusal_of_something_else(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    refused = browser.post("/declarations/new/", filled(hours="30", evidence=image("证书.png"))).content.decode()
    kept = re.findall(r'name="evidence__keep" value="([^"]+)"', refused)
    assert len(kept) == 1
    preview = browser.get(f"/declarations/uploads/{kept[0]}/")
    assert (preview.status_code, preview["Content-Type"]) == (200, "image/png")
    assert signed_in(world.colleague).get(f"/declarations/uploads/{kept[0]}/").status_code == 404
    answer = signed_in(world.person).post("/declarations/new/", filled(evidence__keep=kept))
    assert answer.status_code == 302
    assert Declaration.objects.get().evidence.count() == 1


def test_images_are_reordered_and_removed_without_scripts(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    pictures = [image("甲.png"), image("乙.png"), image("丙.png")]
    drawn = browser.post("/declarations/new/", filled(do="choose", evidence=pictures)).content.decode()
    keys = re.findall(r'name="evidence__keep" value="([^"]+)"', drawn)
    moved = browser.post(
        "/declarations/new/", filled(do=None, evidence__keep=keys, evidence__up=keys[2])
    ).content.decode()
    order = re.findall(r'name="evidence__keep" value="([^"]+)"', moved)
    assert order == [keys[0], keys[2], keys[1]]
    less = browser.post(
        "/declarations/new/", filled(do=None, evidence__keep=order, evidence__drop=keys[0])
    ).content.decode()
    assert re.findall(r'name="evidence__keep" value="([^"]+)"', less) == [keys[2], keys[1]]
    browser.post("/declarations/new/", filled(evidence__keep=[keys[2], keys[1]]))
    names = list(Declaration.objects.get().evidence.order_by("position").values_list("file__name", flat=True))
    assert names == ["丙.png", "乙.png"]


@pytest.mark.req("CR-11", "CR-19")
def test_save_find_again_edit_and_hand_in(world: make.SmallWorld) -> None:
    browser = signed_in(world.person)
    browser.post("/declarations/new/", filled(do="save", hours="", class_name=""))
    draft = Declaration.objects.get()
    assert "待提交" in page(browser, "/declarations/?tab=draft")
    form = page(browser, f"/declarations/{draft.pk}/edit/")
    assert 'value="威海职业学院"' in form
    assert 'value="2026-05-11"' in form
    answer = browser.post(f"/declarations/{draft.pk}/edit/", filled(version=draft.version, evidence=image()))
    assert answer.status_code == 302
    assert w.case(w.fresh(draft)).state == CaseState.PENDING
    stale = browser.post(f"/declarations/{draft.pk}/edit/", filled(version=draft.version))
    assert stale.status_code == 403


@pytest.mark.req("CR-16", "CR-20", "CR-21", "CR-31")
def test_progress_query_tabs_and_actions(world: make.SmallWorld) -> None:
    pending = w.handed_in(world.person, form="seminar", days=1, hours="8")
    draft = services.save_draft(world.person, w.entry(world.person))
    passed = services.submit(world.person, w.paper(world.person))
    w.decided(world.employer_admin, passed)
    failed = w.handed_in(world.person, form="seminar", days=1, hours="8")
    w.decided(world.employer_admin, failed, Verdict.FAIL, "不符")
    browser = signed_in(world.person)
    shows = {
        "all": {pending, draft, passed, failed},
        "draft": {draft},
        "pending": {pending},
        "approved": {passed},
        "rejected": {failed},
    }
    for tab, rows in shows.items():
        text = page(browser, f"/declarations/?tab={tab}")
        assert {row for row in (pending, draft, passed, failed) if row.number in text} == rows
    actions = page(browser, "/declarations/")
    assert f"/declarations/{pending.pk}/withdraw/" in actions
    assert f"/declarations/{draft.pk}/edit/" in actions
    for row in (passed, failed):
        assert f"/declarations/{row.pk}/" in actions
        assert not re.search(rf"/declarations/{row.pk}/(edit|withdraw|delete)/", actions)
    assert world.employer.name in page(browser, "/declarations/?tab=pending")
    assert browser.post(f"/declarations/{pending.pk}/withdraw/").status_code == 302
    assert w.case(pending).state == CaseState.WITHDRAWN
    assert browser.post(f"/declarations/{draft.pk}/delete/?version={draft.version}").status_code == 302
    assert not Declaration.objects.filter(pk=draft.pk).exists()
    assert browser.post(f"/declarations/{passed.pk}/withdraw/").status_code == 403


@pytest.mark.req("CR-15")
def test_what_a_base_declared_for_the_person_stands_among_the_own_records(world: make.SmallWorld) -> None:
    """The record as a base's declaring will leave it; bases have no page for that yet."""
    body = make.body(OrganisationKind.BASE, "测试继续教育基地", world.department)
    base = make.administrator("基地管理员", body)
    declaration = w.handed_in(world.person)
    Declaration.objects.filter(pk=declaration.pk).update(declared_by=base.user, declaring_body=body)
    browser = signed_in(world.person)
    assert declaration.number in page(browser, "/declarations/")
    detail = page(browser, f"/declarations/{declaration.pk}/")
    assert [word in detail for word in ("数控机床安全操作与维护", body.name)] == [True, True]
    assert not re.search(rf"/declarations/{declaration.pk}/(edit|withdraw|delete)/", page(browser, "/declarations/"))
    assert declaration.number not in page(signed_in(world.colleague), "/declarations/")


@pytest.mark.req("CR-18", "CR-19")
def test_what_is_taken_back_leaves_the_queue_and_can_be_edited_and_handed_in_again(world: make.SmallWorld) -> None:
    declaration = w.handed_in(world.person)
    browser, reviewer = signed_in(world.person), signed_in(world.employer_admin)
    assert "王志远" in page(reviewer, "/declarations/review/")
    assert browser.post(f"/declarations/{declaration.pk}/withdraw/").status_code == 302
    assert "王志远" not in page(reviewer, "/declarations/review/")
    twice = browser.post(f"/declarations/{declaration.pk}/withdraw/")  # a second window still shows the button
    assert (twice.status_code, "该申报已经撤销" in twice.content.decode()) == (409, True)
    assert declaration.number in page(browser, "/declarations/?tab=draft")
    edited = filled(version=w.fresh(declaration).version, hours="16", evidence__keep=_kept(browser, declaration))
    assert browser.post(f"/declarations/{declaration.pk}/edit/", edited).status_code == 302
    assert (w.case(declaration).state, w.fresh(declaration).hours_declared) == (CaseState.PENDING, 16)
    assert "王志远" in page(reviewer, "/declarations/review/")


def _kept(browser: Client, declaration: Declaration) -> list[str]:
    return re.findall(r'name="evidence__keep" value="([^"]+)"', page(browser, f"/declarations/{declaration.pk}/edit/"))


@pytest.mark.req("CR-17", "CV-10")
def test_detail_and_evidence_are_for_those_concerned(world: make.SmallWorld) -> None:
    declaration = w.handed_in(world.person)
    for actor in (world.person, world.employer_admin, world.department_admin, world.city_admin):
        text = page(signed_in(actor), f"/declarations/{declaration.pk}/")
        for word in ("威海职业学院", "数控机床安全操作与维护", "2026-05-11", "2026-05-13", "合格", "24", "专业课"):
            assert word in text
        assert declaration.number in text
        assert world.department.name in text
        answer = signed_in(actor).get(f"/declarations/{declaration.pk}/evidence/1/")
        assert answer.status_code == 200
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Content-Disposition"].startswith("inline")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for actor in (world.colleague, world.stranger_admin):
        for address in ("", "evidence/1/", "edit/"):
            assert signed_in(actor).get(f"/declarations/{declaration.pk}/{address}").status_code == 404
    assert signed_in(world.person).get(f"/declarations/{declaration.pk}/evidence/2/").status_code == 404
    assert page(signed_in(world.employer_admin), f"/declarations/case/{declaration.case_id}/")


@pytest.mark.req("ANN-01", "ANN-02", "ANN-03", "ANN-07", "ANN-08")
def test_years_history_verdict_and_printing(world: make.SmallWorld) -> None:
    last = clock.year() - 1
    w.decided(world.employer_admin, services.submit(world.person, w.paper(world.person, "90", year=last)))
    failing = w.handed_in(world.person)
    w.decided(world.employer_admin, failing)
    browser = signed_in(world.person)
    text = page(browser, "/years/")
    for word in (
        "完成公需课学时（分）",
        "完成专业课学时（分）",
        "完成总学时（分）",
        "认定结果",
        "如2015",
        "如2016",
        str(last),
        str(clock.year()),
    ):
        assert word in text
    assert heads(text) == [
        "序号", "年度", "完成公需课学时（分）", "完成专业课学时（分）", "完成总学时（分）", "认定结果", "操作",
    ]  # fmt: skip
    assert text.count("/print/") == 1
    ranged = page(browser, f"/years/?first={last}&last={last}")
    assert f">{last}<" in ranged
    assert f">{clock.year()}<" not in ranged
    accounts = {account.year: account.pk for account in world.record.accounts.all()}
    passed = page(browser, f"/years/{accounts[last]}/")
    assert "打印学时证明" in passed
    assert "无法打印" not in passed
    failed = page(browser, f"/years/{accounts[clock.year()]}/")
    assert "年度认定结果不合格时，该年度学时证明无法打印" in failed
    assert "打印学时证明" not in failed
    assert ["总学时", "90", "24", "66", "未达到"] in cells(failed)
    assert f"/declarations/{failing.pk}/" in failed
    w.decided(world.department_admin, failing, Verdict.FAIL, "不符")
    after = page(browser, f"/years/{accounts[clock.year()]}/")
    assert "已冲销" in after
    assert "-24" in after
    assert signed_in(world.colleague).get(f"/years/{accounts[last]}/").status_code == 404
