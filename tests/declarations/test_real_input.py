"""Input as it comes: rules that change under a draft, people who share a paper, hours of any subject, in halves."""

import re
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import filled, image, page
from xueshi.certificates.models import Certificate
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.ledger.models import YearAccount
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db
NEW, DESK, VERIFY, DECIDE = (
    "/declarations/new/", "/declarations/review/", "/declarations/verification/", "/reviews/decide/",
)  # fmt: skip

SHARE = """
[[learning_forms]]
key = "paper"
rule = { kind = "author_share", amount = 30, other = 10, source = "accounting", mark = "C" }
"""
ANEW = """
[[learning_forms]]
key = "on_the_job"
fields = [{ key = "teacher", label = "授课教师", kind = "text", required = true }]
rule = { kind = "per_day", rate = 6, source = "a newer rule", mark = "C" }
"""

_pages = count(1)

type Changed = Callable[[str], None]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packs of the program, each time with a later year of one of them; read once each."""
    made = {more: tmp_path_factory.mktemp("packs") / "policies" for more in (SHARE, ANEW)}
    for more, root in made.items():
        shutil.copytree(project.POLICIES_ROOT, root)
        (root / "weihai" / "2026.toml").write_text(more, encoding="utf-8")
    return made


@pytest.fixture
def changed(packs: dict[str, Path], settings: Any) -> Changed:
    """From now on one of the packs has a later year that says more."""

    def read_anew(more: str) -> None:
        settings.POLICIES_ROOT = packs[more]

    return read_anew


def decide(
    reviewer: Client, declaration: Declaration, verdict: str = "pass", comment: str = "", hours: str = ""
) -> HttpResponse:
    """Press 通过 or 不通过 beside the list; the answer."""
    case = w.case(declaration)
    sent = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": comment, "next": DESK,
            "here": f"{DESK}?case={declaration.case_id}"}  # fmt: skip
    return reviewer.post(DECIDE, sent | ({f"hours-{case.pk}": hours} if hours else {}))


def typed_paper(hours: str, **more: object) -> dict[str, object]:
    given: dict[str, object] = {
        "title": "五轴加工中心热误差补偿方法研究", "journal": "机械工程学报", "published": "2026-03-01",
        "doi": "10.3901/JME.2026.03.001", "author_rank": "first", "evidence": image(), "key": f"paper-{next(_pages)}",
    }  # fmt: skip
    return filled(form="paper", hours=hours, period_from=None, period_to=None, **(given | more))


def test_two_authors_get_no_more_than_the_share_of_their_paper(changed: Changed) -> None:
    changed(SHARE)
    world = make.build()
    first, second, desk = (signed_in(one) for one in (world.person, world.colleague, world.employer_admin))
    assert first.post(NEW, typed_paper("30")).status_code == 302
    refused = second.post(NEW, typed_paper("30"))
    text = refused.content.decode()
    assert (refused.status_code, Declaration.objects.count()) == (422, 1)
    assert "该成果的全部完成人合计最多 40 学时，还可申报 10 学时" in text
    assert 'value="30"' in text
    assert second.post(NEW, typed_paper("10", author_rank="second")).status_code == 302
    for row in Declaration.objects.order_by("pk"):
        decide(desk, row)
    assert list(YearAccount.objects.order_by("person_id").values_list("total_hours", flat=True)) == [30, 10]
    third, _ = make.professional("周文斌", world.employer)
    answer = signed_in(third).post(NEW, typed_paper("5", author_rank="second"))
    assert (answer.status_code, "已全部申报" in answer.content.decode()) == (422, True)


def test_a_form_that_a_new_pack_changed_after_the_draft(changed: Changed) -> None:
    world = make.build()
    browser = signed_in(world.person)
    assert browser.post(NEW, filled(do="save", evidence=image())).status_code == 302
    draft = Declaration.objects.get()
    address = f"/declarations/{draft.pk}/edit/"
    assert "授课教师" not in page(browser, address)
    changed(ANEW)
    opened = page(browser, address)
    assert f"{clock.year()} 年度的申报规则在上次保存后有更新" in opened
    assert ("授课教师" in opened, 'value="数控机床安全操作与维护"' in opened, 'value="24"' in opened) == (True,) * 3
    kept = {
        "version": re.findall(r'name="version" value="(\d+)"', opened)[0],
        "evidence__keep": re.findall(r'name="evidence__keep" value="([^"]+)"', opened),
    }
    old = browser.post(address, filled(**kept))
    text = old.content.decode()
    assert (old.status_code, w.fresh(draft).case_id) == (422, None)
    assert 'id="id_teacher_error"' in text
    above = browser.post(address, filled(teacher="孙老师", **kept))
    assert (above.status_code, "最多申报 18 学时" in above.content.decode()) == (422, True)
    assert browser.post(address, filled(teacher="孙老师", hours="18", **kept)).status_code == 302
    done = w.fresh(draft)
    assert (done.answers["teacher"], done.hours_declared, w.case(done).state) == ("孙老师", 18, CaseState.PENDING)


def test_what_was_handed_in_before_a_new_pack_is_recognised_by_it(changed: Changed) -> None:
    world = make.build()
    row, desk = w.handed_in(world.person), signed_in(world.employer_admin)
    changed(ANEW)
    page(desk, f"{DESK}?case={row.case_id}")
    refused = decide(desk, row)
    assert refused.status_code == 422
    assert "认定学时不能超过规则核算的 18 学时" in refused.content.decode()
    assert (w.case(row).state, w.total(world)) == ("pending", 0)
    assert decide(desk, row, comment="按新标准", hours="18")["Location"] == DESK
    assert (w.case(row).state, w.total(world)) == ("approved", 18)


def test_hours_of_any_subject_and_in_halves_close_the_gaps_of_the_year() -> None:
    world = make.build("fujian")
    browser, desk, above = (signed_in(one) for one in (world.person, world.employer_admin, world.department_admin))
    typed = filled(
        form="posting", subject="any", hours="66.5", evidence=image(), posting_kind="teaching",
        sender="测试区教育局", place="测试中学", period_from="2026-03-01", period_to="2026-06-30",
    )  # fmt: skip
    assert browser.post(NEW, typed | {"hours": "66.3"}).status_code == 422
    assert browser.post(NEW, typed | {"evidence": image()}).status_code == 302
    row = Declaration.objects.get()
    assert "不限科目" in page(desk, f"{DESK}?case={row.case_id}")
    decide(desk, row)
    decide(above, row)
    account = YearAccount.objects.get(person=world.record)
    assert (str(account.professional_hours), str(account.public_hours), account.passed) == ("60.00", "6.50", False)
    years = page(browser, "/years/")
    assert [value for value in ("60", "6.5", "66.5") if f">{value}<" in years] == ["60", "6.5", "66.5"]


def test_a_paper_failed_in_verification_takes_the_printed_certificate_with_it() -> None:
    world = make.build()
    browser, desk, above = (signed_in(one) for one in (world.person, world.employer_admin, world.department_admin))
    assert browser.post(NEW, typed_paper("90", doi="")).status_code == 302
    row = Declaration.objects.get()
    decide(desk, row)
    account = ledger.account_of(world.record.pk, clock.year())
    assert account is not None
    printed = browser.post(f"/certificates/years/{account.pk}/print/")
    assert printed.status_code == 302
    paper = Certificate.objects.get(account=account)
    visitor = Client(HTTP_HOST="weihai.localhost")
    assert "有效" in page(visitor, f"/verify/{paper.code}")
    decide(above, row, "fail", "期刊不符")
    assert w.case(row).state == CaseState.REVOKED
    shown = page(visitor, f"/verify/{paper.code}")
    for words in ("现已撤销", "总学时由 90 变为 0"):
        assert words in shown
    assert ("期刊不符" in shown, world.person.user.document_number in shown) == (False, False)
    assert browser.post(f"/certificates/years/{account.pk}/print/").status_code == 403
    assert "期刊不符" in page(browser, f"/declarations/{row.pk}/")
