"""What 福建 shows differently, wide and narrow (AX-01, AX-02, AX-07)."""

import pytest

from tests import small_world
from tests.browsers import browser
from tests.declarations import world as lives
from tests.journeys.auditing import Auditor, apart, press
from tests.registrations import forms
from xueshi.accounts.models import User
from xueshi.organisations.actors import actor_from
from xueshi.registrations.models import Registration
from xueshi.reviews import deciding
from xueshi.reviews.states import Verdict

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _fujian(auditor: Auditor, small: small_world.SmallWorld, newcomer: User) -> None:
    visitor = auditor.window("fujian", None)
    visitor.check("fujian front", "/")
    visitor.check("fujian account", "/register/account/", press(".x-decide .btn-primary"), ".x-errors")
    person = auditor.window("fujian", small.person)
    person.check("fujian professional", "/home/")
    person.check("fujian account data", "/account/", press(".x-decide .btn-primary"), ".x-errors")
    person.check("fujian real name", "/account/identity/")
    refused = auditor.window("fujian", actor_from(newcomer, None))
    refused.check("fujian refused home", "/home/", wait="text=查看原因并修改")
    refused.check("fujian refused", "/register/")
    refused.check("fujian again", "/register/professional/?again=1", wait="text=上次提交未通过审核")
    unit = auditor.window("fujian", small.employer_admin)
    unit.check("fujian employer", "/home/")
    unit.check("fujian archive", "/declarations/approved/")
    unit.check("fujian years", "/years/archive/")
    unit.check("fujian desk", "/declarations/review/", press("tbody tr a"), "#detail .x-detail-head")


def _refused(small: small_world.SmallWorld) -> User:
    """Somebody whose wish to join a unit was turned down."""
    user = small_world.user("林晓燕")
    form = forms.Form(browser(user, portal="fujian"), "professional", "fujian")
    form.send(forms.person(user.document_number, employer=str(small.employer.pk)))
    form.done()
    case = Registration.objects.get().case
    assert case is not None
    order = deciding.Order(Verdict.FAIL, {case.pk: case.version}, "职称证书不清楚", concerns="title_certificate")
    deciding.decide(small.employer_admin, order)
    return user


def _built() -> tuple[small_world.SmallWorld, User]:
    small = small_world.build("fujian")
    lives.handed_in(small.person)
    return small, _refused(small)


@pytest.mark.req("AX-01", "AX-02", "AX-07")
def test_pages_of_fujian(auditor: Auditor) -> None:
    _fujian(auditor, *apart(_built))
