"""Saving the basics: live at once, without a review (PRO-18)."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from xueshi.accounts import services as accounts
from xueshi.accounts.services import ContactDraft
from xueshi.audit import services as audit
from xueshi.kernel.errors import MovedOn, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.people import rules, selectors
from xueshi.people.models import Professional
from xueshi.reviews.services import acting

CHANGED_MEANWHILE = "此页打开之后，资料已在别处修改。您刚才填写的内容仍在下面，请核对后再次保存"

_COLUMNS = ("sex", "born_on", "post", "rank", "postdoctoral")


@dataclass(frozen=True, slots=True)
class BasicsDraft:
    """What a person may change about themself without a review. ``version`` is the one the form was opened with."""

    version: int
    sex: str
    born_on: date
    post: str
    rank: str
    postdoctoral: bool
    contact: ContactDraft = field(default_factory=ContactDraft)


def save_basics(actor: Actor, draft: BasicsDraft) -> bool:
    """Save one's own basics; returns whether phone or e-mail changed, after which other sessions should end (B9).

    Raises:
        NotFound: the actor has no record.
        MovedOn: the record was saved from another form meanwhile.
        RuleBroken: a new phone or e-mail without the right password.
        Problems: sex or date of birth contradicts the document number.
    """
    rules.agree(actor.user.document_type, actor.user.document_number, sex=draft.sex, born=draft.born_on)
    accounts.confirm_contact(actor.user, draft.contact)
    return _save(actor, draft)


@transaction.atomic
def _save(actor: Actor, draft: BasicsDraft) -> bool:
    professional = selectors.locked_own(actor)
    if professional.version != draft.version:
        raise MovedOn(CHANGED_MEANWHILE)
    if draft.born_on != professional.born_on:
        _born_before(professional, draft.born_on)
    portal = professional.employment.organisation.portal
    another_way = accounts.change_contact(actor.user, draft.contact, portal=portal)
    changed = [name for name in _COLUMNS if getattr(professional, name) != getattr(draft, name)]
    for name in changed:
        setattr(professional, name, getattr(draft, name))
    _write(professional, changed)
    audit.record(acting(actor), "professional.basics", professional, changed=changed, version=professional.version)
    return another_way


def _born_before(professional: Professional, born: date) -> None:
    known = (professional.graduated_on, professional.title_effective_on, professional.appointed_on)
    if any(day is not None and day <= born for day in known):
        raise RuleBroken("出生日期应早于资料中的毕业时间和任职时间，请核对", "birth_date")


def _write(professional: Professional, changed: list[str]) -> None:
    professional.version += 1
    professional.save(update_fields=[*changed, "version"])
