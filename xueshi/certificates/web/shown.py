"""A certificate as its pages show it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from xueshi.certificates import selectors
from xueshi.certificates.models import Certificate
from xueshi.certificates.payload import Payload
from xueshi.certificates.rules import grouped_code, shown_hours
from xueshi.certificates.selectors import Found, LookupDay
from xueshi.certificates.states import CertificateState, LookupWay
from xueshi.kernel.clock import SHANGHAI
from xueshi.ui.parts import Pair, State, Tone

_TONES: Final[dict[CertificateState, Tone]] = {
    CertificateState.VALID: "ok",
    CertificateState.SUPERSEDED: "idle",
    CertificateState.REVOKED: "no",
}


def state_of(state: str) -> State:
    """The state as a word with its colour."""
    known = CertificateState(state)
    return State(known.label, _TONES[known])


def published(found: Found) -> dict[str, Any]:
    """What the public page shows: the least (C10)."""
    one = found.published
    pairs = [
        *_title(one.title),
        Pair(label="证书编号", value=one.number),
        Pair(label="姓名", value=one.name, note="公开页面只显示部分姓名"),
        Pair(label="年度", value=str(one.year)),
        *_hours(one.hours),
        Pair(label="认定结果", value=one.verdict),
        Pair(label="发证机关", value=one.issuer),
        Pair(label="发证时间", value=one.issued_on),
    ]
    return {"one": one, "pairs": pairs, "state": state_of(one.state), "is_valid": one.state == CertificateState.VALID}


def detail(certificate: Certificate) -> dict[str, Any]:
    """What the holder and their administrators see."""
    figures = certificate.figures
    pairs = [
        Pair(label="证书编号", value=certificate.number),
        Pair(label="查验码", value=grouped_code(certificate.code)),
        Pair(label="姓名", value=figures.name),
        Pair(label="身份证号", value=figures.document),
        Pair(label="年度", value=str(figures.year)),
        *_hours(figures.hours),
        Pair(label="认定结果", value=figures.verdict),
        Pair(label="版本", value=f"第 {certificate.edition} 版"),
        Pair(label="发证机关", value=figures.issuer),
        Pair(label="发证时间", value=figures.issued_on),
    ]
    editions = [(one, state_of(one.state)) for one in selectors.editions(certificate)]
    return {
        "certificate": certificate,
        "title": figures.title or "学时证明",
        "pairs": pairs,
        "state": state_of(certificate.state),
        "editions": editions if len(editions) > 1 else [],
    }


def checks(certificate: Certificate) -> dict[str, Any]:
    """What its holder reads about checks: each day's count, and the latest one by one, never who it was."""
    return {
        "holder": True,
        "days": [_day(one) for one in selectors.lookup_days(certificate)],
        "log": [(one.at.astimezone(SHANGHAI), LookupWay(one.way).label) for one in selectors.lookups(certificate, 20)],
    }


def _day(one: LookupDay) -> tuple[date, int, str]:
    return one.day, one.count, "，".join(f"{way.label} {number} 次" for way, number in one.ways)


def offline(payload: Payload) -> dict[str, Any]:
    """What the QR code states by itself, and the day up to which that is known."""
    figures = (("公需课学时", payload.public), ("专业课学时", payload.professional), ("总学时", payload.total))
    pairs = [
        Pair(label="证书编号", value=payload.number.text),
        Pair(label="姓名", value=payload.name, note="二维码中只含部分姓名"),
        Pair(label="身份证号", value=payload.document_ends, note="二维码中只含首尾几位"),
        Pair(label="年度", value=str(payload.number.year)),
        *_hours([(label, hours) for label, hours in figures if hours]),
        Pair(label="版本", value=f"第 {payload.edition} 版"),
        Pair(label="发证时间", value=payload.issued_on),
    ]
    return {"pairs": pairs, "issued_on": payload.issued_on}


def _title(title: str) -> list[Pair]:
    return [Pair(label="证书名称", value=title)] if title else []


def _hours(held: Sequence[tuple[str, Decimal]]) -> list[Pair]:
    last = len(held) - 1
    return [
        Pair(label=label, value=shown_hours(hours), strong=place == last) for place, (label, hours) in enumerate(held)
    ]
