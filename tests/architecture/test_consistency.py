"""What every app does alike: it says what it owns, keeps what others point at, hides class 1, draws every template."""

import ast
import re
from pathlib import Path

from django.apps import apps
from django.db import models

from tools import matrix
from xueshi.kernel.fields import EncryptedField

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "xueshi"
APPS = sorted(path.parent for path in PROGRAM.glob("*/__init__.py"))
CLASS_1 = re.compile(r"(?<!_)(document_number|id_number|phone|mobile|landline|email|bank)(?!_)")
"""Columns that hold personal data of class 1; their look-up indices and types carry a suffix."""
OF_BODIES = {"organisations.Organisation.phone"}
"""The telephone of a unit is public: it belongs to no person."""
GOES_WITH_ITS_OWNER = {"declarations.Evidence.declaration"}
"""A draft is deleted with its evidence; what was handed in is only hidden."""
WITHOUT_A_PAGE = re.compile(r"tests/(policies|kernel|accounts)/|/test_(rules|services|races)\.py")
"""Tests below the pages: they may prove checks of the catalogue, never a row that a person meets on a page."""
BY_DJANGO = {"400.html", "403.html", "404.html", "500.html"}
"""Templates that Django looks for by their names."""


def fields() -> dict[str, models.Field[object, object]]:
    """Every field of our own tables by ``app.Model.field``."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("xueshi.")]
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}": field
        for model in ours
        for field in model._meta.local_fields
    }


def test_every_app_says_what_it_is() -> None:
    said = {app.name: ast.get_docstring(ast.parse((app / "__init__.py").read_text(encoding="utf-8"))) for app in APPS}
    assert len(said) > 10
    assert [name for name, text in said.items() if not text or len(text) < 40 or "TODO" in text] == []


def test_every_app_with_tables_names_them() -> None:
    for app in APPS:
        names = [model.__name__ for model in apps.get_models() if model.__module__.startswith(f"xueshi.{app.name}.")]
        text = (app / "__init__.py").read_text(encoding="utf-8")
        assert [name for name in names if name not in text] == [], app.name


def test_class_1_is_encrypted() -> None:
    held = {name: field for name, field in fields().items() if CLASS_1.search(name.rsplit(".", 1)[1])}
    assert "accounts.User.document_number" in held
    assert {name for name, field in held.items() if not isinstance(field, EncryptedField)} == OF_BODIES


def test_nothing_that_is_pointed_at_disappears() -> None:
    pointing = {name: field for name, field in fields().items() if isinstance(field, models.ForeignKey)}
    assert len(pointing) > 40
    loose = {name for name, field in pointing.items() if field.remote_field.on_delete is not models.PROTECT}
    assert loose == GOES_WITH_ITS_OWNER


def test_every_template_is_drawn_by_somebody() -> None:
    templates = {str(path.relative_to(folder)): path
                 for folder in PROGRAM.glob("*/templates") for path in folder.rglob("*.html")}  # fmt: skip
    assert len(templates) > 30
    texts = {
        path: path.read_text(encoding="utf-8") for pattern in ("*.py", "*.html") for path in PROGRAM.rglob(pattern)
    }
    unused = {name for name, own in templates.items()
              if not any(name in text for path, text in texts.items() if path != own)}  # fmt: skip
    assert unused - BY_DJANGO == set()


def test_a_page_asks_for_its_files_by_asset() -> None:
    """``asset`` looks the address up once a process, ``static`` at every request."""
    pages = {path: path.read_text(encoding="utf-8") for path in PROGRAM.glob("*/templates/**/*.html")}
    assert sum("{% asset " in text for text in pages.values()) > 4
    assert [path.name for path, text in pages.items() if "{% static " in text] == []


def test_a_row_is_claimed_only_where_its_page_is_asked() -> None:
    rows, marks = set(filter(matrix.is_requirement, matrix.rows())), matrix.marks()
    assert len(rows & set(marks)) > 100
    assert [place for row in rows for place in marks.get(row, ()) if WITHOUT_A_PAGE.search(place)] == []
