"""A declaration opened again: what was entered, and in clear words what has changed around it since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from xueshi.declarations import selectors
from xueshi.declarations.models import Declaration
from xueshi.declarations.services.drafting import ROLE
from xueshi.declarations.web import choosing, images, shown
from xueshi.declarations.web.choosing import Chosen
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.policies.fields import FieldSpec
from xueshi.policies.formulas import plain as plain_hours
from xueshi.policies.packs import Pack
from xueshi.ui import parts

CHOICES: Final = ("year", "form", "subject")
BESIDE: Final = ("people",)
"""What a kept form holds besides year, form, subject and the answers."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """What the form starts with. ``notes`` say what has changed; ``left`` is what today's form has no place for."""

    what: Chosen
    typed: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    left: tuple[parts.Pair, ...] = ()


def reopened(actor: Actor, declaration: Declaration, pack: Pack, role: str = ROLE) -> Reopened:
    """A declaration as it was typed last, in the form that its year has today; nothing of it is lost."""
    chose = _chose(declaration)
    what = choosing.chosen(pack, chose, role)
    evidence = [images.key_of(actor, one.file) for one in selectors.evidence_of(declaration)]
    known = what.form.form.fields if what.form is not None else ()
    left = _without_place(declaration, known)
    notes = tuple(_notes(declaration, chose, what, left=bool(left)))
    return Reopened(what, _typed(declaration) | {"evidence": evidence}, notes, left)


def again(actor: Actor, declaration: Declaration, pack: Pack) -> Reopened:
    """The same for a new declaration in place of one that did not pass; it begins with what was said against it."""
    found = reopened(actor, declaration, pack)
    told = shown.refusal(declaration)
    first = f"按申报 {declaration.number} 填写" + (f"，上次未通过的原因：{told}" if told else "")
    return Reopened(found.what, found.typed, (first, *found.notes), found.left)


def _chose(declaration: Declaration) -> dict[str, str]:
    stored = {"year": str(declaration.year), "form": declaration.form, "subject": declaration.subject}
    return stored | {name: text for name, text in (declaration.typed or {}).items() if name in CHOICES}


def _typed(declaration: Declaration) -> dict[str, Any]:
    """Every input by name: as the form kept itself, else as it was saved."""
    if declaration.typed is not None:
        return dict(declaration.typed)
    plain: dict[str, Any] = {
        name: str(told) for name, told in declaration.answers.items() if isinstance(told, str | int)
    }
    told = declaration.hours_declared
    hours = {"hours": plain_hours(told)} if told is not None else {}
    if declaration.starts_on and declaration.ends_on:
        plain |= {"period_from": declaration.starts_on.isoformat(), "period_to": declaration.ends_on.isoformat()}
    form = selectors.learning_form(declaration)
    known = form.form.typed(selectors.answers_of(declaration, form)) if form is not None else {}
    return plain | {"subject": declaration.subject} | known | hours


def _without_place(declaration: Declaration, known: Iterable[FieldSpec]) -> tuple[parts.Pair, ...]:
    asked = {field.key for field in known} | {name for field in known for name in field.names}
    kept = {
        name: told for name, told in _typed(declaration).items() if told and name not in {*asked, *CHOICES, *BESIDE}
    }
    labels = _labels(declaration.portal)
    return tuple(parts.Pair(label=labels.get(name, name), value=str(told)) for name, told in kept.items())


def _labels(portal: str) -> dict[str, str]:
    """What each input is called by any form of any year: a form that is gone has no words of its own any more."""
    labels: dict[str, str] = {}
    for rules in registry.pack(portal).years.values():
        for form in rules.learning_forms:
            for field in form.form.fields:
                for name, end in zip(field.names, ("开始", "结束"), strict=False):
                    labels[name] = f"{field.label}（{end}）" if len(field.names) > 1 else field.label
    return labels


def _notes(declaration: Declaration, chose: Mapping[str, str], what: Chosen, *, left: bool) -> Iterable[str]:
    year = chose["year"]
    if str(what.year) != year:
        yield f"{year} 年度已不能申报，现按 {what.year} 年度显示，请核对计入年度后再提交"
    if what.form is None and chose["form"]:
        label = _form_label(declaration, chose["form"])
        yield f"学习形式“{label}”在 {what.year} 年度已不能申报，请另选学习形式；原来填写的内容和附件都已保留"
    elif left:
        yield f"{what.year} 年度该学习形式需要填写的内容有变化，请核对；不再需要的内容列在“原来填写的内容”中"
    elif what.year == declaration.year and declaration.rule != what.rules.version:
        yield f"{what.year} 年度的申报规则在上次保存后有更新，请核对学时标准后再提交"


def _form_label(declaration: Declaration, key: str) -> str:
    for rules in registry.pack(declaration.portal).years.values():
        for form in rules.learning_forms:
            if form.key == key:
                return form.label
    return key
