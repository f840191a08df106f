"""Handing a refused registration in anew: a new round at the same desk, what stood before is kept."""

from xueshi.kernel import clock
from xueshi.registrations import selectors
from xueshi.registrations.models import Consent, EarlierRound, Registration, RegistrationFile
from xueshi.registrations.services.drafts import RegistrationDraft
from xueshi.registrations.services.entered import Entered
from xueshi.reviews.states import CaseState


def refused(draft: RegistrationDraft, entered: Entered, desk_id: int | None) -> Registration | None:
    """The refused registration that this one continues; None when it goes to another desk, and so is a new one.

    The former desk must not see what is handed in elsewhere, hence a case never moves from one desk to another.
    """
    if draft.corrects is None or desk_id is None:
        return None
    found = selectors.refused_registration(draft.corrects)
    if found is None or found.user_id != entered.user.pk or found.kind != draft.kind or found.portal != draft.portal:
        return None
    case = found.case
    same_desk = case is not None and selectors.first_desk(case) == desk_id
    return found if case is not None and case.state == CaseState.REJECTED and same_desk else None


def rewrite(registration: Registration, draft: RegistrationDraft, entered: Entered) -> Registration:
    """Put what stood before into ``EarlierRound`` and the new answers in its place."""
    case = registration.case
    assert case is not None  # noqa: S101 - only a refused case is corrected
    EarlierRound.objects.create(
        registration=registration,
        round=registration.round,
        organisation=registration.organisation,
        membership=registration.membership,
        answers=registration.answers,
        request_digest=registration.request_digest,
        submitted_at=case.submitted_at,
    )
    registration.round += 1
    registration.organisation, registration.membership = entered.organisation, entered.membership
    registration.professional, registration.answers = entered.professional, draft.kept_answers()
    registration.submission_key, registration.request_digest = draft.submission_key, draft.digest()
    registration.save()
    attach(registration, draft)
    return registration


def attach(registration: Registration, draft: RegistrationDraft) -> None:
    """The scans and the consents of this round."""
    RegistrationFile.objects.bulk_create(
        RegistrationFile(
            registration=registration, round=registration.round, file=file, purpose=purpose, position=position
        )
        for purpose, files in draft.files.items()
        for position, file in enumerate(files)
    )
    now = clock.now()
    Consent.objects.bulk_create(
        Consent(
            registration=registration,
            round=registration.round,
            subject=subject,
            version=draft.agreement_version,
            channel=draft.channel,
            at=now,
        )
        for subject in draft.consents
    )
