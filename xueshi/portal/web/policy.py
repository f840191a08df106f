"""政策解读: what a year asks and counts, in plain words, drawn from the pack and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from xueshi.kernel import clock
from xueshi.organisations.states import DeskRule
from xueshi.policies.caps import Cap
from xueshi.policies.chains import Chain
from xueshi.policies.events import EventRule
from xueshi.policies.formulas import plain
from xueshi.policies.formulas.sayings import in_words
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest
from xueshi.policies.values import Mark, Sourced
from xueshi.policies.years import LearningForm, YearRules
from xueshi.ui import parts
from xueshi.ui.routes import route

SECONDS = 300
_MARKS: dict[Mark, parts.State] = {
    Mark.CONFIRMED: parts.State("已核实原文", "ok"),
    Mark.MANUAL: parts.State("依据操作手册", "ok"),
    Mark.SECONDARY: parts.State("依据转载资料", "wait"),
    Mark.ASSUMED: parts.State("暂定，待本地人社部门确认", "wait"),
}
_DESKS = {DeskRule.OWN: "本人所在单位", DeskRule.SUPERIOR: "所在单位的上级", DeskRule.SELF: "所填单位"}


@dataclass(frozen=True)
class Saying:
    """One rule in words, with where it was read and how sure that is."""

    title: str
    text: str
    source: str
    mark: parts.State
    note: str = ""


@route(public=True)
def policy(request: PortalRequest) -> HttpResponse:
    """The rules of this year, or of an earlier one that the pack knows."""
    years = _years(request.pack)
    asked = request.GET.get("year", "")
    year = next((one for one in years if str(one) == asked), years[0])
    rules = request.pack.year(year)
    context = {
        "pack": request.pack,
        "year": year,
        "years": years,
        "rules": rules,
        "requirement": list(_requirement(rules)),
        "forms": [_form(rules, form) for form in rules.learning_forms],
        "caps": [_cap(cap) for cap in rules.caps],
        "chain": _chain(rules.declaration_chain()),
        "events": [_event(rule) for rule in rules.events_on()],
        "window": _window(rules, year),
    }
    answer = render(request, "portal/policy.html", context)
    answer.headers["Cache-Control"] = f"public, max-age={SECONDS}"
    return answer


def _years(pack: Pack) -> list[int]:
    """This year and those before it for which the pack has rules, latest first."""
    now = clock.year()
    return list(range(now, max(min(pack.years), now - 5) - 1, -1))


def _requirement(rules: YearRules) -> Iterator[Saying]:
    need = rules.requirement
    yield _saying(need, "总学时", f"全年不少于 {plain(need.total)} 学时")
    for subject in rules.subjects:
        minimum = next((one for one in need.minimums if one.key == subject.key), None)
        if minimum is None or not minimum.hours:
            yield _saying(minimum or need, subject.title, "不单独规定最低学时，计入总学时")
        else:
            yield _saying(minimum, subject.title, f"不少于 {plain(minimum.hours)} 学时")


def _form(rules: YearRules, form: LearningForm) -> Saying:
    subjects = "、".join(rules.subject_label(key) for key in form.subjects)
    said = _saying(
        form.rule, form.label, in_words(form.rule, form.form), note=f"计入 {subjects}；附件：{form.evidence}"
    )
    return said if said.source else _saying(form, form.label, said.text, note=said.note)


def _cap(cap: Cap) -> Saying:
    if cap.per == "gap":
        return _saying(cap, cap.label, "每次申报不超过本年度还差的学时")
    per = "每天" if cap.per == "day" else "每年"
    return _saying(cap, cap.label, f"{per}最多计入 {plain(cap.hours)} 学时")


def _event(rule: EventRule) -> Saying:
    reasons = "、".join(reason.label for reason in rule.reasons)
    return _saying(rule, rule.label, rule.hint, note=f"适用于 {reasons}；{rule.evidence}")


def _chain(chain: Chain) -> list[Saying]:
    return [
        _saying(chain, step.label, f"由{_DESKS[step.desk]}办理" + ("，通过后计入学时" if step.posts else ""))
        for step in chain.steps
    ]


def _window(rules: YearRules, year: int) -> Saying:
    term = rules.declaring(year)
    text = f"{year} 年度的学时可在 {term.first:%Y-%m-%d} 至 {term.last:%Y-%m-%d} 申报"
    return _saying(rules.window if rules.window.source else rules.declaration, "申报时间", text)


def _saying(of: Sourced, title: str, text: str, note: str = "") -> Saying:
    return Saying(title, text, _source(of.source), _MARKS[of.mark], note)


def _source(text: str) -> str:
    """The source as the public may look it up: a document's name; our own row numbers and remarks are left out."""
    if not text or text[0].isascii():
        return ""
    without_rows = re.sub(r"[（(]?(?:AMB|CR|CV|ORG|ANN|DSH)-\d+[）)]?", "", text)
    return re.split(r"[,;；]\s*(?=[A-Za-z])", without_rows)[0].strip(" ；，,")
