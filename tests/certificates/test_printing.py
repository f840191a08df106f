"""The certificate through the gate: printed from the annual page, or refused there."""

import re

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.certificates.test_rendering import text_of
from tests.certificates.test_services import REFUSAL, passed, post
from xueshi.certificates.models import Certificate

pytestmark = pytest.mark.django_db


@pytest.mark.req("ANN-08", "ANN-09", "ANN-12")
def test_a_passed_year_is_printed_with_every_item_of_the_manual() -> None:
    world, account = passed()
    browser = signed_in(world.person)
    action = re.search(r'action="([^"]+/print/)"', browser.get(f"/years/{account.pk}/").content.decode())
    assert action
    printed = browser.get(browser.post(action[1])["Location"])
    assert printed["Content-Type"] == "application/pdf"
    text, certificate = text_of(printed.getvalue()), Certificate.objects.get()
    at = certificate.issued_at
    for item in (
        "威海市专业技术人员继续教育结业证书", "姓名王志远", f"身份证号{world.person.user.masked_document}", "2026年",
        "获得96学时", "公需课30学时", "专业课66学时", "特发此证", f"发证时间：{at.year}年{at.month}月",
        "发证机关：威海市人力资源社会保障综合培训指导中心", "说明：证书可在威海市专业技术人员继续教育管理系统核实",
        certificate.number,
    ):  # fmt: skip
        assert item in text


@pytest.mark.req("ANN-07")
def test_a_year_not_passed_says_so_and_offers_no_print() -> None:
    world = make.build()
    account = post(world, 1, "89.5", "professional")
    browser = signed_in(world.person)
    page = browser.get(f"/years/{account.pk}/").content.decode()
    assert (REFUSAL in page, "/print/" in page) == (True, False)
    forced = browser.post(f"/certificates/years/{account.pk}/print/")
    assert (forced.status_code, REFUSAL in forced.content.decode()) == (403, True)
    assert Certificate.objects.count() == 0
