"""Submitting: account, body, hat, record and review case in one transaction."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.organisations import selectors as bodies
from xueshi.organisations.models import Membership, Organisation
from xueshi.people.models import Professional
from xueshi.policies.access import Role
from xueshi.registrations import rules, selectors
from xueshi.registrations.models import Registration, RegistrationFile
from xueshi.registrations.services import applicants, joining, outcomes, units
from xueshi.registrations.services.drafts import RegistrationDraft
from xueshi.reviews import services as reviews
from xueshi.reviews.rules import StepPlan

SENT_BEFORE = "此表单已经提交过，且内容不同；请重新打开注册页面填写"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a registration has brought into being, waiting for its review."""

    user: User
    organisation: Organisation | None = None
    membership: Membership | None = None
    professional: Professional | None = None


def submit(draft: RegistrationDraft) -> Registration:
    """Enter everything in state pending and open its review; without a chain it takes effect at once (ORG-22).

    ``RuleBroken`` names the field that is refused, and nothing is left behind. The same form sent twice gives the same
    registration (CC-03); the same key with other content is refused (CC-04).
    """
    if earlier := _earlier(draft):
        return earlier
    known = applicants.known_user(draft)
    try:
        return _enter(draft, known)
    except (RuleBroken, Problems, IntegrityError) as refusal:
        if earlier := _earlier(draft):  # the twin of this request was faster
            return earlier
        if isinstance(refusal, IntegrityError):
            raise RuleBroken("信息已被他人同时提交，请核对后重试") from None
        raise


def _earlier(draft: RegistrationDraft) -> Registration | None:
    found = selectors.by_submission_key(draft.submission_key)
    if found is not None and found.request_digest != draft.digest():
        raise RuleBroken(SENT_BEFORE)
    return found


@transaction.atomic
def _enter(draft: RegistrationDraft, known: User | None) -> Registration:
    user = applicants.applicant(draft, known)
    entered = _entered(draft, user)
    registration = _written(draft, entered)
    by = audit.By(user.pk)
    audit.record(by, "registration.submitted", registration, kind=draft.kind)
    if draft.way.chain.steps:
        registration.case = reviews.open_case(_submission(draft, registration), by=by, submitted_by_id=user.pk)
        registration.save(update_fields=["case"])
    else:
        outcomes.take_effect(registration, by=by)
    return registration


def _entered(draft: RegistrationDraft, user: User) -> Entered:
    role: Role = draft.way.role
    if role == "account":
        return Entered(user)
    if role == "professional":
        membership, professional = joining.join(draft, user)
        return Entered(user, membership.organisation, membership, professional)
    membership = units.enter(draft, user)
    return Entered(user, membership.organisation, membership)


def _written(draft: RegistrationDraft, entered: Entered) -> Registration:
    now = clock.now()
    registration = Registration.objects.create(
        kind=draft.kind,
        role=draft.way.role,
        portal=draft.portal,
        user=entered.user,
        organisation=entered.organisation,
        membership=entered.membership,
        professional=entered.professional,
        answers=draft.kept_answers(),
        agreement_version=draft.pack.agreement.version if draft.answers.flag("agreement") else "",
        agreed_at=now if draft.answers.flag("agreement") else None,
        submission_key=draft.submission_key,
        request_digest=draft.digest(),
        created_at=now,
        created_by=entered.user,
    )
    RegistrationFile.objects.bulk_create(
        RegistrationFile(registration=registration, file=file, purpose=purpose, position=position)
        for purpose, files in draft.files.items()
        for position, file in enumerate(files)
    )
    return registration


def _submission(draft: RegistrationDraft, registration: Registration) -> reviews.Submission:
    body = registration.organisation
    assert body is not None  # noqa: S101 - only a bare account has none, and it has no chain
    title = registration.user.name if registration.professional_id is not None else body.name
    return reviews.Submission(
        kind=rules.kind_key(registration.role),
        portal=draft.portal,
        title=title,
        owner_id=registration.user_id,
        organisation_id=body.pk,
        digest=registration.request_digest,
        chain=_chain(draft, body),
    )


def _chain(draft: RegistrationDraft, body: Organisation) -> list[StepPlan]:
    plans = []
    for step in draft.way.chain.steps_for(has_superior=body.parent_id is not None):
        desk = bodies.desk_for(step.desk, body)
        if desk is None:
            raise RuleBroken("没有可以审核的上级单位，请联系技术支持", "superior")
        plans.append(StepPlan(step.key, step.label, desk.pk, step.stage, settles=step.posts))
    return plans
