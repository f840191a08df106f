"""Registration walked from one end to the other on every portal, and what each of them prints."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import small_world as make
from tests.browsers import browser
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import PASSWORD, Form, enters, host
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import Hat, OrganisationState
from xueshi.policies import registry
from xueshi.registrations.models import Registration

type Visit = Callable[..., Form]

MANAGER, PERSON = forms.number(901), forms.number(902)
AREAS = {"weihai": "371002", "shandong": "371002", "liaocheng": "371502"}
PROVINCES = pytest.mark.parametrize("portal", ["shandong", "liaocheng"])
UNIT = "鲁西（聊城）装备有限公司"
STARRED = ["unit_name", "unit_nature", "unit_level", "unit_telephone", "industry", "area", "address"]
ADMINISTRATOR = ["document_number", "password", "real_name", "phone", "email"]


def decide(sign_in: SignIn, actor: Actor, registration: Registration, verdict: str = "pass") -> None:
    case = registration.case
    order = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": "请核对"}
    assert sign_in(actor).post("/reviews/decide/", order).status_code == 302
    registration.refresh_from_db()


def listed(sign_in: SignIn, actor: Actor, queue: str) -> list[str]:
    page = sign_in(actor).get(f"/registrations/{queue}/")
    assert page.status_code == 200
    return [case.title for case in page.context["list"].rows]


def province_unit(portal: str, **changes: object) -> dict[str, object]:
    """Step 1 of the employer form of 山东 and 聊城: no question about the code, the scan is required."""
    typed = forms.unit(area=AREAS[portal], unit_name=UNIT, has_department="yes") | changes
    return {key: value for key, value in typed.items() if key != "has_code"}


def province_person(world: SmallWorld, employer: Organisation | None = None, **changes: object) -> dict[str, object]:
    """The professional's form of 山东 and 聊城: no scan of the title is asked for."""
    typed = forms.person(PERSON, employer=str((employer or world.employer).pk)) | {"title_certificate": ""}
    return typed | changes


@pytest.mark.parametrize(("portal", "kinds"), [("weihai", 5), ("shandong", 5), ("liaocheng", 5)])
@pytest.mark.req("ORG-01", "ORG-02", "PRO-01")
def test_every_kind_is_a_tab_under_three_notices(db: None, portal: str, kinds: int) -> None:
    client = Client(HTTP_HOST=f"{portal}.localhost")
    first = client.get("/register/", follow=True)
    assert len(first.context["tabs"]) == kinds
    for tab in first.context["tabs"]:
        page = client.get(tab.url, follow=True).content.decode()
        start = page.index('aria-label="注册须知"')
        notices = page[start : page.index("<form", start)]
        assert notices.count("<li>") == 3
        for words in ("准确与完整性", "必填项", "该资料为个人所有，只有个人享有此资料的修改和使用。"):
            assert words in notices


@pytest.mark.req("ORG-01", "ORG-02", "ORG-24")
def test_an_account_comes_first_where_the_pack_says_so(db: None) -> None:
    client = Client(HTTP_HOST="fujian.localhost")
    assert client.get("/register/")["Location"] == "/register/account/"
    inside = browser(make.user("林晓燕"), portal="fujian")
    assert inside.get("/register/")["Location"] == "/register/employer/"
    for one, kind in ((client, "account"), (inside, "employer"), (inside, "professional")):
        page = one.get(f"/register/{kind}/", follow=True).content.decode()
        for words in ("准确与完整性", "红色*号为必填项", "只有个人享有此资料的修改和使用"):
            assert words in page
    assert client.get("/register/employer/")["Location"].startswith("/?next=")


@PROVINCES
@pytest.mark.req("ORG-04", "ORG-10", "ORG-06", "ORG-11", "ORG-12", "ORG-14", "ORG-15")
def test_every_field_of_the_employer_form_answers_for_itself(db: None, visit: Visit, portal: str) -> None:
    world = make.build(portal)
    before = Organisation.objects.count()
    form = visit("employer", portal)
    for key in [*STARRED, "has_department", "code", "licence"]:
        form.send(province_unit(portal, superior=str(world.department.pk)) | {key: ""})
        assert (form.page.status_code, list(form.errors), form.page.context["place"]) == (422, [key], 1)
    form.send(province_unit(portal, superior=""))
    assert form.errors == {"superior": ["请选择所属主管部门名称"]}
    form.send(province_unit(portal, superior=str(world.department.pk)))
    assert form.page.context["form"]["unit_name_shown"].value() == UNIT
    for key in ADMINISTRATOR:
        form.send(forms.manager(MANAGER, **{key: ""}))
        assert key in form.errors
    for box in ("undertaking", "agreement", "sensitive"):
        form.send(forms.manager(MANAGER) | {box: ""})
        assert list(form.errors) == [box]
    form.send(forms.manager(MANAGER), back="1")
    assert form.page.context["form"]["unit_name"].value() == UNIT
    assert Organisation.objects.count() == before


@PROVINCES
@pytest.mark.req("ORG-08", "ORG-17")
def test_branches_and_units_without_a_code_read_what_to_do(db: None, visit: Visit, portal: str) -> None:
    text = visit("employer", portal).text
    below = text[text.index("</form>") :]
    assert "下级单位（分公司）可自行注册为用人单位" in below
    assert "无统一社会信用代码的单位请联系客服人员处理" in below


@PROVINCES
@pytest.mark.req(
    "ORG-03", "ORG-04", "ORG-16", "ORG-53", "PRO-02", "PRO-04", "PRO-05", "PRO-08", "PRO-10", "PRO-11", "PRO-12",
    "PRO-13", "REV-12", "REV-30",
)  # fmt: skip
def test_a_unit_and_its_person_get_in(db: None, visit: Visit, sign_in: SignIn, portal: str) -> None:
    world = make.build(portal)
    unit = visit("employer", portal)
    unit.send(province_unit(portal, superior=str(world.department.pk), code="D2143569-X"))
    unit.send(forms.manager(MANAGER))
    assert "注册信息已经提交审核，请耐心等待。" in unit.done()
    registered = Registration.objects.get()
    assert (registered.case.desk, registered.organisation.code) == (world.department, "D2143569-X")
    assert listed(sign_in, world.department_admin, "units") == [UNIT]
    assert not enters(MANAGER, portal, "employer")
    decide(sign_in, world.department_admin, registered)
    assert enters(MANAGER, portal, "employer")

    body = registered.organisation
    assert bodies.active_super(body.pk).user == registered.user
    found = Client().get("/register/units/?name=employer&employer__q=鲁西", **host(portal))
    assert [(line.name, line.kind) for line in found.context["found"].lines] == [(UNIT, "用人单位")]
    person = visit("professional", portal)
    person.send(province_person(world, body))
    assert "请提醒用人单位管理员审核" in person.done()
    joined = Registration.objects.latest("pk")
    admin = make.actor_from(registered.user, registered.membership)
    assert listed(sign_in, admin, "people") == ["陈霞"]
    decide(sign_in, admin, joined, "fail")
    assert not enters(PERSON, portal)
    again = visit("professional", portal)
    again.send(province_person(world, body))
    again.done()
    decide(sign_in, admin, Registration.objects.latest("pk"))
    assert enters(PERSON, portal)


@PROVINCES
@pytest.mark.req("PRO-03", "ID-37", "ORG-13")
def test_an_existing_user_takes_a_second_hat(db: None, visit: Visit, sign_in: SignIn, portal: str) -> None:
    world = make.build(portal)
    users, user = User.objects.count(), world.employer_admin.user
    form = visit("professional", portal)
    assert "如果已是本系统用户，请勾选复选框。" in form.text
    taken = province_person(world, world.department, document_number=user.document_number)
    form.send(taken)
    assert list(form.errors) == ["document_number"]
    known = {"existing": "on", "name": user.name, "password": make.PASSWORD, "password_again": ""}
    known |= forms.told(user.document_number)
    form.send(taken | known | {"password": PASSWORD})
    assert list(form.errors) == ["password"]
    form.send(taken | known)
    form.done()
    decide(sign_in, world.department_admin, Registration.objects.get())
    hats = {(hat.hat, hat.organisation) for hat in bodies.hats(user.pk, portal)}
    assert hats == {(Hat.ADMINISTRATOR, world.employer), (Hat.PROFESSIONAL, world.department)}
    assert User.objects.count() == users


@pytest.mark.req("ORG-18", "ORG-22", "ORG-23", "ORG-24", "PRO-12", "REV-10", "ID-37")
def test_an_account_a_unit_and_its_person_get_in(db: None, sign_in: SignIn) -> None:
    world = make.build("fujian")
    user = make.user("林国强")
    unit = Form(browser(user, portal="fujian"), "employer", "fujian")
    typed = forms.unit(area="350102", head="林国强", superior=str(world.district.pk), unit_name="福州闽江软件有限公司")
    unit.send(typed)
    assert "前往单位管理页面" in unit.done()
    body = Organisation.objects.get(name="福州闽江软件有限公司")
    assert (body.state, body.parent) == (OrganisationState.ACTIVE, world.district)
    [hat] = bodies.hats(user.pk, "fujian")
    person = make.user("王志远")
    joining = Form(browser(person, portal="fujian"), "professional", "fujian")
    joining.send(forms.person(person.document_number, employer=str(body.pk)))
    joining.done()
    admin = make.actor_from(user, hat)
    assert listed(sign_in, admin, "people") == ["王志远"]
    decide(sign_in, admin, Registration.objects.latest("pk"))
    assert [each.organisation for each in bodies.hats(person.pk, "fujian")] == [body]
    twin = Form(browser(make.user("别人"), portal="fujian"), "employer", "fujian")
    twin.send(typed | {"licence": ""})
    assert "请先联系该单位超管添加" in twin.errors["unit_name"][0]


@pytest.mark.parametrize("portal", ["weihai", "shandong", "liaocheng", "fujian"])
@pytest.mark.req("PRO-31", "PRO-08")
def test_a_person_may_belong_to_a_bureau(db: None, sign_in: SignIn, visit: Visit, portal: str) -> None:
    world = make.build(portal)
    told = {}
    if portal == "fujian":
        person = make.user("陈霞")
        form, told = Form(browser(person, portal=portal), "professional", portal), forms.told(person.document_number)
    else:
        form = visit("professional", portal)
    form.send(province_person(world, world.district, title_certificate=forms.picture(), **told))
    assert "请提醒人社部门管理员审核" in form.done()
    assert listed(sign_in, world.district_admin, "people") == ["陈霞"]
    assert listed(sign_in, world.city_admin, "people") == []
    registration = Registration.objects.get()
    decide(sign_in, world.district_admin, registration)
    hat = bodies.hats(registration.user_id, portal)[0]
    assert (hat.hat, hat.organisation) == (Hat.PROFESSIONAL, world.district)


@pytest.mark.parametrize("portal", ["weihai", "shandong", "liaocheng"])
@pytest.mark.req("ORG-17", "ORG-28", "ORG-29")
def test_a_branch_stands_below_its_unit_and_is_seen_from_above_only(
    db: None, sign_in: SignIn, visit: Visit, portal: str
) -> None:
    world = make.build(portal)
    form = visit("employer", portal)
    typed = forms.unit(
        area=AREAS[portal], unit_name="海天精密乳山分公司", has_department="yes", superior=str(world.employer.pk)
    )
    form.send(typed)
    form.send(forms.manager(MANAGER))
    form.done()
    registration = Registration.objects.get()
    assert listed(sign_in, world.employer_admin, "units") == ["海天精密乳山分公司"]
    decide(sign_in, world.employer_admin, registration)
    branch = Organisation.objects.get(pk=registration.organisation_id)
    assert branch.path == f"{world.employer.path}{branch.pk}."
    seers = {
        "city": world.city_admin, "district": world.district_admin, "department": world.department_admin,
        "employer": world.employer_admin, "branch": world.branch_admin, "stranger": world.stranger_admin,
    }  # fmt: skip
    places = [world.city, world.district, world.department, world.employer, branch]
    seen = {
        name: [sign_in(actor).get(f"/registrations/unit/{place.pk}/").status_code == 200 for place in places]
        for name, actor in seers.items()
    }
    assert seen == {
        "city": [True] * 5,
        "district": [False, True, True, True, True],
        "department": [False, False, True, True, True],
        "employer": [False, False, False, True, True],
        "branch": [False] * 5,
        "stranger": [False] * 5,
    }


@pytest.mark.parametrize("portal", ["weihai", "shandong", "liaocheng", "fujian"])
@pytest.mark.req("ORG-54")
def test_every_value_of_the_seeds_can_be_chosen(db: None, portal: str, visit: Visit) -> None:
    seeds = {
        "unit_nature": {"机关", "事业单位", "全额拨款事业单位", "国际组织、机构"},
        "unit_level": {"地、厅、司、局级", "国际组织、机构"},
        "industry": {
            "农、林、牧、渔业", "房地产业", "教育", "制造业", "卫生、社会保障和社会福利业",
            "科学研究、技术服务和地质勘查业", "中等专业教育", "社会保障业",
        },
    }  # fmt: skip
    world = make.build(portal)
    fujian = portal == "fujian"
    way = registry.pack(portal).registration("employer")
    form = (
        Form(browser(make.user("林国强"), portal=portal), "employer", portal) if fujian else visit("employer", portal)
    )
    for key in [key for key in seeds if key in way.form]:
        options = {option.label: option.code for option in way.form.field(key).options}
        for label in seeds[key]:
            area = "350102" if fujian else AREAS[portal]
            form.send(
                forms.unit(area=area, superior=str(world.department.pk), licence="", address="") | {key: options[label]}
            )
            assert key not in form.errors
            assert form.page.context["form"][key].value() == options[label]
        form.send(forms.unit(licence="") | {key: "不在目录里"})
        assert key in form.errors


@pytest.mark.req("PRO-03", "ID-37", "PRO-12")
def test_who_waits_on_one_portal_does_not_join_on_another(world: SmallWorld, visit: Visit) -> None:
    """One person has one record, and it names one employer."""
    elsewhere, admin = make.build("shandong"), world.stranger_admin.user
    known = {"existing": "on", "name": admin.name, "password": make.PASSWORD, "password_again": "", "phone": ""}
    refused = {}
    for portal, body in (("weihai", world.employer), ("shandong", elsewhere.employer), ("weihai", world.branch)):
        form = visit("professional", portal)
        form.send(forms.person(admin.document_number, employer=str(body.pk), email="") | known)
        if form.page.status_code != 302:
            refused[portal] = form.errors
    assert refused == {
        "shandong": {
            "employer": ["您在其他平台提交的专业技术人员注册正在等待审核，请等待审核结果，或在该平台撤回后再注册"]
        },
        "weihai": {"employer": ["您已提交过该注册，正在等待审核，请勿重复提交"]},
    }
    assert Registration.objects.get().professional.employment.organisation == world.employer
