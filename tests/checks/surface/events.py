"""Requirement events in the reference world, where no portal has them on: one that waits, one in force."""

from django.db.models import Q

from xueshi.adjustments.models import Adjustment, Proof
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.people.models import Professional
from xueshi.reviews import deciding
from xueshi.reviews import services as reviews
from xueshi.reviews.deciding import Order
from xueshi.reviews.rules import StepPlan
from xueshi.reviews.services import Submission, acting
from xueshi.reviews.states import Stage, Verdict


def waiting(owner: Actor, year: int) -> Adjustment:
    """A waived year, asked for by a person and waiting at their employer."""
    person = Professional.objects.select_related("employment__organisation").get(user=owner.user)
    body = person.employment.organisation
    made = Adjustment.objects.create(
        person=person, organisation=body, portal=body.portal, year=year, kind="waive", reason="illness",
        starts_on=clock.today(), ends_on=clock.today(), rule="x", submission_key=f"{person.pk}-{year}",
        created_at=clock.now(),
    )  # fmt: skip
    file = StoredFile.objects.filter(Q(uploaded_by=owner.user) | Q()).order_by("pk")[0]
    Proof.objects.create(adjustment=made, file=file, position=1)
    step = StepPlan("review", "用人单位审核", body.pk, Stage.REVIEW, settles=True)
    asked = Submission("adjustment", body.portal, owner.user.name, owner.user.pk, body.pk, "", [step])
    made.case = reviews.open_case(asked, by=acting(owner), submitted_by_id=owner.user.pk)
    made.save(update_fields=["case"])
    return made


def in_force(owner: Actor, reviewer: Actor, year: int) -> Adjustment:
    """The same, approved."""
    made = waiting(owner, year)
    deciding.decide(reviewer, Order(Verdict.PASS, {made.case_id or 0: 1}))
    made.refresh_from_db()
    return made
