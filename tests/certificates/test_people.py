"""The certificates of one's people: who is listed, who can print, and many at once."""

import io
import json
import re
import zipfile
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.certificates.test_services import passed
from tests.checks.races.contest import together
from xueshi.accounts.models import Throttle
from xueshi.audit.models import AuditEntry
from xueshi.certificates import batches, permissions, selectors, services
from xueshi.certificates.models import Certificate, PrintRun
from xueshi.certificates.states import PrintForm
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import NotAllowed, NotFound, RuleBroken, TooMany
from xueshi.ledger import services as ledger
from xueshi.ledger.models import YearAccount
from xueshi.ledger.services import Posting
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Membership, Organisation

pytestmark = pytest.mark.django_db
LIST, PRINTS = "/certificates/people/", "/certificates/people/prints/"
PDF, ZIP = batches.Wanted("annual", PrintForm.PDF), batches.Wanted("annual", PrintForm.ZIP)


def short(world: make.SmallWorld) -> YearAccount:
    """The colleague, whose professional hours are not enough: 80 public ones do not pass a year."""
    one = Posting(world.colleague_record.pk, world.employer.portal, 2026, "public", "other", 80, "test", 90)
    ledger.post_many([one], by=make.NOBODY)
    return YearAccount.objects.get(person=world.colleague_record)


def page(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("ANN-14")
@pytest.mark.parametrize("portal", ["shandong", "weihai"])
def test_an_employer_finds_its_passed_people_each_with_print(portal: str) -> None:
    world, account = passed(portal, "60")
    other = short(world)
    browser = signed_in(world.employer_admin)
    shown = page(browser)
    assert ("王志远" in shown, "李春燕" in shown, "尚未打印" in shown) == (True, False, True)
    assert f"/certificates/years/{account.pk}/print/annual/" in shown
    assert f"/certificates/years/{other.pk}/print" not in shown
    home = page(browser, "/home/")
    assert ('href="/certificates/people/"' in home, "电子证书查询打印" in home) == (True, portal == "shandong")
    printed = browser.get(browser.post(f"/certificates/years/{account.pk}/print/annual/")["Location"])
    assert printed["Content-Type"] == "application/pdf"
    assert Certificate.objects.get().number in page(browser)


@pytest.mark.req("ANN-13", "ANN-10")
def test_a_bureau_verifies_by_number_and_name_and_prints_only_what_is_earned() -> None:
    world, account = passed()
    other = short(world)
    menu = re.findall(r'href="/certificates/people/"[^>]*>(.*?)</a>', page(signed_in(world.city_admin), "/home/"), re.S)
    assert "电子证书查询验证" in menu[0]
    for actor, called in ((world.city_admin, "电子证书查询验证"), (world.department_admin, "学习记录验证")):
        browser = signed_in(actor)
        both = page(browser)
        assert re.search(r"<h1>(.*?)</h1>", both)[1] == called
        for label, name in (("证件号", "document"), ("姓名", "name")):
            assert re.search(rf'<label[^>]*>{label}</label>\s*<input[^>]* name="{name}"', both), label
        assert ("王志远" in both, "李春燕" in both) == (True, True)
        found = page(browser, f"{LIST}?document={world.colleague.user.document_number}")
        assert ("李春燕" in found, "王志远" in found, "不通过" in found) == (True, False, True)
        assert f"/certificates/years/{other.pk}/print/annual/" not in found
        assert f"/certificates/years/{other.pk}/print/public/" in found
        found = page(browser, f"{LIST}?name=志远")
        assert ("李春燕" in found, "打印证明" in found) == (False, True)
        assert world.person.user.document_number not in found
        assert browser.post(f"/certificates/years/{other.pk}/print/annual/").status_code == 403
        assert browser.post(f"/certificates/years/{account.pk}/print/annual/").status_code == 302
    assert Certificate.objects.count() == 1


def test_an_authority_narrows_by_the_area_of_the_units_and_the_total_follows() -> None:
    world, _account = passed()
    short(world)
    Membership.objects.filter(pk=world.colleague.membership.pk).update(organisation=world.stranger)
    Organisation.objects.filter(pk=world.stranger.pk).update(area_code="371082")
    browser = signed_in(world.city_admin)
    by_area = {
        "371000": (2, True, True),
        "371002": (1, True, False),
        "371082": (1, False, True),
        "371003": (0, False, False),
    }
    for area, (total, one, other) in by_area.items():
        found = page(browser, f"{LIST}?area={area}")
        assert ("王志远" in found, "李春燕" in found, f'data-announce="共{total}条"' in found) == (one, other, True), (
            area
        )
    assert "地区" not in page(signed_in(world.employer_admin))


def test_others_see_neither_the_list_nor_its_people() -> None:
    world, account = passed()
    assert "王志远" not in page(signed_in(world.stranger_admin))
    for actor in (world.person, make.administrator("无权管理员", world.employer, is_super=False)):
        browser = signed_in(actor)
        for answer in (browser.get(LIST), browser.post(PRINTS, {"row": account.pk})):
            assert answer.status_code in {403, 404}
        assert not permissions.can_print_for_others(actor)
        assert list(selectors.years_of_people(actor)) == []
    assert PrintRun.objects.count() == 0


def frozen(actor: Actor, *accounts: YearAccount) -> str:
    return batches.freeze(actor, [one.pk for one in accounts]).token


def worked(actor: Actor, token: str, wanted: batches.Wanted = ZIP) -> PrintRun:
    run, ours = batches.start(actor, token, wanted)
    assert ours
    batches.work(run.pk)
    return PrintRun.objects.select_related("result").get(pk=run.pk)


@pytest.mark.req("ANN-14")
def test_chosen_people_are_printed_as_one_file_with_what_was_not_printed_and_why() -> None:
    world, account = passed("shandong", "60")
    other = short(world)
    browser = signed_in(world.employer_admin)
    asked = browser.post(PRINTS, {"action": "chosen", "row": [account.pk, other.pk, account.pk, "x", 10**12]})
    address = asked["Location"]
    question = page(browser, address)
    assert ("共 2 份" in question, "开始打印" in question) == (True, True)
    nothing = browser.post(address, {"kind": "annual", "form": "tape"})
    assert (nothing.status_code, PrintRun.objects.get().started_at) == (422, None)

    assert browser.post(address, {"kind": "annual", "form": "zip"})["Location"] == address
    done = page(browser, address)
    for words in ("已打印 1 份", "1 份未打印", "李春燕（2026 年度）", "无法打印", "下载文件"):
        assert words in done
    file = browser.get(f"{address}file")
    archive = zipfile.ZipFile(io.BytesIO(file.content))
    paper = Certificate.objects.get()
    assert archive.namelist() == [f"0001_王志远_{paper.number}.pdf", "清单.csv"]
    assert selectors.by_file(archive.read(archive.namelist()[0])) is not None
    listing = archive.read("清单.csv").decode()
    assert (paper.number in listing, world.person.user.document_number in listing) == (True, False)
    assert "最近的批量打印" in page(browser)
    assert AuditEntry.objects.filter(action="certificates.printed").count() == 1


def test_all_that_was_shown_becomes_one_pdf_and_a_forged_set_nothing() -> None:
    world, _ = passed()
    other = short(world)
    post_more = Posting(world.colleague_record.pk, "weihai", 2026, "professional", "other", 66, "test", 91)
    ledger.post_many([post_more], by=make.NOBODY)
    browser = signed_in(world.city_admin)
    token = page(browser).split('name="token" value="', 1)[1].split('"', 1)[0]
    assert browser.post(PRINTS, {"action": "everything", "token": f"{token}x"}).status_code == 404
    assert signed_in(world.stranger_admin).post(PRINTS, {"action": "everything", "token": token}).status_code == 404
    address = browser.post(PRINTS, {"action": "everything", "token": token})["Location"]
    browser.post(address, {"kind": "annual", "form": "pdf"})
    answer = browser.get(f"{address}file")
    pdf = answer.content
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert len(pypdfium2.PdfDocument(pdf)) == 2
    text = "".join(words.get_textpage().get_text_range() for words in pypdfium2.PdfDocument(pdf))
    for paper in Certificate.objects.all():
        assert (paper.number in text, paper.figures.name in text) == (True, True)
    assert YearAccount.objects.get(pk=other.pk).passed


def test_nothing_chosen_and_too_much_are_said_on_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    world, account = passed()
    foreign = signed_in(world.stranger_admin).post(PRINTS, {"row": account.pk})
    assert (foreign.status_code, "请先选择要打印的人员" in foreign.content.decode()) == (422, True)
    monkeypatch.setattr(batches, "MOST", 1)
    here = f"{LIST}?tab=all&name=志远&size=20"
    sent = {"action": "chosen", "row": [account.pk, account.pk + 1], "next": here}
    for nowhere in ({}, {"next": "/home/"}, {"next": "https://evil.example/certificates/people/"}):
        many = signed_in(world.employer_admin).post(PRINTS, sent | {"next": ""} | nowhere)
        assert (many.status_code, "一次最多打印 1 份" in many.content.decode()) == (422, True)
        assert (many.context["list"].tab_key, many.context["list"].size) == ("passed", 10)
    kept = signed_in(world.employer_admin).post(PRINTS, sent)
    assert (kept.status_code, kept.context["list"].tab_key, kept.context["list"].size) == (422, "all", 20)
    assert 'name="name" value="志远"' in kept.content.decode()
    assert re.search(rf'name="row" value="{account.pk}"[^>]* checked>', kept.content.decode())
    with pytest.raises(RuleBroken, match="一次最多打印 1 份"):
        batches.freeze(world.employer_admin, [account.pk, account.pk + 1])
    with pytest.raises(NotAllowed):
        batches.freeze(world.person, [account.pk])
    assert PrintRun.objects.count() == 0


@pytest.mark.req("AZ-01")
def test_a_run_and_its_file_are_its_makers_alone_and_the_file_ends_with_its_day() -> None:
    world, account = passed()
    token = frozen(world.employer_admin, account)
    run = worked(world.employer_admin, token)
    for actor in (world.city_admin, world.stranger_admin, world.person):
        for address in (f"{PRINTS}{token}/", f"{PRINTS}{token}/file"):
            assert signed_in(actor).get(address).status_code in {403, 404}
        with pytest.raises(NotFound):
            selectors.print_run_for(actor, token)
    own = signed_in(world.employer_admin)
    file = own.get(f"{PRINTS}{token}/file")
    assert (file.status_code, file.content[:2]) == (200, b"PK")
    with clock.shifted(timedelta(days=1, minutes=1)):
        late = signed_in(world.employer_admin)
        assert late.get(f"{PRINTS}{token}/file").status_code == 404
        assert "文件已过保留期" in page(late, f"{PRINTS}{token}/")
        assert batches.sweep() == 1
    run.refresh_from_db()
    assert (run.result_id, StoredFile.objects.filter(content_type="application/zip").count()) == (None, 0)
    with clock.shifted(timedelta(days=200)):
        batches.sweep()
    assert (PrintRun.objects.count(), Certificate.objects.count()) == (0, 1)


def test_a_killed_worker_leaves_nothing_undone_and_nothing_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    world, account = passed()
    other = short(world)
    run, _ = batches.start(world.employer_admin, frozen(world.employer_admin, account, other), PDF)
    monkeypatch.setattr(batches, "SLICE", 1)
    with monkeypatch.context() as killed:
        killed.setattr(batches, "_note", _dies)
        with pytest.raises(KeyboardInterrupt):
            batches.work(run.pk)
    assert Certificate.objects.count() == 1
    assert batches.resume() == 0  # it may still be alive
    with clock.shifted(timedelta(minutes=3)):
        assert batches.resume() == 1
    run.refresh_from_db()
    assert (run.processed, len(run.papers), len(run.refused), Certificate.objects.count()) == (2, 1, 1, 1)
    assert run.result is not None
    batches.work(run.pk)
    assert StoredFile.objects.filter(name__startswith="证书").count() == 1


def _dies(*_args: Any) -> None:
    raise KeyboardInterrupt


def test_authority_that_is_taken_away_ends_the_run_without_a_file() -> None:
    world, account = passed()
    run, _ = batches.start(world.employer_admin, frozen(world.employer_admin, account), ZIP)
    Membership.objects.filter(pk=run.membership_id).update(state="ended")
    batches.work(run.pk)
    run.refresh_from_db()
    assert (run.result, run.papers, run.refused[0]["reason"]) == (None, [], "打印权限已被收回")
    assert Certificate.objects.count() == 0


def test_hours_taken_back_while_others_are_printed_leave_that_paper_out() -> None:
    world, account = passed()
    run, _ = batches.start(world.employer_admin, frozen(world.employer_admin, account), ZIP)
    actor = batches._actor(run)
    assert actor is not None
    batches._note(run, batches._print_slice(run, actor))
    ledger.reverse("test", [2], by=make.NOBODY)
    batches.work(run.pk)
    run.refresh_from_db()
    assert (run.result, run.papers) == (None, [])
    assert run.refused == [{"title": "王志远（2026 年度）", "reason": "打印期间学时发生变化，证书已失效"}]


def test_one_run_at_a_time_and_twenty_an_hour() -> None:
    world, account = passed()
    first, second = (frozen(world.employer_admin, account) for _ in range(2))
    batches.start(world.employer_admin, first, ZIP)
    assert batches.start(world.employer_admin, first, ZIP)[1] is False
    with pytest.raises(RuleBroken, match="上一批证书还在打印"):
        batches.start(world.employer_admin, second, ZIP)
    Throttle.objects.filter(key__startswith="certificate-printing").update(count=20)
    with pytest.raises(TooMany):
        batches.start(world.employer_admin, second, ZIP)
    assert PrintRun.objects.exclude(started_at=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_start_once_and_printing_beside_a_failing_verification_stays_true() -> None:
    world, account = passed()
    token = frozen(world.employer_admin, account)
    results = together(
        *[lambda: batches.start(world.employer_admin, token, PDF)[1] for _ in range(3)],
        *[lambda: batches.start(world.employer_admin, frozen(world.employer_admin, account), PDF)[1]] * 2,
    )
    assert sum(one is True for one in results) == 1
    assert {type(one) for one in results} <= {bool, RuleBroken}
    run = PrintRun.objects.exclude(started_at=None).get()
    together(
        lambda: batches.work(run.pk),
        lambda: batches.work(run.pk),
        lambda: ledger.reverse("test", [2], by=make.NOBODY),
        lambda: services.issue(world.person, account.pk),
    )
    run.refresh_from_db()
    assert (run.processed, run.finished_at is not None) == (1, True)
    assert not Certificate.objects.filter(state="valid").exists()
    assert selectors.overstated() == []
    assert len(run.papers) + len(run.refused) == 1
    assert StoredFile.objects.filter(name__startswith="证书").count() == len(run.papers)


@pytest.mark.req("ANN-14")
def test_a_large_set_becomes_a_task_with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    world, account = passed()
    other = short(world)
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    monkeypatch.setattr(batches, "SLICE", 1)
    browser = signed_in(world.employer_admin)
    address = f"{PRINTS}{frozen(world.employer_admin, account, other)}/"
    browser.post(address, {"kind": "annual", "form": "pdf"})
    waiting = page(browser, address)
    assert ("正在打印：0 / 2 份" in waiting, 'hx-trigger="every 1s"' in waiting) == (True, True)
    run = PrintRun.objects.get()
    actor = batches._actor(run)
    assert actor is not None
    batches._note(run, batches._print_slice(run, actor))
    assert "正在打印：1 / 2 份" in page(browser, address)
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'certificates.print_run'")
        assert cursor.fetchall() == [(json.dumps({"run_id": run.pk}),)]
    batches.work(run.pk)
    assert "已打印 1 份" in page(browser, address)
