"""What real people type, attach and press."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests import small_world as make
from tests.browsers import browser
from tests.registrations import forms
from tests.registrations.conftest import SignIn
from tests.registrations.forms import Form, host
from tests.small_world import SmallWorld
from xueshi.accounts.models import User
from xueshi.files.models import StoredFile
from xueshi.kernel import text
from xueshi.organisations import selectors as bodies
from xueshi.organisations import services as organisations
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import Hat, OrganisationKind, OrganisationState
from xueshi.policies import registry
from xueshi.registrations.models import Consent, Registration
from xueshi.registrations.services import submitting
from xueshi.registrations.web.state import Progress
from xueshi.reviews.models import ReviewCase

type Visit = Callable[..., Form]

NUMBER = forms.number(801)
FULL = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def counts() -> tuple[int, ...]:
    models = (User, Organisation, Membership, Registration, ReviewCase, Consent)
    return tuple(model.objects.count() for model in models)


def decide(
    sign_in: SignIn, actor: object, registration: Registration, verdict: str = "pass", status: int = 302
) -> None:
    case = registration.case
    order = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": "请核对"}
    assert sign_in(actor).post("/reviews/decide/", order).status_code == status  # type: ignore[arg-type]
    registration.refresh_from_db()


def register_unit(visit: Visit, document: str = NUMBER, **changes: object) -> Registration:
    form = visit("employer")
    form.send(forms.unit(**changes))
    assert form.page.status_code == 200, form.errors
    form.send(forms.manager(document))
    form.done()
    return Registration.objects.latest("pk")


@pytest.mark.req("AMB-04", "ID-24", "ORG-53")
def test_full_width_numbers_and_blanks_are_mended(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(code=" ９１３７１０００ＭＡ３Ｃ０ＥＸＡ７Ｆ ", unit_telephone="０６３１－５２３１２３４"))
    form.send(forms.manager(f"　{NUMBER.translate(FULL)} ", phone="１３８ ６３１１ ２３４５"))
    form.done()
    found = Registration.objects.get()
    assert (found.user.document_number, found.user.phone) == (NUMBER, "13863112345")
    assert found.organisation.code == "91371000MA3C0EXA7F"


@pytest.mark.parametrize(
    "name", ["买买提·吐尔逊", "𠮷田䶮", "王㛃", "阿不都热依木·阿不都克里木", "O'Brien-Müller J. D."]
)
@pytest.mark.req("PRO-04", "REV-10")
def test_a_rare_character_and_a_dot_stay_in_a_name(world: SmallWorld, visit: Visit, sign_in: SignIn, name: str) -> None:
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), name=name))
    form.done()
    assert User.objects.get(pk=Registration.objects.get().user_id).name == name
    page = sign_in(world.employer_admin).get("/registrations/people/", {"name": name[-2:]})
    assert [case.title for case in page.context["list"].rows] == [name]


NO_NAME = "姓名只能由文字、间隔号“·”、连字符和空格组成，不能含有数字或其他符号"
NO_BODY_NAME = "单位名称只能由文字、数字和括号、引号、间隔号、连字符等组成，不能含有 @、<、# 等符号"


@pytest.mark.req("PRO-04")
def test_what_cannot_be_is_refused_beside_its_field(world: SmallWorld, visit: Visit) -> None:
    form, before = visit("professional"), counts()

    def send(**changes: str) -> None:
        form.send(forms.person(NUMBER, employer=str(world.employer.pk), title_certificate=forms.picture(), **changes))

    for name in ("12345", "<script>alert(1)</script>", "王3", "王@", "·王", "😀"):
        send(name=name, sex="male", graduated="1985-07-16")
        assert (form.page.status_code, form.errors, form.page.context["form"]["name"].value()) == (
            422, {"name": [NO_NAME]}, name,
        )  # fmt: skip
    send(sex="male", birth_date="1985-07-17")
    assert form.errors == {"sex": ["性别与证件号不一致，请核对"], "birth_date": ["出生日期与证件号不一致，请核对"]}
    send(graduated="1985-07-16", title_effective="1984-12-01")
    early = ["该日期应晚于出生日期，请核对"]
    assert (form.page.status_code, form.errors) == (422, {"graduated": early, "title_effective": early})
    assert form.page.context["form"]["graduated"].value() == "1985-07-16"
    assert counts() == before
    send(name="买买提•吐尔逊")
    form.done()
    assert Registration.objects.get().user.name == "买买提·吐尔逊"


@pytest.mark.parametrize("portal", ["weihai", "shandong"])
def test_a_body_bears_a_name(world: SmallWorld, visit: Visit, portal: str) -> None:
    form = visit("employer", portal)
    for name in ("@错<b>9", "12345"):
        form.send(forms.unit(unit_name=name))
        assert form.page.status_code == 422
        assert form.errors["unit_name"] == [NO_BODY_NAME]
        assert form.page.context["form"]["unit_name"].value() == name


@pytest.mark.req("PRO-04")
def test_an_administrator_bears_a_name(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit())
    form.send(forms.manager(NUMBER, real_name="007"))
    assert (form.page.status_code, form.errors) == (422, {"real_name": [f"真实{NO_NAME}"]})
    assert User.objects.filter(document_type="resident", name="007").count() == 0


def test_a_phone_may_stand_in_several_accounts(world: SmallWorld, visit: Visit) -> None:
    taken = world.employer_admin.user.phone
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), phone=taken))
    text = form.done()
    assert User.objects.filter(phone_index=world.employer_admin.user.phone_index).count() == 2
    assert world.employer_admin.user.name not in text


@pytest.mark.req("ORG-13", "ID-37", "ORG-03")
def test_a_professional_here_may_be_an_administrator_elsewhere(
    world: SmallWorld, visit: Visit, sign_in: SignIn
) -> None:
    person = world.person.user
    known = {"existing": "yes", "document_number": person.document_number, "password": make.PASSWORD}
    form = visit("employer")
    form.send(forms.unit())
    assert ("非本系统用户" in form.text, "已是本系统用户" in form.text) == (True, True)
    form.send(forms.manager("", password_again="", real_name="", phone="", email="") | known)
    form.done()
    decide(sign_in, world.city_admin, Registration.objects.get())
    hats = [(hat.hat, hat.organisation.name) for hat in bodies.hats(person.pk, "weihai")]
    assert hats == [(Hat.ADMINISTRATOR, "威海新材料有限公司"), (Hat.PROFESSIONAL, world.employer.name)]


@pytest.mark.parametrize("kind", ["department", "base", "bureau"])
@pytest.mark.req("ORG-13")
def test_other_bodies_ask_the_same_way(world: SmallWorld, visit: Visit, kind: str) -> None:
    form = visit(kind)
    form.send(forms.unit(superior=str(world.city.pk), base_level="industry"))
    choice = form.page.context["form"]["existing"].field.widget
    assert [label for _value, label in choice.choices] == ["非本系统用户", "已是本系统用户"]
    province = visit(kind, portal="shandong")
    assert "如果已是本系统用户，请勾选复选框。" in str(province.page.context["way"].form.field("existing").label)


@pytest.mark.req("ORG-13", "PRO-03", "ID-37")
def test_guessing_the_password_of_an_existing_user_ends_with_everything_kept(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("professional")
    admin = world.employer_admin.user
    typed = forms.person(admin.document_number, employer=str(world.department.pk), existing="on", name=admin.name)
    statuses = []
    for guess in range(21):
        form.send(typed | {"password": f"Guess-number-{guess}", "title_certificate": forms.picture()})
        statuses.append(form.page.status_code)
    assert (set(statuses[:20]), statuses[20]) == ({422}, 429)
    assert (form.errors["password"], "Retry-After" in form.page) == (["登录过于频繁，请稍后再试"], True)
    assert form.page.context["form"]["school"].value() == "山东大学"
    form.send(typed | {"password": make.PASSWORD, "title_certificate": forms.picture()})
    assert (form.page.status_code, counts()) == (429, before)


@pytest.mark.req("ID-37")
def test_asking_who_has_an_account_comes_to_an_end(
    world: SmallWorld, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manuals want the refusal said (decision 0034); the limit keeps it from being a directory."""
    monkeypatch.setattr(submitting, "TAKEN_NUMBERS", replace(submitting.TAKEN_NUMBERS, tries=3))
    form, taken, free = visit("professional"), world.employer_admin.user.document_number, forms.number(850)
    typed = forms.person(taken, employer=str(world.department.pk), sensitive="on")
    answers = []
    for document in (taken,) * 2 + (free,) + (taken,) * 2:
        password = document if document == free else forms.PASSWORD  # one's own number is refused as a password
        changes = {"document_number": document, "password": password, "password_again": password}
        form.send(typed | changes | {"title_certificate": forms.picture()})
        answers.append((form.page.status_code, form.errors.get("document_number")))
    refused = (422, ["该证件号已注册。如已是本系统用户，请选择“已是本系统用户”"])
    assert answers[:2] == [refused] * 2
    assert answers[2] == (422, None)
    assert answers[3:] == [refused, (429, ["尝试过于频繁，请稍后再试"])]
    assert form.page.context["form"]["school"].value() == "山东大学"


@pytest.mark.req("ORG-16", "REV-07")
def test_brackets_of_another_width_are_the_same_unit(world: SmallWorld, visit: Visit, sign_in: SignIn) -> None:
    first = register_unit(visit, unit_name="海天(威海)新材料有限公司")
    twin = register_unit(visit, forms.number(802), unit_name="海天〔威海〕新材料有限公司", has_code="no")
    decide(sign_in, world.city_admin, first)
    before = counts()
    for name in ("海天（威海）新材料有限公司", "海天（ 威海 ）新材料有限公司", "海天【威海】新材料有限公司"):
        form = visit("employer")
        form.send(forms.unit(unit_name=name, has_code="no"))
        form.send(forms.manager(forms.number(803)))
        assert (form.page.status_code, form.page.context["place"]) == (422, 1)
        assert form.errors == {"unit_name": ["该单位已在平台注册。若只是申请成为单位管理员，请先联系该单位超管添加。"]}
        assert form.page.context["form"]["unit_name"].value() == name
    assert counts() == before
    decide(sign_in, world.city_admin, twin, status=422)
    twin.organisation.refresh_from_db()
    assert twin.organisation.state == OrganisationState.PENDING
    with pytest.raises(IntegrityError, match="organisation_name_once_active"), transaction.atomic():
        Organisation.objects.filter(pk=twin.organisation_id).update(state=OrganisationState.ACTIVE)


@pytest.mark.parametrize("kind", ["professional", "employer"])
@pytest.mark.req("ORG-09", "SYS-02", "PRO-05")
def test_twenty_megabytes_are_refused_beside_the_field_and_all_else_stays(
    world: SmallWorld, visit: Visit, kind: str
) -> None:
    files = StoredFile.objects.count()
    huge = forms.SimpleUploadedFile("扫描件.png", b"\x89PNG\r\n\x1a\n" + bytes(20 << 20), content_type="image/png")
    form = visit(kind)
    professional = kind == "professional"
    field = "title_certificate" if professional else "licence"
    typed = forms.person(NUMBER, employer=str(world.employer.pk)) if professional else forms.unit()
    form.send(typed | {field: huge})
    assert (form.page.status_code, form.errors) == (
        422, {field: ["扫描件.png：每个文件不超过 4 MB，此文件 20.0 MB"]},
    )  # fmt: skip
    shown = form.page.context["form"]
    boxes = (
        {key for key in typed if getattr(shown[key].field.widget, "input_type", "") == "checkbox"}
        if professional
        else set()
    )
    kept = {key: shown[key].value() for key in typed if key not in {field, "password", "password_again", *boxes}}
    assert {key: shown[key].value() for key in boxes} == {key: bool(typed[key]) for key in boxes}
    assert kept == {key: value for key, value in typed.items() if key in kept}
    assert f'id="id_{field}_error"' in form.text
    assert StoredFile.objects.count() == files


@pytest.mark.parametrize("code", ["D2143569-X", "d2143569x", "91371000MA3C0EXA7F"])
@pytest.mark.req("ORG-53")
def test_old_and_new_codes_stand_under_one_label(world: SmallWorld, visit: Visit, sign_in: SignIn, code: str) -> None:
    registration = register_unit(visit, code=code)
    page = sign_in(world.city_admin).get(f"/registrations/{registration.case.pk}/")
    pairs = {pair.label: pair.value for pair in page.context["pairs"]}
    assert pairs["机构代码/统一社会信用代码"] == ("D2143569-X" if len(code) < 18 else code)
    decide(sign_in, world.city_admin, registration)
    found = Client().get("/register/units/?name=employer&employer__q=新材料", **host("weihai")).content.decode()
    assert "机构代码/统一社会信用代码" in found
    assert str(pairs["机构代码/统一社会信用代码"]) in found


@pytest.mark.parametrize("code", ["D2143569-1", "D214356-9X", "91371000MA3C0EXA7G"])
@pytest.mark.req("ORG-53")
def test_a_code_that_does_not_check_is_refused(world: SmallWorld, visit: Visit, code: str) -> None:
    form = visit("employer")
    form.send(forms.unit(code=code))
    assert (form.page.status_code, list(form.errors)) == (422, ["code"])


@pytest.mark.req("ORG-14", "PRO-10", "SYS-15", "PR-06")
def test_texts_renewed_meanwhile_are_shown_and_accepted_anew(world: SmallWorld, visit: Visit) -> None:
    before = counts()
    form = visit("professional")
    old = Progress(registry.pack("weihai").registration("professional"), "2025-01")
    typed = forms.person(NUMBER, employer=str(world.employer.pk))
    form.send(typed | {"carried": old.packed()})
    assert form.page.status_code == 422
    assert "协议内容已更新，请阅读新版本后重新勾选" in form.text
    for words in ("版本 2026-11-22", "用户应当如实填写信息", "身份证件号码属于敏感个人信息"):
        assert words in form.text
    shown = form.page.context["form"]
    assert not any(shown[box].value() for box in ("undertaking", "agreement", "sensitive"))
    assert (shown["name"].value(), counts()) == ("陈霞", before)
    [scan] = shown.fields["title_certificate"].widget.kept
    form.send(typed | {"title_certificate": "", "title_certificate__keep": scan.key})
    form.done()
    assert set(Consent.objects.values_list("version", flat=True)) == {"2026-11-22"}


@pytest.mark.req("ORG-14", "PR-06")
def test_nothing_is_ticked_beforehand(world: SmallWorld, visit: Visit) -> None:
    for portal, kind in (("weihai", "professional"), ("shandong", "professional"), ("fujian", "account")):
        form = visit(kind, portal).page.context["form"]
        boxes = [key for key in ("undertaking", "agreement", "sensitive") if key in form.fields]
        assert len(boxes) >= 2
        assert [form[key].value() for key in boxes] == [None] * len(boxes)


def second_tab(first: Form, second: Form, *pages: dict[str, object]) -> Form:
    """Fill both tabs in, send the first twice, then the second."""
    for form in (first, second):
        for typed in pages[:-1]:
            form.send(dict(typed))
            assert form.page.status_code == 200, form.errors
    scans = {"title_certificate": forms.picture()} if "title_certificate" in pages[-1] else {}
    first.send(dict(pages[-1]) | scans)
    assert first.page.status_code == 302, first.errors
    twin = first.client.post(first.url, first.sent | {key: forms.picture() for key in scans}, **host(first.portal))
    assert twin["Location"] == first.page["Location"]
    second.send(dict(pages[-1]) | {key: forms.picture() for key in scans})
    assert second.page.status_code == 422
    assert Registration.objects.count() == 1
    return second


@pytest.mark.parametrize("kind", ["employer", "department", "base", "bureau"])
@pytest.mark.req("ORG-16", "ORG-25", "ORG-26", "ORG-27")
def test_two_tabs_register_one_body(world: SmallWorld, visit: Visit, kind: str) -> None:
    superior = str(world.city.pk)
    pages = forms.unit(superior=superior, has_code="no", base_level="industry", licence=""), forms.manager(NUMBER)
    second = second_tab(visit(kind), visit(kind), *pages)
    assert second.errors == {"document_number": ["该证件号已提交注册，正在等待审核，请勿重复提交"]}
    assert Organisation.objects.filter(name="威海新材料有限公司").count() == 1


@pytest.mark.req("ORG-13", "PRO-03")
def test_two_tabs_of_an_existing_user_make_one_registration(world: SmallWorld, visit: Visit) -> None:
    user = make.user("周捷")
    known = {"existing": "yes", "document_number": user.document_number, "password": make.PASSWORD}
    last = forms.manager("", password_again="", real_name="", phone="", email="") | known
    second = second_tab(visit("employer"), visit("employer"), forms.unit(has_code="no", licence=""), last)
    assert second.errors == {"unit_name": ["您已提交过该注册，正在等待审核，请勿重复提交"]}
    assert Organisation.objects.filter(name_key=text.name_key("威海新材料有限公司")).count() == 1


@pytest.mark.req("PRO-03")
def test_two_tabs_of_an_existing_user_join_one_unit(world: SmallWorld, visit: Visit) -> None:
    user = make.user("周捷")
    known = {"existing": "on", "name": user.name, "password": make.PASSWORD, "password_again": ""}
    typed = forms.person(user.document_number, employer=str(world.employer.pk)) | known
    second = second_tab(visit("professional"), visit("professional"), typed)
    assert second.errors == {"employer": ["您已提交过该注册，正在等待审核，请勿重复提交"]}


def test_two_tabs_of_an_account_join_one_unit(db: None) -> None:
    world = make.build("fujian")
    user = make.user("林晓燕")
    tabs = [Form(browser(user, portal="fujian"), "professional", "fujian") for _tab in range(2)]
    second = second_tab(*tabs, forms.person(user.document_number, employer=str(world.employer.pk)))
    assert second.errors == {"employer": ["您已提交过该注册，正在等待审核，请勿重复提交"]}


def test_a_live_body_may_share_its_name_with_one_of_another_kind(world: SmallWorld) -> None:
    twin = make.body(OrganisationKind.BASE, world.employer.name, world.department)
    assert twin.state == OrganisationState.ACTIVE
    assert organisations.text.name_key(twin.name) == twin.name_key
