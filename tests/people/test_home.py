"""The professional's back office: five modules on the home page and in the menu."""

import pytest

from tests.browsers import signed_in
from tests.small_world import SmallWorld

MODULES = ["用户资料管理", "学时申报", "申报进度查询", "年度完成情况", "继续教育网络学习"]


@pytest.mark.req("PRO-28")
def test_the_five_modules_of_a_professional_open(world: SmallWorld) -> None:
    browser = signed_in(world.person)
    page = browser.get("/home/")
    links = {link.label: link.url for group in page.context["shell"].nav for link in group.items}
    assert [label for label in links if label != "首页"] == MODULES
    for label in MODULES:
        assert f'href="{links[label]}"' in page.content.decode()
        assert browser.get(links[label]).status_code == 200
