"""The person behind a registration: somebody new, or somebody the platform already knows (ID-37)."""

from xueshi.accounts import consents
from xueshi.accounts import services as accounts
from xueshi.accounts.consents import Said
from xueshi.accounts.models import User
from xueshi.accounts.states import AccountState
from xueshi.audit import services as audit
from xueshi.kernel import text
from xueshi.kernel.errors import RuleBroken
from xueshi.registrations import selectors
from xueshi.registrations.services.drafts import RegistrationDraft

WAITING = "该证件号已提交注册，正在等待审核，请勿重复提交"
WAITING_HERE = "您已提交过该注册，正在等待审核，请勿重复提交"
WAITING_ELSEWHERE = "您在其他平台提交的专业技术人员注册正在等待审核，请等待审核结果，或在该平台撤回后再注册"
TAKEN_BACK = "您已撤回同意，账号停止使用；请先登录，在“隐私与授权”中重新同意"
WRONG_NAME = "姓名与该证件号已注册的姓名不一致"


def known_user(draft: RegistrationDraft) -> User | None:
    """The person signed in, or the existing user whose number and password were given; None for somebody new.

    Asked before the transaction, so that the count of wrong passwords stands whatever becomes of the registration.
    """
    if draft.applicant is not None:
        return draft.applicant
    if not draft.answers.flag("existing"):
        return None
    answers = draft.answers
    user = accounts.verify_existing(draft.document_type, answers.text("document_number"), answers.text("password"))
    if draft.name and draft.name != user.name:
        raise RuleBroken(WRONG_NAME, "name")
    return user


def applicant(draft: RegistrationDraft, known: User | None) -> User:
    """The account of the registration; a number whose earlier registration was refused is free again (AMB-39)."""
    if known is not None:
        return _known(draft, known)
    answers = draft.answers
    fresh = accounts.AccountDraft(
        name=draft.name,
        document_type=draft.document_type,
        document_number=answers.text("document_number"),
        password=answers.text("password"),
        phone=answers.text("phone"),
        email=answers.text("email"),
        landline=answers.text("landline"),
        login_name=answers.text("login_name") or None,
    )
    user = accounts.sign_up(fresh)
    if selectors.waiting_hat(user.pk) is not None:
        raise RuleBroken(WAITING, "document_number")
    return user


def _known(draft: RegistrationDraft, user: User) -> User:
    """Under the person's lock, so that of two tabs the second finds what the first has handed in (CC-03)."""
    if user.consent_withdrawn_at is not None:
        _consents_anew(draft, user)
    selectors.lock_user(user.pk)
    if draft.way.role == "professional":
        _joins_nowhere_else(draft, user)
    else:
        name = text.name_key(draft.answers.text("unit_name"))
        if any(hat.organisation.name_key == name for hat in selectors.waiting_hats(user.pk, draft.portal)):
            raise RuleBroken(WAITING_HERE, "unit_name")
    return user


def _joins_nowhere_else(draft: RegistrationDraft, user: User) -> None:
    """One person has one record, and it names one employer, whichever portal it is of."""
    hat = selectors.waiting_employment(user.pk)
    if hat is not None:
        here = hat.organisation.portal == draft.portal
        raise RuleBroken(WAITING_HERE if here else WAITING_ELSEWHERE, "employer")


def _consents_anew(draft: RegistrationDraft, user: User) -> None:
    """Who took consent back gives it again after signing in; who cannot sign in, by the boxes of this registration."""
    if selectors.comes_in(user, draft.portal) or not set(consents.SUBJECTS) <= set(draft.consents):
        raise RuleBroken(TAKEN_BACK)
    consents.give(user, Said(draft.agreement_version, draft.portal), current=draft.pack.agreement.version)


def open_account(user: User, *, by: audit.By) -> None:
    """Let an account sign in from now on; one that was disabled stays so."""
    if user.state == AccountState.PENDING:
        accounts.activate(user, by=by)
