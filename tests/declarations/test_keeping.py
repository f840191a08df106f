"""A form that keeps itself, evidence of every kind, and what is opened again after the world has changed."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image, page
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.web.choosing import chosen
from xueshi.declarations.web.forms import answers_form
from xueshi.kernel import clock
from xueshi.policies import registry
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db
NEW = "/declarations/new/"
SCRIPT = {"HX-Request": "true"}


def sent(browser: Client, address: str, do: str, status: int = 200, **changes: object) -> Any:
    answer = browser.post(address, filled(do=do, **changes), headers=SCRIPT)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer


def kept(browser: Client, address: str = NEW, status: int = 200, **changes: object) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(sent(browser, address, "autosave", status, **changes).content)
    return told


def keys(text: str) -> list[str]:
    return re.findall(r'name="evidence__keep" value="([^"]+)"', text)


@pytest.mark.req("CR-11", "CR-19")
def test_half_a_form_keeps_itself_once_and_comes_back_as_it_was() -> None:
    world = make.build()
    browser = signed_in(world.person)
    first = kept(browser, hours="二十四", period_to="", evidence=None)
    assert re.fullmatch(r"草稿已自动保存 \d\d:\d\d，起止时间、申请学时还没有填写正确", first["words"])
    draft = Declaration.objects.get()
    assert (first["draft"], first["version"], first["url"]) == (draft.pk, 1, f"/declarations/{draft.pk}/edit/")
    assert (draft.hours_declared, draft.answers["school"], draft.case_id) == (None, "威海职业学院", None)
    form = page(browser, first["url"])
    for value in ("二十四", "2026-05-11", "威海职业学院", "数控机床安全操作与维护"):
        assert f'value="{value}"' in form
    assert "草稿已自动保存" in form
    assert draft.number in page(browser, "/declarations/?tab=draft")
    # The answer got lost and the page sends again; then it knows its draft; then another window wrote first.
    assert kept(browser, hours="8")["version"] == 2
    known: dict[str, Any] = {"draft": str(draft.pk), "version": "2"}
    assert kept(browser, hours="16", **known)["version"] == 3
    lost = kept(browser, hours="1", status=409)
    stale = kept(browser, hours="1", status=409, **known)
    elsewhere = kept(browser, first["url"], hours="2", status=409, version="2")
    assert "已在别处继续填写" in lost["words"]
    assert stale["words"] == elsewhere["words"] == "没有自动保存：该申报已在别处变更；本页内容仍在，提交时可以核对"
    assert (Declaration.objects.get().hours_declared, Declaration.objects.count()) == (16, 1)
    # A stale page that hands in keeps what it holds, says so, and may hand in after all.
    warned = browser.post(NEW, filled(draft=str(draft.pk), version="2", hours="24", evidence=image()))
    text = warned.content.decode()
    assert (warned.status_code, "以下是您在本页填写的内容" in text, 'value="24"' in text) == (409, True, True)
    again = filled(draft=str(draft.pk), version="3", hours="24", evidence__keep=keys(text))
    assert browser.post(NEW, again).status_code == 302
    done = w.fresh(draft)
    assert (done.hours_declared, done.typed, w.case(done).state) == (24, None, CaseState.PENDING)
    assert Declaration.objects.count() == 1
    sent(browser, NEW, "autosave", 403, hours="1", draft=str(draft.pk), version=str(done.version))
    assert w.fresh(draft).hours_declared == 24


def test_what_cannot_be_kept_is_said_and_changes_nothing() -> None:
    world = make.build()
    browser, other = signed_in(world.person), signed_in(world.colleague)
    draft = kept(browser, key="mine")["draft"]
    sent(other, NEW, "autosave", 404, key="mine", hours="8")
    assert other.post(f"/declarations/{draft}/edit/", filled(do="autosave"), headers=SCRIPT).status_code == 404
    closed = kept(browser, status=409, key="k2", year="2001")
    assert "没有自动保存：该年度不能申报" in closed["words"]
    long = kept(browser, status=409, key="k3", content="长" * 61_000)
    assert long["words"] == "没有自动保存：填写的内容过长，没有自动保存"
    assert kept(browser, key="k4", form="")["words"] == ""
    assert kept(browser, key="k5", content="a\x00b")["draft"]
    assert Declaration.objects.filter(declared_by=world.colleague.user).count() == 0
    # Without scripts the same request draws the page with all that was typed.
    drawn = browser.post(NEW, filled(do="autosave", key="k6", class_name="钳工"))
    assert (drawn.status_code, 'value="钳工"' in drawn.content.decode()) == (200, True)
    # What was once handed in keeps its hours while the form is emptied, and the form comes back empty.
    taken = w.handed_in(world.person, "8", days=1)
    services.withdraw(world.person, taken.pk)
    version = str(w.fresh(taken).version)
    saved = browser.post(f"/declarations/{taken.pk}/edit/", filled(do="save", hours="", version=version))
    assert (saved.status_code, w.fresh(taken).hours_declared) == (302, 8)
    emptied = page(browser, f"/declarations/{taken.pk}/edit/")
    assert re.search(r'name="hours" value="8', emptied) is None


def test_a_form_in_which_nothing_was_typed_makes_no_draft() -> None:
    world = make.build()
    browser = signed_in(world.person)
    empty = {"school": "", "class_name": "", "period_from": "", "period_to": "", "result": "", "hours": ""}
    assert kept(browser, **empty) == {"words": ""}
    assert not Declaration.objects.exists()
    draft = kept(browser, **empty | {"school": "威海职业学院"})
    assert kept(browser, draft["url"], version=str(draft["version"]), **empty)["draft"] == draft["draft"]


@pytest.mark.req("CR-07", "CR-08")
def test_pictures_are_taken_at_once_and_one_bad_file_costs_no_good_one() -> None:
    world = make.build()
    browser = signed_in(world.person)
    bad = SimpleUploadedFile("合同.docx", b"PK")
    row = sent(browser, NEW, "attach", 422, evidence=[image("甲.png"), bad, image("乙.png")]).content.decode()
    assert (len(keys(row)), "“合同.docx”不是允许的格式" in row, "培训班名称" in row) == (2, True, False)
    removed = browser.post(NEW, filled(do=None, evidence__keep=keys(row), evidence__drop=keys(row)[0])).content.decode()
    assert (keys(removed), "已移除 甲.png" in removed) == (keys(row)[1:], True)
    [back] = re.findall(r'name="evidence__back" value="([^"]+)"', removed)
    returned = browser.post(NEW, filled(do=None, evidence__keep=keys(removed), evidence__back=back)).content.decode()
    assert keys(returned) == keys(row)
    stolen = signed_in(world.colleague).post(NEW, filled(do=None, evidence__back=back)).content.decode()
    assert keys(stolen) == []
    archived = sent(
        browser, NEW, "attach", evidence=zipped(("证书 1.png", w.picture()), ("内/证书 2.png", w.picture()))
    )
    assert len(keys(archived.content.decode())) == 2
    assert browser.post(NEW, filled(evidence__keep=keys(archived.content.decode()))).status_code == 302
    seen = page(signed_in(world.employer_admin), f"/declarations/{Declaration.objects.get().pk}/")
    assert ("材料.zip：证书 1.png" in seen, "材料.zip：证书 2.png" in seen) == (True, True)


def zipped(*entries: tuple[str, bytes], name: str = "材料.zip") -> SimpleUploadedFile:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for called, content in entries:
            archive.writestr(called, content)
    return SimpleUploadedFile(name, out.getvalue())


@pytest.mark.req("CR-08")
def test_an_archive_is_no_way_around_the_limits() -> None:
    picture = w.picture()
    wrong = {
        "不是 zip 压缩包，或已损坏": SimpleUploadedFile("材料.zip", b"PK\x03\x04 nothing"),
        "中没有图片": zipped(("__MACOSX/a.png", picture)),
        "中的“run.exe”不是允许的图片格式": zipped(("run.exe", picture)),
        "中的“b.zip”不是允许的图片格式": zipped(("b.zip", picture)),
        "中的“大.png”超过 4 MB 的上限": zipped(("大.png", bytes(5 << 20))),
        "中有 10 个文件，最多 9 个": zipped(*((f"{one}.png", picture) for one in range(10))),
        "“材料.zip：假.png”不是图片，或图片已损坏": zipped(("假.png", b"<svg onload=alert(1)>")),
    }
    browser = signed_in(make.build().person)
    for words, archive in wrong.items():
        row = sent(browser, NEW, "attach", 422, evidence=archive).content.decode()
        assert (words in row, keys(row)) == (True, []), words
    elsewhere = signed_in(make.build("shandong").person)
    refused = sent(elsewhere, NEW, "attach", 422, subject="public", evidence=zipped(("a.png", picture)))
    assert "“材料.zip”不是允许的格式" in refused.content.decode()


@pytest.mark.req("CR-07")
def test_a_paper_is_taken_where_the_pack_allows_it_and_only_if_nothing_in_it_acts() -> None:
    world = make.build("fujian")
    browser = signed_in(world.person)
    still = b"%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF"
    for bad in (b"<</S /JavaScript /JS (app.alert(1))>>", b"<</S /J#61vaScript>>", b"<</EmbeddedFiles 1 0 R>>", b""):
        content = still + bad if bad else b"MZ no paper"
        row = sent(browser, NEW, "attach", 422, evidence=SimpleUploadedFile("证明.pdf", content)).content.decode()
        assert keys(row) == []
    row = sent(browser, NEW, "attach", evidence=SimpleUploadedFile("证明.pdf", still)).content.decode()
    assert browser.post(NEW, filled(evidence__keep=keys(row))).status_code == 302
    declared = Declaration.objects.get()
    assert w.case(declared).state == CaseState.PENDING
    reviewer = signed_in(world.employer_admin)
    assert declared.number in page(reviewer, f"/declarations/{declared.pk}/")
    served = reviewer.get(f"/declarations/{declared.pk}/evidence/1/")
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    weihai = signed_in(make.build().person)
    refused = sent(weihai, NEW, "attach", 422, evidence=SimpleUploadedFile("证明.pdf", still)).content.decode()
    assert "“证明.pdf”不是允许的格式" in refused


@pytest.mark.req("CR-18", "CR-32", "CR-37")
def test_what_did_not_pass_is_declared_again_with_its_evidence() -> None:
    world = make.build()
    browser = signed_in(world.person)
    rejected, failed = w.handed_in(world.person, "16"), services.submit(world.person, w.paper(world.person, "30"))
    w.decided(world.employer_admin, rejected, Verdict.FAIL, "证书不清楚")
    w.decided(world.employer_admin, failed)
    w.decided(world.department_admin, failed, Verdict.FAIL, "不是公开发表")
    assert w.total(world) == 0
    listed = page(browser, "/declarations/?tab=rejected")
    for one, reason in ((rejected, "证书不清楚"), (failed, "不是公开发表")):
        assert f"/declarations/new/?again={one.pk}" in listed
        form = page(browser, f"/declarations/new/?again={one.pk}")
        assert (f"按申报 {one.number} 填写，上次未通过的原因：{reason}" in form, len(keys(form))) == (True, 1)
        assert signed_in(world.colleague).get(f"/declarations/new/?again={one.pk}").status_code == 404
    form = page(browser, f"/declarations/new/?again={rejected.pk}")
    assert ('value="数控机床安全操作与维护"' in form, 'value="16"' in form) == (True, True)
    assert browser.post(NEW, filled(evidence__keep=keys(form), hours="16")).status_code == 302
    anew = Declaration.objects.latest("pk")
    assert (anew.pk == rejected.pk, w.case(anew).state) == (False, CaseState.PENDING)
    assert anew.evidence.get().file_id == rejected.evidence.get().file_id
    assert w.decided(world.employer_admin, anew, comment="按证书", hours="12").done
    assert w.total(world) == 12
    detail = page(browser, f"/declarations/{anew.pk}/")
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd><b>([\d.]+)</b>", detail))
    assert shown == {"申请学时": "16", "认定学时": "12"}
    assert browser.get(f"/declarations/new/?again={anew.pk}").status_code == 403


def test_a_new_pack_year_loses_nothing_of_a_draft() -> None:
    world = make.build()
    browser = signed_in(world.person)
    draft = services.save_draft(world.person, w.entry(world.person, "8"))
    rows = Declaration.objects.filter(pk=draft.pk)
    rows.update(rule="weihai-2026-before")
    assert "2026 年度的申报规则在上次保存后有更新" in page(browser, f"/declarations/{draft.pk}/edit/")
    rows.update(answers={**draft.answers, "words": "0.5"})
    changed = page(browser, f"/declarations/{draft.pk}/edit/")
    assert ("需要填写的内容有变化" in changed, "原来填写的内容" in changed, ">0.5<" in changed) == (True,) * 3
    rows.update(form="closed_form")
    gone = page(browser, f"/declarations/{draft.pk}/edit/")
    assert "学习形式“closed_form”在 2026 年度已不能申报，请另选学习形式" in gone
    carried = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', gone))
    assert (carried["class_name"], carried["hours"], len(keys(gone))) == ("数控机床安全操作与维护", "8", 1)
    picked = browser.post(
        f"/declarations/{draft.pk}/edit/", carried | {"do": "choose", "form": "seminar", "year": "2026"}
    )
    text = picked.content.decode()
    assert ('value="数控机床安全操作与维护"' in text, len(keys(text))) == (True, 1)


@pytest.mark.req("CR-05")
def test_a_year_that_closes_while_a_declaration_waits() -> None:
    world = make.build()
    browser = signed_in(world.person)
    oldest = min(clock.year() - 2, clock.year())
    waiting = services.submit(world.person, w.paper(world.person, "30", year=oldest))
    draft = services.save_draft(world.person, w.paper(world.person, "20", year=oldest))
    with clock.shifted(timedelta(days=366)):
        browser = signed_in(world.person)
        opened = page(browser, f"/declarations/{draft.pk}/edit/")
        assert f"{oldest} 年度已不能申报，现按 {clock.year()} 年度显示" in opened
        assert 'value="五轴加工中心热误差补偿方法研究"' in opened
        closed = browser.post(f"/declarations/{draft.pk}/edit/", filled(form="paper", year=str(oldest), version="1"))
        assert (closed.status_code, f"{oldest}" in closed.content.decode()) == (422, True)
        assert w.decided(world.employer_admin, waiting).done
        assert w.total(world, oldest) == 30
    assert w.fresh(draft).year == oldest


@pytest.mark.req("CR-02", "CR-03", "CR-09")
def test_every_form_of_the_packs_is_drawn_as_it_says() -> None:
    for portal in ("weihai", "shandong"):
        actor, of_year = make.build(portal).person, registry.pack(portal).year(clock.year())
        browser, offered = signed_in(actor), of_year.learning_forms_for("professional")
        assert len(offered) > 10
        for place, form in enumerate(offered):
            asked = {"form": form.key, "subject": form.subjects[0]}
            drawn = answers_form(actor, chosen(registry.pack(portal), asked), None)
            assert drawn is not None
            if portal == "weihai" and place % 8 == 0:
                text = page(browser, f"{NEW}?{urlencode(asked)}")
                assert form.evidence in text
            else:
                text = drawn.as_p()
            fields = form.form.for_role("professional").fields
            first = {"subject"} if portal == "shandong" else set()
            named = [name for field in fields for name in field.names if name not in first]
            assert [name for name in named if not re.search(rf'name="{name}[_"]', text)] == [], form.key
