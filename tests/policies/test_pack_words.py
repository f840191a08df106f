"""The words of the packs: annual list, certificate, menus."""

import pytest

from xueshi.policies import registry
from xueshi.policies.access import MenuItem

KEYS = ["fujian", "liaocheng", "shandong", "weihai"]


def labels(items: tuple[MenuItem, ...]) -> list[str]:
    return [item.label for item in items]


@pytest.mark.parametrize(
    ("key", "words", "public"),
    [
        ("weihai", ("通过", "不通过"), "完成公需课学时（分）"),
        ("fujian", ("合格", "不合格"), "公需课学时"),
    ],
)
def test_words_of_the_annual_list(key: str, words: tuple[str, str], public: str) -> None:
    annual = registry.pack(key).year(2026).annual
    assert (annual.passed, annual.failed) == words
    assert [column.label for column in annual.columns if column.key == "public"] == [public]


def test_certificate_text() -> None:
    certificate = registry.pack("weihai").year(2026).certificate
    values = {"name": "王", "document": "3", "year": 2026, "total": 96, "public": 30, "professional": 66}
    assert certificate.title == "威海市专业技术人员继续教育结业证书"
    assert "".join(certificate.lines).format(**values) == (
        "姓名 王，身份证号 3，参加 2026 年威海市专业技术人员继续教育获得 96 学时，"
        "其中，公需课 30 学时，专业课 66 学时。"
    )
    assert certificate.number.area == "371000"


def test_menu_of_a_professional_without_modules_to_come() -> None:
    assert labels(registry.pack("weihai").menu("professional")) == [
        "首页",
        "用户资料管理",
        "学时申报",
        "申报进度查询",
        "年度完成情况",
        "继续教育网络学习",
    ]


def test_menu_trees_keep_their_printed_order() -> None:
    menu = registry.pack("weihai").menu("department")
    assert labels(menu) == [
        "首页",
        "管理直属账户",
        "审核账户",
        "学时申报",
        "查看申报记录",
        "学时审批",
        "成果备案",
        "查询统计",
    ]
    assert labels(menu[2].children) == [
        *("审核用人单位", "审核继续教育基地", "审核注册人员", "审核人员信息修改", "审核学时要求调整"),
    ]
    assert registry.pack("weihai").menu("nobody") == ()


@pytest.mark.parametrize("key", KEYS)
def test_every_role_of_a_pack_has_a_menu(key: str) -> None:
    pack = registry.pack(key)
    roles = {role for user_type in pack.login.user_types for role in user_type.roles}
    assert [role for role in sorted(roles) if not pack.menu(role)] == []
