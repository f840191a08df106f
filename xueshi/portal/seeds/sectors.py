"""What people of a trade are called, have learned and go on learning."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rank:
    """A title of a series: its code in the catalogue and its level."""

    code: str
    level: str


@dataclass(frozen=True, slots=True)
class Sector:
    """A trade. ``courses`` and ``papers`` are what its people hand in."""

    nature: str
    industry: str
    authority: str
    series: str
    ranks: tuple[Rank, ...]
    majors: tuple[str, ...]
    departments: tuple[str, ...]
    courses: tuple[str, ...]
    papers: tuple[str, ...]
    journal: str


def _ranks(series: str, *names: str) -> tuple[Rank, ...]:
    levels = ("junior", "middle", "senior")
    return tuple(Rank(f"{series}{name}", level) for name, level in zip(names, levels, strict=True))


SECTORS: Final = {
    "machinery": Sector(
        "private", "C", "91", "05", _ranks("", "0504", "0503", "0502"), ("机械类", "自动化类", "电气类"),
        ("技术部", "质量部", "生产部"),
        ("数控机床安全操作与维护", "智能制造技术专题培训班", "五轴加工工艺提升班", "工业机器人应用培训班"),
        ("五轴加工中心热误差补偿方法研究", "薄壁件铣削变形控制试验", "基于视觉的刀具磨损监测"), "机械工程学报",
    ),
    "school": Sector(
        "institution_full", "P", "12", "22", _ranks("22:", "二级教师", "一级教师", "高级教师"),
        ("教育学类", "中国语言文学类", "数学类"), ("语文组", "数学组", "教务处"),
        ("新课程标准实施专题研修", "中小学班主任能力提升班", "教育信息化应用能力培训", "学科教学设计工作坊"),
        ("核心素养导向的单元教学设计", "初中数学问题情境创设的实践", "整本书阅读教学策略研究"), "基础教育研究",
    ),
    "hospital": Sector(
        "institution_part", "Q", "12", "04", _ranks("", "0404", "0403", "0402"), ("临床医学类", "护理学类", "药学类"),
        ("内科", "外科", "护理部"),
        ("基层常见病规范化诊疗培训", "急危重症救治能力提升班", "医院感染防控专题培训", "全科医学进修班"),
        ("社区高血压分级管理效果观察", "老年髋部骨折围手术期护理", "抗菌药物合理使用分析"), "临床医学进展",
    ),
    "building": Sector(
        "state_owned", "E", "91", "05", _ranks("", "0504", "0503", "0502"), ("土木类", "建筑类", "管理科学与工程类"),
        ("工程部", "设计部", "安全部"),
        ("装配式建筑施工技术培训班", "建筑施工安全管理研修班", "绿色建筑评价标准培训"),
        ("海工混凝土耐久性试验研究", "装配式结构节点抗震性能分析"), "建筑技术开发",
    ),
    "software": Sector(
        "private", "I", "91", "05", _ranks("", "0504", "0503", "0502"), ("计算机类", "电子信息类"),
        ("研发部", "测试部"),
        ("数据安全与隐私保护培训班", "云原生架构实践研修班", "人工智能应用技术培训"),
        ("政务数据共享交换的访问控制", "海洋观测数据的质量评估方法"), "计算机应用研究",
    ),
    "authority": Sector(
        "organ", "S", "11", "19", _ranks("19:", "助理经济师", "经济师", "高级经济师"), ("工商管理类", "公共管理类"),
        ("办公室", "专业技术人员管理科"), ("公共管理能力提升班",), ("专业技术人才队伍建设的调查与思考",), "人事人才",
    ),
}  # fmt: skip
"""By key; bodies name the key of theirs."""
