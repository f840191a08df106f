"""CC for registrations: one account, one registration, one decision; and of resets started at once one that works."""

import re

import pytest
from django.db.models import QuerySet

from tests import small_world as make
from tests.checks.races.contest import accidents, not_unique, together, unlocked
from tests.checks.report import Outcome, Tell
from tests.registrations import forms
from xueshi.accounts import recovering
from xueshi.accounts.models import PasswordReset, User
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, RuleBroken
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery
from xueshi.organisations import services as hats
from xueshi.organisations.models import Membership
from xueshi.policies import registry
from xueshi.registrations import services
from xueshi.registrations.models import Registration
from xueshi.registrations.services import RegistrationDraft, submitting
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.models import CaseEvent, ReviewCase
from xueshi.reviews.states import Verdict

pytestmark = pytest.mark.django_db(transaction=True)


def draft(world: make.SmallWorld, key: str, serial: int = 501, **changes: str) -> RegistrationDraft:
    typed = {
        name: value for name, value in forms.person(forms.number(serial)).items() if isinstance(value, str)
    } | {"employer": str(world.employer.pk), "phone": f"139631{serial:05}"} | changes  # fmt: skip
    way = registry.pack("shandong").registration("professional")
    answers = way.form.clean(typed, today=clock.today())
    version = services.drafts.registry.pack("shandong").agreement.version
    return RegistrationDraft(
        portal="shandong", kind="professional", answers=answers, submission_key=key, agreement_version=version
    )


def test_cc_01_registrations_decided_at_once(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build("shandong")
    other = make.administrator("第二审核员", world.employer, is_super=False)
    other = deciding.Actor(other.user, other.membership, other.organisation, world.employer_admin.powers)

    def contest(serial: int, each: int) -> list[str]:
        made = services.submit(draft(world, f"cc-01-{serial}", serial))
        acts = [
            lambda actor=actor, verdict=verdict: deciding.decide_many(
                actor, Order(verdict, {made.case_id or 0: 1}, "并发")
            )
            for actor, verdict in ((world.employer_admin, Verdict.PASS), (other, Verdict.FAIL))
            for _ in range(each)
        ]
        results = together(*acts)
        won = sum(isinstance(one, Report) and bool(one.done) for one in results)
        case, hat = ReviewCase.objects.get(pk=made.case_id), Membership.objects.get(pk=made.membership_id)
        fine = (case.state, hat.state) in {("approved", "active"), ("rejected", "rejected")}
        events = CaseEvent.objects.filter(case=case).count()
        found = [] if (won, events) == (1, 2) and fine else [f"{won} won, {events} events, {case.state} {hat.state}"]
        return accidents(results) + found

    bad = contest(601, 20)
    with unlocked(monkeypatch, (deciding, "_turns")):
        control = contest(602, 1)
    tell(Outcome("CC-01r", 40, bad, bool(control), 40))


def test_cc_03_one_registration_sent_often(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world, bad, n = make.build("shandong"), [], 0
    for serial in (611, 612, 613):
        results = together(
            *(lambda serial=serial: services.submit(draft(world, f"cc-03-{serial}", serial)) for _ in range(6))
        )
        n += len(results)
        made = Registration.objects.filter(submission_key=f"cc-03-{serial}")
        same = {one.pk for one in results if isinstance(one, Registration)} == set(made.values_list("pk", flat=True))
        others = [one for one in results if not isinstance(one, Registration | MovedOn)]
        bad += [] if made.count() == 1 and same and not others else [f"{made.count()} records, {others}"]
    with not_unique(Registration, "submission_key"), monkeypatch.context() as patch:
        patch.setattr(submitting, "_earlier", lambda _draft: None)
        for serial in (614, 615):  # one form, of which nothing but its key says that it is one
            services.submit(draft(world, "cc-03-off", serial))
        doubled = Registration.objects.filter(submission_key="cc-03-off").count()
    tell(Outcome("CC-03r", n, bad, doubled == 2, 18))


def test_cc_04_the_same_key_with_another_name(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make.build("shandong")
    first = services.submit(draft(world, "cc-04", 621))
    again = services.submit(draft(world, "cc-04", 621))
    bad, n, counted = [], 0, [kind.objects.count() for kind in (User, Registration, CaseEvent)]
    for changes in ({"school": "别的大学"}, {"degree": "3"}, {"phone": "13963119999"}, {"name": "陈晓霞"}):
        n += 1
        try:
            services.submit(draft(world, "cc-04", 621, **changes))
            bad.append(f"{changes} accepted")
        except RuleBroken as refusal:
            bad += [] if refusal.status == 422 else [f"{changes} → {refusal.status}"]
    bad += [] if [kind.objects.count() for kind in (User, Registration, CaseEvent)] == counted else ["rows changed"]
    with monkeypatch.context() as patch:
        patch.setattr(RegistrationDraft, "digest", lambda _draft: first.request_digest)
        unnoticed = services.submit(draft(world, "cc-04", 621, name="陈晓霞"))
    tell(Outcome("CC-04r", n, bad, first.pk == again.pk == unnoticed.pk, 4))


def test_cc_10_resets_started_at_once(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four at once, by two administrators: the last one's secret works, the earlier ones are dead (B8)."""
    world = make.build()
    starters = (world.employer_admin, world.department_admin) * 2

    def started(hat: Membership | None) -> list[object]:
        assert hat is not None
        return together(*(lambda actor=actor: hats.reset_password(actor, hat.pk) for actor in starters))

    results = started(world.person.membership)
    notifications.deliver_due()
    secrets = [re.findall(r"重置码 ([0-9A-Z-]+)", one.text)[0] for one in Delivery.objects.order_by("pk")]
    bad = accidents(results) + ([] if PasswordReset.objects.filter(ended_at=None).count() == 1 else ["several live"])
    worked = 0
    for place, secret in enumerate(secrets):
        try:
            recovering.use_reset(secret, f"Fresh-Mountain-{place}-2027", portal="weihai", source="")
            worked += 1
        except RuleBroken:
            continue
    bad += [] if (len(secrets), worked) == (4, 1) else [f"{worked} of {len(secrets)} secrets worked"]
    starters = starters[:2]
    with unlocked(monkeypatch, (QuerySet, "update")):
        control = bool(accidents(started(world.colleague.membership)))
    tell(Outcome("CC-10b", len(results) + len(secrets), bad, control, 8))
