"""Forms: what is drawn, what is asked only sometimes, where errors stand."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe

from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.policies.fields import FieldKind, FieldSpec
from xueshi.policies.forms import FormSpec, Period
from xueshi.policies.values import Option
from xueshi.ui.fields import Attached
from xueshi.ui.forms import BaseForm, add_problems, summary_of
from xueshi.ui.parts import Scan
from xueshi.ui.picking import Found, Line, Picker
from xueshi.ui.specs import SpecForm, Surroundings
from xueshi.ui.web.gallery_samples import SampleForm

GIVEN = "year=2026&kind=training&subject=major&course=x&period_from=2026-05-11&period_to=2026-05-13&hours=24&promise=on"


def draw(form: BaseForm) -> str:
    return Template("{% load ui %}{% form_errors form=form %}{% form_fields form=form %}").render(
        Context({"form": form})
    )


def sample(changes: str = "", files: int = 1) -> SampleForm:
    data = QueryDict(GIVEN, mutable=True)
    for name, value in QueryDict(changes).items():
        data[name] = value
    sent = [SimpleUploadedFile(f"{place}.jpg", b"x") for place in range(files)]
    return SampleForm(data, MultiValueDict({"scans": sent}))


def test_answers_are_typed() -> None:
    form = sample()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["period"] == (date(2026, 5, 11), date(2026, 5, 13))
    assert form.cleaned_data["hours"] == Decimal(24)
    assert [file.name for file in form.cleaned_data["scans"].added] == ["0.jpg"]


def test_please_choose_is_no_answer() -> None:
    form = sample("kind=")
    assert not form.is_valid()
    assert form.errors["kind"] == ["请选择学习形式"]
    assert '<option value="" selected>请选择</option>' in draw(SampleForm())


def test_required_fields_are_marked_and_checked() -> None:
    assert 'class="x-label req" for="id_hours"' in draw(SampleForm())
    assert 'class="x-label" for="id_content"' in draw(SampleForm())
    empty = SampleForm(QueryDict(""))
    assert not empty.is_valid()
    assert set(empty.errors) == {"year", "kind", "subject", "period", "hours", "scans", "promise"}


def test_the_promise_must_be_ticked() -> None:
    assert sample("promise=").errors["promise"] == ["请勾选“本人承诺以上信息真实”"]


def test_a_hidden_field_is_neither_required_nor_kept() -> None:
    form = sample("kind=paper&course=left")
    assert form.is_valid(), form.errors
    assert "course" not in form.cleaned_data
    assert sample("kind=training&course=").errors["course"] == ["请填写培训班名称"]
    assert "data-shown-when" in draw(form)


def test_dates_in_reverse_are_refused_beside_the_field_and_what_was_typed_stays() -> None:
    form = sample("period_to=2026-05-01")
    assert form.errors["period"] == ["结束日期不能早于开始日期"]
    drawn = draw(form)
    assert 'value="2026-05-01"' in drawn
    assert 'id="id_period_error"' in drawn
    assert 'href="#id_period"' in drawn


def test_size_and_number_of_files_are_limited() -> None:
    big = SimpleUploadedFile("photo.jpg", b"x" * ((4 << 20) + 1))
    form = SampleForm(QueryDict(GIVEN), MultiValueDict({"scans": [big]}))
    assert form.errors["scans"] == ["photo.jpg：每个文件不超过 4 MB，此文件 4.0 MB"]
    assert sample(files=11).errors["scans"] == ["最多上传 10 个文件"]


def test_kept_files_count_and_keep_their_order() -> None:
    form = SampleForm(QueryDict(GIVEN + "&scans__keep=b&scans__keep=a"), MultiValueDict())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["scans"] == Attached(kept=("b", "a"))


def test_a_refusal_of_the_service_stands_beside_its_field() -> None:
    form = sample()
    assert form.is_valid()
    add_problems(form, Problems([RuleBroken("超过上限", "hours"), RuleBroken("年度已结束", "nowhere")]))
    assert summary_of(form) == [("", "", "年度已结束"), ("id_hours", "申请学时", "超过上限")]
    assert 'aria-describedby="id_hours_error"' in draw(form)


def test_every_control_has_a_name() -> None:
    drawn = draw(SampleForm())
    for name in ("year", "kind", "content", "born", "hours", "scans"):
        assert f'for="id_{name}"' in drawn
    assert "<legend" in drawn


SPEC = FormSpec(
    fields=(
        FieldSpec(key="form", label="学习形式", kind=FieldKind.SELECT, required=True,
                  options=(Option(code="a", label="岗位培训"), Option(code="b", label="发表论文"))),
        FieldSpec(key="days", label="起止时间", kind=FieldKind.PERIOD, required=True, section="内容",
                  shown_when={"form": ("a",)}),
        FieldSpec(key="level", label="级别", kind=FieldKind.RADIO, shown_when={"form": ("b",)}, section="内容",
                  options=(Option(code="x", label="核心"),)),
        FieldSpec(key="unit", label="单位", kind=FieldKind.PICK, picker="units"),
        FieldSpec(key="scan", label="证书", kind=FieldKind.FILES, upload="evidence", max_files=3, required=True),
        FieldSpec(key="agree", label="本人承诺", kind=FieldKind.AGREEMENT),
    )
)  # fmt: skip


class Limit:
    accept, max_bytes, hint = ".jpg,.png", 100, "每个不超过 100 B"


def around(**changes: Any) -> Surroundings:
    def store(_asked: object, file: Any) -> Scan:
        if file.name.endswith(".exe"):
            raise RuleBroken("只能上传图片")
        return Scan(key=f"key-{file.name}", name=file.name, url="/f")

    units = Picker(
        url="/units?",
        find=lambda words, _page: Found(lines=[Line(value="7", name=f"{words}公司")], total=1),
        line=lambda key: Line(value="7", name="海天公司") if key == "7" else None,
    )
    values: dict[str, Any] = {
        "today": date(2026, 11, 21), "uploads": {"evidence": Limit()}, "store": store, "pickers": {"units": units},
        "stored": lambda key: Scan(key=key, name="old.jpg", url="/f") if key == "mine" else None,
    }  # fmt: skip
    return Surroundings(**(values | changes))


def described(query: str, *names: str, **changes: Any) -> SpecForm:
    files = MultiValueDict({"scan": [SimpleUploadedFile(name, b"x") for name in names]})
    return SpecForm(SPEC, around(**changes), QueryDict(query), files)


def test_a_described_form_is_judged_by_its_description() -> None:
    form = described("form=a&days_from=2026-05-11&days_to=2026-05-13&unit=7&agree=on&level=x", "new.jpg")
    assert form.is_valid(), form.errors
    assert dict(form.answers.given) == {
        "form": "a", "days": Period(date(2026, 5, 11), date(2026, 5, 13)), "unit": "7",
        "scan": ("key-new.jpg",), "agree": True,
    }  # fmt: skip


def test_a_refusal_keeps_what_was_typed_and_uploaded() -> None:
    form = described(
        "form=a&days_from=2026-05-13&days_to=2026-05-11&scan__keep=mine&scan__keep=stolen&agree=on", "new.jpg"
    )
    assert not form.is_valid()
    assert summary_of(form) == [("id_days", "起止时间", "结束日期不能早于开始日期")]
    drawn = draw(form)
    assert 'value="2026-05-11"' in drawn
    assert 'value="key-new.jpg" checked' in drawn
    assert 'value="mine" checked' in drawn
    assert "stolen" not in drawn


@pytest.mark.parametrize(
    ("name", "content", "message"), [("a.exe", b"x", "只能上传图片"), ("a.jpg", b"x" * 101, "每个文件不超过")]
)
def test_a_refused_file_is_named_beside_its_field(name: str, content: bytes, message: str) -> None:
    files = MultiValueDict({"scan": [SimpleUploadedFile(name, content)]})
    form = SpecForm(SPEC, around(), QueryDict("form=b&agree=on"), files)
    assert not form.is_valid()
    assert message in form.errors["scan"][0]


def test_a_draft_may_have_gaps() -> None:
    form = described("form=a", draft=True)
    assert form.is_valid(), form.errors
    assert dict(form.answers.given) == {"form": "a"}


def test_finding_in_a_picker_draws_again_without_judging() -> None:
    form = described("form=a&unit__q=海&unit__find=1")
    drawn = draw(form)
    assert not form.is_valid()
    assert not form.errors
    assert "海公司" in drawn
    assert 'value="a" selected' in drawn


def test_the_required_mark_follows_the_description() -> None:
    drawn = draw(SpecForm(SPEC, around()))
    assert 'class="x-label req" for="id_form"' in drawn
    assert "请选择" in drawn
    assert "每个不超过 100 B" in drawn
    assert 'aria-required="true"' in drawn


def test_a_stored_answer_fills_the_form() -> None:
    form = SpecForm(
        SPEC, around(), initial={"days_from": "2026-01-01", "days_to": "2026-01-02", "scan": ["mine"], "unit": "7"}
    )
    drawn = draw(form)
    assert 'value="2026-01-02"' in drawn
    assert "old.jpg" in drawn
    assert "海天公司" in drawn


def test_plain_django_forms_can_show_problems() -> None:
    class Plain(forms.Form):
        name = forms.CharField()

    form = Plain({"name": "x"})
    add_problems(form, RuleBroken("不行", "name"))
    assert form.errors["name"] == ["不行"]


GROUPED = [("", "请选择"), ("a&b", "<甲>"), ("组", [("1", "一"), ("2", "二")])]
AWKWARD = ("", None, "2", "<b>&\"'", mark_safe("&lt;b&gt;"), "一\n\t二", 0, 1_000_000, True, (1, 2))


@pytest.mark.parametrize(
    "widget",
    [
        forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.TelInput, forms.HiddenInput,
        forms.PasswordInput, forms.DateInput, forms.FileInput, forms.CheckboxInput, forms.Textarea,
        partial(forms.Select, choices=GROUPED), partial(forms.SelectMultiple, choices=GROUPED),
        partial(forms.PasswordInput, render_value=True),
    ],
)  # fmt: skip
def test_a_control_says_what_django_would_say(widget: Callable[..., forms.Widget]) -> None:
    attrs = {
        "class": "form-control",
        "required": True,
        "readonly": False,
        "data-long": '"<&甲',
        "maxlength": 4,
        "n": None,
    }
    for value in AWKWARD:
        ours, theirs = (
            widget(attrs).render('na"me', value, {"id": "id_kind"}, renderer)
            for renderer in (forms.renderers.get_default_renderer(), forms.renderers.DjangoTemplates())
        )
        assert isinstance(ours, SafeString)
        assert _one_line(ours) == _one_line(theirs)


def _one_line(drawn: str) -> str:
    return re.sub(r">\s+<", "><", drawn).strip()


class Asking(BaseForm):
    """One field of every kind that judges by itself."""

    title = forms.CharField(label="标题", max_length=4)
    body = forms.CharField(label="正文", widget=forms.Textarea)
    secret = forms.CharField(label="密码", widget=forms.PasswordInput)
    year = forms.IntegerField(label="年度", min_value=2010, max_value=2030)
    kind = forms.ChoiceField(label="栏目", choices=[("notice", "通知公告")])
    day = forms.DateField(label="截至日期")


FINE = {
    "title": "通知",
    "body": "一、\n\t二、",
    "secret": "a\u200bb",
    "year": "2026",
    "kind": "notice",
    "day": "2026-03-01",
}
HIDDEN = "含有不可见字符或控制字符，请删除后重新填写"


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("title", "", "请填写标题"),
        ("title", "五个字太长", "标题不能超过 4 个字"),
        ("title", "a\0b", HIDDEN),
        ("title", "a\nb", HIDDEN),
        ("body", "倒\u202e序", HIDDEN),
        ("body", "隐\u200b身", HIDDEN),
        ("secret", "a\0b", HIDDEN),
        ("year", "今年", "年度应为整数"),
        ("year", "1999", "年度不能小于 2010"),
        ("year", "2031", "年度不能大于 2030"),
        ("kind", "", "请选择栏目"),
        ("kind", "foreign", "请从列表中选择栏目"),
        ("day", "2026-02-30", "截至日期应为日期，例如 2026-03-01"),
    ],
)
def test_every_field_refuses_in_words_of_the_trade(name: str, typed: str, said: str) -> None:
    assert Asking(FINE).is_valid(), Asking(FINE).errors
    assert dict(Asking(FINE | {name: typed}).errors) == {name: [said]}
