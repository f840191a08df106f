"""What the open pickers of the forms find: units and departments.

A visitor sees name, type and code of a unit and nothing else (security A12).
"""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from xueshi.kernel.errors import NotFound
from xueshi.organisations.models import Department, Organisation
from xueshi.organisations.states import OrganisationKind
from xueshi.policies.requests import PortalRequest
from xueshi.registrations import rules, selectors
from xueshi.registrations.web.columns import CODE_LABEL
from xueshi.ui import picking
from xueshi.ui.picking import Found, Line, Picker
from xueshi.ui.routes import route

_ASK_FOR_A_UNIT = "找不到所在单位？请联系单位管理员。"


def units(portal: str, name: str) -> Picker:
    """Bodies of a portal by name; nothing without words."""

    def find(words: str, page: int) -> Found:
        return picking.page_of(selectors.pickable_bodies(portal, name, words), page, _unit)

    def line(value: str) -> Line | None:
        body = selectors.pickable_body(portal, name, value)
        return _unit(body) if body is not None else None

    return Picker(
        url=f"{reverse('registrations:find_units')}?picker={name}",
        find=find,
        line=line,
        columns=("单位类型", CODE_LABEL),
        nothing=lambda words: ("没有找到。" if words else "请输入单位名称。") + _ASK_FOR_A_UNIT,
    )


def departments(portal: str, employer: str) -> Picker:
    """Departments of the employer chosen above; all of them without words."""

    def find(words: str, page: int) -> Found:
        return picking.page_of(selectors.departments_of(portal, employer, words), page, _department)

    def line(value: str) -> Line | None:
        department = selectors.department_of(portal, employer, value)
        return _department(department) if department is not None else None

    return Picker(
        url=f"{reverse('registrations:find_departments')}?",
        find=find,
        line=line,
        nothing=lambda _words: "没有可选的部门，可以不填。",
        include="[name='employer']",
    )


def of(portal: str, employer: str) -> dict[str, Picker]:
    """Every picker that a pack's registration forms may name."""
    return {"department": departments(portal, employer)} | {name: units(portal, name) for name in rules.PICKABLE}


@route(public=True, fragment=True)
def find_units(request: PortalRequest) -> HttpResponse:
    """Findings of a unit picker, for htmx."""
    name = request.GET.get("picker", "employer")
    if name not in rules.PICKABLE:
        raise NotFound
    return picking.answered(request, units(request.pack.key, name), "unit")


@route(public=True, fragment=True)
def find_departments(request: PortalRequest) -> HttpResponse:
    """Findings of the department picker, for htmx."""
    return picking.answered(request, departments(request.pack.key, request.GET.get("employer", "")), "unit")


@route(public=True, fragment=True)
def find_names(request: PortalRequest) -> HttpResponse:
    """Registered employers whose name resembles the one being typed (ORG-21)."""
    words = picking.words_of(request, "unit_name", "q")
    found = units(request.pack.key, "employer").find(words if len(words.strip()) > 1 else "", 1)
    return render(request, "registrations/parts/names.html", {"found": found, "words": words.strip()})


def _unit(body: Organisation) -> Line:
    kind = rules.KIND_WORDS[OrganisationKind(body.kind)]
    return Line(value=str(body.pk), name=body.name, kind=kind, code=body.code or "")


def _department(department: Department) -> Line:
    return Line(value=str(department.pk), name=department.name)
