"""The bodies of the demo world: two provinces, as rows of (key, superior, kind, name, area, trade)."""

from dataclasses import dataclass
from typing import Final

from xueshi.organisations.states import OrganisationKind

_B, _D = OrganisationKind.BUREAU, OrganisationKind.DEPARTMENT
_E, _S = OrganisationKind.EMPLOYER, OrganisationKind.BASE


@dataclass(frozen=True, slots=True)
class Body:
    """One body. ``people`` is how many professionals it employs."""

    key: str
    parent: str
    kind: OrganisationKind
    name: str
    portal: str
    area: str
    sector: str = "authority"
    people: int = 0


def _of(portal: str, *rows: tuple[object, ...]) -> tuple[Body, ...]:
    return tuple(Body(*row[:4], portal, *row[4:]) for row in rows)  # type: ignore[arg-type, call-arg]  # literal rows


BODIES: Final = (
    *_of(
        "shandong",
        ("sd", "", _B, "山东省人力资源和社会保障厅", "370000"),
        ("sd-edu", "sd", _D, "山东省教育厅", "370000"),
        ("sd-health", "sd", _D, "山东省卫生健康委员会", "370000"),
        ("sd-college", "sd-edu", _E, "山东泰岱职业学院", "370000", "school", 10),
        ("sd-hospital", "sd-health", _E, "山东泰岱医院", "370000", "hospital", 7),
        ("sd-institute", "sd", _E, "山东海岱工程设计研究院有限公司", "370000", "building", 6),
        ("sd-base", "sd", _S, "山东泰岱专业技术人员继续教育基地", "370000", "school"),
    ),
    *_of(
        "weihai",
        ("wh", "sd", _B, "威海市人力资源和社会保障局", "371000"),
        ("hc", "wh", _B, "环翠区人力资源和社会保障局", "371002"),
        ("wd", "wh", _B, "文登区人力资源和社会保障局", "371003"),
        ("rc", "wh", _B, "荣成市人力资源和社会保障局", "371082"),
        ("rs", "wh", _B, "乳山市人力资源和社会保障局", "371083"),
        ("wh-edu", "wh", _D, "威海市教育局", "371000"),
        ("wh-health", "wh", _D, "威海市卫生健康委员会", "371000"),
        ("hc-industry", "hc", _D, "环翠区工业和信息化局", "371002"),
        ("hc-edu", "hc", _D, "环翠区教育和体育局", "371002"),
        ("wd-health", "wd", _D, "文登区卫生健康局", "371003"),
        ("rc-building", "rc", _D, "荣成市住房和城乡建设局", "371082"),
        ("rs-edu", "rs", _D, "乳山市教育和体育局", "371083"),
        ("haitian", "hc", _E, "海天精密机械有限公司", "371002", "machinery", 24),
        ("haitian-rc", "haitian", _E, "海天精密机械有限公司荣成分公司", "371082", "machinery", 6),
        ("lanwan", "hc-industry", _E, "蓝湾软件技术有限公司", "371002", "software", 7),
        ("hc-school", "hc-edu", _E, "环翠区望海实验学校", "371002", "school", 10),
        ("wh-hospital", "wh-health", _E, "威海市凤林医院", "371000", "hospital", 10),
        ("wh-school", "wh-edu", _E, "威海市海滨高级中学", "371000", "school", 7),
        ("wd-hospital", "wd-health", _E, "文登区昆嵛中心医院", "371003", "hospital", 8),
        ("rc-builder", "rc-building", _E, "荣成市石岛建设工程有限公司", "371082", "building", 7),
        ("rs-school", "rs-edu", _E, "乳山市银滩初级中学", "371083", "school", 7),
        ("wh-base", "wh", _S, "威海职业技术继续教育基地", "371000", "school"),
    ),
    *_of(
        "liaocheng",
        ("lc", "sd", _B, "聊城市人力资源和社会保障局", "371500"),
        ("dcf", "lc", _B, "东昌府区人力资源和社会保障局", "371502"),
        ("lc-edu", "lc", _D, "聊城市教育和体育局", "371500"),
        ("dcf-health", "dcf", _D, "东昌府区卫生健康局", "371502"),
        ("lc-school", "lc-edu", _E, "聊城市东昌湖中学", "371500", "school", 8),
        ("dcf-hospital", "dcf-health", _E, "东昌府区古城医院", "371502", "hospital", 6),
        ("lc-machinery", "lc", _E, "聊城运河轴承制造有限公司", "371500", "machinery", 6),
        ("lc-base", "lc", _S, "聊城市专业技术人员继续教育基地", "371500", "school"),
    ),
    *_of(
        "fujian",
        ("fj", "", _B, "福建省人力资源和社会保障厅", "350000"),
        ("fz", "fj", _B, "福州市人力资源和社会保障局", "350100"),
        ("xm", "fj", _B, "厦门市人力资源和社会保障局", "350200"),
        ("qz", "fj", _B, "泉州市人力资源和社会保障局", "350500"),
        ("fz-edu", "fz", _D, "福州市教育局", "350100"),
        ("xm-health", "xm", _D, "厦门市卫生健康委员会", "350200"),
        ("qz-industry", "qz", _D, "泉州市工业和信息化局", "350500"),
        ("fz-school", "fz-edu", _E, "福州闽江实验中学", "350102", "school", 13),
        ("fz-software", "fz", _E, "福州榕图信息科技有限公司", "350102", "software", 7),
        ("xm-hospital", "xm-health", _E, "厦门鹭岛康复医院", "350203", "hospital", 10),
        ("qz-machinery", "qz-industry", _E, "泉州刺桐机械有限公司", "350582", "machinery", 8),
        ("qz-branch", "qz-machinery", _E, "泉州刺桐机械有限公司南安分公司", "350583", "machinery", 4),
        ("fz-base", "fz", _S, "福州专业技术人员继续教育基地", "350100", "school"),
    ),
)
"""Superiors stand before those below them."""
