"""Components compile, refuse misspelt parameters and say what they mean."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import get_template, render_to_string
from django.test import override_settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

import xueshi.ui
from xueshi.ui import parts
from xueshi.ui.drawing import known_icons
from xueshi.ui.finders import VendorFinder, vendor_files
from xueshi.ui.markup import Markup
from xueshi.ui.shell import Link, NavGroup, Shell, Site, Todo
from xueshi.ui.web import gallery_samples as samples

ROOT = Path(xueshi.ui.__file__).parent
TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.html"))


def draw(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_compile(name: str) -> None:
    get_template(name)


@pytest.mark.parametrize(
    "source",
    [
        '{% button lable="x" %}',
        "{% chain step=x %}",
        "{% kv pears=x %}",
        "{% state x %}",
        "{% tiles %}",
        "{% form_fields %}",
    ],
)
def test_a_misspelt_parameter_does_not_compile(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw(source)


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(TemplateSyntaxError, match="no-such"):
        draw('{% icon "no-such" %}')


def test_icons_named_in_templates_exist() -> None:
    assert {"bell", "menu-2", "chevron-down", "download"} <= known_icons()


def test_a_state_says_its_word_and_refuses_an_unknown_tone() -> None:
    assert (
        draw("{% state of=s %}", s=parts.State("待初审", "wait")).strip() == '<span class="x-state wait">待初审</span>'
    )
    with pytest.raises(TemplateSyntaxError):
        draw("{% state of=s %}", s=parts.State("待初审", "red"))  # type: ignore[arg-type]  # the wrong tone is the test


@pytest.mark.parametrize(
    ("have", "pending", "need", "filled", "reach"),
    [
        ("89.5", "0", "90", 99, 99),
        ("90", "0", "90", 100, 100),
        ("36", "36", "60", 60, 100),
        ("0", "0", "90", 0, 0),
        ("5", "0", "0", 100, 100),
    ],
)
def test_a_bar_is_full_only_when_the_need_is_reached(
    have: str, pending: str, need: str, filled: int, reach: int
) -> None:
    bar = parts.YearBar(label="总学时", have=Decimal(have), pending=Decimal(pending), need=Decimal(need))
    assert (bar.filled, bar.reach) == (filled, reach)


def test_text_from_outside_is_escaped() -> None:
    drawn = draw("{% kv pairs=p %}", p=[parts.Pair(label="姓名", value="<script>alert(1)</script>")])
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


def test_the_breadcrumb_names_module_and_page() -> None:
    nav = (
        NavGroup(
            label="审核账户", items=(Link(label="审核注册人员", url="/a", current=True), Link(label="其他", url="/b"))
        ),
    )
    shell = Shell(site=Site(title="平台"), nav=nav)
    assert [crumb.label for crumb in shell.breadcrumb] == ["审核账户", "审核注册人员"]


@pytest.mark.req("SYS-16")
def test_the_footer_follows_the_site() -> None:
    drawn = render_to_string("ui/public.html", {"shell": Shell(site=samples.SITE)})
    assert "主办单位：某市人力资源和社会保障局" in drawn
    assert "技术支持热线：0000-0000000" in drawn
    bare = render_to_string("ui/public.html", {"shell": Shell(site=Site(title="平台"))})
    assert "主办单位" not in bare


@pytest.mark.parametrize(("todo", "text"), [(17, "待办事项"), (0, "暂无待办事项")])
def test_the_bell_counts(todo: int, text: str) -> None:
    waiting = Todo(items=(Link(label="学时审批", url="/desk/", count=todo),) if todo else (), feed="/todo/")
    drawn = render_to_string("ui/shell.html", {"shell": Shell(site=samples.SITE, todo=waiting)})
    assert text in drawn
    assert ("<b>17</b>" in drawn) == (todo == 17)


def test_nothing_is_inline() -> None:
    """E3: no style attributes, no handlers, no script or style bodies."""
    for name in TEMPLATES:
        text = (ROOT / "templates" / name).read_text(encoding="utf-8")
        assert not re.search(r"<[a-z][^>{]* (style|on[a-z]+)=", text), name
        assert "<style" not in text, name
        assert text.count("<script") == text.count("<script defer src="), name


def test_vendor_files_are_listed_one_by_one(tmp_path: Path) -> None:
    assert vendor_files()["vendor/tabler.min.css"] == ".trimmed/tabler.min.css"
    with override_settings(NODE_MODULES=tmp_path):
        finder = VendorFinder()
        assert finder.find("vendor/tabler.min.css") == []
        (tmp_path / ".trimmed").mkdir()
        (tmp_path / ".trimmed/tabler.min.css").write_text("a{}")
        assert finder.find("vendor/tabler.min.css") == str(tmp_path / ".trimmed/tabler.min.css")
        assert finder.find("vendor/../package.json") == []


def test_markup_is_filled_as_format_html_does() -> None:
    values: list[object] = ['<i>"甲"&', 7, Decimal("1.5"), format_html("<b>{}</b>", "<"), "长" * 100 + "<"]
    for value in values * 2:  # the second time from what is kept
        assert Markup('<a href="{}">{}</a>')(value, value) == format_html('<a href="{}">{}</a>', value, value)
        assert isinstance(Markup("<p>{}</p>")(value), SafeString)
    with pytest.raises(ValueError, match="zip"):
        Markup("<p>{}</p>")("甲", "乙")
