"""Every mistake in a pack is refused with file, line and key."""

import re

import pytest
from django.core.checks import Error
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pydantic import ValidationError

from tests.policies.conftest import Planted
from xueshi.policies import registry
from xueshi.policies.checks import packs_are_valid
from xueshi.policies.loading import load
from xueshi.policies.windows import Window

YEAR = "fujian/2016.toml"


def test_the_copy_is_in_order(planted: Planted) -> None:
    assert list(load(planted.root).packs) == ["fujian"]


def test_unknown_key(planted: Planted) -> None:
    line = planted.change("fujian/access.toml", "captcha = true", "captcah = true")
    assert f"policies/fujian/access.toml:{line}: login.captcah: Extra inputs are not permitted" in planted.refusal()


def test_missing_key(planted: Planted) -> None:
    planted.change("fujian/access.toml", "captcha = true\n", "")
    line = (planted.root / "fujian/access.toml").read_text().split("[login]")[0].count("\n") + 1
    assert planted.refusal() == f"policies/fujian/access.toml:{line}: login.captcha: Field required"


def test_wrong_type(planted: Planted) -> None:
    line = planted.change("fujian/access.toml", "tries = 6", 'tries = "six"')
    message = planted.refusal()
    assert message.startswith(f"policies/fujian/access.toml:{line}: login.lock.tries: Input should be a valid integer")


def test_a_mistake_in_the_base_names_the_base(planted: Planted) -> None:
    line = planted.change("national/2016.toml", "total = 90", "total = -90")
    assert planted.refusal().startswith(f"policies/national/2016.toml:{line}: requirement.total: Input should be")


def test_unknown_formula(planted: Planted) -> None:
    line = planted.append(YEAR, '\n[[learning_forms]]\nkey = "paper"\nrule = { kind = "per_moon", rate = 8 }\n')
    assert planted.refusal().startswith(f"policies/{YEAR}:{line + 3}: learning_forms.1.rule: Input tag 'per_moon'")


def test_wrong_number_inside_a_formula(planted: Planted) -> None:
    line = planted.append(YEAR, '\n[[learning_forms]]\nkey = "paper"\nrule = { kind = "per_day", rate = 0 }\n')
    assert planted.refusal().startswith(f"policies/{YEAR}:{line + 3}: learning_forms.1.rule.per_day.rate: Input should")


def test_mistake_in_a_row_of_fields_names_the_row(planted: Planted) -> None:
    line = planted.change("fujian/registration.toml", 'key = "unit_nature", ', 'key = "unit_nature", shape = 1, ')
    message = planted.refusal()
    assert f"policies/fujian/registration.toml:{line}: registrations.1.fields.fields.5.shape: Extra" in message


def test_field_that_refers_forward(planted: Planted) -> None:
    line = planted.change(
        "fujian/registration.toml", 'key = "unit_name", ', 'key = "unit_name", shown_when = { area = ["1"] }, '
    )
    rows = (planted.root / "fujian/registration.toml").read_text().splitlines()[:line]
    start = max(number for number, row in enumerate(rows, start=1) if row == "fields = [")
    assert planted.refusal() == (
        f"policies/fujian/registration.toml:{start}: registrations.1.fields: "
        "Value error, field unit_name refers to area, which does not stand before it"
    )


def test_unknown_catalogue(planted: Planted) -> None:
    line = planted.change("fujian/registration.toml", 'catalogue = "unit_natures"', 'catalogue = "unit_natrues"')
    assert planted.refusal() == (
        f"policies/fujian/registration.toml:{line}: catalogue: there is no catalogue 'unit_natrues'"
    )


def test_duplicate_key_of_a_row(planted: Planted) -> None:
    line = planted.append(YEAR, '\n[[subjects]]\nkey = "public"\n')
    assert planted.refusal() == f"policies/{YEAR}:{line + 1}: key: 'public' stands twice"


def test_duplicate_key_of_a_table(planted: Planted) -> None:
    line = planted.change("fujian/access.toml", "captcha = true", "captcha = true\ncaptcha = false")
    assert planted.refusal().startswith(f"policies/fujian/access.toml:{line + 1}: (syntax): Cannot overwrite a value")


def test_duplicate_code_in_a_catalogue(planted: Planted) -> None:
    line = planted.change("catalogues/sexes.toml", 'code = "female"', 'code = "male"')
    assert planted.refusal() == f"policies/catalogues/sexes.toml:{line}: code: 'male' stands twice"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('parents = ["01", "senior"]', 'parents = ["99", "senior"]', "catalogue title_series has no code '99'"),
        ('parents = ["01", "senior"]', 'parents = ["01", "high"]', "catalogue title_levels has no code 'high'"),
        ('became = "0501"', 'became = "0599"', "became: 05:教授级高级工程师: there is no other code '0599'"),
        ("valid_to = 2019-02-01", "valid_from = 2020-01-01, valid_to = 2019-02-01", "05:教授级高级工程师 ends before"),
    ],
)  # fmt: skip
def test_a_title_names_what_exists(planted: Planted, old: str, new: str, said: str) -> None:
    line = planted.change("catalogues/titles.toml", old, new)
    refusal = planted.refusal()
    assert refusal.startswith(f"policies/catalogues/titles.toml:{line}: ")
    assert said in refusal


def test_a_field_dated_by_nothing(planted: Planted) -> None:
    planted.change("national/profile.toml", 'dated_by = "title_effective"', 'dated_by = "some_day"')
    assert "field title_series is dated by some_day, which the form does not ask" in planted.refusal()


def test_a_profile_without_one_of_its_tabs(planted: Planted) -> None:
    line = planted.append("fujian/profile.toml", '[[tabs]]\nkey = "honours"\nremove = true\n')
    assert "tabs unknown or missing: honours" in planted.refusal()
    assert line == 1


def test_missing_base(planted: Planted) -> None:
    line = planted.change("fujian/portal.toml", 'extends = "national"', 'extends = "nowhere"')
    assert planted.refusal() == f"policies/fujian/portal.toml:{line}: extends: there is no pack 'nowhere'"


def test_circle(planted: Planted) -> None:
    planted.change("national/portal.toml", "abstract = true", 'abstract = true\nextends = "fujian"')
    message = planted.refusal()
    assert "packs extend each other in a circle" in message
    assert message.startswith("policies/national/portal.toml:4: extends:")


def test_folder_and_key_disagree(planted: Planted) -> None:
    line = planted.change("fujian/portal.toml", 'key = "fujian"', 'key = "fukien"')
    assert planted.refusal() == f"policies/fujian/portal.toml:{line}: key: must be the folder's name 'fujian'"


def test_host_of_two_packs(planted: Planted) -> None:
    planted.append("other/portal.toml", 'key = "other"\nextends = "fujian"\nhosts = ["fujian.localhost"]\n')
    assert planted.refusal() == (
        "policies/other/portal.toml:3: hosts: fujian.localhost already belongs to the pack 'fujian'"
    )


def test_word_that_only_one_pack_has(planted: Planted) -> None:
    planted.append("other/portal.toml", 'key = "other"\nextends = "fujian"\n')
    planted.append("other/wording.toml", 'extra = "多出"\n')
    assert planted.refusal() == ("policies/fujian/wording.toml:1: extra: other packs have this word, this one has not")


def test_word_that_is_no_text(planted: Planted) -> None:
    line = planted.append("fujian/wording.toml", "\n[extra]\nnumber = 3\n")
    assert planted.refusal() == (
        f"policies/fujian/wording.toml:{line + 2}: extra.number: a word is a text that is not empty"
    )


def test_unknown_subject(planted: Planted) -> None:
    planted.append(YEAR, '\n[[requirement.minimums]]\nkey = "elective"\nhours = 5\n')
    assert "minimum names the unknown subject 'elective'" in planted.refusal()


def test_two_steps_that_post(planted: Planted) -> None:
    planted.change(YEAR, 'desk = "own", stage = "review" }', 'desk = "own", stage = "review", posts = true }')
    assert "chains.declaration: Value error, exactly one step of a chain posts" in planted.refusal()


def test_unknown_placeholder_of_a_certificate(planted: Planted) -> None:
    line = planted.change(YEAR, "姓名 {name}", "姓名 {nmae}")
    assert planted.refusal() == (
        f"policies/{YEAR}:{line - 1}: certificates.0.lines: Value error, unknown placeholder {{nmae}}"
    )


def test_unknown_power_of_a_menu(planted: Planted) -> None:
    planted.change("fujian/menus.toml", 'power = "hours.review"', 'power = "hours.revue"')
    line = planted.refusal().split(":")[1]
    assert "hours.revue" in (planted.root / "fujian/menus.toml").read_text().splitlines()[int(line) - 1]


def test_file_nobody_reads(planted: Planted) -> None:
    planted.append("fujian/menu.toml", "x = 1\n")
    assert planted.refusal().startswith("policies/fujian/menu.toml:1: (file): unknown file")


def test_not_toml(planted: Planted) -> None:
    line = planted.append("fujian/wording.toml", "broken =\n")
    assert planted.refusal().startswith(f"policies/fujian/wording.toml:{line}: (syntax):")


def test_all_mistakes_of_a_file_at_once(planted: Planted) -> None:
    planted.change("fujian/access.toml", "tries = 6", "tries = 0")
    planted.change("fujian/access.toml", "minutes = 120", "minutes = 0")
    assert len(planted.refusal().splitlines()) == 2


def test_check_reports_each_mistake(planted: Planted, settings: object) -> None:
    line = planted.change("fujian/access.toml", "tries = 6", "tries = 0")
    settings.POLICIES_ROOT = planted.root  # type: ignore[attr-defined]
    (error,) = packs_are_valid(None)
    assert isinstance(error, Error)
    assert error.id == "policies.E001"
    assert error.msg.startswith(f"policies/fujian/access.toml:{line}: login.lock.tries: ")


def test_check_passes_the_real_packs() -> None:
    assert packs_are_valid(None) == []


def test_check_refuses_a_host_of_a_pack_that_is_not_served(settings: object) -> None:
    settings.PORTAL_HOSTS = {"jxjy.example.org": "national"}  # type: ignore[attr-defined]
    (error,) = packs_are_valid(None)
    assert error.msg == "PORTAL_HOSTS: jxjy.example.org names the pack 'national', which is not served"


def test_registry_names_an_unknown_pack() -> None:
    with pytest.raises(registry.UnknownKey, match="there is no pack 'atlantis'"):
        registry.pack("atlantis")


RULES = [
    ("paper", '{ kind = "multiplier", factor = 2 }', "multiplier needs the field taught"),
    ("online", '{ kind = "per_day", rate = 8 }', "per_day needs the field period or days"),
    ("book", '{ kind = "rank_table", table = { national = [5] } }', "rank_table needs the field grade"),
    ("award", '{ kind = "rank_table", table = { natonal = [5] } }', "grade offers no 'natonal'"),
    ("report", '{ kind = "fixed_by_grade", table = { "national/main" = 5 } }', "should name 1 codes, of grade"),
    ("conference", '{ kind = "bonus", label = "报告", amount = 5 }', "a bonus needs a condition"),
    ("patent", '{ kind = "author_share", amount = 30 }', "others have either their own hours (other)"),
    ("abroad", '{ kind = "tiers", rate = 8, tiers = [{ over_months = 3, cap = 9 }, { cap = 8 }] }', "in the order"),
    ("project", '{ kind = "sum", parts = [{ kind = "per_item", amount = 0 }] }', "greater than 0"),
]


def test_rules_that_cannot_be_computed(planted: Planted) -> None:
    lines = [
        planted.append(YEAR, f'\n[[learning_forms]]\nkey = "{form}"\nrule = {rule}\n') + 3 for form, rule, _ in RULES
    ]
    refusal = planted.refusal()
    for line, (_form, _rule, said) in zip(lines, RULES, strict=True):
        (found,) = [one for one in refusal.splitlines() if one.startswith(f"policies/{YEAR}:{line}: ") and said in one]
        assert re.match(r"policies/\S+: learning_forms\.\d+\.rule\S*: ", found)


ROUTES = [
    ('chain = "nowhere"\nforms = ["paper"]\napplicants = ["bureau"]', 3, "chain: route {} names the unknown 'nowhere'"),
    ('chain = "declaration"\nforms = ["peper"]', 4, "forms: route {} names the unknown 'peper'"),
    ('chain = "declaration"\nsubjects = ["elective"]', 4, "subjects: route {} names the unknown 'elective'"),
    ('chain = "declaration"\nindustries = ["Z"]', 4, "industries: route {} names the unknown 'Z'"),
]


def test_routes_that_lead_nowhere_and_two_ways(planted: Planted) -> None:
    rule = '{ kind = "complete_bucket", bucket = "elective" }'
    lines = [
        planted.append(YEAR, f'\n[[routes]]\nkey = "one{index}"\n{conditions}\n') + place
        for index, (conditions, place, _said) in enumerate(ROUTES)
    ]
    at = planted.append(YEAR, f'\n[[learning_forms]]\nkey = "paper"\nrule = {rule}\n')
    *named, twice, bucket = planted.refusal().splitlines()
    assert named == [
        f"policies/{YEAR}:{line}: routes.{index}.{said.format(f'one{index}')}"
        for index, (line, (_conditions, _place, said)) in enumerate(zip(lines, ROUTES, strict=True))
    ]
    assert twice.startswith(f"policies/{YEAR}:")
    assert twice.endswith("could both be taken by one declaration")
    assert bucket == f"policies/{YEAR}:{at + 3}: learning_forms.1.rule: complete_bucket names the unknown 'elective'"


def test_parts_of_a_year_that_say_nothing(planted: Planted) -> None:
    route = planted.append(YEAR, '\n[[routes]]\nkey = "all"\nchain = "declaration"\n') + 1
    window = planted.append(YEAR, '\n[window]\nopens = "01-01"\ncloses = "02-29"\n') + 3
    cap = planted.append(YEAR, '\n[[caps]]\nkey = "other"\nlabel = "其他"\nper = "year"\n') + 1
    said = {"routes.0: Value error, a route": route, "window.closes: Value error, ": window, "caps.2: Value": cap}
    refusal = planted.refusal().splitlines()
    assert len(refusal) == len(said)
    for what, line in said.items():
        assert any(one.startswith(f"policies/{YEAR}:{line}: {what}") for one in refusal)


def test_a_table_in_two_files_of_a_year(planted: Planted) -> None:
    planted.append("national/2016.more.toml", "[precision]\nstep = 1\nminutes = 45\n")
    both = "precision: stands in policies/national/2016.toml too"
    assert planted.refusal() == f"policies/national/2016.more.toml:1: {both}"


@pytest.mark.parametrize("day", ["02-29", "13-01", "31-12", "12-31 ", "+1"])
def test_a_window_that_names_no_day(day: str) -> None:
    with pytest.raises(ValidationError, match="closes"):
        Window.model_validate({"closes": day})


@pytest.mark.django_db
def test_the_command_stops_with_file_line_and_key(planted: Planted, settings: object) -> None:
    rule = '{ kind = "multiplier", factor = 2 }'
    line = planted.append(YEAR, f'\n[[learning_forms]]\nkey = "paper"\nrule = {rule}\n') + 3
    settings.POLICIES_ROOT = planted.root  # type: ignore[attr-defined]
    with pytest.raises(SystemCheckError) as caught:
        call_command("check")
    place = f"policies/{YEAR}:{line}: learning_forms.1.rule: "
    assert f"{place}Value error, multiplier needs the field taught" in str(caught.value)
