"""专业技术人员信息查询: whom an authority finds, by what, and what it does with them."""

import re

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import signed_in
from tests.certificates.test_services import passed
from tests.declarations.units import cells, heads
from xueshi.certificates.models import Certificate
from xueshi.ledger import services as ledger
from xueshi.ledger.services import Posting
from xueshi.organisations.models import Organisation
from xueshi.people.models import Professional

pytestmark = pytest.mark.django_db
LIST = "/personnel/"
PRINTED = ["序号", "姓名", "证件号", "所在单位", "学历", "专业技术职务", "操作"]


def read(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def found(client: Client, query: str) -> set[str]:
    return {row[1] for row in cells(read(client, f"{LIST}?{query}"))}


@pytest.mark.req("ANN-15")
@pytest.mark.parametrize("who", ["department_admin", "city_admin"])
def test_an_authority_prints_for_passed_people_from_the_query(who: str) -> None:
    world, account = passed()
    one = Posting(world.colleague_record.pk, "weihai", 2026, "public", "other", 80, "test", 90)
    ledger.post_many([one], by=make.NOBODY)
    authority = signed_in(getattr(world, who))
    entry = re.findall(rf'href="{LIST}"[^>]*>(.*?)</a>', read(authority, "/home/"), re.S)
    assert "专业技术人员信息查询" in entry[0]
    page = read(authority)
    assert ("<h1>专业技术人员信息查询</h1>" in page, heads(page)) == (True, PRINTED)
    filters = page.split('class="x-filters"')[1].split("</form>")[0]
    assert re.findall(r"<label[^>]*>([^<]+)</label>", filters) == [
        *("地区", "主管部门", "所在单位", "姓名", "证件号", "证书管理号", "学历", "专业技术职务", "现专业技术职称资格"),
    ]
    does = {row[1]: row[-1] for row in cells(page)}
    assert ("打印证明" in does["王志远"], "打印证明" in does["李春燕"]) == (True, False)
    assert all("学习记录" in done and "重置密码" in done for done in does.values())
    [address] = re.findall(r'action="(/certificates/years/\d+/print/annual/)"', page)
    assert address == f"/certificates/years/{account.pk}/print/annual/"
    paper = authority.get(authority.post(address)["Location"])
    text = "".join(pypdfium2.PdfDocument(paper.getvalue())[0].get_textpage().get_text_range().split())
    assert ("姓名王志远" in text, Certificate.objects.get().number in text) == (True, True)
    assert world.person.user.document_number not in page
    assert f"/years/of/{world.colleague_record.pk}/" in page


def test_every_filter_narrows() -> None:
    world, _account = passed()
    Professional.objects.filter(pk=world.record.pk).update(
        education="21", title_series="06", title="0603", title_certificate="鲁C2026"
    )
    other = make.professional("周海平", world.stranger)[0]
    Organisation.objects.filter(pk=world.stranger.pk).update(area_code="371082")
    city = signed_in(world.city_admin)
    everybody = {"王志远", "李春燕", "周海平"}
    department = "department=" + world.department.name[:4]
    expected = {
        "": everybody,
        "name=志远": {"王志远"},
        f"document={other.user.document_number}": {"周海平"},
        f"document={other.user.document_number[:10]}": set(),
        f"unit={world.stranger.name}": {"周海平"},
        department: everybody - ({"周海平"} if world.stranger.parent_id != world.department.pk else set()),
        "department=没有这个": set(),
        "certificate=C2026": {"王志远"},
        "education=21": {"王志远"},
        "title_series=06": {"王志远"},
        "title=0603": {"王志远"},
        "area=371082": {"周海平"},
        "area=371002&name=海平": set(),
    }
    assert {query: found(city, query) for query in expected} == expected


def test_the_reach_is_the_readers_and_rows_cost_nothing() -> None:
    world, _account = passed()
    assert found(signed_in(world.employer_admin), "") == {"王志远", "李春燕"}
    assert found(signed_in(world.stranger_admin), "") == set()
    for actor in (world.person, make.administrator("管理员", world.employer, is_super=False)):
        assert signed_in(actor).get(LIST).status_code == 403
    city = signed_in(world.city_admin)
    with CaptureQueriesContext(connection) as few:
        read(city)
    for place in range(7):
        make.professional(f"周{place}", world.branch)
    with CaptureQueriesContext(connection) as more:
        read(city)
    assert len(few) == len(more) <= 12
