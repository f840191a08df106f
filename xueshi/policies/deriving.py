"""What follows from the rows of a year before they are typed: subjects of forms, caps of formulas."""

from collections.abc import Iterator, Mapping

from xueshi.policies.parsing import Node
from xueshi.policies.years import ANY_SUBJECT


def with_yearly_caps(year: Node) -> Node:
    """A formula's ``cap_year`` is a cap of the year too, so that the ledger asks it again under its lock."""
    caps = [
        cap for row in rows(year, "learning_forms") if "rule" in row.table for cap in _yearly(row, row.table["rule"])
    ]
    if not caps:
        return year
    given = year.table.get("caps", year.like([]))
    return year.having(caps=given.like([*given.rows, *caps]))


def _yearly(form: Node, rule: Node) -> Iterator[Node]:
    if "cap_year" in rule.table and "key" in form.table:
        hours = rule.table["cap_year"]
        cap: dict[str, Node] = {name: rule.table[name] for name in ("source", "mark") if name in rule.table}
        key = hours.like(f"{form.table['key'].value}_year")
        cap |= {"key": key, "label": form.table.get("label", key), "per": hours.like("year"), "hours": hours}
        yield hours.like(cap | {"forms": hours.like([form.table["key"]])})
    for part in (*rows(rule, "parts"), *(rule.table["cases"].table.values() if "cases" in rule.table else ())):
        yield from _yearly(form, part)


def with_subjects(year: Node) -> Node:
    """A learning form without ``subjects`` takes the year's declarable ones; its field 计入科目 offers just them."""
    labels = {row.table["key"].value: row.table["label"] for row in rows(year, "subjects") if "label" in row.table}
    labels[ANY_SUBJECT] = Node("全部", year.file, year.line)
    usual = [row.table["key"] for row in rows(year, "subjects") if _true(row.table.get("declarable"))]
    forms = [_form_with_subjects(row, usual, labels) for row in rows(year, "learning_forms")]
    return year.having(learning_forms=year.table["learning_forms"].like(forms)) if forms else year


def _form_with_subjects(row: Node, usual: list[Node], labels: Mapping[object, Node]) -> Node:
    subjects = row.table.get("subjects", row.like(usual))
    options = [subjects.like({"code": key, "label": labels[key.value]}) for key in subjects.rows if key.value in labels]
    fields = [
        field.having(options=subjects.like(options), default=subjects.rows[0])
        if field.table.get("key", field).value == "subject" and options
        else field
        for field in rows(row, "fields")
    ]
    return row.having(subjects=subjects, fields=row.table.get("fields", row).like(fields))


def rows(node: Node, key: str) -> list[Node]:
    """The rows of an array of a table; none where it is left out."""
    return node.table[key].rows if key in node.table else []


def _true(node: Node | None) -> bool:
    return node is not None and node.value is True
