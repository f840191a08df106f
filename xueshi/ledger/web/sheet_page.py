"""What a sheet of several years says, once for its page and for its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from xueshi.kernel import clock
from xueshi.ledger.rendering import Sheet
from xueshi.ledger.selectors import Standing
from xueshi.ledger.web import shown
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.lookback import LookBack
from xueshi.policies.packs import Pack
from xueshi.policies.verdicts import verdict
from xueshi.policies.years import YearRules
from xueshi.ui.drawing import shown as shown_as
from xueshi.ui.parts import Pair, State
from xueshi.ui.printing import printed

TITLE: Final = "继续教育学时认定单"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One year of the sheet."""

    year: int
    hours: tuple[tuple[str, object], ...]
    total: object
    need: object
    passed: bool
    waived: bool
    state: State
    notes: str


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet of one person: its years, the look-back it follows, the past day it shows."""

    pack: Pack
    person: Professional
    rows: tuple[SheetRow, ...]
    look_back: LookBack | None
    day: date | None

    @property
    def subjects(self) -> list[str]:
        """The headings of the subjects, as this year's rules call them."""
        return [subject.label for subject in self.pack.year(clock.year()).subjects]

    @property
    def facts(self) -> list[Pair]:
        """Whose sheet it is."""
        person = self.person
        level = registry.catalogue("title_levels").label(person.title_level) if person.title_level else ""
        degree = registry.catalogue("degrees").label(person.degree) if person.degree else ""
        return [
            Pair(label="姓名", value=person.user.name),
            Pair(label="证件号码", value=person.user.masked_document),
            Pair(label="工作单位", value=person.employment.organisation.name),
            Pair(label="职称级别", value=shown_as(level)),
            Pair(label="学位", value=shown_as(degree)),
        ]

    @property
    def rule(self) -> str:
        """The look-back in words; nothing for a range of years."""
        rule = self.look_back
        if rule is None:
            return ""
        if rule.by_own_rule:
            return f"{rule.label}：按专门规定执行，本平台未载明年限，请直接选择年度。"
        return f"{rule.label}：核验申报年份之前 {rule.years} 个年度。"

    @property
    def source(self) -> str:
        """Where the look-back was read, and that it waits for the authority."""
        return f"依据：{self.look_back.source}，以当地人社部门确认为准。" if self.look_back is not None else ""

    @property
    def summary(self) -> str:
        """How many of the years passed, in a sentence; those of which nothing is asked are counted apart."""
        annual = self.pack.year(clock.year()).annual
        waived = sum(row.waived for row in self.rows)
        failed = [str(row.year) for row in self.rows if not (row.passed or row.waived)]
        parts = [f"共核验 {len(self.rows)} 个年度"]
        if waived:
            parts.append(f"其中 {waived} 个年度{annual.waived}")
        if failed:
            parts.append(f"{len(failed)} 个年度{annual.failed}：{'、'.join(failed)}")
        elif waived < len(self.rows):
            parts.append("其余均已达到要求" if waived else "均已达到要求")
        return f"{'，'.join(parts)}。"

    @property
    def remark(self) -> str:
        """As of when, printed when, and what the sheet is not."""
        then = f"截至 {printed(self.day)} 的情况，" if self.day is not None else ""
        return f"{then}打印日期 {printed(clock.today())}。本表供核对，学时证明以本平台出具的电子证书为准。"

    def printed(self) -> Sheet:
        """The same as the file takes it."""
        return Sheet(
            platform=self.pack.portal.title,
            title=TITLE,
            holder=[(pair.label, str(pair.value)) for pair in self.facts],
            rule=f"{self.rule}{self.source}",
            subjects=self.subjects,
            rows=[_words(row) for row in self.rows],
            summary=self.summary,
            remark=self.remark,
        )


def row_of(of_year: YearRules, year: int, standing: Standing, on: date | None) -> SheetRow:
    """One year as it stands, or stood on a past day."""
    explained = shown.at(standing)
    return SheetRow(
        year=year,
        hours=tuple((subject.label, standing.sums.get(subject.key, 0)) for subject in of_year.subjects),
        total=standing.total,
        need=standing.target.requirement.total,
        passed=explained.passed,
        waived=explained.waived,
        state=verdict(of_year, year, passed=explained.passed, waived=explained.waived, on=on),
        notes="；".join(one.label for one in explained.events),
    )


def _words(row: SheetRow) -> Sequence[str]:
    hours = (value for _label, value in row.hours)
    figures = (str(printed(one)) for one in (row.year, *hours, row.total, row.need))
    return [*figures, row.state.label, str(shown_as(row.notes))]
