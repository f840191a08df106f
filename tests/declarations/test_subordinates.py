"""An employer over its subordinate units: listed, filtered, opened, and their right to review closed."""

import re

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.declarations import world as w
from tests.declarations.forms import page
from tests.declarations.units import cells, heads
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
