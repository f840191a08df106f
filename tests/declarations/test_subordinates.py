"""An employer over its subordinate units: listed, filtered, opened, and their right to review closed."""

import re

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import page
from tests.declarations.units import cells, heads
from xueshi.declarations.models import Declaration
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.organisations.states import OrganisationKind
from xueshi.reviews.states import CaseState

pytestmark = pytest.mark.django_db
LIST, DESK, DECIDE = "/registrations/subordinates/", "/declarations/review/", "/reviews/decide/"


def listed(text: str) -> list[str]:
    """The units of the list in its order."""
    return [row[1] for row in cells(text)]


@pytest.mark.req("ORG-42", "ORG-43")
def test_an_employer_lists_filters_and_opens_its_own_units() -> None:
    world = make.build()
    works = make.body(OrganisationKind.EMPLOYER, "海天铸造厂", world.employer)
    Organisation.objects.filter(pk=works.pk).update(nature="organ", code="91371000MA3C0EXA7F")
    unit = signed_in(world.employer_admin)
    assert f'href="{LIST}"' in page(unit, "/home/")
    text = page(unit, LIST)
    assert re.findall(r"<h1[^>]*>\s*([^<]+?)\s*<", text) == ["管理下级单位"]
    shown = ["序号", "单位名称", "单位性质", "所属行业", "组织机构代码", "审核权限", "操作"]
    assert heads(text) == shown
    for name, label in (("name", "单位名称"), ("nature", "单位性质")):
        assert re.search(rf'<label[^>]*>{label}</label>\s*<(input|select)[^>]* name="{name}"', text), name
    assert ("查询" in text, sorted(listed(text))) == (True, sorted([world.branch.name, works.name]))
    assert listed(page(unit, f"{LIST}?nature=organ")) == [works.name]
    assert listed(page(unit, f"{LIST}?name=荣成")) == [world.branch.name]

    row = next(row for row in cells(text) if row[1] == world.branch.name)
    assert [word for word in ("管理员信息", "详细", "关闭审核权限") if word in row[-1]] == [
        "管理员信息", "详细", "关闭审核权限",
    ]  # fmt: skip
    at = f"/registrations/unit/{world.branch.pk}/"
    opened = {part: page(unit, f"{at}{part}") for part in ("people/", "", "review/")}
    assert all(f'href="{at}{part}"' in text for part in opened)
    assert ("分公司管理员" in opened["people/"], world.branch.name in opened[""]) == (True, True)
    assert "关闭审核权限" in opened["review/"]
    assert listed(page(signed_in(world.stranger_admin), LIST)) == []


@pytest.mark.req("ORG-44", "CV-11")
def test_a_unit_whose_right_its_employer_closed_decides_nothing() -> None:
    world = make.build()
    person, _ = make.professional("周文斌", world.branch)
    row = w.handed_in(person)
    above, below = signed_in(world.employer_admin), signed_in(world.branch_admin)
    assert "周文斌" in page(below, DESK)
    assert above.post(f"/registrations/unit/{world.branch.pk}/review/", {"reason": "核查中"}).status_code == 302
    text = page(below, DESK)
    assert ("上级部门已关闭本单位的审核权限" in text, "核查中" in text, "周文斌" in text) == (True, True, False)
    case = w.case(row)
    for version in (case.version, case.version - 1):
        sent = {"row": f"{case.pk}:{version}", "verdict": "pass", "comment": "", "next": DESK}
        below.post(DECIDE, sent)
        below.post(DECIDE, {"row": f"{case.pk}:{version}", "action": "pass", "next": DESK})
    assert (w.case(row).state, w.fresh(row).hours_recognised) == (CaseState.PENDING, None)
    above.post(DECIDE, {"row": f"{case.pk}:{w.case(row).version}", "verdict": "pass", "comment": "", "next": DESK})
    assert (w.case(row).state, w.fresh(row).hours_recognised) == (CaseState.APPROVED, 24)


@pytest.mark.req("ORG-44", "CV-11")
@pytest.mark.parametrize("closed_first", [False, True])
def test_a_second_desk_that_was_closed_holds_nothing_up(closed_first: bool) -> None:
    """Where two desks approve: what the first passes goes to whoever reviews for the second, and back when opened."""
    world = make.build("fujian")
    person, _ = make.professional("周文斌", world.branch)
    right, above = f"/registrations/unit/{world.employer.pk}/review/", signed_in(world.department_admin)
    rows = [] if closed_first else [w.handed_in(person, "4", days=1), w.handed_in(person, "4", days=1, school="乙校")]
    assert above.post(right, {"reason": "资料不全"}).status_code == 302
    rows = rows or [w.handed_in(person, "4", days=1), w.handed_in(person, "4", days=1, school="乙校")]

    def press(actor: Actor, row: Declaration) -> int:
        case = w.case(row)
        sent = {"row": f"{case.pk}:{case.version}", "verdict": "pass", "comment": "", "next": DESK}
        return signed_in(actor).post(DECIDE, sent).status_code

    for row in rows:
        assert (press(world.branch_admin, row), w.case(row).desk_id) == (302, world.department.pk)
        assert press(world.employer_admin, row) == 422
        assert (w.case(row).state, w.fresh(row).hours_recognised) == (CaseState.PENDING, None)
    first, second = rows
    assert "周文斌" not in page(signed_in(world.employer_admin), DESK)
    assert (press(world.department_admin, first), w.case(first).state) == (302, CaseState.APPROVED)
    assert above.post(right, {"reason": ""}).status_code == 302
    assert (w.case(second).desk_id, press(world.employer_admin, second)) == (world.employer.pk, 302)
    assert (w.case(second).state, w.fresh(second).hours_recognised) == (CaseState.APPROVED, 4)
