"""The matrix counts rows and marks and refuses a mark that names no row."""

from pathlib import Path

import pytest

from tools import matrix


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "docs/requirements").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    table = "| ID | Requirement |\n|---|---|\n| ID-01 | A box. |\n| ID-02 | A button. |\n| AMB-01 | A reading. |\n"
    (tmp_path / "docs/requirements/A01.md").write_text(table, encoding="utf-8")
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    return tmp_path


def write(tree: Path, *rows: str) -> None:
    words = ", ".join(f'"{row}"' for row in rows)
    text = f"import pytest\n@pytest.mark.req({words})\ndef test_x(): ...\n"
    (tree / "tests/test_x.py").write_text(text, encoding="utf-8")


def test_shares_and_missing_rows(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, "ID-01", "AMB-01", "AZ-06")
    assert matrix.main(show_missing=True) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["ID", "2", "1", "50%"],
        ["ID-02", "A", "button."],
        ["all", "2", "1", "50%"],
    ]


def test_a_mark_that_names_no_row_is_an_error(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tree, "ID-99")
    assert matrix.main(show_missing=False) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "tests/test_x.py:2: mark names unknown row ID-99"


def test_the_catalogue_is_complete() -> None:
    assert sum(matrix.is_requirement(name) for name in matrix.rows()) == 463
