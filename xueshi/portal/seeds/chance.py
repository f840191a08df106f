"""Names and numbers of people and bodies that do not exist, the same for the same seed."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from stdnum.cn import uscc

from xueshi.kernel import identity

FAMILY: Final = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯"
    "龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
MALE: Final = (
    "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建东海峰志远国栋"
    "文博子轩思源晨曦家豪永康德胜玉山立新春生"
)
FEMALE: Final = (
    "芳娜敏静丽艳娟霞秀英燕玲桂兰梅琳婷雪慧莹颖倩洁玉萍红娥月丹晶欣瑶佳怡雅梦思雨晓彤若兰淑贞春花美华文静海燕雪梅"
)
_ORG_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_CODE_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE: Final = ("135", "136", "137", "138", "139", "150", "151", "158", "159", "186", "187", "188")


@dataclass
class Chance:
    """A seeded source. Never for secrets: whoever knows the seed knows all of it."""

    seed: int
    _used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - demo people, not secrets

    def pick[Thing](self, things: Sequence[Thing]) -> Thing:
        """One of several."""
        return self.random.choice(things)

    def number(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, high)

    def often(self, percent: int) -> bool:
        """True in so many of a hundred cases."""
        return self.random.random() * 100 < percent

    def name(self, *, male: bool) -> str:
        """A name nobody in this world bears yet."""
        while True:
            given = MALE if male else FEMALE
            count = 1 if self.often(22) else 2
            name = self.pick(FAMILY) + "".join(self.random.sample(sorted(set(given)), count))
            if self._first_use(name):
                return name

    def born(self, youngest: int = 1999, eldest: int = 1968) -> date:
        """A day of birth of somebody at work."""
        return date(self.number(eldest, youngest), 1, 1) + timedelta(days=self.number(0, 364))

    def resident(self, area: str, born: date, *, male: bool) -> str:
        """A valid identity number nobody in this world bears yet."""
        while True:
            order = self.number(1, 499) * 2 + (1 if male else 0)
            number = identity.complete_resident(f"{area}{born:%Y%m%d}{order:03}")
            if self._first_use(number):
                return number

    def phone(self) -> str:
        """A mobile number nobody in this world has yet."""
        while True:
            number = f"{self.pick(_MOBILE)}{self.number(0, 99_999_999):08}"
            if self._first_use(number):
                return number

    def credit_code(self, area: str, authority: str) -> str:
        """A valid unified social credit code; ``authority`` are its first two signs (91 company, 12 institution)."""
        while True:
            bare = "".join(self.pick(_CODE_SIGNS) for _ in range(8))
            code = f"{authority}{area}{bare}{_organisation_check(bare)}"
            code += uscc.calc_check_digit(code)
            if self._first_use(code):
                return code

    def keep(self, *taken: str) -> None:
        """Never give out these."""
        self._used.update(taken)

    def _first_use(self, value: str) -> bool:
        if value in self._used:
            return False
        self._used.add(value)
        return True


def _organisation_check(bare: str) -> str:
    """The ninth sign of an organisation code (GB 11714): MOD 11, 10 is X."""
    values = (int(sign, 36) for sign in bare)
    rest = 11 - sum(value * weight for value, weight in zip(values, _ORG_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))
