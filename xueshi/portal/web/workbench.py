"""The home of an administrator: figures, modules as tiles, the year of their people, notices."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.urls import reverse

from xueshi.declarations import selectors as declarations
from xueshi.declarations.models import Declaration
from xueshi.kernel import clock, masking
from xueshi.ledger import selectors as ledger
from xueshi.notices import permissions as writing
from xueshi.notices import selectors as notices
from xueshi.organisations.actors import Actor
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.policies.verdicts import verdict
from xueshi.policies.years import YearRules
from xueshi.portal.context import shell_of
from xueshi.reviews.states import CaseState
from xueshi.ui import parts
from xueshi.ui.lists import Column, ListPage, RowAction, read_list
from xueshi.ui.shell import Link

NEWS = 4
ZERO = Decimal(0)


def page(request: PortalRequest) -> dict[str, Any]:
    """What the template shows; the pack says which figures of the people stand below the modules."""
    who, words = actor_of(request), request.pack.words_under("home")
    links = modules(request)
    context: dict[str, Any] = {
        "title": next((link.label for link in links if link.current), "首页"),
        "figures": _figures(who, links),
        "modules": [link for link in links if not link.current],
        "news": notices.recent_for(who, NEWS),
        "writes": writing.can_write(who).allowed,
        "words": words,
    }
    if request.pack.portal.home == "completion" and who.role_key == "employer":
        context |= _completion(request, who)
    if request.pack.portal.home == "years":
        context["years"] = _years(who)
    return context


def modules(request: PortalRequest) -> list[Link]:
    """The top of the menu in its printed order; a branch carries its pages."""
    shell = shell_of(request)
    return list(shell.modules) if shell is not None else []


def _leaves(links: list[Link]) -> list[Link]:
    return [leaf for link in links for leaf in (_leaves(list(link.children)) if link.children else [link])]


def _figures(who: Actor, links: list[Link]) -> list[parts.Tile]:
    """Who waits, who declares, whose declarations wait (DSH-08, DSH-09, DSH-11)."""
    declared = declarations.handed_in(who)
    this_year, waiting_still = declared.filter(year=clock.year()), declared.filter(case__state=CaseState.PENDING)
    tiles = [
        parts.Tile(label="学时申报人员", value=_persons(this_year)),
        parts.Tile(label="待跟踪的学时申报人数", value=_persons(waiting_still)),
    ]
    queue = reverse("registrations:people")
    waiting = next((link.count or 0 for link in _leaves(links) if link.url == queue), None)
    if waiting is None:
        return tiles
    tone: parts.Tone = "wait" if waiting else "idle"
    return [parts.Tile(label="待审核的专技人员人数", value=waiting, url=queue, tone=tone), *tiles]


def _persons(rows: QuerySet[Declaration]) -> int:
    return rows.aggregate(number=Count("person", distinct=True))["number"] or 0


@dataclass(frozen=True)
class YearFigures:
    """One year of the body's people: how many declared, how many completed (DSH-14, DSH-15)."""

    year: int
    declared: int
    completed: int


def _years(who: Actor) -> list[YearFigures]:
    """Every year in which somebody declared or has an account, latest first."""
    declared = declarations.handed_in(who).values("year").annotate(n=Count("person", distinct=True))
    by_year = {row["year"]: row["n"] for row in declared}
    accounts = ledger.accounts_listed(who).order_by().values("year").annotate(n=Count("pk", filter=Q(passed=True)))
    passed = {row["year"]: row["n"] for row in accounts}
    found = sorted({clock.year(), *by_year, *passed}, reverse=True)[:5]
    return [YearFigures(year, by_year.get(year, 0), passed.get(year, 0)) for year in found]


def _completion(request: PortalRequest, who: Actor) -> dict[str, Any]:
    """当前年度教育情况 and the people behind it (DSH-03, DSH-04)."""
    year = clock.year()
    counted = _people(who, year=year).order_by().aggregate(
        all=Count("pk"), done=Count("pk", filter=Q(account__passed=True))
    )  # fmt: skip
    return {
        "year": year,
        "done": counted["done"],
        "undone": counted["all"] - counted["done"],
        "list": read_list(_people_page(request.pack, year), who, request.GET),
    }


def _people(who: Actor, *, year: int) -> QuerySet[Professional]:
    """The people of the actor's reach beside their account of a year, which may be missing."""
    of_year = FilteredRelation("accounts", condition=Q(accounts__year=year))
    rows = people.professionals_listed(who).filter(employment__state="active").annotate(account=of_year)
    return rows.annotate(
        public=F("account__public_hours"), professional=F("account__professional_hours"),
        total=F("account__total_hours"), passed=F("account__passed"), account_pk=F("account__pk"),
        waived=F("account__verdict__waived"),
    )  # fmt: skip


def _people_page(pack: Pack, year: int) -> ListPage[Professional]:
    of_year = pack.year(year)
    labels = {column.key: column.label for column in of_year.annual.columns}

    def number(key: str) -> Column[Professional]:
        return Column(key=key, label=labels[key], value=lambda row: getattr(row, key) or ZERO, num=True)

    return ListPage(
        key="home.people", title=pack.words["home.completion"], rows=partial(_people, year=year), numbered=True,
        by_keys=True,
        order_by=("user__name",), sizes=(10, 20, 50),
        columns=(
            Column(key="year", label=labels["year"], value=lambda _row: str(year)),
            Column(key="name", label="姓名", value=lambda row: row.user.name, names_row=True),
            Column(key="document", label="身份证", value=lambda row: masking.cut(row.user.document_number)),
            *(number(key) for key in ("public", "professional", "total")),
            Column(key="result", label=labels["result"], value=partial(_result, of_year, year)),
        ),
        actions=(RowAction(label="学习记录", url=_record),),
    )  # fmt: skip


def _result(of_year: YearRules, year: int, row: Professional) -> parts.State:
    passed, waived = (bool(getattr(row, told)) for told in ("passed", "waived"))
    return verdict(of_year, year, passed=passed, waived=waived)


def _record(row: Professional) -> str | None:
    pk = getattr(row, "account_pk", None)
    return reverse("ledger:year", args=[pk]) if pk else None
