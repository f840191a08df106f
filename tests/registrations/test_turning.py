"""The steps of a form under the browser's own buttons: Back, reload, a second tab."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.registrations import forms
from tests.registrations.forms import Form, host
from tests.small_world import SmallWorld
from xueshi.kernel import clock
from xueshi.registrations.models import Registration
from xueshi.registrations.web import turning

type Visit = Callable[..., Form]

NUMBER = forms.number(77)
NAME = "威海高新材料有限公司"


def back(form: Form, address: str) -> None:
    """The browser's Back: the earlier address once more, for nothing of it is in its cache."""
    assert "no-store" in form.page["Cache-Control"]
    form.url = address
    form.look()


@pytest.mark.req("ORG-12")
def test_back_shows_what_was_typed_and_going_on_keeps_it(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    first = form.url
    form.send(forms.unit(unit_name=NAME, superior=str(world.city.pk)))
    second = form.url
    back(form, first)
    assert form.page.context["place"] == 1
    assert form.page.context["form"].initial["unit_name"] == NAME
    assert form.hidden["step"] == "unit"
    form.send(forms.unit(unit_name="威海另名有限公司", superior=str(world.city.pk)))
    assert form.url == second
    assert form.page.context["form"].initial["unit_name_shown"] == "威海另名有限公司"
    form.send(forms.manager(NUMBER))
    form.done()
    assert [found.organisation.name for found in Registration.objects.all() if found.organisation] == [
        "威海另名有限公司"
    ]


@pytest.mark.req("ORG-12")
def test_a_reload_of_a_step_only_reads(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(unit_name=NAME))
    before = form.text
    form.look()
    assert form.page.status_code == 200
    assert form.page.context["place"] == 2
    assert form.page.context["form"].initial["unit_name_shown"] == NAME
    assert NAME in before
    assert Registration.objects.count() == 0


def test_two_forms_side_by_side_do_not_mix(world: SmallWorld) -> None:
    client = Client()
    one, other = Form(client, "employer"), Form(client, "employer")
    one.send(forms.unit(unit_name=NAME))
    other.send(forms.unit(unit_name="威海第二有限公司"))
    one.look()
    assert one.page.context["form"].initial["unit_name_shown"] == NAME
    assert other.url != one.url


def test_another_browser_with_the_address_finds_an_empty_form(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(unit_name=NAME))
    page = Client().get(form.url, **host("weihai"))
    assert page.status_code == 200
    assert page.context["place"] == 1
    assert NAME not in page.content.decode()
    assert "页面已过期，请重新填写" in page.content.decode()


def test_the_oldest_form_makes_room_and_what_is_kept_is_sealed(world: SmallWorld) -> None:
    client = Client()
    opened = [Form(client, "employer") for _ in range(turning.AT_MOST + 1)]
    opened[1].send(forms.unit(unit_name=NAME))
    assert "页面已过期" in opened[0].look().content.decode()
    assert "页面已过期" not in opened[1].look().content.decode()
    assert [NAME in str(row.get_decoded()) for row in Session.objects.all()] == [False]


def test_after_an_hour_the_address_opens_nothing_but_the_open_page_can_still_be_sent(
    world: SmallWorld, visit: Visit
) -> None:
    form = visit("employer")
    form.send(forms.unit(unit_name=NAME, superior=str(world.city.pk)))
    with clock.shifted(turning.LIFE + timedelta(seconds=1)):
        late = form.client.get(form.url, **host("weihai"))
        assert NAME not in late.content.decode()
        assert "页面已过期，请重新填写" in late.content.decode()
        form.send(forms.manager(NUMBER))
        assert (form.page.status_code, list(form.page.context["problems"])) == (422, ["captcha"])
        form.send(forms.manager(NUMBER))
        form.done()
    assert [name for (name,) in Registration.objects.values_list("organisation__name")] == [NAME]


@pytest.mark.req("ORG-23")
def test_back_after_sending_leads_to_what_happens_next_and_nothing_is_kept(world: SmallWorld, visit: Visit) -> None:
    form = visit("employer")
    form.send(forms.unit(superior=str(world.city.pk)))
    last = form.url
    form.send(forms.manager(NUMBER))
    form.done()
    answer = form.client.get(last, **host("weihai"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/register/done/")
    assert form.client.session["registering"] == {}
    assert Registration.objects.count() == 1


@pytest.mark.parametrize("wrong", ["?form=", "?form=%00", "?form=unknown&at=unit", "?form=a&form=b&at=%27"])
def test_an_address_that_is_none_of_ours_opens_an_empty_form(world: SmallWorld, wrong: str) -> None:
    page = Client().get(f"/register/employer/{wrong}", **host("weihai"))
    assert page.status_code == 200
    assert page.context["place"] == 1
