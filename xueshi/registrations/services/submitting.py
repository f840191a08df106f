"""Submitting: account, body, hat, record and review case in one transaction."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from xueshi.accounts import limits
from xueshi.accounts import services as accounts
from xueshi.accounts.limits import Limit
from xueshi.accounts.models import User
from xueshi.audit import services as audit
from xueshi.kernel import clock
from xueshi.kernel.errors import Problems, RuleBroken, TooMany
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import actor_from
from xueshi.organisations.models import Organisation
from xueshi.policies.access import Role
from xueshi.registrations import rules, selectors
from xueshi.registrations.models import Registration
from xueshi.registrations.services import applicants, correcting, joining, outcomes, units
from xueshi.registrations.services.drafts import RegistrationDraft
from xueshi.registrations.services.entered import Entered
from xueshi.reviews import services as reviews
from xueshi.reviews.rules import StepPlan

TAKEN_NUMBERS = Limit("registration-taken-numbers", 30, timedelta(hours=1))
"""New registrations of one source that met a taken number: who asks for more is asking who has an account (B3)."""
SENT_BEFORE = "此表单已经提交过，且内容不同；请重新打开注册页面填写"


class OldAgreement(RuleBroken):
    """The texts were renewed after the form was opened: the person must be shown the new ones (C7)."""


def submit(draft: RegistrationDraft) -> Registration:
    """Enter everything in state pending and open its review; without a chain it takes effect at once (ORG-22).

    ``RuleBroken`` names the field that is refused, and nothing is left behind. The same form sent twice gives the same
    registration (CC-03); the same key with other content is refused (CC-04).
    """
    if earlier := _earlier(draft):
        return earlier
    if draft.consents and draft.agreement_version != draft.pack.agreement.version:
        raise OldAgreement("协议内容已更新，请阅读新版本后重新勾选", draft.consents[0])
    known = applicants.known_user(draft)
    try:
        return _enter(draft, known) if known is not None else _enter_new(draft)
    except (RuleBroken, Problems, IntegrityError) as refusal:
        if earlier := _earlier(draft):  # the twin of this request was faster
            return earlier
        if isinstance(refusal, IntegrityError):
            raise RuleBroken("信息已被他人同时提交，请核对后重试") from None
        raise


def _enter_new(draft: RegistrationDraft) -> Registration:
    """The try counts before it is made and outside its transaction; only a taken number keeps it counted."""
    source = audit.source.get()
    spent = limits.spend(TAKEN_NUMBERS, source)
    if not spent.allowed:
        raise TooMany("尝试过于频繁，请稍后再试", spent.retry_after, "document_number")
    taken = False
    try:
        return _enter(draft, None)
    except accounts.NumberTaken:
        taken = True
        raise
    finally:
        if not taken:
            limits.give_back(TAKEN_NUMBERS, source)


def _earlier(draft: RegistrationDraft) -> Registration | None:
    found = selectors.by_submission_key(draft.submission_key)
    if found is not None and found.request_digest != draft.digest():
        raise RuleBroken(SENT_BEFORE)
    return found


@transaction.atomic
def _enter(draft: RegistrationDraft, known: User | None) -> Registration:
    entered = _entered(draft, applicants.applicant(draft, known))
    plans = _chain(draft, entered.organisation)
    refused = correcting.refused(draft, entered, plans[0].desk_id if plans else None)
    registration = correcting.rewrite(refused, draft, entered) if refused else _written(draft, entered)
    by = audit.By(entered.user.pk)
    audit.record(by, "registration.submitted", registration, kind=draft.kind, round=registration.round)
    if not plans:
        outcomes.take_effect(registration, by=by)
    elif registration.case_id is not None:
        actor = actor_from(entered.user, None)
        registration.case = reviews.resubmit(actor, registration.case_id, _submission(draft, registration, plans))
    else:
        _open(registration, _submission(draft, registration, plans), by)
    return registration


def _open(registration: Registration, submission: reviews.Submission, by: audit.By) -> None:
    registration.case = reviews.open_case(submission, by=by, submitted_by_id=registration.user_id)
    registration.save(update_fields=["case"])


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
    registration = Registration.objects.create(
        kind=draft.kind,
        role=draft.way.role,
        portal=draft.portal,
        user=entered.user,
        organisation=entered.organisation,
        membership=entered.membership,
        professional=entered.professional,
        answers=draft.kept_answers(),
        submission_key=draft.submission_key,
        request_digest=draft.digest(),
        created_at=clock.now(),
        created_by=entered.user,
    )
    correcting.attach(registration, draft)
    return registration


def _submission(draft: RegistrationDraft, registration: Registration, plans: list[StepPlan]) -> reviews.Submission:
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
        chain=plans,
    )


def _chain(draft: RegistrationDraft, body: Organisation | None) -> list[StepPlan]:
    """The desks of the review; none for a bare account and for what is only put on record."""
    plans: list[StepPlan] = []
    if body is None:
        return plans
    for step in draft.way.chain.steps_for(has_superior=body.parent_id is not None):
        desk = bodies.desk_for(step.desk, body)
        if desk is None:
            raise RuleBroken("没有可以审核的上级单位，请联系技术支持", "superior")
        plans.append(StepPlan(step.key, step.label, desk.pk, step.stage, settles=step.posts))
    return plans
