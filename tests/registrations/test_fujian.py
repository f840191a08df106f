"""福建: first an account, then 注册用人单位 (备案) or 加入用人单位 from it."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from stdnum.cn import uscc

from tests import small_world as make
from tests.browsers import browser
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import PASSWORD, Form, host
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.organisations import selectors as bodies
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState
from xueshi.registrations.models import Registration
from xueshi.reviews.models import ReviewCase

type Visit = Callable[..., Form]

NUMBER = forms.number(301, area="350102")
ACCOUNT = {
    "login_name": "linxiaoyan",
    "name": "林晓燕",
    "document_type": "resident",
    "document_number": NUMBER,
    "phone": "13905911234",
    "password": PASSWORD,
    "agreement": "on",
    "sensitive": "on",
}
STARRED = ["unit_name", "code", "area", "superior", "unit_nature", "unit_level", "head", "unit_telephone", "address"]


@pytest.fixture
def tree(db: None) -> make.SmallWorld:
    return make.build("fujian")


@pytest.fixture
def account(tree: make.SmallWorld) -> User:
    form = Form(Client(), "account", "fujian")
    form.send(form.with_code(ACCOUNT))
    form.done()
    return User.objects.get(login_name="linxiaoyan")


def unit(bureau: Organisation, **changes: object) -> dict[str, object]:
    return {
        "unit_name": "福州闽江软件有限公司",
        "code": "91371000MA3C0EXA7F",
        "licence": "",
        "area": "350102",
        "superior": str(bureau.pk),
        "unit_nature": "private",
        "unit_level": "none",
        "head": "林国强",
        "unit_telephone": "0591-87651234",
        "address": "福州市鼓楼区五四路 1 号",
    } | changes


def codes(serial: int) -> str:
    """A credit code of its own for each serial."""
    body = f"91350100{serial:09}"
    return body + uscc.calc_check_digit(body)


def form_of(user: User, kind: str, hat: Membership | None = None) -> Form:
    return Form(browser(user, hat), kind, "fujian")


@pytest.mark.req("ID-27")
def test_an_account_is_active_at_once(account: User) -> None:
    assert (account.state, account.name, account.document_number, account.phone) == (
        AccountState.ACTIVE, "林晓燕", NUMBER, "13905911234",
    )  # fmt: skip
    registration = Registration.objects.get(user=account)
    assert (registration.case, registration.organisation) == (None, None)
    assert NUMBER not in str(registration.answers)


@pytest.mark.req("ID-27")
def test_each_missing_field_is_reported(tree: make.SmallWorld, visit: Visit) -> None:
    before = User.objects.count()
    form = visit("account", portal="fujian")
    form.send({})
    assert sorted(form.errors) == sorted([*ACCOUNT, "sms_code"])
    assert "提交注册" in form.text
    assert User.objects.count() == before


@pytest.mark.req("ID-27")
def test_login_name_and_number_are_taken_once(account: User, visit: Visit) -> None:
    before = User.objects.count()
    form = visit("account", portal="fujian")
    typed = form.with_code(ACCOUNT | {"phone": "13905915678"})
    form.send(typed | {"document_number": forms.number(302, area="350102")})
    assert form.errors == {"login_name": ["该登录账号已被使用，请换一个"]}
    form.send(typed | {"login_name": "another_one"})
    assert list(form.errors) == ["document_number"]
    assert User.objects.count() == before


@pytest.mark.req("ORG-18")
def test_the_employer_form_needs_an_account_first(tree: make.SmallWorld, account: User, client: Client) -> None:
    assert client.get("/register/employer/", **host("fujian")).status_code == 302
    shown = form_of(account, "employer")
    assert shown.page.status_code == 200
    assert [tab.label for tab in shown.page.context["tabs"]] == ["注册用人单位", "加入用人单位"]


@pytest.mark.req("ORG-19")
def test_every_starred_field_is_reported(tree: make.SmallWorld, account: User) -> None:
    before = Organisation.objects.count()
    form = form_of(account, "employer")
    form.send({})
    assert sorted(form.errors) == sorted(STARRED)
    assert "确定" in form.text
    assert Organisation.objects.count() == before


@pytest.mark.req("ORG-20")
def test_the_area_is_chosen_from_province_to_city_to_district(tree: make.SmallWorld, account: User) -> None:
    form = form_of(account, "employer")
    lists = re.findall(
        r'<select class="form-select" name="(area\w*)".*?</select>', form.page.content.decode(), re.DOTALL
    )
    assert lists == ["area__province", "area__city", "area"]
    text = form.page.content.decode()
    city, district = (text.split(f'name="{name}"')[1].split("</select>")[0] for name in ("area__city", "area"))
    assert ">福建省本级</option>" in city
    assert 'data-parents="[&quot;350000&quot;]">福州市</option>' in city
    assert '<optgroup label="福州市">' in district
    assert 'data-parents="[&quot;350100&quot;]">鼓楼区</option>' in district
    assert district.count('value="350000"') == 1
    before = Organisation.objects.count()
    form.send(unit(tree.district, area="", area__province="350000", area__city="350100"))
    assert list(form.errors) == ["area"]
    again = form.page.content.decode()
    assert re.findall(r'<option value="(\d+)"[^>]* selected>(?:福建省|福州市|鼓楼区)<', again) == ["350000", "350100"]
    form.send(unit(tree.district, area="371002", area__province="350000", area__city="350100"))
    assert form.errors == {"area": ["请从列表中选择单位地区"]}
    assert Organisation.objects.count() == before
    form.send(unit(tree.district, area="350102", unit_name=""))
    shown = re.findall(r'<option value="(\d+)"[^>]* selected>(?:福建省|福州市|鼓楼区)<', form.page.content.decode())
    assert shown == ["350000", "350100", "350102"]


@pytest.mark.req("ORG-22", "ORG-23", "ORG-19", "ORG-20", "ORG-52")
def test_registration_takes_effect_at_once_and_is_put_on_record(
    tree: make.SmallWorld, account: User, sign_in: SignIn
) -> None:
    form = form_of(account, "employer")
    form.send(unit(tree.district))
    text = form.done()
    body = Organisation.objects.get(name="福州闽江软件有限公司")
    assert (body.state, body.parent, body.area_code, body.head) == (
        OrganisationState.ACTIVE, tree.district, "350102", "林国强",
    )  # fmt: skip
    assert ReviewCase.objects.count() == 0
    assert [(hat.organisation_id, hat.hat) for hat in bodies.hats(account.pk, "fujian")] == [
        (body.pk, Hat.ADMINISTRATOR)
    ]
    for words in (
        "系统提醒",
        "单位注册成功",
        "前往单位管理页面",
        f"/registrations/unit/{body.pk}/",
        'role="alertdialog"',
    ):
        assert words in text
    entered = form.client.post("/hats/", {"hat": bodies.hats(account.pk, "fujian")[0].pk}, **host("fujian"))
    assert entered.status_code == 302
    assert form.client.get("/registrations/people/", **host("fujian")).status_code == 200
    page = form.client.get(f"/registrations/unit/{body.pk}/", **host("fujian"))
    shown = {pair.label: str(pair.value) for pair in page.context["pairs"]}
    assert (shown["单位地区"], shown["单位性质"]) == ("福建省-福州市-鼓楼区", "民营企业")
    bureau = tree.district_admin
    listed = sign_in(bureau).get("/registrations/filed/", **host("fujian"))
    assert [row.organisation for row in listed.context["list"].rows] == [body]
    stranger = sign_in(tree.stranger_admin).get("/registrations/filed/", **host("fujian"))
    assert list(stranger.context["list"].rows) == []
    Registration.objects.filter(organisation=body).update(user=tree.stranger_admin.user)  # one's own, elsewhere
    assert list(sign_in(tree.stranger_admin).get("/registrations/filed/", **host("fujian")).context["list"].rows) == []
    assert sign_in(tree.stranger_admin).get(f"/registrations/unit/{body.pk}/", **host("fujian")).status_code == 404


@pytest.mark.req("ORG-54")
def test_units_on_record_are_filtered_by_what_was_chosen(tree: make.SmallWorld, sign_in: SignIn) -> None:
    chosen = {
        "鼓楼软件": ("350102", "private"),
        "台江学校": ("350103", "institution_full"),
        "思明中心": ("350203", "organ"),
    }
    for name, (area, nature) in chosen.items():
        form = form_of(make.user(name), "employer")
        form.send(unit(tree.district, unit_name=name, area=area, unit_nature=nature, code=codes(len(name) + int(area))))
        form.done()
    client = sign_in(tree.district_admin)

    def found(**asked: str) -> set[str]:
        page = client.get("/registrations/filed/", asked)
        assert page.status_code == 200
        return {row.organisation.name for row in page.context["list"].rows}

    assert found() == set(chosen)
    assert found(area="350000") == set(chosen)
    assert found(area="350100") == {"鼓楼软件", "台江学校"}
    assert found(area="350103") == {"台江学校"}
    assert found(nature="organ") == {"思明中心"}
    assert found(nature="institution_full", area="350100") == {"台江学校"}
    assert found(level="none", name="鼓楼") == {"鼓楼软件"}
    assert found(industry="C") == set()


@pytest.mark.req("ORG-09")
def test_the_scan_keeps_the_limit_of_this_region(tree: make.SmallWorld, account: User) -> None:
    content, limit = forms.picture().read(), 4 << 20
    form, before = form_of(account, "employer"), Organisation.objects.count()
    for name, body in (("over.png", content + bytes(limit - len(content) + 1)), ("licence.pdf", b"%PDF-1.7 text")):
        form.send(unit(tree.district, licence=forms.SimpleUploadedFile(name, body)))
        assert (list(form.errors), Organisation.objects.count()) == (["licence"], before)
    form.send(unit(tree.district, licence=forms.SimpleUploadedFile("at.png", content + bytes(limit - len(content)))))
    assert form.page.status_code == 302, form.errors


@pytest.mark.req("ORG-21")
def test_an_existing_name_is_offered_and_a_new_one_may_be_added(tree: make.SmallWorld, account: User) -> None:
    form = form_of(account, "employer")
    assert "若是用人单位找不到可新增" in form.text
    found = form.client.get("/register/names/?unit_name=海天精密", **host("fujian")).content.decode()
    assert "海天精密机械有限公司荣成分公司" in found
    assert "请先联系该单位超管添加您为管理员" in found
    fresh = form.client.get("/register/names/?unit_name=闽江软件", **host("fujian")).content.decode()
    assert "没有找到“闽江软件”，可以继续填写以新增单位。" in fresh


@pytest.mark.req("ORG-24", "ORG-21")
def test_picking_a_unit_that_exists_grants_nothing(tree: make.SmallWorld, account: User) -> None:
    before = Membership.objects.count()
    form = form_of(account, "employer")
    assert "若只是申请成为单位管理员，请先联系超管添加。" in form.text
    form.send(unit(tree.district, unit_name="海天精密机械有限公司"))
    assert form.errors == {"unit_name": ["该单位已在平台注册。若只是申请成为单位管理员，请先联系该单位超管添加。"]}
    assert Membership.objects.count() == before


def test_the_person_is_the_one_signed_in_whatever_the_form_says(tree: make.SmallWorld, account: User) -> None:
    form = form_of(account, "employer")
    form.send(unit(tree.district, existing="on", document_number=tree.person.user.document_number))
    form.done()
    assert Registration.objects.get(kind="employer").user == account


@pytest.mark.req("PRO-11", "PRO-12", "REV-10")
def test_an_account_joins_a_unit_after_its_review(tree: make.SmallWorld, account: User, sign_in: SignIn) -> None:
    form = form_of(account, "professional")
    typed = forms.person(NUMBER, employer=str(tree.employer.pk))
    for key in ("existing", "document_type", "document_number", "password", "password_again", "phone", "email", "name"):
        assert key not in form.page.context["form"].fields
        del typed[key]
    form.send(typed)
    assert "请提醒用人单位管理员审核" in form.done()
    registration = Registration.objects.get(kind="professional")
    assert (registration.user, registration.case.desk) == (account, tree.employer)
    row = f"{registration.case.pk}:{registration.case.version}"
    sign_in(tree.employer_admin).post("/reviews/decide/", {"row": row, "verdict": "pass"}, **host("fujian"))
    registration.refresh_from_db()
    assert registration.membership.state == MembershipState.ACTIVE
    again = form_of(account, "professional")
    again.send(typed | {"title_certificate": forms.picture()})
    assert list(again.errors) == ["employer"]
    assert OrganisationKind(registration.organisation.kind) == OrganisationKind.EMPLOYER
