"""What people hand in: learning that could have happened, with the paper that proves it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Final

from xueshi.kernel.clock import SHANGHAI
from xueshi.portal.seeds.building import Person
from xueshi.portal.seeds.chance import Chance
from xueshi.portal.seeds.sectors import SECTORS

TRAINERS: Final = ("人力资源培训中心", "行业协会培训部", "职业技术学院继续教育学院", "科技干部进修学院")


class Ending(Enum):
    """How far a declaration comes."""

    DRAFT = auto()
    WITHDRAWN = auto()
    PENDING = auto()
    REJECTED = auto()
    HALFWAY = auto()
    """The first desk has passed it, the second has not looked."""
    COMPLETE = auto()
    LOWERED = auto()
    """Accepted with fewer hours than declared."""
    FAILED = auto()
    """Turned down by the last desk."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One declaration to be lived: by whom, what, when handed in, and how it ends."""

    person: Person
    year: int
    form: str
    subject: str
    hours: Decimal
    moment: datetime
    ending: Ending
    typed: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    scan: tuple[str, tuple[str, ...], str] = ("结业证书", (), "培训专用章")


@dataclass(frozen=True, slots=True)
class Slot:
    """When something was learned and when it is handed in."""

    year: int
    starts: date
    days: int

    @property
    def ends(self) -> date:
        """The last day."""
        return self.starts + timedelta(days=self.days - 1)

    def handed_in(self, chance: Chance) -> datetime:
        """A working hour some days after the end."""
        day = self.ends + timedelta(days=chance.number(2, 9))
        return datetime.combine(day, time(chance.number(8, 17), chance.number(0, 59)), SHANGHAI)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a deed is to be."""

    form: str
    subject: str
    hours: Decimal
    ending: Ending = Ending.COMPLETE
    told: str = ""
    comment: str = ""


def deed(chance: Chance, person: Person, slot: Slot, wanted: Wanted) -> Deed:
    """A deed with the answers its form asks for and a scan that says the same."""
    told = wanted.told or _told(chance, person, wanted.form)
    typed = _ANSWERS[wanted.form](chance, person, slot, told)
    return Deed(
        person=person,
        year=slot.year,
        form=wanted.form,
        subject=wanted.subject,
        hours=wanted.hours,
        moment=slot.handed_in(chance),
        ending=wanted.ending,
        typed={**typed, "hours": f"{wanted.hours.normalize():f}", "subject": wanted.subject},
        comment=wanted.comment,
        scan=_scan(person, slot, wanted.form, told),
    )


def _told(chance: Chance, person: Person, form: str) -> str:
    sector = SECTORS[person.body.sector]
    if form == "paper":
        return chance.pick(sector.papers)
    if form == "conference":
        return f"第{chance.pick('三五八九')}届{sector.majors[0].removesuffix('类')}学术年会"
    return "对口支援选派" if form == "posting" else chance.pick(sector.courses)


def _period(slot: Slot) -> dict[str, str]:
    return {"period_from": slot.starts.isoformat(), "period_to": slot.ends.isoformat()}


def _training(chance: Chance, person: Person, slot: Slot, told: str) -> dict[str, str]:
    return {
        "school": f"{person.actor.organisation.name[:2] if person.actor.organisation else ''}{chance.pick(TRAINERS)}",
        "class_name": told,
        "content": f"{told}：理论学习、案例研讨与考核。",
        "result": chance.pick(("合格", "良好", "优秀")),
        **_period(slot),
    }


def _paper(chance: Chance, person: Person, slot: Slot, told: str) -> dict[str, str]:
    return {
        "title": told,
        "journal": SECTORS[person.body.sector].journal,
        "issue_number": f"CN {chance.number(10, 62)}-{chance.number(1000, 1999)}",
        "published": slot.starts.isoformat(),
        "author_rank": chance.pick(("sole", "first", "first", "second")),
        "content": f"研究{told}，给出试验结果与应用建议。",
    }


def _posting(chance: Chance, person: Person, slot: Slot, _told: str) -> dict[str, str]:
    return {
        "posting_kind": chance.pick(("teaching", "medicine", "xinjiang", "secondment")),
        "sender": person.actor.organisation.name if person.actor.organisation else "",
        "place": chance.pick(("重庆市云阳县", "青海省海北州", "宁夏固原市", "新疆昌吉州")),
        "content": "按选派协议完成对口支援工作，年度考核合格。",
        **_period(slot),
    }


def _conference(chance: Chance, _person: Person, slot: Slot, told: str) -> dict[str, str]:
    return {
        "title": told,
        "organiser": chance.pick(("中国机械学会", "省医学会", "省教育学会", "省土木建筑学会")),
        "grade": chance.pick(("national", "provincial", "municipal")),
        "content": "参加大会报告与分组交流。",
        **_period(slot),
    }


_ANSWERS = {
    "on_the_job": _training,
    "seminar": _training,
    "course": _training,
    "paper": _paper,
    "posting": _posting,
    "conference": _conference,
}
_PAPERS = {"paper": "论文首页", "posting": "选派证明", "conference": "会议通知"}


def _scan(person: Person, slot: Slot, form: str, told: str) -> tuple[str, tuple[str, ...], str]:
    name = person.actor.user.name
    when = f"{slot.starts:%Y 年 %m 月 %d 日} 至 {slot.ends:%Y 年 %m 月 %d 日}"
    if form == "paper":
        return _PAPERS[form], (told, f"作者：{name}", f"发表时间：{slot.starts:%Y-%m-%d}"), "编辑部章"
    lines = (f"{name} 同志：", f"    于 {when}", f"参加“{told}”，", "完成规定内容，考核合格。", "    特此证明。")
    return _PAPERS.get(form, "结业证书"), lines, "培训专用章"
