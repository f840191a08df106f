"""The years of a person through their pages: explained, as of a day, on one sheet, in the archive of a body."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from xueshi.declarations import services as declarations
from xueshi.kernel import clock
from xueshi.ledger import permissions, selectors, services
from xueshi.ledger.services import Posting
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import MembershipState
from xueshi.people.models import Professional

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> make.SmallWorld:
    return make.build()


def post(record: Professional, year: int, source: int, portal: str = "weihai", **hours: str) -> None:
    postings = [
        Posting(record.pk, portal, year, subject, "other", Decimal(much), "test", source + place)
        for place, (subject, much) in enumerate(hours.items())
    ]
    services.post_many(postings, by=make.NOBODY)


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.content.decode())


def cells(page: str, label: str) -> list[str]:
    """What stands under a heading, row by row."""
    found = re.findall(rf'<td role="cell" data-l="{re.escape(label)}"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in found]


@pytest.mark.req("ANN-03", "ANN-07", "ANN-18")
def test_a_year_says_what_is_missing_until_when_and_what_it_came_from(world: make.SmallWorld) -> None:
    year = clock.year()
    post(world.record, year, 1, public="24", professional="40.5")
    waiting = declarations.submit(world.person, w.entry(world.person, "16", days=2))
    account = selectors.account_of(world.record.pk, year)
    assert account is not None
    for actor in (world.person, world.employer_admin, world.district_admin):
        page = read(signed_in(actor), f"/years/{account.pk}/")
        assert cells(page, "项目") == ["总学时", "专业课"]
        assert cells(page, "要求学时") == ["90", "60"]
        assert cells(page, "已有学时") == ["64.5", "40.5"]
        assert cells(page, "还差学时") == ["25.5", "19.5"]
        assert cells(page, "结论") == ["未达到", "未达到"]
        assert f"请在 {year} 年 12 月 31 日（含当日）前完成" in page
        assert "打印学时证明" not in page
        assert "学时证明无法打印" in page
        assert "岗位培训 数控机床安全操作与维护 审核中，未计入" in cells(page, "学习内容")
        assert f'href="/declarations/{waiting.pk}/"' in page
    assert signed_in(world.stranger_admin).get(f"/years/{account.pk}/").status_code == 404
    w.decided(world.employer_admin, waiting)
    page = read(signed_in(world.person), f"/years/{account.pk}/")
    assert (cells(page, "已有学时"), cells(page, "学时")) == (["80.5", "56.5"], ["24", "40.5", "16"])
    with clock.shifted(timedelta(days=400)):
        assert f"该年度已于 {year} 年 12 月 31 日截止" in read(signed_in(world.person), f"/years/{account.pk}/")


@pytest.mark.req("ANN-01", "ANN-02")
def test_a_range_of_years_as_it_stood_on_a_day(world: make.SmallWorld) -> None:
    year, today = clock.year(), clock.today().isoformat()
    post(world.record, year - 1, 1, professional="90")
    post(world.record, year, 11, professional="30")
    with clock.shifted(timedelta(days=3)):
        post(world.record, year, 21, professional="60")
        for actor, path in ((world.person, "/years/"), (world.employer_admin, f"/years/of/{world.record.pk}/")):
            client = signed_in(actor)
            page = read(client, path)
            assert cells(page, "年度") == [str(year), str(year - 1)]
            assert cells(page, "认定结果") == ["通过", "通过"]
            page = read(client, f"{path}?first={year}&last={year}&on={today}")
            assert (cells(page, "完成总学时（分）"), cells(page, "认定结果")) == (["30"], ["不通过"])
            assert f'value="{today}"' in page
            assert f'value="{year}"' in page
            account = selectors.account_of(world.record.pk, year)
            assert account is not None
            assert f"/years/{account.pk}/?on={today}" in page
            then = read(client, f"/years/{account.pk}/?on={today}")
            assert (cells(then, "已有学时"), cells(then, "学时")) == (["30", "30"], ["30"])
            assert cells(read(client, f"{path}?on=nonsense"), "年度") == [str(year), str(year - 1)]
        assert signed_in(world.stranger_admin).get(f"/years/of/{world.record.pk}/").status_code == 404
        assert signed_in(world.employer_admin).get("/years/of/999999/").status_code == 404


@pytest.mark.req("ANN-01", "ANN-03")
def test_a_day_is_read_alike_on_every_page_or_refused_beside_its_field(world: make.SmallWorld) -> None:
    """No page answers with the hours of today for a day that it could not read."""
    year = clock.year()
    post(world.record, year, 1, professional="30")
    account = selectors.account_of(world.record.pk, year)
    assert account is not None
    client, sheet = signed_in(world.person), f"/years/sheet/?first={year}&last={year}&on="
    pages = {"/years/?on=": "完成总学时（分）", sheet: "总学时", f"/years/{account.pk}/?on=": "已有学时"}
    for typed in (f"{year}-01-02", f"{year}-1-2"):
        for path, column in pages.items():
            page = read(client, f"{path}{typed}")
            assert (cells(page, column)[0], f"截至 {year}-01-02" in page) == ("0", True), (path, typed)
    wrong = "截至日期应为日期，例如 2026-03-01"
    for typed, said in ((f"{year}/01/02", wrong), (f"{year}年1月2日", wrong), ("1899-12-31", "不能早于 1900-01-01")):
        for path in pages:
            answer = client.get(f"{path}{typed}")
            [beside] = re.findall(r'class="x-error" id="id_on_error">([^<]+)', html.unescape(answer.content.decode()))
            assert (answer.status_code, said in beside) == (200 if path == "/years/?on=" else 422, True), (path, typed)
    for path, column in pages.items():
        assert cells(read(client, path), column)[0] == "30"


def test_a_title_application_looks_back_on_its_years(world: make.SmallWorld) -> None:
    post(world.record, 2023, 1, professional="90")
    client = signed_in(world.person)
    for level, degree, years in (
        ("senior", "", ["2020", "2021", "2022", "2023", "2024"]),
        ("middle", "4", ["2021", "2022", "2023", "2024"]),
        ("middle", "3", ["2022", "2023", "2024"]),
    ):
        page = read(client, f"/years/sheet/?level={level}&degree={degree}&round=2025")
        assert cells(page, "年度") == years
        assert cells(page, "认定结果") == ["通过" if year == "2023" else "不通过" for year in years]
    assert "4 个年度不通过" in read(client, "/years/sheet/?level=senior&round=2025")
    assert "按专门规定执行" in read(client, "/years/sheet/?level=senior&degree=2&round=2025")
    assert cells(read(client, "/years/sheet/?first=2022&last=2023"), "总学时") == ["0", "90"]
    assert client.get("/years/sheet/?first=2024&last=2023").status_code == 422
    assert world.person.user.document_number not in read(client, "/years/sheet/")
    sheet = read(signed_in(world.employer_admin), f"/years/of/{world.record.pk}/sheet/?first=2023&last=2023")
    assert "王志远" in sheet
    assert "以当地人社部门确认为准。" in read(client, "/years/sheet/?level=senior&round=2025")
    assert signed_in(world.stranger_admin).get(f"/years/of/{world.record.pk}/sheet/").status_code == 404
    assert signed_in(world.employer_admin).get("/years/sheet/").status_code == 404


@pytest.mark.req("ANN-16", "ANN-17")
def test_the_archive_lists_everybody_also_without_training(db: None) -> None:
    world, year = make.build("fujian"), clock.year()
    post(world.record, year, 1, "fujian", public="30", professional="60")
    post(world.colleague_record, year, 11, "fujian", professional="60")
    post(world.record, year - 1, 21, "fujian", professional="10")
    client = signed_in(world.employer_admin)
    assert "/years/archive/" in read(client, "/home/")
    page = read(client, "/years/archive/")
    assert "<h1>培训档案</h1>" in page
    assert cells(page, "姓名") == ["李春燕", "王志远"]
    assert (cells(page, "总学时"), cells(page, "认定结果")) == (["60", "90"], ["不合格", "合格"])
    assert cells(page, "身份证号") == [who.user.listed_document for who in (world.colleague, world.person)]
    assert [one.count("培训历程") for one in cells(page, "操作")] == [0, 1]
    before = read(client, f"/years/archive/?year={year - 1}")
    assert (cells(before, "总学时"), cells(before, "认定结果")) == (["0", "10"], ["不合格", "不合格"])
    assert "培训历程" not in "".join(cells(before, "操作"))
    assert cells(read(client, "/years/archive/?result=passed"), "姓名") == ["王志远"]
    assert cells(read(client, "/years/archive/?result=failed"), "姓名") == ["李春燕"]
    assert cells(read(client, f"/years/archive/?document={world.person.user.document_number}"), "姓名") == ["王志远"]
    Organisation.objects.filter(pk=world.employer.pk).update(area_code="350102")
    by_area = {
        area: len(cells(read(client, f"/years/archive/?area={area}"), "姓名"))
        for area in ("350000", "350100", "350103")
    }
    assert by_area == {"350000": 2, "350100": 2, "350103": 0}
    account = selectors.account_of(world.record.pk, year)
    assert account is not None
    assert f'href="/years/{account.pk}/"' in page
    assert "培训历程" in read(client, f"/years/{account.pk}/")
    assert "没有数据" not in page
    assert cells(read(signed_in(world.stranger_admin), "/years/archive/"), "姓名") == []
    assert signed_in(world.person).get("/years/archive/").status_code == 403
    assert "培训档案" in read(signed_in(world.person), "/home/")
    assert cells(read(signed_in(world.person), "/years/"), "认定结果") == ["合格", "不合格"]


@pytest.mark.req("ANN-16")
@pytest.mark.parametrize("state", [MembershipState.PENDING, MembershipState.REJECTED, MembershipState.ENDED])
def test_the_archive_is_of_those_who_belong_to_the_body(state: MembershipState) -> None:
    """Who only asked to be registered, was refused or left has no year there to fail."""
    world = make.build("fujian")
    for path in ("/years/archive/", "/years/archive/?result=failed"):
        assert cells(read(signed_in(world.employer_admin), path), "姓名") == ["李春燕", "王志远"]
    Membership.objects.filter(pk=world.colleague.membership.pk).update(state=state)
    for path in ("/years/archive/", "/years/archive/?result=failed"):
        page = read(signed_in(world.employer_admin), path)
        assert (cells(page, "姓名"), cells(page, "认定结果")) == (["王志远"], ["不合格"])


@pytest.mark.req("ANN-19")
def test_the_compulsory_subject_has_its_own_columns(db: None) -> None:
    world, year = make.build("shandong"), clock.year()
    post(world.record, year, 1, "shandong", public="30", professional="60")
    page = read(signed_in(world.employer_admin), "/years/archive/?name=王")
    headings = re.findall(r'role="columnheader"[^>]*>(?:<a[^>]*>)?([^<]+)', page)
    assert headings == [
        *("序号", "认证年度", "姓名", "身份证", "完成公需课学时(分)", "完成必需课学时(分)", "完成总学时(分)"),
        *("认定结果", "操作"),
    ]
    assert [cells(page, one)[0] for one in headings[1:3]] == [str(year), "王志远"]
    assert [cells(page, one)[0] for one in headings[4:8]] == ["30", "60", "90", "通过"]
    [address] = re.findall(r'href="([^"]+)"[^>]*>(?:(?!</a>).)*学习记录', page, re.S)
    assert cells(read(signed_in(world.employer_admin), address), "学时") == ["30", "60"]
    assert world.person.user.document_number not in page


def test_the_check_of_a_person_and_its_filter_agree(world: make.SmallWorld) -> None:
    for actor in (world.person, world.employer_admin, world.department_admin, world.stranger_admin):
        rows = Professional.objects.select_related("employment__organisation")
        allowed = {one.pk for one in rows if permissions.can_see_years(actor, one)}
        assert (
            set(Professional.objects.filter(permissions.years_seen_by(actor)).values_list("pk", flat=True)) == allowed
        )
