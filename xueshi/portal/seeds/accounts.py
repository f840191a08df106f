"""The accounts of the demo world that never change, for whoever wants to look around.

Only the demo world has them: ``seed`` refuses to run in production. The numbers are made up and check.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from xueshi.kernel import identity
from xueshi.organisations.states import Power

PASSWORD: Final = "XueShi-2026-demo"  # noqa: S105 - printed at start, exists in no deployment
"""The password of everybody in the demo world."""

REVIEWER: Final = frozenset({Power.REVIEW_HOURS, Power.RECORDS, Power.STATISTICS})
CLERK: Final = frozenset({Power.PROFILE, Power.REVIEW_ACCOUNTS, Power.SUBORDINATES})


@dataclass(frozen=True, slots=True)
class Fixed:
    """One account. ``body`` is the key of its body; without ``powers`` an administrator is the super administrator."""

    portal: str
    role: str
    name: str
    document: str
    body: str = ""
    role_name: str = ""
    powers: frozenset[Power] = frozenset()
    login_name: str | None = None
    also: bool = False
    """A second hat of somebody who already has an account."""

    @property
    def account(self) -> str:
        """What is typed at sign-in."""
        return self.login_name or self.document

    @property
    def is_professional(self) -> bool:
        """Wears the hat of a professional."""
        return self.role == "专业技术人员"


def _number(first: str) -> str:
    return identity.complete_resident(first)


ACCOUNTS: Final = (
    Fixed("weihai", "专业技术人员", "王志远", _number("37060219900101221"), "haitian"),
    Fixed("weihai", "专业技术人员", "李春燕", _number("37100219920314402"), "haitian"),
    Fixed("weihai", "用人单位（超级管理员）", "张敏", _number("37100219850612004"), "haitian"),
    Fixed(
        "weihai", "用人单位（学时审核员）", "孙立军", _number("37100219880920013"), "haitian", "学时审核员", REVIEWER,
    ),
    Fixed("weihai", "用人单位（下级单位）", "于海波", _number("37108219830405015"), "haitian-rc"),
    Fixed("weihai", "专业技术人员", "赵国栋", _number("37100219790228061"), "haitian"),
    Fixed(
        "weihai", "主管部门（账户管理员）", "赵国栋", _number("37100219790228061"), "hc-industry", "账户管理员", CLERK,
        also=True,
    ),
    Fixed("weihai", "用人单位", "姜文静", _number("37100219861103028"), "hc-school"),
    Fixed("weihai", "主管部门", "丛培林", _number("37100219770817017"), "hc-industry"),
    Fixed("weihai", "主管部门", "毕晓东", _number("37100219750722019"), "wh-health"),
    Fixed("weihai", "区（市）人社局", "林晓", _number("37100219820519026"), "hc"),
    Fixed("weihai", "市人社局", "刘建平", _number("37100219700130011"), "wh"),
    Fixed("weihai", "继续教育基地", "宋玉华", _number("37100219780915022"), "wh-base"),
    Fixed("shandong", "专业技术人员", "高文博", _number("37010219910808017"), "sd-college"),
    Fixed("shandong", "用人单位", "魏明珠", _number("37010219840316025"), "sd-college"),
    Fixed("shandong", "主管部门", "田宏志", _number("37010219731224013"), "sd-edu"),
    Fixed("shandong", "省人社厅", "孟庆华", _number("37010219690503018"), "sd"),
    Fixed("shandong", "继续教育基地", "邵丽君", _number("37010219810627029"), "sd-base"),
    Fixed("liaocheng", "专业技术人员", "郭子涵", _number("37150219931012024"), "lc-school"),
    Fixed("liaocheng", "用人单位", "冯建业", _number("37150219800218016"), "lc-school"),
    Fixed("liaocheng", "主管部门", "范秀英", _number("37150219760905023"), "lc-edu"),
    Fixed("liaocheng", "区人社局", "岳振国", _number("37150219741130010"), "dcf"),
    Fixed("liaocheng", "市人社局", "付长河", _number("37150219710711012"), "lc"),
    Fixed("liaocheng", "继续教育基地", "路晓梅", _number("37150219830421027"), "lc-base"),
    Fixed("fujian", "专业技术人员", "陈雅婷", _number("35010219940216028"), "fz-school", login_name="chenyating"),
    Fixed("fujian", "用人单位", "林志强", _number("35010219820730014"), "fz-school", login_name="linzhiqiang"),
    Fixed("fujian", "主管部门", "黄丽萍", _number("35010219781022020"), "fz-edu", login_name="huangliping"),
    Fixed("fujian", "市人社局", "郑海生", _number("35010219720614017"), "fz", login_name="zhenghaisheng"),
    Fixed("fujian", "省人社厅", "吴国荣", _number("35010219680925015"), "fj", login_name="wuguorong"),
    Fixed("fujian", "继续教育基地", "蔡美玲", _number("35010219850107024"), "fz-base", login_name="caimeiling"),
    Fixed("fujian", "已注册用户（无单位）", "许文豪", _number("35010219960518013"), login_name="xuwenhao"),
)  # fmt: skip
"""In the order of the list in README."""

REFUSED: Final = (
    Fixed("weihai", "注册被驳回", "邹明哲", _number("37100219950923015"), "haitian"),
    Fixed("fujian", "注册被驳回", "程思远", _number("35010219940812017"), "fz-school", login_name="chengsiyuan"),
)
"""People whose registration a desk has turned down: they find the reason, and what they had entered."""

PORTALS: Final = {"weihai": "威海", "shandong": "山东", "liaocheng": "聊城", "fujian": "福建"}


def lines() -> Iterator[str]:
    """The list as it is printed at start: portal, role, name, account; the password once."""
    yield f"演示账号（密码均为 {PASSWORD}）："
    for one in (*ACCOUNTS, *REFUSED):
        yield f"  {PORTALS[one.portal]}  {one.role}  {one.name}  {one.account}"
