"""Which desks a declaration goes to, by what is declared, for which trade."""

import shutil
from pathlib import Path

import pytest
from django.conf import settings as project

from tests import small_world as make
from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import settling
from xueshi.reviews.models import ReviewStep

pytestmark = pytest.mark.django_db

ROUTES = """
[chains.trade]
steps = [{ key = "approval", label = "行业主管部门审核", desk = "superior", posts = true }]

[chains.employer]
steps = [{ key = "review", label = "用人单位审核", desk = "own", posts = true }]

[[routes]]
key = "papers"
chain = "employer"
forms = ["paper"]
applicants = ["professional"]

[[routes]]
key = "papers_of_schools"
chain = "trade"
forms = ["paper"]
industries = ["P"]
applicants = ["professional"]
"""


@pytest.fixture
def routed(tmp_path: Path, settings: object) -> None:
    """The packs, where papers go another way in one of them."""
    root = tmp_path / "policies"
    shutil.copytree(project.POLICIES_ROOT, root)
    with (root / "fujian" / "2016.toml").open("a", encoding="utf-8") as file:
        file.write(ROUTES)
    settings.POLICIES_ROOT = root  # type: ignore[attr-defined]


def desks(declaration: Declaration) -> list[tuple[str, str]]:
    steps = ReviewStep.objects.filter(case=declaration.case_id).select_related("desk").order_by("position")
    return [(step.label, step.desk.name) for step in steps]


def test_the_chain_follows_the_most_specific_route(routed: None) -> None:
    world = make.build("fujian")
    training = w.handed_in(world.person, "16", days=2)
    assert desks(training) == [("用人单位审核", world.employer.name), ("人社或主管部门审核", world.department.name)]
    paper = services.submit(world.person, w.paper(world.person))
    assert desks(paper) == [("用人单位审核", world.employer.name)]

    world.employer.industry = "P"
    world.employer.save(update_fields=["industry"])
    colleague = services.submit(world.colleague, w.paper(world.colleague, "90"))
    assert desks(colleague) == [("行业主管部门审核", world.department.name)]
    assert desks(paper) == [("用人单位审核", world.employer.name)]


def test_what_waits_under_a_form_that_is_gone_is_refused_in_words() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    Declaration.objects.update(form="retired")
    report = w.decided(world.employer_admin, declaration)
    assert [row.reason for row in report.refused] == [settling.FORM_GONE]
    assert (w.case(declaration).state, w.total(world)) == ("pending", 0)
