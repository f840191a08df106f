"""FU-03: more files than a form takes, and a body that does not say its length."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests import small_world as make
from tests.browsers import signed_in
from tests.checks.report import Outcome, Tell
from tests.declarations import world as w
from tests.declarations.forms import filled
from xueshi.declarations.models import Declaration
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.policies import registry

pytestmark = pytest.mark.django_db
ADDRESSES = ("/declarations/new/", "/declarations/for-others/")
SCRIPT = {"HX-Request": "true"}


def pictures(count: int) -> list[SimpleUploadedFile]:
    content = w.picture(7)
    return [SimpleUploadedFile(f"{place}.png", content, "image/png") for place in range(count)]


def test_fu_03_a_thousand_files_and_no_length(tell: Tell) -> None:
    world = make.build()
    most = registry.pack("weihai").year(clock.year()).learning_form("on_the_job").form.field("evidence").max_files
    bad, n, control = list[str](), 0, 0
    for actor, address in zip((world.person, world.employer_admin), ADDRESSES, strict=True):
        browser = signed_in(actor)
        for count, do in ((1000, "attach"), (1000, "submit"), (most + 1, "attach"), (most + 1, "submit")):
            n += 1
            before = StoredFile.objects.count()
            answer = browser.post(address, filled(do=do, evidence=pictures(count)), headers=SCRIPT)
            stored = StoredFile.objects.count() - before
            if not 400 <= answer.status_code < 500 or stored > (0 if count == 1000 else most):
                bad.append(f"{address} {do} {count} → {answer.status_code}, {stored} stored")
        answer = browser.generic("POST", address, b"do=submit&" + b"x" * 5000, CONTENT_LENGTH="")
        n += 1
        if answer.status_code >= 500 or Declaration.objects.exists():
            bad.append(f"{address} no length → {answer.status_code}")
        one = browser.post(address, filled(do="attach", evidence=pictures(1)), headers=SCRIPT)
        control += one.status_code == 200
    tell(Outcome("FU-03f", n, bad, control == len(ADDRESSES), 10))
