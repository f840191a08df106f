"""The same number or the same form at the same moment."""

from collections.abc import Callable

import pytest

from tests import small_world as make
from tests.checks.races.contest import together
from tests.registrations import forms
from tests.registrations.forms import Form, host
from xueshi.accounts.models import User
from xueshi.kernel.errors import RuleBroken
from xueshi.organisations.models import Membership
from xueshi.policies.forms import Answers
from xueshi.registrations import services
from xueshi.registrations.models import Registration
from xueshi.registrations.services import RegistrationDraft

NUMBER = forms.number(501)


def draft(world: make.SmallWorld, key: str, document: str = NUMBER, **changes: str) -> RegistrationDraft:
    typed = {name: value for name, value in forms.person(document).items() if isinstance(value, str)}
    typed |= {"employer": str(world.employer.pk)} | changes
    way = services.drafts.registry.pack("shandong").registration("professional")
    answers = way.form.clean(typed, today=make.clock.today())
    version = services.drafts.registry.pack("shandong").agreement.version
    return RegistrationDraft(
        portal="shandong", kind="professional", answers=answers, submission_key=key, agreement_version=version
    )


def at_once(*drafts: RegistrationDraft) -> list[object]:
    """Submit all at once; the registration each one got, or the field it was refused for."""
    results = together(*(lambda one=one: services.submit(one).pk for one in drafts))
    return [one.field or one.message if isinstance(one, RuleBroken) else one for one in results]


@pytest.mark.django_db(transaction=True)
def test_two_registrations_of_one_number_make_one_account() -> None:
    world = make.build("shandong")
    before = User.objects.count()
    results = at_once(*(draft(world, f"key-{one}") for one in range(6)))
    assert sorted(str(result) for result in results).count("document_number") == 5
    assert User.objects.count() == before + 1
    assert Registration.objects.count() == 1
    assert Membership.objects.filter(user__document_index=User.objects.latest("pk").document_index).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_registration() -> None:
    world = make.build("shandong")
    results = at_once(*(draft(world, "one-key") for _one in range(6)))
    assert set(results) == {Registration.objects.get().pk}


@pytest.mark.django_db
def test_the_same_form_again_gives_the_same_page(visit: Callable[..., Form]) -> None:
    world = make.build()
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), title_certificate=forms.picture()))
    first = form.page["Location"]
    token = Registration.objects.get().files.get().file
    kept = form.client.post(
        form.url,
        form.sent | {"title_certificate": forms.picture()},
        **host("weihai"),
    )
    assert kept["Location"] == first
    assert Registration.objects.get().files.get().file == token


@pytest.mark.django_db
def test_the_same_key_with_other_content_is_refused(visit: Callable[..., Form]) -> None:
    world = make.build()
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk)))
    for change in ({"name": "陈光"}, {"phone": "13800001111"}, {"document_number": forms.number(502)}):
        other = form.client.post(
            form.url, form.sent | {"title_certificate": forms.picture()} | change, **host("weihai")
        )
        assert other.status_code == 422
    assert Registration.objects.count() == 1
    assert User.objects.get(pk=Registration.objects.get().user_id).name == "陈霞"


def test_a_draft_never_keeps_a_password() -> None:
    answers = Answers({"password": "x", "document_number": NUMBER, "school": "山东大学", "agreement": True})
    kept = RegistrationDraft(portal="weihai", kind="professional", answers=answers, submission_key="k").kept_answers()
    assert kept == {"school": "山东大学"}


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"captcha": "WRNG"}, {"picture": "a\0b"}])
def test_a_wrong_captcha_is_said_at_the_captcha_and_changes_nothing(
    visit: Callable[..., Form], wrong: dict[str, str]
) -> None:
    world = make.build()
    before = User.objects.count()
    form = visit("professional")
    form.send(forms.person(NUMBER, employer=str(world.employer.pk)) | wrong)
    assert (form.page.status_code, form.page.context["problems"]) == (
        422,
        {"captcha": "验证码错误，请重新录入正确的验证码"},
    )
    assert 'value="陈霞"' in form.text
    assert User.objects.count() == before
    [kept] = form.page.context["form"].fields["title_certificate"].widget.kept
    again = forms.person(NUMBER, employer=str(world.employer.pk)) | {"title_certificate__keep": kept.key}
    form.send(again | {"title_certificate": ""})
    form.done()
    assert User.objects.count() == before + 1


@pytest.mark.django_db
def test_a_captcha_counts_once(visit: Callable[..., Form]) -> None:
    world = make.build()
    form = visit("professional")
    spent = form.hidden["picture"]
    form.send(forms.person(NUMBER, employer=str(world.employer.pk), title="0101"))
    form.send(forms.person(NUMBER, employer=str(world.employer.pk)))
    form.done()
    second = visit("professional")
    typed = forms.person(forms.number(503), employer=str(world.employer.pk)) | {"picture": spent}
    second.send(typed)
    assert second.page.context["problems"] == {"captcha": "验证码错误，请重新录入正确的验证码"}
