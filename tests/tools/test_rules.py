"""Each static rule finds its planted fault, leaves the right way alone, and takes a written reason."""

import pytest

from tools.rules import RULES, findings, template_findings

PLANTED = [
    (1, "xueshi/people/web/views.py", "Person.objects.get(pk=1)"),
    (1, "xueshi/people/web/views.py", "get_object_or_404(Person, pk=1)"),
    (2, "xueshi/people/web/forms.py", "class Meta:\n    fields = '__all__'"),
    (2, "xueshi/people/web/forms.py", "class Meta:\n    exclude = ['x']"),
    (3, "xueshi/ui/parts.py", "mark_safe('<b>')"),
    (3, "xueshi/ui/parts.py", "format_html('<b>' + name)"),
    (3, "xueshi/ui/parts.py", "Markup('<b>' + name)"),
    (4, "xueshi/people/web/views.py", "from django.views.decorators.csrf import csrf_exempt"),
    (5, "xueshi/people/selectors.py", "rows.filter(**request.GET)"),
    (5, "xueshi/people/selectors.py", "rows.filter(**{f'{name}__gt': 1})"),
    (6, "xueshi/people/selectors.py", "connection.cursor()"),
    (6, "xueshi/people/selectors.py", "rows.extra(where=['1=1'])"),
    (7, "xueshi/people/services.py", "rows = list(People.select_for_update().order_by('pk'))"),
    (7, "xueshi/people/services.py", "rows = list(People.select_for_update(no_key=True))"),
    (8, "xueshi/people/services.py", "timezone.now()"),
    (8, "xueshi/people/services.py", "datetime.datetime.now()"),
    (9, "xueshi/people/services.py", "import random"),
    (9, "xueshi/accounts/services.py", "same = given == stored.password"),
    (10, "xueshi/ledger/rules.py", "float(hours)"),
    (11, "xueshi/people/services.py", "eval(text)"),
    (11, "xueshi/people/services.py", "run('ls', shell=True)"),
    (12, "xueshi/people/services.py", "logger.info('saved %s', form.cleaned_data)"),
    (12, "xueshi/people/services.py", "logger.info(f'saved {person}')"),
    (13, "xueshi/people/services.py", "import csv"),
    (14, "xueshi/people/services.py", "import requests"),
    (17, "xueshi/people/web/views.py", "response['Content-Disposition'] = f'attachment; filename={name}'"),
    (18, "xueshi/people/services.py", "try:\n    x()\nexcept Exception:\n    pass"),
]
ALLOWED = [
    ("xueshi/people/selectors.py", "Person.objects.filter(pk=1)"),
    ("xueshi/ui/parts.py", "format_html('<b>{}</b>', name)"),
    ("xueshi/people/services.py", "rows = list(People.select_for_update(no_key=True).order_by('pk'))"),
    ("xueshi/people/services.py", "clock.now()"),
    ("xueshi/people/services.py", "logger.info('case %s', case.pk)"),
    ("xueshi/people/migrations/0002_triggers.py", "connection.cursor()"),
    ("xueshi/people/services.py", "try:\n    x()\nexcept Exception:\n    log()\n    raise"),
]


def numbers(path: str, text: str) -> set[int]:
    return {int(found.split(" rule ")[1].split(":")[0]) for found in findings(path, text)}


@pytest.mark.req("OP-04")
@pytest.mark.parametrize(("number", "path", "text"), PLANTED)
def test_a_planted_fault_is_found(number: int, path: str, text: str) -> None:
    assert numbers(path, text) == {number}


@pytest.mark.parametrize(("path", "text"), ALLOWED)
def test_the_right_way_is_left_alone(path: str, text: str) -> None:
    assert numbers(path, text) == set()


def test_every_rule_has_a_planted_fault() -> None:
    assert {number for number, _, _ in PLANTED} == set(RULES)


def test_a_written_reason_excuses_its_own_rule_only() -> None:
    line = "from django.utils import timezone; timezone.now()  # rule {}: the library wants it"
    assert list(findings("xueshi/a/services.py", line.format(8))) == []
    assert numbers("xueshi/a/services.py", line.format(7)) == {8}


def test_the_place_is_named() -> None:
    found = list(findings("xueshi/a/rules.py", "\n\nfloat(1)"))
    assert found == ["xueshi/a/rules.py:3 rule 10: float(…)"]


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("{{ text|safe }}", 1),
        ("<script>alert(1)</script>", 1),
        ('<p style="color: red">', 1),
        ('<a onclick="x()">', 1),
        ('<script src="/static/a.js" defer></script>', 0),
        ('{% button label="保存" style="primary" %}', 0),
        ("{{ text }}", 0),
    ],
)
def test_templates(line: str, count: int) -> None:
    assert len(list(template_findings("xueshi/a/templates/a.html", line))) == count
