"""Which chain a declaration takes, by who declares what for which trade (policy facts 9)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from pydantic import model_validator

from xueshi.policies.values import Key, Sourced

type Kind = Literal["professional", "employer", "department", "bureau", "base"]


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who hands in what: ``kind`` is the role that declares, ``industry`` the code of the body whose person it is."""

    kind: str = "professional"
    subject: str = ""
    form: str = ""
    industry: str = ""


class Route(Sourced):
    """Declarations that fulfil every condition take ``chain``. A condition left empty fits all.

    Of several routes the one with the most conditions wins; two that could tie are a mistake of the pack.
    """

    key: Key
    chain: Key
    subjects: tuple[Key, ...] = ()
    forms: tuple[Key, ...] = ()
    industries: tuple[str, ...] = ()
    applicants: tuple[Kind, ...] = ()

    @model_validator(mode="after")
    def _has_a_condition(self) -> "Route":
        if not self.weight:
            raise ValueError("a route needs a condition; what takes no route takes the chain 'declaration'")
        return self

    @property
    def conditions(self) -> tuple[tuple[str, ...], ...]:
        """Subjects, forms, industries, applicants; empty where anything fits."""
        return (self.subjects, self.forms, self.industries, self.applicants)

    @property
    def weight(self) -> int:
        """How specific it is."""
        return sum(1 for condition in self.conditions if condition)

    def covers(self, applicant: Applicant) -> bool:
        """Whether a declaration takes it, if nothing more specific does."""
        facts = (applicant.subject, applicant.form, applicant.industry, applicant.kind)
        return all(not wanted or fact in wanted for wanted, fact in zip(self.conditions, facts, strict=True))

    def meets(self, other: "Route") -> bool:
        """Whether some declaration fulfils both."""
        pairs = zip(self.conditions, other.conditions, strict=True)
        return all(not mine or not theirs or set(mine) & set(theirs) for mine, theirs in pairs)


def chosen(routes: Sequence[Route], applicant: Applicant) -> Route | None:
    """The most specific route of a declaration; None where none covers it."""
    covering = [route for route in routes if route.covers(applicant)]
    return max(covering, key=lambda route: route.weight, default=None)


def tie(routes: Iterable[Route]) -> tuple[Route, Route] | None:
    """Two routes between which a declaration could not choose."""
    for one, other in combinations(routes, 2):
        if one.weight == other.weight and one.chain != other.chain and one.meets(other):
            return one, other
    return None
