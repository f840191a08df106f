"""专业技术人员注册: fields, pickers, review, and what a refusal leaves behind."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests import small_world as make
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import PASSWORD, Form, enters, host
from tests.small_world import SmallWorld
from xueshi.accounts.models import User, document_index
from xueshi.accounts.states import AccountState
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import actor_from
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind
from xueshi.people.models import Professional
from xueshi.registrations.models import Registration, RegistrationFile
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

type Visit = Callable[..., Form]

NUMBER = forms.number(101)
STARRED = [
    "document_type", "document_number", "password", "phone", "email", "employer", "name", "sex", "birth_date",
    "education", "school", "major", "graduated", "degree", "postdoctoral", "title_series", "title_level", "title",
    "title_effective",
]  # fmt: skip


ALWAYS = ["password_again", "title_certificate", "undertaking", "agreement", "sensitive"]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Membership, Professional, Registration, ReviewCase))


def register(visit: Visit, world: SmallWorld, number: str = NUMBER, **changes: object) -> Registration:
    form = visit("professional")
    form.send(forms.person(number, **({"employer": str(world.employer.pk)} | changes)))
    form.done()
    return Registration.objects.latest("pk")


@pytest.mark.req("PRO-01", "ORG-01", "ORG-02")
def test_the_first_tab_is_the_professional_and_the_notices_stand_above(world: SmallWorld, client: Client) -> None:
    first = client.get("/register/", **host("weihai"))
    assert first["Location"] == "/register/professional/"
    page = client.get(first["Location"], **host("weihai"))
    tabs = [(tab.label, tab.current) for tab in page.context["tabs"]]
    assert tabs == [
        ("专业技术人员注册", True),
        ("用人单位注册", False),
        ("主管部门注册", False),
        ("继续教育基地注册", False),
        ("区（县）人社局注册", False),
    ]
    for tab in page.context["tabs"]:
        shown = client.get(tab.url, follow=True, **host("weihai"))
        assert shown.status_code == 200
        assert len(shown.context["way"].notices) == 3


@pytest.mark.req("PRO-16")
def test_a_fresh_form_starts_at_male_and_no(world: SmallWorld, visit: Visit) -> None:
    form = visit("professional").page.context["form"]
    assert (form["sex"].value(), form["postdoctoral"].value(), form["document_type"].value()) == (
        "male", "no", "resident",
    )  # fmt: skip


@pytest.mark.req("PRO-02", "PRO-04", "PRO-05", "PRO-06", "AMB-06", "SYS-03", "SYS-20")
def test_every_starred_item_is_named_when_it_is_empty(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("professional")
    form.send({"existing": "", "password": PASSWORD})
    assert form.page.status_code == 422
    assert form.errors["password_again"] == ["两次输入的密码不一致"]
    form.send({"existing": ""})
    assert sorted(form.errors) == sorted([*STARRED, *ALWAYS])
    assert 'class="x-label req" for="id_phone"' in form.text
    assert '<option value="" selected>请选择</option>' in form.text
    for optional in ("department", "certificate_number", "appointed", "academic_title"):
        assert optional in form.page.context["form"].fields
        assert optional not in form.errors
    assert counts() == before


@pytest.mark.req("PRO-05", "AMB-06")
def test_the_scan_of_the_title_is_a_setting_of_the_pack(world: SmallWorld, visit: Visit) -> None:
    form = visit("professional", portal="shandong")
    form.send({"existing": ""})
    assert "title_certificate" not in form.errors


@pytest.mark.req("PRO-10", "PRO-04", "PRO-11", "PRO-12")
def test_a_complete_form_waits_at_the_chosen_unit(world: SmallWorld, visit: Visit) -> None:
    form = visit("professional")
    form.send(forms.person(NUMBER.lower(), employer=str(world.employer.pk)))
    text = form.done()
    assert "注册信息已经提交审核，请耐心等待。" in text
    assert "请提醒用人单位管理员审核" in text
    user = User.objects.get(document_index=document_index("resident", NUMBER))
    assert (user.name, user.state, user.phone, user.email) == (
        "陈霞", AccountState.PENDING, "13963112345", "chenxia@example.cn",
    )  # fmt: skip
    assert user.check_password(PASSWORD)
    registration = Registration.objects.get(user=user)
    case = registration.case
    assert (case.state, case.desk_id, case.kind, case.title) == (
        CaseState.PENDING, world.employer.pk, "registration.professional", "陈霞",
    )  # fmt: skip
    assert (registration.membership.state, registration.membership.hat) == (MembershipState.PENDING, Hat.PROFESSIONAL)
    record = Professional.objects.get(user=user)
    assert (record.sex, str(record.born_on), record.title, record.school) == (
        "female",
        "1985-07-16",
        "0503",
        "山东大学",
    )
    assert (
        record.title_scan == RegistrationFile.objects.get(registration=registration, purpose="title_certificate").file
    )
    boxes = registration.consents.order_by("subject")
    assert [(each.subject, each.version, each.channel, each.round) for each in boxes] == [
        (subject, "2026-11-22", "web", 1) for subject in ("agreement", "sensitive", "undertaking")
    ]
    assert all(each.at == boxes[0].at for each in boxes)


@pytest.mark.req("PRO-10", "SYS-15", "PR-06")
def test_both_boxes_must_be_ticked_and_the_agreement_opens(world: SmallWorld, visit: Visit, client: Client) -> None:
    before = counts()
    for box in ("undertaking", "agreement", "sensitive"):
        form = visit("professional")
        form.send(forms.person(NUMBER, employer=str(world.employer.pk)) | {box: ""})
        assert list(form.errors) == [box]
    assert counts() == before
    assert 'href="/register/agreement/"' in form.text
    assert "点击查看遵守协议" in form.text
    opened = client.get("/register/agreement/", **host("weihai"))
    assert "用户应当如实填写信息" in opened.content.decode()


def test_answers_hold_neither_passwords_nor_class_1(world: SmallWorld, visit: Visit) -> None:
    registration = register(visit, world)
    stored = str(registration.answers)
    for secret in (PASSWORD, NUMBER, "13963112345", "chenxia@example.cn"):
        assert secret not in stored


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (NUMBER[:17] + ("0" if NUMBER[17] != "0" else "1"), "证件号校验位不正确，请核对"),
        (NUMBER[:8] + " " + NUMBER[8:], "证件号中间不能有空格"),
        ("37100219850716", "证件号应为 18 位，最后一位可以是 X"),
    ],
)
@pytest.mark.req("AMB-04", "PRO-02", "ID-24")
def test_a_wrong_number_is_refused_beside_its_field(world: SmallWorld, visit: Visit, typed: str, message: str) -> None:
    before = counts()
    form = visit("professional")
    form.send(forms.person(typed, employer=str(world.employer.pk)))
    assert form.errors == {"document_number": [message]}
    assert 'value="陈霞"' in form.text
    assert PASSWORD not in form.text
    assert counts() == before


@pytest.mark.req("AMB-04", "ID-24")
def test_a_lower_case_x_and_outer_blanks_are_mended(world: SmallWorld, visit: Visit) -> None:
    with_x = next(one for one in (forms.number(serial) for serial in range(100, 140)) if one.endswith("X"))
    registration = register(visit, world, number=f" {with_x.lower()} ")
    assert registration.user.document_number == with_x


@pytest.mark.req("PRO-08", "PRO-07", "AMB-05")
def test_the_unit_picker_lists_name_type_and_code_only(world: SmallWorld, client: Client) -> None:
    page = client.get("/register/units/?name=employer&employer__q=测试", **host("weihai"))
    text = page.content.decode()
    for column in ("序号", "名称", "单位类型", "机构代码/统一社会信用代码", "操作", "选定"):
        assert column in text
    assert [(line.name, line.kind) for line in page.context["found"].lines] == [
        ("测试区人力资源和社会保障局", "人社部门"),
        ("测试市人力资源和社会保障局", "人社部门"),
        ("测试区工业和信息化局", "主管部门"),
    ]
    for secret in ("371002", "address", "市管理员", world.city_admin.user.phone):
        assert secret not in text


@pytest.mark.req("PRO-08")
def test_a_department_may_be_the_employer_and_nothing_typed_is(world: SmallWorld, visit: Visit) -> None:
    form = visit("professional")
    form.send(forms.person(NUMBER, employer="海天精密机械有限公司"))
    assert form.errors == {"employer": ["请从列表中选择所在单位"]}
    form.send(forms.person(NUMBER, employer=str(world.department.pk)))
    form.done()
    assert Registration.objects.get().case.desk == world.department


@pytest.mark.req("PRO-08")
def test_the_picker_works_as_a_step_of_the_page(world: SmallWorld, visit: Visit) -> None:
    for serial in range(12):
        make.body(OrganisationKind.EMPLOYER, f"乳山第{serial}中学", world.department)
    form = visit("professional")
    form.send(forms.person(NUMBER) | {"employer__q": "乳山"}, employer__find="2")
    assert form.page.status_code == 200
    assert 'value="陈霞"' in form.text
    found = form.page.context["form"].fields["employer"].widget.picker.find("乳山", 2)
    assert (found.total, [line.name for line in found.lines]) == (12, ["乳山第8中学", "乳山第9中学"])
    for line in found.lines:
        assert line.name in form.text


@pytest.mark.req("PRO-09")
def test_who_finds_nothing_is_told_whom_to_ask(world: SmallWorld, client: Client) -> None:
    page = client.get("/register/units/?name=employer&employer__q=没有这家", **host("weihai"))
    assert "找不到所在单位？请联系单位管理员。" in page.content.decode()
    other = client.get("/register/units/?name=employer&employer__q=海天", **host("shandong"))
    assert other.context["found"].total == 0


@pytest.mark.req("PRO-07")
def test_the_department_must_be_one_of_the_employer(world: SmallWorld, visit: Visit, client: Client) -> None:
    own = organisations.create_department(world.employer, "技术部")
    foreign = organisations.create_department(world.stranger, "财务部")
    page = client.get(f"/register/departments/?name=department&employer={world.employer.pk}", **host("weihai"))
    assert [line.name for line in page.context["found"].lines] == ["技术部"]
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), department=str(foreign.pk)))
    assert form.errors == {"department": ["请从列表中选择工作部门"]}
    registration = register(visit, world, department=str(own.pk))
    assert registration.membership.department == own


@pytest.mark.req("PRO-07")
@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("employer", "海天精密机械有限公司"),
        ("department", "技术部"),
        ("education", "本科"),
        ("major", "某个专业"),
        ("degree", "学士"),
        ("title_series", "工程技术人员"),
        ("title", "工程师"),
    ],
)
def test_what_is_picked_cannot_be_typed(world: SmallWorld, visit: Visit, key: str, typed: str) -> None:
    before = counts()
    form = visit("professional")
    form.send(forms.person(NUMBER, **({"employer": str(world.employer.pk)} | {key: typed})))
    assert (key in form.errors, form.page.status_code, counts()) == (True, 422, before)


@pytest.mark.req("PRO-04")
def test_a_title_must_belong_to_its_series_and_level(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), title="0101"))
    assert form.errors == {"title": ["请从列表中选择现专业技术任职资格"]}
    assert counts() == before


@pytest.mark.req("PRO-03", "ID-37")
def test_an_existing_user_registers_under_the_same_identity(world: SmallWorld, visit: Visit) -> None:
    admin = world.employer_admin.user
    before = User.objects.count()
    typed = forms.person(admin.document_number, employer=str(world.department.pk), existing="on", name=admin.name)
    typed |= {"password": make.PASSWORD, "password_again": "", "phone": "", "email": ""}
    form = visit("professional")
    form.send(typed)
    form.done()
    assert User.objects.count() == before
    registration = Registration.objects.get()
    assert registration.user == admin
    assert registration.case.desk == world.department
    admin.refresh_from_db()
    assert (admin.state, admin.check_password(make.PASSWORD)) == (AccountState.ACTIVE, True)


@pytest.mark.req("PRO-03", "ID-37")
def test_an_existing_user_needs_the_right_password(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    admin = world.employer_admin.user
    typed = forms.person(admin.document_number, employer=str(world.department.pk), existing="on", name=admin.name)
    form = visit("professional")
    form.send(typed | {"password": "not-the-password-9"})
    assert form.page.status_code == 422
    assert counts() == before


@pytest.mark.req("ID-37")
def test_a_number_that_is_registered_cannot_be_registered_as_new(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("professional")
    form.send(forms.person(world.employer_admin.user.document_number, employer=str(world.employer.pk)))
    assert list(form.errors) == ["document_number"]
    assert counts() == before
    register(visit, world)
    waiting = counts()
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.stranger.pk), name="陈夏", phone="13800001111"))
    assert form.errors == {"document_number": ["该证件号已提交注册，正在等待审核，请勿重复提交"]}
    assert counts() == waiting
    user = Registration.objects.get().user
    assert (user.name, user.phone) == ("陈霞", "13963112345")


@pytest.mark.req("PRO-12", "REV-07")
def test_approval_lets_the_person_sign_in(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    registration = register(visit, world)
    case = registration.case
    assert not enters(NUMBER)
    admin = sign_in(world.employer_admin)
    admin.post("/reviews/decide/", {"row": f"{case.pk}:{case.version}", "verdict": "pass"}, **host("weihai"))
    registration.refresh_from_db()
    assert registration.case.state == CaseState.APPROVED
    assert registration.membership.state == MembershipState.ACTIVE
    assert registration.user.state == AccountState.ACTIVE
    assert enters(NUMBER)


@pytest.mark.req("PRO-14", "PRO-15")
def test_number_name_and_employer_stay_as_registered(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    registration = register(visit, world)
    order = {"row": f"{registration.case.pk}:{registration.case.version}", "verdict": "pass"}
    sign_in(world.employer_admin).post("/reviews/decide/", order, **host("weihai"))
    assert enters(NUMBER)
    before = counts()
    for changes in ({"name": "陈夏"}, {"employer": str(world.stranger.pk)}):
        form = visit("professional")
        form.send(forms.person(NUMBER, **({"existing": "on", "employer": str(world.employer.pk)} | changes)))
        assert (list(form.errors), counts()) == (list(changes), before)
    person, browser = (
        User.objects.get(pk=registration.user_id),
        sign_in(actor_from(registration.user, registration.membership)),
    )
    forged = {"name": "陈夏", "document_number": forms.number(102), "employer": str(world.stranger.pk)}
    for address in ("/password/", "/home/", "/hats/"):
        browser.post(address, forged, **host("weihai"))
    person.refresh_from_db()
    assert (person.name, person.document_number) == ("陈霞", NUMBER)
    assert Professional.objects.get(user=person).employment.organisation == world.employer


@pytest.mark.req("PRO-13", "REV-07", "AMB-39", "REV-12")
def test_a_refused_number_registers_again(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register(visit, world)
    order = {"row": f"{first.case.pk}:{first.case.version}", "verdict": "fail", "comment": "单位填写有误"}
    sign_in(world.employer_admin).post("/reviews/decide/", order, **host("weihai"))
    first = Registration.objects.get()
    assert (first.case.state, first.membership.state) == (CaseState.REJECTED, MembershipState.REJECTED)
    assert first.user.state == AccountState.PENDING
    assert not enters(NUMBER)
    again = register(visit, world, employer=str(world.stranger.pk), name="陈夏")
    assert again.user == first.user
    assert again.user.name == "陈夏"
    assert again.user.state == AccountState.PENDING
    assert not enters(NUMBER)
    assert again.case.desk == world.stranger
    record = Professional.objects.get(user=again.user)
    assert (record.employment, record.name_pinyin) == (again.membership, "chen2 xia4")
    found = sign_in(world.stranger_admin).get("/registrations/people/?name=夏", **host("weihai"))
    assert [case.pk for case in found.context["list"].rows] == [again.case.pk]


def test_a_rejection_needs_a_reason(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    registration = register(visit, world)
    order = {"row": f"{registration.case.pk}:{registration.case.version}", "verdict": "fail", "comment": " "}
    sign_in(world.employer_admin).post("/reviews/decide/", order, **host("weihai"))
    registration.refresh_from_db()
    assert (registration.case.state, registration.membership.state) == (CaseState.PENDING, MembershipState.PENDING)


def test_state_and_reviewer_are_never_taken_from_the_form(world: SmallWorld, visit: Visit) -> None:
    registration = register(visit, world, state="active", desk=str(world.stranger.pk), is_super="on")
    assert registration.user.state == AccountState.PENDING
    assert registration.case.desk == world.employer
    assert not registration.membership.is_super


def test_an_organisation_of_another_portal_is_not_offered(world: SmallWorld, visit: Visit) -> None:
    other = make.body(OrganisationKind.BUREAU, "福建省人社厅", None, "fujian")
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(other.pk)))
    assert form.errors == {"employer": ["请从列表中选择所在单位"]}
    assert Organisation.objects.filter(pk=other.pk).exists()
