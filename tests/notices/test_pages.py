"""Notices and downloads: written and published by a bureau, read by everybody on its portal, withdrawn again."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations.world import picture
from xueshi.notices.models import Notice

pytestmark = pytest.mark.django_db
BODY = "各有关单位：\r\n\r\n<script>alert(1)</script>见 https://example.cn/a"


@pytest.fixture
def world() -> make.SmallWorld:
    return make.build()


def visitor(portal: str = "weihai") -> Client:
    return Client(HTTP_HOST=f"{portal}.localhost")


def typed(**changes: object) -> dict[str, object]:
    return {"kind": "notice", "title": "关于做好申报工作的通知", "body": BODY} | changes


def move(client: Client, notice: Notice, name: str) -> HttpResponse:
    notice.refresh_from_db()
    return client.post(f"/content/{notice.pk}/", {"move": name, "version": notice.version})


def written(client: Client, **changes: object) -> Notice:
    answer = client.post("/content/new/", typed(**changes))
    assert answer.status_code == 302, answer.context["form"].errors
    return Notice.objects.get(pk=int(answer["Location"].strip("/").split("/")[-1]))


def test_a_notice_is_written_published_read_and_withdrawn(world: make.SmallWorld) -> None:
    bureau, public = signed_in(world.city_admin), visitor()
    notice = written(bureau)
    address = f"/notices/{notice.pk}/"
    assert public.get(address).status_code == 404
    assert notice.title not in public.get("/notices/").content.decode()
    assert move(bureau, notice, "publish").status_code == 302
    page = public.get(address)
    assert "&lt;script&gt;" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    assert 'href="https://example.cn/a"' in page.content.decode()
    assert [notice.title in public.get(path).content.decode() for path in ("/", "/notices/")] == [True, True]
    assert notice.title in signed_in(world.employer_admin).get("/home/").content.decode()
    assert visitor("shandong").get(address).status_code == 404
    assert bureau.get(f"/content/{notice.pk}/edit/").status_code == 302
    assert move(bureau, notice, "withdraw").status_code == 302
    assert public.get(address).status_code == 404


def test_public_pages_set_no_cookie_and_may_be_kept(world: make.SmallWorld) -> None:
    for path in ("/notices/", "/downloads/", "/policy/", "/robots.txt"):
        answer = visitor().get(path)
        assert (path, answer.status_code, len(answer.cookies)) == (path, 200, 0)
        assert answer.headers["Cache-Control"].startswith("public, max-age=")
    assert signed_in(world.person).get("/notices/").headers["Cache-Control"] == "no-store"
    assert "Disallow: /\n" in visitor().get("/robots.txt").content.decode()


@pytest.mark.req("SYS-24")
@pytest.mark.parametrize("who", ["person", "employer_admin", "department_admin", "district_admin"])
def test_only_its_own_bureau_finds_a_draft(world: make.SmallWorld, who: str) -> None:
    notice = written(signed_in(world.city_admin))
    other = signed_in(getattr(world, who))
    refused = 404 if who == "district_admin" else 403
    assert other.get(f"/content/{notice.pk}/").status_code == refused
    assert move(other, notice, "publish").status_code == refused
    assert notice.title not in other.get("/content/").content.decode()
    notice.refresh_from_db()
    assert notice.state == "draft"


def sheet(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as parts:
        parts.writestr("word/document.xml", "<w/>")
        parts.writestr(part, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("表.png", b"not a picture"), ("表.pdf", b"MZ executable"), ("表.docx", b"PK\x03\x04 broken"),
        ("表.docx", sheet("word/vbaProject.bin")), ("表.exe", b"MZ"), ("表.html", b"<script>"),
    ],
)  # fmt: skip
def test_a_file_is_judged_by_its_content(world: make.SmallWorld, name: str, content: bytes) -> None:
    answer = signed_in(world.city_admin).post(
        "/content/new/", typed(kind="download", attachments=SimpleUploadedFile(name, content))
    )
    assert answer.status_code == 422
    assert "attachments" in answer.context["form"].errors
    assert "关于做好申报工作的通知" in answer.content.decode()
    assert not Notice.objects.exists()


def test_a_download_carries_its_files(world: make.SmallWorld) -> None:
    bureau, public = signed_in(world.city_admin), visitor()
    assert bureau.post("/content/new/", typed(kind="download")).status_code == 422
    files = [SimpleUploadedFile("流程.png", picture()), SimpleUploadedFile("表.docx", sheet("docProps/app.xml"))]
    notice = written(bureau, kind="download", title="申报表", attachments=files)
    assert public.get(f"/notices/{notice.pk}/files/1/").status_code == 404
    move(bureau, notice, "publish")
    assert "申报表" in public.get("/downloads/").content.decode()
    assert "申报表" not in public.get("/notices/").content.decode()
    first, second = (public.get(f"/notices/{notice.pk}/files/{place}/") for place in (1, 2))
    assert (first["Content-Type"], second["Content-Type"]) == ("image/png", "application/octet-stream")
    assert second["Content-Disposition"].startswith("attachment")
    assert public.get(f"/notices/{notice.pk}/files/3/").status_code == 404
    assert public.get(f"/content/{notice.pk}/files/1/").status_code == 302


def test_two_editors_do_not_overwrite_each_other(world: make.SmallWorld) -> None:
    bureau = signed_in(world.city_admin)
    notice = written(bureau)
    first = bureau.post(f"/content/{notice.pk}/edit/", typed(title="第一稿", version=1))
    second = bureau.post(f"/content/{notice.pk}/edit/", typed(title="第二稿", version=1))
    notice.refresh_from_db()
    assert (first.status_code, second.status_code, notice.title) == (302, 409, "第一稿")
    move(bureau, notice, "publish")
    late = bureau.post(f"/content/{notice.pk}/edit/", typed(title="第三稿", version=3))
    notice.refresh_from_db()
    assert (late.status_code, notice.title, notice.is_published) == (409, "第一稿", True)
    for page, reason, title in (
        (second, "内容已被他人修改", "第二稿"),
        (late, "已发布的内容不能修改，请先撤回", "第三稿"),
    ):
        text = page.content.decode()
        assert (reason in text, f'value="{title}"' in text) == (True, True), "what was typed stays"


@pytest.mark.req("SYS-08")
def test_lists_page_and_lead_on(world: make.SmallWorld) -> None:
    bureau, public = signed_in(world.city_admin), visitor()
    empty = public.get("/notices/").content.decode()
    assert "没有数据" in empty
    assert "第1/0页 共0条" in empty
    made = [written(bureau, title=f"通知第{place}号", pinned="on" if place == 1 else "") for place in range(1, 18)]
    for notice in made:
        move(bureau, notice, "publish")
    page = public.get("/notices/").content.decode()
    titles = re.findall(r"通知第(\d+)号</a>", page)
    assert titles[:3] == ["1", "17", "16"]
    assert "第1/2页 共17条" in page
    assert len(re.findall(r"通知第\d+号</a>", public.get("/notices/?page=2").content.decode())) == 2
    middle = public.get(f"/notices/{made[4].pk}/").content.decode()
    assert "上一篇：通知第6号" in middle
    assert "下一篇：通知第4号" in middle
