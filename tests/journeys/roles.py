"""What each role does at work on every portal, once each: pages of administrators, and of one's own account."""

import re

from django.test import Client
from playwright.sync_api import expect

from tests import small_world as make
from tests.journeys.people import PASSWORD, Visitor
from tests.registrations import forms
from xueshi.notifications import selectors as notes
from xueshi.notifications import services as notifications
from xueshi.organisations.actors import Actor
from xueshi.organisations.services import create_role
from xueshi.people.models import Professional
from xueshi.registrations.models import Registration

FRESH = "Qingshan-2026-haifeng"
BASE = "测试区专业技术人员继续教育基地"
AUTHORITY = "测试市海洋发展研究主管机关"


def arrived(portal: str, phone: str, pattern: str) -> str:
    """What a pattern finds in the latest message to a phone."""
    notifications.deliver_due()
    sent = [one for one in notes.delivered(portal) if one.recipient == phone]
    found = re.search(pattern, max(sent, key=lambda one: one.pk).text)
    assert found is not None
    return found[1]


def decide_registration(desk: Visitor, queue: str, name: str, reason: str = "") -> None:
    """Open the row of a queue; pass it, or refuse it with a reason."""
    desk.open(f"/registrations/{queue}/")
    desk.page.locator("tbody tr", has_text=name).get_by_role("link", name="详情").click()
    detail = desk.page.locator("#detail")
    if reason:
        detail.locator("[name=comment]").fill(reason)
    detail.get_by_role("button", name="驳回" if reason else "通过", exact=True).click()
    expect(desk.page.locator("main")).to_contain_text("已驳回 1 条" if reason else "已通过 1 条")


def hand_in(visitor: Visitor) -> None:
    """The end of every registration: a password, the ticks, the picture."""
    visitor.fill(password=PASSWORD, password_again=PASSWORD, undertaking="on", agreement="on", sensitive="on")
    visitor.fill(captcha="ABCD")
    visitor.press("注册")
    expect(visitor.page.get_by_text("注册信息已经提交审核，请耐心等待。")).to_be_visible()


def an_authority_gets_in(visitor: Visitor, desk: Visitor, above: Actor, role: str, **where: str) -> None:
    """A department or a bureau registers by hand, the bureau above passes it, its administrator signs in."""
    assert above.organisation is not None
    visitor.open(f"/register/{role}/")
    visitor.fill(unit_name=AUTHORITY, unit_nature="机关", unit_level="无级别", unit_telephone="0631-5201235")
    if role == "department":
        visitor.fill(industry="制造业")
    visitor.fill(has_code="no", **where, address="海滨路 3 号")
    visitor.pick("superior", "人力资源", above.organisation.name)
    visitor.press("下一步")
    expect(visitor.page.locator("[name=unit_name_shown]")).to_have_value(AUTHORITY)
    number = forms.number(9)
    visitor.fill(document_number=number, real_name="赵海燕", phone="13906310009", email="zhaohy@example.cn")
    hand_in(visitor)
    decide_registration(desk.enter(above), {"department": "departments", "bureau": "bureaux"}[role], AUTHORITY)
    visitor.sign_in(number, user_type=role)
    expect(visitor.page).to_have_url(f"{visitor.base}/home/")
    expect(visitor.page.locator("body")).to_contain_text(AUTHORITY)


def second(first: Actor, name: str) -> Actor:
    """Another administrator of the same body, with a role that allows as much."""
    assert first.organisation is not None
    added = make.administrator(name, first.organisation, is_super=False)
    assert added.membership is not None
    added.membership.role = create_role(first.organisation, "审核员", first.powers)
    added.membership.save()
    return added


def entrust(desk: Visitor, colleague: Actor) -> None:
    """转交 of the first case that waits, to a colleague of the same body, and 收回."""
    desk.open("/declarations/review/")
    desk.page.locator("tbody tr a").first.click()
    desk.page.locator("#detail .x-decide a", has_text="转交").click()
    desk.fill(to=colleague.user.name, note="请核对刊号")
    desk.press("转交")
    expect(desk.page.locator("main")).to_contain_text(f"转交给{colleague.user.name}")
    desk.page.locator("tbody tr a").first.click()
    expect(desk.page.locator("#detail")).to_contain_text("请核对刊号")
    desk.page.locator("#detail").get_by_role("button", name="收回").click()
    desk.agree()
    expect(desk.page.locator("main")).to_contain_text("本单位审核人员均可处理")


def a_base_gets_in(desk: Visitor, bureau: Actor, portal: str) -> None:
    """A training base has registered; the bureau passes it, its administrator finds the home of a base."""
    _register_base(bureau, portal)
    decide_registration(desk.enter(bureau), "bases", BASE)
    desk.enter(registered("base")).open("/home/")
    expect(desk.page.locator("body")).to_contain_text(BASE)


def _register_base(bureau: Actor, portal: str) -> None:
    """The two steps of the form as a browser sends them; a unit goes through them by hand on each portal."""
    assert bureau.organisation is not None
    form = forms.Form(Client(), "base", portal)
    above = {"superior": str(bureau.organisation.pk), "base_level": "industry", "has_code": "no"}
    area = {"area": "371502" if portal == "liaocheng" else "371002"}
    form.send(forms.unit(unit_name=BASE) | above | area)
    form.send(forms.manager(forms.number(7)) | {"captcha": "ABCD"})
    form.done()


def registered(role: str) -> Actor:
    """Whoever registered first as this, as they stand now."""
    rows = Registration.objects.filter(role=role).select_related("user", "membership__organisation").order_by("pk")
    return make.actor_from(rows[0].user, rows[0].membership)


def publish_notice(bureau: Visitor, reader: Visitor, title: str) -> None:
    """A bureau writes, looks, publishes; visitors read it on the front page."""
    bureau.open("/content/new/")
    bureau.fill(kind="通知公告", title=title, body="各有关单位：请按时完成本年度继续教育。")
    bureau.press("保存并预览")
    bureau.press("发布")
    bureau.agree()
    expect(bureau.page.locator("main")).to_contain_text("已发布，前台即刻可见")
    reader.open("/notices/")
    expect(reader.page.get_by_role("link", name=title)).to_be_visible()


def close_review(superior: Visitor, unit: str) -> None:
    """关闭审核权限 of a subordinate, with a reason."""
    superior.open("/registrations/subordinates/")
    superior.page.locator("tbody tr", has_text=unit).get_by_role("link", name="关闭审核权限").click()
    superior.fill(reason="多次未按规定审核")
    superior.press("关闭审核权限")
    expect(superior.page.locator("tbody tr", has_text=unit)).to_contain_text("已关闭")


def change_title(person: Visitor, desk: Visitor, record: Professional) -> None:
    """A title asked for waits while the old one stays, until the unit has decided."""
    number = record.title_certificate
    person.open("/profile/title/")
    person.fill(certificate_number="鲁Z20260001")
    person.press("保存")
    expect(person.page.locator("main")).to_contain_text("正在审核")
    record.refresh_from_db()
    assert record.title_certificate == number
    desk.open("/people/changes/")
    desk.press(f"通过 {record.user.name}")
    expect(desk.page.locator("main")).to_contain_text("已通过 1 条")
    record.refresh_from_db()
    assert record.title_certificate == "鲁Z20260001"


def reset(above: Visitor, owner: Visitor, page: str, of: Actor, portal: str) -> None:
    """重置密码 from a page that shows somebody; they alone get the secret and choose the password."""
    above.open(page)
    above.page.get_by_role("link", name=f"重置密码 {of.user.name}").click()
    above.press("确认发送")
    expect(above.page.locator("main")).to_contain_text(f"发送给{of.user.name}")
    owner.open("/recovery/reset/")
    owner.fill(secret=arrived(portal, of.user.phone, "重置码 ([0-9A-Z-]+)"), new=FRESH, again=FRESH)
    owner.press("确定")
    of.user.refresh_from_db()
    assert of.user.check_password(FRESH)


def change_password(person: Visitor, page: str, old: str) -> None:
    """修改密码, at the place where the portal has it; the session goes on."""
    person.open(page)
    person.fill(current=old, new=FRESH, again=FRESH)
    person.page.locator("main .x-decide .btn-primary").click()
    expect(person.page.locator("main")).to_contain_text("密码已修改")


def recover(person: Visitor, number: str, phone: str, portal: str) -> None:
    """忘记密码 in three steps by a code to the phone."""
    person.open("/recovery/")
    person.fill(document_number=number, method="手机号", phone=phone, captcha="ABCD")
    person.press("获取验证码")
    person.fill(code=arrived(portal, phone, r"(\d{6})"))
    person.press("下一步")
    person.fill(new=FRESH, again=FRESH)
    person.press("下一步")
    expect(person.page).to_have_url(f"{person.base}/recovery/done/")


def switch_hat(person: Visitor, worn: Actor, body: str) -> None:
    """An administrator elsewhere is the same person: 切换身份 without a second sign-in."""
    person.enter(worn).open("/hats/")
    person.page.locator("main li", has_text=body).get_by_role("button").click()
    expect(person.page).to_have_url(f"{person.base}/home/")
    expect(person.page.locator("header")).to_contain_text(body)
