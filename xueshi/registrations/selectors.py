"""Reading registrations, and what the open pickers of the forms offer."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.kernel.text import number
from xueshi.kernel.wording import worded_row
from xueshi.organisations import permissions as seeing
from xueshi.organisations import selectors as bodies
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Department, Membership, Organisation
from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState
from xueshi.policies import registry
from xueshi.registrations import permissions, rules
from xueshi.registrations.models import Consent, EarlierRound, Registration, RegistrationFile
from xueshi.reviews import selectors as reviews
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState, Stage


def queue(actor: Actor, role: str) -> QuerySet[ReviewCase]:
    """The cases of a role's registrations that wait at the actor's desk or were decided there."""
    rows = reviews.queue(actor, rules.kind_key(role))
    return rows.select_related("registration__user", "registration__organisation", "registration__professional")


def fields_of(role: str, portal: str) -> dict[str, str]:
    """What a refusal may concern: the questions of a role's way in, but for passwords and ticked boxes."""
    ways = [way for way in registry.pack(portal).registrations if way.role == role]
    unasked = rules.PASSWORD_FIELDS | rules.AGREEMENT_FIELDS | {"existing", "unit_name_shown"}
    return {field.key: field.label for way in ways for field in way.form.fields if field.key not in unasked}


def reviewed(actor: Actor, role: str) -> QuerySet[ReviewCase]:
    """The rows of ``queue`` with their steps, for a list that names the reviewer."""
    rows = queue(actor, role).annotate(said_anew=_said_anew("registration__"))
    return rows.prefetch_related(Prefetch("steps", reviews.decided_by_desk(actor, Stage.REVIEW)))


def _said_anew(path: str = "") -> Exists:
    """Whether the person of a registration (at ``path``) has registered again since: account and record say that."""
    return Exists(Registration.objects.filter(user=OuterRef(f"{path}user"), pk__gt=OuterRef(f"{path}pk")))


def is_overwritten(registration: Registration, row: object) -> bool:
    """Whether a refused registration is no longer what account and record say; ``row`` knows ``said_anew``.

    What was handed in elsewhere is not for the desk that refused it (decision 0019).
    """
    refused = registration.case is not None and registration.case.state == CaseState.REJECTED
    return refused and bool(getattr(row, "said_anew", False))


def registration_for(actor: Actor, case_id: int) -> Registration:
    """The registration behind a case; ``NotFound`` when absent or not theirs."""
    found = _of_case(case_id)
    if found is None or not permissions.can_see_registration(actor, found):
        raise NotFound
    return found


@worded_row
def _of_case(case_id: int) -> QuerySet[Registration]:
    return _whole(Registration.objects.filter(case_id=case_id))


def file_for(actor: Actor, case_id: int, key: str) -> StoredFile:
    """A scan of a visible registration; ``NotFound`` for anything else."""
    for attached in registration_for(actor, case_id).files.all():
        if attached.file.key == key:
            return attached.file
    raise NotFound


def by_submission_key(key: str) -> Registration | None:
    """The registration that a form with this one-time key has already made."""
    return _sent_with(key)


@worded_row
def _sent_with(key: str) -> QuerySet[Registration]:
    return Registration.objects.filter(submission_key=key).select_related("organisation__parent", "user")


def by_cases(case_ids: Iterable[int]) -> list[Registration]:
    """The registrations behind cases, for the review's hooks."""
    rows = Registration.objects.filter(case_id__in=list(case_ids)).order_by("case_id")
    return list(rows.select_related("user", "membership", "organisation__parent", "case"))


def filed_units(actor: Actor) -> QuerySet[Registration]:
    """Employers put on record without review with the actor's body or one below it (备案, ORG-22)."""
    rows = Registration.objects.filter(case=None, role=OrganisationKind.EMPLOYER, organisation__isnull=False)
    listed = rows.filter(permissions.registrations_seen_by(actor), seeing.under_hat(actor, "organisation"))
    return listed.select_related("organisation__parent", "user")


def subordinates(actor: Actor) -> QuerySet[Organisation]:
    """The live employers below the actor's body, at whatever depth (ORG-42, ORG-46)."""
    if actor.organisation is None or not permissions.can_see_filed(actor):
        return Organisation.objects.none()
    below = bodies.within(actor).exclude(pk=actor.organisation.pk)
    return below.filter(kind=OrganisationKind.EMPLOYER, state=OrganisationState.ACTIVE).select_related("parent")


def closable(actor: Actor, organisation_id: int) -> Organisation:
    """A body whose right to review the actor may close or open; ``NotFound`` for any other."""
    rows = Organisation.objects.filter(permissions.review_closed_by(actor), pk=organisation_id)
    found = rows.select_related("parent").first()
    if found is None:
        raise NotFound
    return found


def subordinate(actor: Actor, organisation_id: int) -> Organisation:
    """One of ``subordinates``; ``NotFound`` for any other."""
    found = subordinates(actor).filter(pk=organisation_id).first()
    if found is None:
        raise NotFound
    return found


def unit_for(actor: Actor, organisation_id: int | None = None) -> Organisation:
    """A body one administers or oversees, by default the one acted for (单位管理); else ``NotFound``."""
    wanted = organisation_id or (actor.organisation.pk if actor.organisation is not None else 0)
    administered = Membership.objects.filter(
        user_id=actor.user.pk, hat=Hat.ADMINISTRATOR, state=MembershipState.ACTIVE
    ).values("organisation_id")
    rows = Organisation.objects.filter(Q(pk__in=administered) | seeing.organisations_seen_by(actor), pk=wanted)
    found = rows.select_related("parent").first()
    if found is None:
        raise NotFound
    return found


def code_in_use(code: str) -> bool:
    """Whether a live body bears this code, on whatever portal."""
    return Organisation.objects.filter(code=code, state=OrganisationState.ACTIVE).exists()


def professional_hat(user_id: int) -> Membership | None:
    """The live hat of a professional, if the person wears one."""
    rows = Membership.objects.filter(user_id=user_id, hat=Hat.PROFESSIONAL, state=MembershipState.ACTIVE)
    return rows.select_related("organisation").first()


def waiting_hat(user_id: int) -> Membership | None:
    """A hat of this person that still waits for its review."""
    rows = Membership.objects.filter(user_id=user_id, state=MembershipState.PENDING)
    return rows.select_related("organisation").order_by("pk").first()


def waiting_employment(user_id: int) -> Membership | None:
    """The hat of a professional that this person waits for, on whichever portal."""
    rows = Membership.objects.filter(user_id=user_id, state=MembershipState.PENDING, hat=Hat.PROFESSIONAL)
    return rows.select_related("organisation").order_by("pk").first()


def waiting_hats(user_id: int, portal: str) -> list[Membership]:
    """All hats of this person that wait for a review on a portal."""
    rows = Membership.objects.filter(user_id=user_id, state=MembershipState.PENDING, organisation__portal=portal)
    return list(rows.select_related("organisation").order_by("pk"))


def refused_of(user_id: int, portal: str) -> Registration | None:
    """The refusal that a person may correct: their latest registration anywhere, when it was refused here.

    Only the latest counts: the answers of an earlier one may be those of somebody who knew the same number and whose
    account somebody else has since taken over (AMB-39).
    """
    rows = _whole(Registration.objects.filter(user_id=user_id)).order_by("-pk")
    found = rows.first()
    if found is None or found.case is None or found.case.state != CaseState.REJECTED or found.portal != portal:
        return None
    return found


def waiting_of(user_id: int, portal: str) -> list[Registration]:
    """One's own registrations on a portal that wait for a desk, latest first."""
    rows = Registration.objects.filter(user_id=user_id, portal=portal, case__state=CaseState.PENDING)
    return list(_whole(rows).order_by("-pk"))


def own(user_id: int, portal: str, registration_id: int) -> Registration:
    """One's own registration on a portal; ``NotFound`` for any other."""
    found = _whole(Registration.objects.filter(user_id=user_id, portal=portal, pk=registration_id)).first()
    if found is None:
        raise NotFound
    return found


def takeable(user_id: int, portal: str) -> list[Registration]:
    """What somebody may take back here by their password alone.

    What waits; and the refusal, or the one that waits, of somebody who can sign in nowhere and still consents: of those
    only the latest registration counts (as ``refused_of``).
    """
    latest = _whole(Registration.objects.filter(user_id=user_id)).order_by("-pk").first()
    if latest is None or latest.user.state == AccountState.DISABLED:
        return []
    if latest.user.state == AccountState.ACTIVE and (waiting := waiting_of(user_id, portal)):
        return waiting
    if latest.user.consent_withdrawn_at is not None or latest.case is None or latest.portal != portal:
        return []
    open_ = latest.case.state in {CaseState.PENDING, CaseState.REJECTED} and not comes_in(latest.user, portal)
    return [latest] if open_ else []


def comes_in(user: User, portal: str) -> bool:
    """Whether somebody can sign in: with a hat on whatever portal, or without one where this portal lets them."""
    if user.state != AccountState.ACTIVE:
        return False
    if any("account" in one.roles for one in registry.pack(portal).login.user_types):
        return True
    live = {"state": MembershipState.ACTIVE, "organisation__state": OrganisationState.ACTIVE}
    return Membership.objects.filter(user_id=user.pk, **live).exists()


def earlier_answers(registration: Registration) -> dict[str, Any] | None:
    """What a corrected registration said in the round before; ``None`` when it was never corrected."""
    rows = EarlierRound.objects.filter(registration=registration).order_by("-round")
    return rows.values_list("answers", flat=True).first() if registration.round > 1 else None


def consents_of(user_id: int) -> list[Consent]:
    """The boxes that a person ticked at registrations, latest first."""
    return list(Consent.objects.filter(registration__user_id=user_id).order_by("-at", "subject"))


def refused_registration(registration_id: int) -> Registration | None:
    """A refused registration under its row lock, to be rewritten; None when it is not refused (any more)."""
    rows = Registration.objects.select_for_update(no_key=True, of=("self",)).filter(pk=registration_id).order_by("pk")
    return rows.filter(case__state=CaseState.REJECTED).select_related("case", "organisation", "membership").first()


def case_of(registration_id: int) -> int | None:
    """The case of a registration."""
    return Registration.objects.filter(pk=registration_id).values_list("case_id", flat=True).first()


def first_desk(case: ReviewCase) -> int | None:
    """The desk at which the latest round began."""
    return ReviewStep.objects.filter(case=case, round=case.round, position=1).values_list("desk_id", flat=True).first()


def pickable_bodies(portal: str, picker: str, words: str) -> QuerySet[Organisation]:
    """What a picker offers for some words: nothing without words, so that the list cannot be walked."""
    if not words.strip():
        return Organisation.objects.none()
    return bodies.employers_named(portal, words, rules.PICKABLE[picker])


def pickable_body(portal: str, picker: str, value: str) -> Organisation | None:
    """The body behind a picked value, None when the picker does not offer it."""
    picked = number(value)
    if picked is None:
        return None
    kinds = list(rules.PICKABLE[picker])
    rows = Organisation.objects.filter(pk=picked, portal=portal, state=OrganisationState.ACTIVE, kind__in=kinds)
    return rows.select_related("parent").first()


def departments_of(portal: str, employer: str, words: str = "") -> QuerySet[Department]:
    """Available departments of a pickable body (工作部门)."""
    body = pickable_body(portal, "employer", employer)
    rows = Department.objects.filter(organisation=body, is_available=True) if body else Department.objects.none()
    return rows.filter(name__contains=words.strip()).order_by("name", "pk")


def department_of(portal: str, employer: str, value: str) -> Department | None:
    """The department behind a picked value, None when it is not the employer's."""
    picked = number(value)
    if picked is None:
        return None
    return departments_of(portal, employer).filter(pk=picked).first()


def stored_files(keys: Iterable[str]) -> list[StoredFile]:
    """Files by key in the order given; unknown keys are left out. The caller has proved whose they are."""
    wanted = list(keys)
    found = {file.key: file for file in StoredFile.objects.filter(key__in=wanted)}
    return [found[key] for key in wanted if key in found]


def _whole(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    return (
        rows.annotate(said_anew=_said_anew())
        .select_related(
            "user",
            "organisation__parent",
            "membership__department",
            "membership__organisation",
            "professional",
            "case__organisation",
        )
        .prefetch_related(
            Prefetch("files", RegistrationFile.objects.filter(round=F("registration__round")).select_related("file")),
            reviews.ways(),
        )
    )


def lock_user(user_id: int) -> None:
    """Let one person's registrations come one after the other."""
    rows = User.objects.select_for_update(no_key=True).filter(pk=user_id).order_by("pk")
    rows.values_list("pk", flat=True).first()
