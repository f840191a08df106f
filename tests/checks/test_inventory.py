"""PR-13: every column that could tell something about a person stands in the data inventory."""

import tomllib
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models

from tests.checks.report import Outcome, Tell
from xueshi.kernel.fields import EncryptedField

INVENTORY = Path("docs/operations/data-inventory.toml")
TELLING = (models.CharField, models.TextField, models.JSONField, models.DateField, models.BinaryField, EncryptedField)
"""Kinds of columns that hold what somebody typed or did; keys, flags and counts only point at it."""
SAID = ("columns", "class", "purpose", "basis", "seen_by", "retention")


def telling() -> set[str]:
    """The columns of our own models that may tell something."""
    return {
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model.__module__.startswith("xueshi.") and isinstance(field, TELLING)
    }


def lacking(inventory: dict[str, Any], schema: set[str]) -> list[str]:
    """What the inventory does not say about the schema, and what it says about columns that are not there."""
    personal = [name for row in inventory["personal"] for name in row["columns"]]
    named = [*personal, *inventory["impersonal"]["columns"]]
    bad = [
        f"{row['columns'][0]}: {key} is not said" for row in inventory["personal"] for key in SAID if not row.get(key)
    ]
    bad += [f"{name} stands in no row" for name in sorted(schema - set(named))]
    bad += [f"{name} is no column" for name in sorted(set(named) - schema)]
    return bad + [f"{name} stands twice" for name in sorted({one for one in named if named.count(one) > 1})]


def test_pr_13_data_inventory(tell: Tell) -> None:
    inventory, schema = tomllib.loads(INVENTORY.read_text(encoding="utf-8")), telling()
    encrypted = {name for name in schema if isinstance(_field(name), EncryptedField)}
    first = {name for row in inventory["personal"] if row["class"] == 1 for name in row["columns"]}
    bad = lacking(inventory, schema) + [f"{name} is encrypted and not of class 1" for name in sorted(encrypted - first)]
    control = (
        len(lacking(inventory, schema | {"people.professional.blood_group"})) == len(lacking(inventory, schema)) + 1
    )
    tell(
        Outcome(
            "PR-13",
            len(schema),
            bad,
            control,
            150,
            f"personal={sum(len(row['columns']) for row in inventory['personal'])}",
        )
    )


def _field(name: str) -> "models.Field[Any, Any]":
    app, model, field = name.split(".")
    return apps.get_model(app, model)._meta.get_field(field)  # type: ignore[return-value]  # concrete, as collected above
