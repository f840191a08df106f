"""Who registers in the demo world."""

from collections.abc import Iterator
from typing import Final

from xueshi.organisations.states import OrganisationKind
from xueshi.portal.seeds.accounts import REFUSED
from xueshi.portal.seeds.bodies import BODIES, Body
from xueshi.portal.seeds.registering import Applicant
from xueshi.reviews.states import Verdict

_UNITS: Final = (
    Body("", "hc", OrganisationKind.EMPLOYER, "威海海纳自动化设备有限公司", "weihai", "371002", "machinery"),
    Body("", "hc-industry", OrganisationKind.EMPLOYER, "威海云帆数据服务有限公司", "weihai", "371002", "software"),
    Body("", "wd", OrganisationKind.EMPLOYER, "文登区昆嵛山木业有限公司", "weihai", "371003", "machinery"),
    Body("", "sd", OrganisationKind.EMPLOYER, "山东海岱软件有限公司", "shandong", "370000", "software"),
    Body("", "lc", OrganisationKind.EMPLOYER, "聊城水城建筑设计有限公司", "liaocheng", "371500", "building"),
)
_REFUSED_UNIT: Final = Body(
    "", "hc", OrganisationKind.EMPLOYER, "威海鑫盛商贸", "weihai", "371002", "machinery"
)  # fmt: skip
_LET_IN: Final = Body(
    "", "rc", OrganisationKind.EMPLOYER, "荣成市桑沟湾海洋科技有限公司", "weihai", "371082", "software"
)  # fmt: skip
_FILED: Final = Body(
    "", "fz", OrganisationKind.EMPLOYER, "福州三坊信息技术有限公司", "fujian", "350102", "software"
)  # fmt: skip
_EMPLOYERS: Final = ("haitian", "hc-school", "wh-hospital", "sd-college", "lc-school", "fz-school", "xm-hospital")


def applicants() -> Iterator[Applicant]:
    """Units and people, let in, turned down and waiting."""
    yield Applicant("employer", _LET_IN, Verdict.PASS, 120)
    yield Applicant("employer", _REFUSED_UNIT, Verdict.FAIL, 60, "单位名称与证书不一致，请使用全称。")
    yield Applicant("employer", _FILED, None, 90)
    for position, unit in enumerate(_UNITS):
        yield Applicant("employer", unit, None, position + 1)
    base = Body("", "hc", OrganisationKind.BASE, "环翠区专业技术人员继续教育基地", "weihai", "371002", "school")
    yield Applicant("base", base, None, 4)
    department = Body("", "rs", OrganisationKind.DEPARTMENT, "乳山市农业农村局", "weihai", "371083")
    yield Applicant("department", department, None, 3)
    rows = {row.key: row for row in BODIES}
    for key in _EMPLOYERS:
        yield Applicant("professional", rows[key], Verdict.PASS, 45)
        yield Applicant("professional", rows[key], Verdict.FAIL, 20, "职称证书扫描件与所填资格不一致，请核对。")
        for days in (6, 2) if key == "haitian" else (3,):
            yield Applicant("professional", rows[key], None, days)
    for who in REFUSED:
        unreadable = "职称证书扫描件模糊，请重新上传清晰的扫描件。"
        yield Applicant("professional", rows[who.body], Verdict.FAIL, 12, unreadable, "title_certificate", who)
