"""A unit declares for its people 学时申报: one form, one record a person, all of them or none (CR-22…CR-26)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xueshi.declarations import permissions, rules, selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import keeping
from xueshi.declarations.services.drafting import Declarer, Edit, Entry, claim, editable, fresh, once, says
from xueshi.declarations.services.keeping import Unfinished
from xueshi.declarations.services.submitting import POWERS, chain, check_complete, hand_in
from xueshi.declarations.services.writing import Sheet
from xueshi.kernel.errors import MovedOn, NotFound, Problems, RuleBroken
from xueshi.ledger import selectors as ledger
from xueshi.organisations import selectors as organisations
from xueshi.organisations.actors import Actor, powers_of
from xueshi.organisations.models import Organisation
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.packs import Pack

AT_MOST = 200
"""People of one form: more nobody can look over, and they are one transaction."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Who declares for whom: the body, its role, the pack its people live under."""

    organisation: Organisation
    pack: Pack

    @property
    def role(self) -> str:
        """What the packs call such a body."""
        return self.organisation.kind

    def of(self, person: Professional) -> Declarer:
        """The same for one of its people."""
        return Declarer(person, self.organisation, self.pack, self.role)


def unit_of(actor: Actor) -> Unit:
    """The actor's body; ``NotAllowed`` for whoever may not declare for others."""
    permissions.can_declare_for_others(actor).require()
    if actor.organisation is None:
        message = "an administrator has a body"
        raise ValueError(message)
    return Unit(actor.organisation, registry.pack(actor.organisation.portal))


def keep(actor: Actor, form: Unfinished, people: Sequence[int], edit: Edit | None = None) -> Declaration:
    """The draft that holds a unit's form until it is handed in; it stands under the first of the people chosen.

    Raises what ``keeping.keep`` does, and ``RuleBroken`` beside ``people`` while nobody is chosen.
    """
    unit, first = unit_of(actor), people
    if not people and edit is not None:
        first = list(Declaration.objects.filter(pk=edit.pk).values_list("person_id", flat=True))
    under = _people(actor, first)[0]
    entry = replace(form.entry, submission_key=_key(form.entry, 0))
    return keeping.keep(actor, replace(form, entry=entry), edit, unit.of(under))


def declare(actor: Actor, entry: Entry, people: Sequence[int], edit: Edit | None = None) -> list[Declaration]:
    """Hand in the same entry for each of some people of the unit, by their keys; ``edit`` is the draft it was kept in.

    The same page sent twice is one set (D4). Raises ``Problems``: what is missing beside its field, what one person's
    year does not take beside ``people`` with the person's name; nothing is stored then.
    """
    try:
        return once(lambda: _declare(actor, entry, people, edit))
    except MovedOn:
        if edit is not None:
            raise
        # Sent twice at once: the other request has stored the set, and this one is answered alike.
        return once(lambda: _declare(actor, entry, people, edit))


def _declare(actor: Actor, entry: Entry, people: Sequence[int], edit: Edit | None) -> list[Declaration]:
    unit = unit_of(actor)
    stored = selectors.declared_together(actor, [_key(entry, place) for place in range(AT_MOST)])
    if any(one.case_id is not None for one in stored):
        return _same(stored, entry, people)
    asked = claim(unit.pack, entry, unit.role)
    check_complete(unit.role, asked, entry)
    found = _people(actor, people)
    _check_each(actor, unit, found, asked)
    sheets = [_sheet(actor, unit.of(person), _key(entry, place)) for place, person in enumerate(found)]
    kept = edit or next((Edit(one.pk, one.version) for one in stored), None)
    if kept is not None:
        sheets[0] = Sheet(_draft(actor, kept, _key(entry, 0)), sheets[0].by)
    hand_in(actor, sheets, entry, asked)
    return [one.declaration for one in sheets]


def _draft(actor: Actor, edit: Edit, key: str) -> Declaration:
    """What the form was kept in, about to become the first of its records."""
    declaration = editable(actor, edit)
    if declaration.declaring_body_id is None or declaration.case_id is not None:
        raise NotFound
    declaration.submission_key = key
    return declaration


def _sheet(actor: Actor, by: Declarer, key: str) -> Sheet:
    return Sheet(fresh(actor, by, key), by)


def again(actor: Actor, entry: Entry, edit: Edit) -> Declaration:
    """Hand in anew what the unit had taken back, for the same person (CR-19)."""
    return once(lambda: _again(actor, entry, edit))


def _again(actor: Actor, entry: Entry, edit: Edit) -> Declaration:
    unit, declaration = unit_of(actor), editable(actor, edit)
    asked = claim(unit.pack, entry, unit.role)
    check_complete(unit.role, asked, entry)
    [person] = _people(actor, [declaration.person_id])
    _check_each(actor, unit, [person], asked)
    hand_in(actor, [Sheet(declaration, unit.of(person))], entry, asked)
    return declaration


def _key(entry: Entry, place: int) -> str:
    """The one-time key of a page is that of its first record; the others add their place."""
    if not entry.submission_key:
        raise RuleBroken("页面已失效，请刷新后再提交")
    return f"{entry.submission_key}:{place}"


def _same(stored: list[Declaration], entry: Entry, people: Sequence[int]) -> list[Declaration]:
    """The set this very page has handed in before; refuses another content under the same key (D4)."""
    if {one.person_id for one in stored} != set(people) or not says(stored[0], entry):
        raise RuleBroken("此页面的内容已经提交过，请重新填写后再申报")
    return stored


def _people(actor: Actor, pks: Sequence[int]) -> list[Professional]:
    """The people named, in the order of their keys; refuses nobody, too many, and who is not the unit's."""
    wanted = set(pks)
    if not wanted:
        raise RuleBroken("请选择申请人", "people")
    if len(wanted) > AT_MOST:
        message = f"一次最多为 {AT_MOST} 人申报，已选择 {len(wanted)} 人"
        raise RuleBroken(message, "people")
    found = list(selectors.people_declared_for(actor).filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise RuleBroken("所选人员中有人已不在本单位，请核对后再提交", "people")
    return found


def _check_each(actor: Actor, unit: Unit, people: Sequence[Professional], asked: rules.Claim) -> None:
    within = rules.within_rule(asked)
    if not within:
        raise RuleBroken(within.reason, "hours")
    problems = [RuleBroken(f"{name}：{reason}", "people") for name, reason in _refused(actor, unit, people, asked)]
    if problems:
        raise Problems(problems)


def _refused(actor: Actor, unit: Unit, people: Sequence[Professional], asked: rules.Claim) -> Iterator[tuple[str, str]]:
    """(name, reason) of those for whom it cannot be handed in: their year is full, or nobody else could review it."""
    held = ledger.held_by([person.pk for person in people], asked.year)
    wanted = ledger.requirements_of((person.pk, unit.pack.key, asked.year) for person in people)
    reviewers = _own_reviewers(unit, asked)
    for person in people:
        decision = rules.within_caps(asked, held.get(person.pk, ()), wanted[person.pk, asked.year])
        if not decision:
            yield person.user.name, decision.reason
        elif reviewers is not None and not reviewers - {actor.user.pk, person.user_id}:
            yield person.user.name, "本单位没有其他可以审核的管理员，本人提交的申报不能由本人审核"


def _own_reviewers(unit: Unit, asked: rules.Claim) -> set[int] | None:
    """Who of the unit could review what it declares itself; None where only other bodies do so (INV-19)."""
    own = [step for step in chain(unit, asked) if step.desk_id == unit.organisation.pk]
    if not own:
        return None
    hats = organisations.administrators(unit.organisation.pk)
    return {hat.user_id for hat in hats if POWERS[own[0].stage] in powers_of(hat)}
