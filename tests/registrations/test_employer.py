"""用人单位注册 in two steps, and the other bodies by the same mechanism."""

from collections.abc import Callable

import pytest

from tests import small_world as make
from tests.declarations.units import heads
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import PASSWORD, Form, enters, host
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.files.models import StoredFile
from xueshi.organisations import selectors as bodies
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState
from xueshi.registrations.models import Registration
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState

type Visit = Callable[..., Form]

NUMBER = forms.number(201)
STARRED = ["unit_name", "unit_nature", "unit_level", "unit_telephone", "industry", "area", "address"]


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Organisation, Membership, Registration, ReviewCase))


def register(visit: Visit, document: str = NUMBER, **changes: object) -> Registration:
    form = visit("employer")
    form.send(forms.unit(**changes))
    assert form.page.status_code == 200, form.errors
    form.send(forms.manager(document))
    form.done()
    return Registration.objects.latest("pk")


def decide(sign_in: SignIn, actor: object, registration: Registration, verdict: str, comment: str = "") -> None:
    case = ReviewCase.objects.get(pk=registration.case_id)
    order = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": comment}
    answer = sign_in(actor).post("/reviews/decide/", order, **host("weihai"))  # type: ignore[arg-type]
    assert answer.status_code == 302
    registration.refresh_from_db()


@pytest.mark.req("ORG-05")
def test_every_starred_field_of_step_1_is_named(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    for key in STARRED:
        form.send(forms.unit(**{key: ""}))
        assert list(form.errors) == [key]
        assert form.page.context["place"] == 1
    assert Organisation.objects.count() == 6


@pytest.mark.req("ORG-04")
def test_the_form_of_the_province_asks_for_its_own_fields(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer", portal="shandong")
    form.send({"licence": ""})
    assert sorted(form.errors) == sorted([*STARRED, "has_department", "code", "licence"])


@pytest.mark.req("ORG-06")
def test_the_department_is_asked_only_when_there_is_one(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(has_department="yes"))
    assert form.errors == {"superior": ["请选择所属主管部门名称"]}
    form.send(forms.unit(has_department="no"))
    assert form.page.context["place"] == 2


@pytest.mark.req("ORG-07")
def test_without_a_code_neither_code_nor_scan_is_read(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(has_code="yes", code=""))
    assert list(form.errors) == ["code"]
    registration = register(visit, has_code="no", code="nonsense", licence="")
    assert registration.organisation.code is None
    assert registration.files.count() == 0


@pytest.mark.req("ORG-08")
def test_a_unit_without_a_code_is_told_whom_to_call(world: SmallWorld, visit: Visit) -> None:
    assert "无统一社会信用代码的单位请联系客服人员处理" in visit("employer", portal="shandong").text


@pytest.mark.parametrize(("portal", "limit"), [("weihai", 4 << 20), ("shandong", 1 << 20)])
@pytest.mark.req("ORG-09", "SYS-01", "SYS-02")
def test_the_scan_keeps_the_limit_of_the_region(world: SmallWorld, visit: Visit, portal: str, limit: int) -> None:
    picture = forms.picture()
    content = picture.read()
    padded = content + b"\0" * (limit - len(content))
    for body, name, taken in (
        (padded, "at.png", True),
        (padded + b"\0", "over.png", False),
        (b"%PDF-1.7 text", "licence.pdf", False),
        (b"%PDF-1.7 text", "renamed.jpg", False),
    ):
        before = StoredFile.objects.count()
        form = visit("employer", portal=portal)
        form.send(forms.unit(licence=forms.SimpleUploadedFile(name, body)))
        assert ("licence" not in form.errors) is taken
        assert StoredFile.objects.count() - before == int(taken)


@pytest.mark.req("ORG-10")
def test_the_scan_is_required_in_the_province_only(world: SmallWorld, visit: Visit) -> None:
    weihai = visit("employer")
    weihai.send(forms.unit(licence=""))
    assert weihai.page.context["place"] == 2
    province = visit("employer", portal="shandong")
    province.send(forms.unit(licence=""))
    assert province.errors == {"licence": ["请上传信用代码证书或营业执照扫描件"]}


@pytest.mark.req("ORG-11", "ORG-12")
def test_step_2_repeats_the_unit_and_asks_for_its_administrator(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("employer")
    form.send(forms.unit())
    assert form.page.context["place"] == 2
    assert form.page.context["form"]["unit_name_shown"].value() == "威海新材料有限公司"
    for key in ("document_number", "real_name", "phone", "email"):
        form.send(forms.manager(NUMBER, **{key: ""}))
        assert list(form.errors) == [key]
    form.send(forms.manager(NUMBER, password=""))
    assert "password" in form.errors
    form.send(forms.manager(NUMBER, unit_name_shown="伪造的名称"))
    form.done()
    assert Registration.objects.get().organisation.name == "威海新材料有限公司"
    assert counts() == tuple(one + 1 for one in before)


@pytest.mark.req("ORG-14")
def test_undertaking_and_agreement_are_asked_for(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("employer")
    form.send(forms.unit())
    for box in ("undertaking", "agreement", "sensitive"):
        form.send(forms.manager(NUMBER) | {box: ""})
        assert list(form.errors) == [box]
    assert "本人承诺以上所填信息真实无误，如因个人填报信息失实" in form.text
    assert 'href="/register/agreement/"' in form.text
    assert "用户应当如实填写信息" in form.client.get("/register/agreement/", **host("weihai")).content.decode()
    assert counts() == before


@pytest.mark.req("ORG-15")
def test_going_back_keeps_what_was_entered(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit())
    form.send(forms.manager(NUMBER), back="1")
    shown = form.page.context["form"]
    assert form.page.context["place"] == 1
    assert (shown["unit_name"].value(), shown["address"].value()) == ("威海新材料有限公司", "威海市环翠区世昌大道 1 号")
    assert [scan.name for scan in shown.fields["licence"].widget.kept] == ["licence.png"]
    kept = shown.fields["licence"].widget.kept[0]
    seen = form.client.get(kept.url, **host("weihai"))
    assert (seen["Content-Type"], seen["X-Content-Type-Options"]) == ("image/png", "nosniff")
    form.send(forms.unit(licence="", licence__keep=kept.key))
    again = form.page.context["form"]
    assert (again["real_name"].value(), again["document_number"].value()) == ("刘洋", NUMBER)
    assert PASSWORD not in form.text
    assert PASSWORD not in str(form.hidden)
    for button in ("上一步", "注册", "返回首页"):
        assert button in form.text
    form.send(forms.manager(NUMBER))
    form.done()
    assert Registration.objects.get().files.get().purpose == "licence"


def test_a_scan_of_another_form_is_not_taken(world: SmallWorld, visit: Visit) -> None:
    first, second = visit("employer"), visit("employer")
    first.send(forms.unit())
    first.send(forms.manager(NUMBER), back="1")
    foreign = first.page.context["form"].fields["licence"].widget.kept[0].key
    second.send(forms.unit(licence="", licence__keep=foreign))
    second.send(forms.manager(NUMBER))
    second.done()
    assert Registration.objects.get().files.count() == 0


def test_a_forged_or_missing_carry_starts_anew(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("employer")
    form.send(forms.unit())
    form.send(forms.manager(NUMBER) | {"carried": form.hidden["carried"][:-2] + "xx"})
    assert (form.page.status_code, form.page.context["place"]) == (422, 1)
    assert "页面已过期，请重新填写" in form.text
    assert counts() == before


@pytest.mark.req("ORG-03", "ORG-16", "AMB-19", "REV-30")
def test_without_a_department_the_bureau_of_the_level_decides(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    registration = register(visit)
    body, hat = registration.organisation, registration.membership
    assert (body.state, body.parent, body.path) == (OrganisationState.PENDING, world.city, None)
    assert (hat.state, hat.hat, hat.is_super) == (MembershipState.PENDING, Hat.ADMINISTRATOR, True)
    assert registration.user.state == AccountState.PENDING
    assert bodies.hats(registration.user_id, "weihai") == []
    assert not enters(NUMBER, user_type="employer")
    decide(sign_in, world.city_admin, registration, "pass")
    body = Organisation.objects.get(pk=body.pk)
    assert (body.state, body.path) == (OrganisationState.ACTIVE, f"{world.city.path}{body.pk}.")
    assert [one.pk for one in bodies.hats(registration.user_id, "weihai")] == [hat.pk]
    assert bodies.active_super(body.pk).user == registration.user
    assert User.objects.get(pk=registration.user_id).state == AccountState.ACTIVE
    assert enters(NUMBER, user_type="employer")


@pytest.mark.req("ORG-16", "ORG-17", "REV-15", "REV-21", "AMB-19")
def test_the_picked_superior_decides(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    under_department = register(visit, has_department="yes", superior=str(world.department.pk))
    assert under_department.case.desk == world.department
    branch = register(
        visit,
        document=forms.number(202),
        unit_name="海天精密机械有限公司乳山分公司",
        has_department="yes",
        superior=str(world.employer.pk),
        code="91371083MA3C0EXB2D",
        has_code="no",
    )
    assert branch.case.desk == world.employer
    decide(sign_in, world.employer_admin, branch, "pass")
    body = Organisation.objects.get(pk=branch.organisation_id)
    assert body.path == f"{world.employer.path}{body.pk}."


@pytest.mark.req("REV-09")
def test_a_stranger_decides_nothing(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    registration = register(visit, has_department="yes", superior=str(world.department.pk))
    stranger = sign_in(world.stranger_admin)
    row = f"{registration.case.pk}:{registration.case.version}"
    answer = stranger.post("/reviews/decide/", {"row": row, "verdict": "pass"}, **host("weihai"))
    assert answer.status_code == 404
    assert stranger.get(f"/registrations/{registration.case.pk}/", **host("weihai")).status_code == 404
    assert stranger.get("/registrations/0/", **host("weihai")).status_code == 404
    registration.refresh_from_db()
    assert registration.case.state == CaseState.PENDING


@pytest.mark.req("REV-07", "AMB-39")
def test_rejection_frees_name_code_and_number(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register(visit)
    decide(sign_in, world.city_admin, first, "fail", "证照不清楚")
    body = Organisation.objects.get(pk=first.organisation_id)
    assert (body.state, body.path, first.membership.state) == (OrganisationState.REJECTED, None, "rejected")
    assert User.objects.get(pk=first.user_id).state == AccountState.PENDING
    assert not enters(NUMBER, user_type="employer")
    second = register(visit)
    assert second.user == first.user
    decide(sign_in, world.city_admin, second, "pass")
    assert Organisation.objects.get(pk=second.organisation_id).state == OrganisationState.ACTIVE


def test_a_live_name_or_code_is_taken(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register(visit)
    twin = register(visit, document=forms.number(203))
    decide(sign_in, world.city_admin, first, "pass")
    before = counts()
    form = visit("employer")
    form.send(forms.unit(unit_name="威海 新材料有限公司"))
    form.send(forms.manager(forms.number(204)))
    assert form.page.context["place"] == 1
    assert list(form.errors) == ["unit_name"]
    form = visit("employer")
    form.send(forms.unit(unit_name="另一家有限公司"))
    form.send(forms.manager(forms.number(204)))
    assert form.errors == {"code": ["该统一社会信用代码已有单位在使用"]}
    assert counts() == before
    case = ReviewCase.objects.get(pk=twin.case_id)
    order = {"row": f"{case.pk}:{case.version}", "verdict": "pass"}
    refused = sign_in(world.city_admin).post("/reviews/decide/", order, **host("weihai"))
    assert (refused.status_code, "同名单位已经生效，请核对后驳回" in refused.content.decode()) == (422, True)
    assert (ReviewCase.objects.get(pk=case.pk).state, counts()) == (CaseState.PENDING, before)
    assert twin.membership.state == MembershipState.PENDING


@pytest.mark.req("ORG-13", "ID-37")
def test_the_administrator_may_be_an_existing_user(world: SmallWorld, visit: Visit) -> None:
    person = world.person.user
    before = User.objects.count()
    form = visit("employer")
    form.send(forms.unit())
    typed = {"existing": "yes", "document_type": "resident", "document_number": person.document_number}
    form.send(typed | {"password": "wrong-password-11", "undertaking": "on", "agreement": "on", "sensitive": "on"})
    assert list(form.errors) == ["password"]
    assert Registration.objects.count() == 0
    form.send(typed | {"password": make.PASSWORD, "undertaking": "on", "agreement": "on", "sensitive": "on"})
    form.done()
    assert User.objects.count() == before
    registration = Registration.objects.get()
    assert (registration.user, registration.membership.hat) == (person, Hat.ADMINISTRATOR)


PRINTED = {
    "departments": ("法人单位", "机构代码/统一社会信用代码", "管理员", "证件号", "手机"),
    "bases": ("继续教育基地名称", "继续教育基地级别", "管理员", "证件号", "手机"),
    "bureaux": ("人社部门", "机构代码/统一社会信用代码", "管理员", "证件号", "手机", "电子邮件"),
}
"""What the queues of bodies show between number and actions, in the printed order."""


@pytest.mark.parametrize(
    ("kind", "superior", "queue", "rows"),
    [
        ("department", "city", "departments", "REV-29"),
        ("base", "department", "bases", "REV-22"),
        ("bureau", "city", "bureaux", "REV-28"),
    ],
)
@pytest.mark.req("ORG-25", "ORG-26", "ORG-27", "REV-22", "REV-28", "REV-29", "AMB-18")
def test_the_other_bodies_register_by_the_same_mechanism(
    world: SmallWorld, visit: Visit, sign_in: SignIn, kind: str, superior: str, queue: str, rows: str
) -> None:
    above = getattr(world, superior)
    form = visit(kind)
    form.send(forms.unit(unit_name="威海市测试机构", superior=str(above.pk), has_code="no", base_level="industry"))
    assert form.page.status_code == 200, form.errors
    form.send(forms.manager(NUMBER))
    form.done()
    registration = Registration.objects.get()
    assert (registration.organisation.kind, registration.case.desk) == (OrganisationKind(kind), above)
    admin = world.city_admin if superior == "city" else world.department_admin
    page = sign_in(admin).get(f"/registrations/{queue}/?name=测试", **host("weihai"))
    assert [case.pk for case in page.context["list"].rows] == [registration.case.pk], rows
    assert heads(page.content.decode()) == ["", "序号", *PRINTED[queue], "操作"]
    decide(sign_in, admin, registration, "pass")
    assert Organisation.objects.get(pk=registration.organisation_id).state == OrganisationState.ACTIVE
