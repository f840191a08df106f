"""What stands beside the form, whoever fills it in: the way after handing in, the rule, the evidence by itself."""

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xueshi.declarations import rules, selectors
from xueshi.declarations.services.drafting import Entry, claim
from xueshi.declarations.services.submitting import Declaring, desks
from xueshi.declarations.web.calculator import Standing
from xueshi.declarations.web.choosing import Chosen
from xueshi.declarations.web.forms import AnswersForm
from xueshi.kernel import clock
from xueshi.kernel.errors import RuleBroken
from xueshi.kernel.text import number
from xueshi.ledger import selectors as ledger
from xueshi.ledger.rules import SUBJECTS, ZERO
from xueshi.policies.answers import Answers
from xueshi.policies.numbers import plain
from xueshi.policies.packs import Pack
from xueshi.ui import parts
from xueshi.ui.forms import FieldRow


def require_year(what: Chosen, typed: str) -> None:
    """An open page outlives the turn of the year: hours never go to a year that was not the one chosen (CR-05)."""
    if typed == str(what.year):
        return
    known = rules.in_window(what.pack, number(typed, 4) or 0, clock.today())
    raise RuleBroken(known.reason or "该年度不能申报", "year")


def after(by: Declaring, what: Chosen, *, sender: str = "", whose: str = "") -> list[parts.ChainStep]:
    """提交之后: the real desks, and where the hours go."""
    if what.form is None:
        return []
    asked = claim(what.pack, Entry(what.year, what.form.key, Answers({})), by.role)
    steps = [parts.ChainStep(title="提交申报", who=sender, tone="now")]
    steps += [parts.ChainStep(title=label, who=who) for label, who in desks(by, asked)]
    return [*steps, parts.ChainStep(title=f"计入{whose} {what.year} 年度学时")]


def standings(pack: Pack, people: Collection[int], year: int) -> dict[int, Standing]:
    """The same year of some people, by person, as the calculator looks at it; as many questions for many as for one."""
    held, pending = ledger.held_by(people, year), selectors.waiting_hours(people, year)
    sums = {account.person_id: account.by_subject for account in ledger.accounts_in(year, people)}
    asked = ledger.requirements_of((one, pack.key, year) for one in people)
    empty = dict.fromkeys(SUBJECTS, ZERO)
    return {
        one: Standing(held.get(one, ()), pending.get(one, ()), sums.get(one, empty), asked[one, year]) for one in people
    }


def rule(what: Chosen) -> list[parts.Pair]:
    """怎么算学时: the rule in words, its yearly cap, the evidence, the source."""
    form = what.form
    if form is None:
        return []
    yearly = [cap for cap in what.rules.caps if cap.per == "year" and form.key in cap.forms]
    limit = f"{plain(yearly[0].hours)} {what.pack.word('hours')}" if yearly else "不限"
    return [
        parts.Pair(label="标准", value=form.policy.text),
        parts.Pair(label="年度上限", value=limit),
        parts.Pair(label="材料", value=form.evidence),
        parts.Pair(label="依据", value=what.rules.title, note=form.rule.mark.words),
    ]


def attached(request: HttpRequest, form: AnswersForm) -> HttpResponse:
    """The evidence alone, with what was just sent; what cannot be kept is named beside it."""
    row = {"row": FieldRow(form["evidence"])}
    return render(request, "ui/parts/field.html", row, status=422 if form.errors else 200)
