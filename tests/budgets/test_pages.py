"""Every page of the thread asks at most a dozen queries, and the same number for one row and for fifty."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import small_world as make
from tests.browsers import browser
from tests.declarations import world as lived
from tests.duplicates import world as copies
from tests.registrations import forms
from tools.bench.world import World, copy_of
from xueshi.audit import services as audit
from xueshi.certificates import services as certificates
from xueshi.declarations import selectors as declarations
from xueshi.declarations.models import Declaration
from xueshi.ledger import services as ledger
from xueshi.ledger.models import YearAccount
from xueshi.ledger.rules import Change
from xueshi.ledger.selectors import requirement_of
from xueshi.ledger.services import Posting, targets
from xueshi.ledger.states import Effect
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.services import create_role
from xueshi.organisations.states import OrganisationKind
from xueshi.policies import registry
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import Person
from xueshi.registrations.models import Registration
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.services import Entrusting, entrust
from xueshi.reviews.states import Stage, Verdict

pytestmark = pytest.mark.django_db
MOST, MANY = 12, 50
HOST = {"HTTP_HOST": "weihai.localhost"}
BESIDE = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "detail"}
"""How a row is opened beside its list; the address itself, list and detail at once, is drawn on a reload only."""


@dataclass
class Thread:
    """One person with one declaration, and the way to have fifty of everything."""

    small: make.SmallWorld
    first: Declaration

    def more(self) -> None:
        """Another forty-nine that wait."""
        self._like(self.first, MANY - 1)

    def more_passed(self) -> None:
        """Another score that the unit let pass: as many of an hour as the cap of their form takes."""
        one = lived.handed_in(self.small.person, "1")
        cases = self._like(one, MANY - 2) | {lived.case(one).pk: lived.case(one).version}
        done = deciding.decide_many(self.small.employer_admin, Order(Verdict.PASS, cases)).done
        assert len(done) > 20

    def more_years(self) -> None:
        """All the years that the portal knows."""
        YearAccount.objects.bulk_create(
            YearAccount(person=self.small.record, portal="weihai", year=year, rule="test") for year in range(2016, 2026)
        )

    @property
    def verifier(self) -> Actor:
        """Whoever looks a second time."""
        step = ReviewStep.objects.get(case=lived.case(self.first), stage="verification")
        actors = (self.small.department_admin, self.small.city_admin)
        known = next((one for one in actors if one.desk_id == step.desk_id), None)
        return known or make.administrator("审验员", step.desk)

    def _like(self, pattern: Declaration, count: int) -> dict[int, int]:
        unit = Body("unit", "", OrganisationKind.EMPLOYER, "", "weihai", "371002")
        person = Person(self.small.person, self.small.record, unit)
        return World(self.small.employer_admin, [person], lived.fresh(pattern)).hand_in(count)


@pytest.fixture(autouse=True)
def _known_picture(settings: object) -> None:
    settings.TEST_CAPTCHA = forms.CAPTCHA  # type: ignore[attr-defined]  # as in tests/conftest.py


@pytest.fixture
def thread() -> Thread:
    small = make.build()
    return Thread(small, lived.handed_in(small.person, "1"))


def asked(client: Client, path: str, **how: str) -> int:
    """Queries of the second visit: the first one fills what is kept for the life of a process."""
    assert client.get(path, **HOST, **how).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path, **HOST, **how)
    assert page.status_code == 200
    return len(queries)


def signed_in(actor: Actor) -> Client:
    return browser(actor.user, actor.membership)


def same_for_fifty(client: Client, path: str, more: Callable[[], object]) -> None:
    one = asked(client, path)
    more()
    fifty = asked(client, path)
    assert (fifty, fifty <= MOST) == (one, True)


@pytest.mark.parametrize("path", ["/home/", "/declarations/?size=50", "/years/", "/messages/"])
def test_the_pages_of_a_person(thread: Thread, path: str) -> None:
    same_for_fifty(signed_in(thread.small.person), path, thread.more)


def test_the_form_of_a_declaration(thread: Thread) -> None:
    year = registry.pack("weihai").year(2026)
    path = f"/declarations/new/?year=2026&form={year.learning_forms[0].key}"
    same_for_fifty(signed_in(thread.small.person), path, thread.more)


def test_a_declaration(thread: Thread) -> None:
    same_for_fifty(signed_in(thread.small.person), f"/declarations/{thread.first.pk}/", thread.more)


def test_the_review_desk_with_and_without_an_open_case(thread: Thread) -> None:
    client, path = signed_in(thread.small.employer_admin), "/declarations/review/?size=50"
    opened = f"{path}&case={thread.first.case_id}"
    before = asked(client, path), asked(client, opened, **BESIDE), asked(client, opened)
    thread.more()
    after = asked(client, path), asked(client, opened, **BESIDE), asked(client, opened)
    assert (after, max(after) <= MOST) == (before, True)


def test_what_the_desks_have_decided_or_verify(thread: Thread) -> None:
    lived.decided(thread.small.employer_admin, thread.first)
    reviewed = signed_in(thread.small.employer_admin), "/declarations/review/?tab=reviewed&size=50"
    verified = signed_in(thread.verifier), "/declarations/verification/?size=50"
    opened = verified[0], f"{verified[1]}&case={thread.first.case_id}"
    before = [asked(*page) for page in (reviewed, verified)]
    thread.more_passed()  # one of them shares its days with the first, and so gets a flag with a link
    after = [asked(*page) for page in (reviewed, verified)]
    assert (after, max(after) <= MOST) == (before, True)
    assert max(asked(*opened, **BESIDE), asked(*opened)) <= MOST


def test_a_case_with_a_picture_a_flag_and_a_changed_target_beside_its_list(thread: Thread) -> None:
    person, year = thread.small.person, thread.first.year
    first, pictures = thread.first.person_id, (lived.stored(person, copies.scan(1)).pk,)
    less = Change(Effect.HOURS, Decimal("-7"), year, year, "病假", "budget", 1)
    targets.change_targets([targets.Shift(first, "weihai", (less,))], by=audit.By(None))
    doubled = lived.handed_in(person, "2", files=pictures)  # the same days as the first
    for actor, desk in ((thread.small.employer_admin, "review"), (thread.verifier, "verification")):
        path, colleague = f"/declarations/{desk}/?case={doubled.case_id}", entrusted(actor, doubled)
        client = signed_in(colleague)
        page = client.get(path, **HOST).content.decode()
        assert ("培训日期重叠" in page, "证书.png" in page) == (True, True)
        assert (f"→ {colleague.user.name}" in page, asked(client, path)) == (True, MOST - 1)
        lived.decided(colleague, doubled)
        assert asked(client, f"{path}&tab=reviewed") == MOST
    row = declarations.at_desk(thread.small.employer_admin, Stage.REVIEW, doubled.case_id)
    assert declarations.required_of(row) == requirement_of(first, "weihai", year)


def entrusted(actor: Actor, declaration: Declaration) -> Actor:
    """A colleague of the desk with the same powers, who has been handed the declaration."""
    desk = actor.organisation or declaration.organisation
    colleague, case = make.administrator("同事", desk, is_super=False), lived.case(declaration)
    assert colleague.membership is not None
    colleague.membership.role = create_role(desk, "审核员", actor.powers)
    colleague.membership.save()
    entrust(actor, Entrusting(case.pk, case.version, colleague.membership.pk, "请复核"))
    return actor_from(colleague.user, colleague.membership)


def test_the_years_and_the_history_behind_one(thread: Thread) -> None:
    lived.decided(thread.small.employer_admin, thread.first)
    client, year = signed_in(thread.small.person), YearAccount.objects.get()
    before = asked(client, "/years/?size=50"), asked(client, f"/years/{year.pk}/")
    thread.more_passed()
    thread.more_years()
    after = asked(client, "/years/?size=50"), asked(client, f"/years/{year.pk}/")
    assert (after, max(after) <= MOST) == (before, True)


def test_a_certificate_and_its_check(thread: Thread, client: Client) -> None:
    small = thread.small
    for source, (hours, subject) in enumerate((("30", "public"), ("66", "professional")), 1):
        one = Posting(small.record.pk, "weihai", 2026, subject, "other", Decimal(hours), "test", source)
        ledger.post_many([one], by=make.NOBODY)
    paper = certificates.issue(small.person, YearAccount.objects.get().pk)
    pages = [(signed_in(small.person), f"/certificates/{paper.pk}/"), (client, "/verify/"), (client, "/")]
    found = [asked(*page) for page in pages]
    assert max(found) <= MOST
    people = "/certificates/people/?tab=all&size=50"
    same_for_fifty(signed_in(small.employer_admin), people, thread.more_years)


def test_the_queues_of_registrations(thread: Thread) -> None:
    form = forms.Form(Client(), "professional")
    form.send(forms.person(forms.number(401), employer=str(thread.small.employer.pk), certificate_number="鲁C1"))
    form.done()
    first, client = Registration.objects.get(), signed_in(thread.small.employer_admin)
    pages = ["/registrations/people/?size=50", f"/registrations/people/?size=50&case={first.case_id}"]
    before = [asked(client, path) for path in pages]
    register_more(first)
    after = [asked(client, path) for path in pages]
    assert (after, max(after) <= MOST) == (before, True)


def register_more(first: Registration) -> None:
    pattern = ReviewCase.objects.get(pk=first.case_id)
    cases = ReviewCase.objects.bulk_create(copy_of(pattern) for _ in range(MANY - 1))
    for step in ReviewStep.objects.filter(case=pattern):
        ReviewStep.objects.bulk_create(copy_of(step, case=case) for case in cases)
    Registration.objects.bulk_create(
        copy_of(first, case=case, submission_key=f"more-{case.pk}", membership=None) for case in cases
    )
