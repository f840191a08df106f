"""What one part of a year says about another: refused at the row that says it."""

from collections.abc import Iterator, Mapping

from xueshi.policies.catalogues import Catalogue
from xueshi.policies.formulas.amounts import CompleteBucket
from xueshi.policies.formulas.kinds import within
from xueshi.policies.parsing import Node, PackError
from xueshi.policies.routes import tie
from xueshi.policies.years import ANY_SUBJECT, YearRules

INDUSTRIES = "industries"
"""The catalogue whose codes a route names."""


def year_fits(rules: YearRules, node: Node, catalogues: Mapping[str, Catalogue]) -> None:
    """Raises ``PackError`` with every route that leads nowhere or ties, and every rule over an unknown subject."""
    mistakes = [*_routes(rules, node, catalogues), *_rules(rules, node)]
    if mistakes:
        raise PackError("\n".join(str(mistake) for mistake in mistakes))


def _routes(rules: YearRules, node: Node, catalogues: Mapping[str, Catalogue]) -> Iterator[PackError]:
    known = {
        "chain": set(rules.chains),
        "subjects": {subject.key for subject in rules.subjects} | {ANY_SUBJECT},
        "forms": {form.key for form in rules.learning_forms},
        "industries": {item.code for item in catalogues[INDUSTRIES].items} if INDUSTRIES in catalogues else set(),
    }
    for index, route in enumerate(rules.routes):
        named = {"chain": (route.chain,), "subjects": route.subjects}
        named |= {"forms": route.forms, "industries": route.industries}
        for field, keys in named.items():
            for key in (key for key in keys if key not in known[field]):
                place = node.locate(("routes", index, field))
                yield place.fail(f"routes.{index}.{field}", f"route {route.key} names the unknown {key!r}")
    if pair := tie(rules.all_routes):
        index = max(number for number, route in enumerate(rules.routes) if route in pair)
        message = f"routes {pair[0].key} and {pair[1].key} could both be taken by one declaration"
        yield node.locate(("routes", index)).fail(f"routes.{index}", message)


def _rules(rules: YearRules, node: Node) -> Iterator[PackError]:
    subjects = {subject.key for subject in rules.subjects}
    for index, form in enumerate(rules.learning_forms):
        for rule in within(form.rule):
            if isinstance(rule, CompleteBucket) and rule.bucket not in subjects:
                place = node.locate(("learning_forms", index, "rule"))
                yield place.fail(f"learning_forms.{index}.rule", f"complete_bucket names the unknown {rule.bucket!r}")
