"""基本信息修改: what is shown, what is saved at once, and what never changes."""

from collections.abc import Callable

import pytest

from tests.browsers import signed_in
from tests.people.conftest import BASICS, Tab, Typed
from tests.registrations.forms import told
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.reviews.models import ReviewCase

type Browse = Callable[[Actor, str], Tab]


def basics(actor: Actor, **changes: str) -> Typed:
    return BASICS | told(actor.user.document_number) | {"phone": actor.user.phone, "email": "wang@example.cn"} | changes


@pytest.mark.req("PRO-17")
def test_the_record_has_five_tabs_in_this_order(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/")
    assert tab.page.context["title"] == "维护个人基本信息"
    assert [(one.label, one.current) for one in tab.page.context["tabs"]] == [
        ("基本信息修改", True), ("专业技术职务", False), ("学历及学位情况", False), ("职（执）业资格", False),
        ("学术技术称号", False),
    ]  # fmt: skip
    for one in tab.page.context["tabs"]:
        assert tab.client.get(one.url).status_code == 200
    assert "用户资料管理" in tab.text


@pytest.mark.req("PRO-18", "PRO-29", "PRO-14")
def test_the_basics_ask_what_the_manual_prints(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/")
    assert tab.fields == [
        ("姓名", False), ("性别", True), ("证件类型", False), ("证件号", False), ("出生日期", True), ("手机号", True),
        ("电子邮箱", True), ("固定电话", False), ("行政职务", False), ("行政级别", False),
        ("是否有博士后工作经历", True), ("登录密码", False),
    ]  # fmt: skip
    number = world.person.user.document_number
    assert f'value="{number[0]}{"*" * 13}{number[-4:]}"' in tab.text
    assert number not in tab.text
    for name in ("name", "document_type", "document_number"):
        assert "readonly" in tab.page.context["form"].fields[name].widget.attrs


@pytest.mark.req("PRO-18")
def test_a_new_mobile_is_live_without_a_review(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/")
    typed = basics(world.person)
    other = "female" if typed["sex"] == "male" else "male"
    Professional.objects.filter(pk=world.record.pk).update(sex=other, born_on="1979-02-03")
    tab.save(basics(world.person, phone="１３９ 8888 7777"))
    assert tab.told() == ["手机号或电子邮箱已修改，您在其他设备上的登录已退出", "基本信息已保存"]
    user, record = User.objects.get(pk=world.person.user.pk), Professional.objects.get(pk=world.record.pk)
    assert (user.phone, user.email, user.landline) == ("13988887777", "wang@example.cn", "0631-5231234")
    assert (record.sex, str(record.born_on), record.post, record.rank, record.postdoctoral, record.version) == (
        typed["sex"], typed["birth_date"], "车间主任", "none", True, 2,
    )  # fmt: skip
    assert ReviewCase.objects.count() == 0


@pytest.mark.req("PRO-14", "PRO-15", "PRO-29", "SYS-14")
def test_name_number_and_employer_are_never_taken_from_a_form(world: SmallWorld, browse: Browse) -> None:
    forged = {
        "name": "冒名者", "document_number": "370602198001010011", "document_type": "passport", "unit": "别家单位",
        "employer": str(world.stranger.pk), "organisation": str(world.stranger.pk), "login_name": "root",
    }  # fmt: skip
    before = User.objects.filter(pk=world.person.user.pk).values("name", "document_number", "document_type").get()
    tab = browse(world.person, "/profile/")
    tab.save(basics(world.person) | forged)
    assert tab.page.status_code == 302
    title = browse(world.person, "/profile/title/")
    title.save(forged)
    assert title.page.status_code == 422
    assert title.filled["unit"] == world.employer.name
    after = User.objects.filter(pk=world.person.user.pk).values("name", "document_number", "document_type").get()
    assert (before, User.objects.get(pk=world.person.user.pk).login_name) == (after, None)
    assert Professional.objects.get(pk=world.record.pk).employment.organisation == world.employer
    refused = browse(world.person, "/profile/")
    refused.save(basics(world.person, sex="") | forged)
    assert refused.page.status_code == 422
    assert refused.filled["name"] == "王志远"


def test_a_new_mobile_asks_for_the_password(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/")
    for password, said in (
        ("", "修改手机号或电子邮箱时，请填写登录密码，以确认是本人操作"),
        ("wrong-1234567", "密码不正确"),
    ):
        assert tab.save(basics(world.person, phone="13988887777", password=password)).status_code == 422
        assert tab.errors == {"password": [said]}
    assert tab.filled["phone"] == "13988887777"
    assert 'type="password"' in tab.text
    assert "wrong-1234567" not in tab.text
    assert User.objects.get(pk=world.person.user.pk).phone == world.person.user.phone
    assert Professional.objects.get(pk=world.record.pk).post == ""


def test_two_open_forms_do_not_overwrite_each_other(world: SmallWorld, browse: Browse) -> None:
    first = browse(world.person, "/profile/")
    second = Tab(first.client, "/profile/")
    first.save(basics(world.person, post="科长"))
    assert second.save(basics(world.person, post="处长")).status_code == 409
    assert second.errors == {"__all__": ["此页打开之后，资料已在别处修改。您刚才填写的内容仍在下面，请核对后再次保存"]}
    assert second.filled["post"] == "处长"
    assert Professional.objects.get(pk=world.record.pk).post == "科长"
    second.save({"password": BASICS["password"]})
    assert second.page.status_code == 302
    assert Professional.objects.get(pk=world.record.pk).post == "处长"


def test_what_is_wrong_stands_beside_its_field(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/")
    tab.save(basics(world.person, phone="12", email="x", birth_date="2199-01-01", rank="emperor"))
    assert tab.page.status_code == 422
    assert tab.errors == {
        "birth_date": ["出生日期不能晚于今天"],
        "phone": ["请输入 11 位手机号"],
        "email": ["请输入正确的电子邮箱，例如 name@example.com"],
        "rank": ["请从列表中选择行政级别"],
    }
    assert Professional.objects.get(pk=world.record.pk).version == 1


def test_an_administrator_has_no_record(world: SmallWorld) -> None:
    for path in ("/profile/", "/profile/title/", "/profile/entries/education/", "/profile/title/changes/"):
        assert signed_in(world.employer_admin).get(path).status_code == 404


@pytest.mark.req("PRO-04", "PRO-18")
def test_what_contradicts_the_number_is_refused_and_a_passport_tells_nothing(world: SmallWorld, browse: Browse) -> None:
    typed = basics(world.person)
    other = "female" if typed["sex"] == "male" else "male"
    tab = browse(world.person, "/profile/")
    assert tab.save(typed | {"sex": other, "birth_date": "1979-02-03"}).status_code == 422
    assert tab.errors == {
        "sex": ["性别与证件号不一致，请核对"],
        "birth_date": ["出生日期与证件号不一致，请核对"],
    }
    assert (tab.filled["sex"], tab.filled["birth_date"], tab.filled["post"]) == (other, "1979-02-03", "车间主任")
    assert Professional.objects.get(pk=world.record.pk).version == 1
    User.objects.filter(pk=world.person.user.pk).update(document_type="passport")
    Professional.objects.filter(pk=world.record.pk).update(graduated_on="2002-07-01")
    assert tab.save({"birth_date": "2003-02-03"}).status_code == 422
    assert tab.errors == {"birth_date": ["出生日期应早于资料中的毕业时间和任职时间，请核对"]}
    assert tab.save({"birth_date": "1979-02-03"}).status_code == 302
    record = Professional.objects.get(pk=world.record.pk)
    assert (record.sex, str(record.born_on)) == (other, "1979-02-03")
