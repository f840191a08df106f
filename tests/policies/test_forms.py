"""What a form specification accepts, refuses, hides and stores."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from xueshi.kernel.errors import Problems
from xueshi.policies.forms import Answers, FormSpec, Period

TODAY = date(2026, 11, 21)


def form(*fields: dict[str, object]) -> FormSpec:
    return FormSpec.model_validate(list(fields))


def one(kind: str, **more: object) -> FormSpec:
    return form({"key": "it", "label": "此项", "kind": kind, **more})


def refusals(spec: FormSpec, typed: dict[str, str | list[str]], role: str = "") -> list[tuple[str, str]]:
    with pytest.raises(Problems) as caught:
        spec.clean(typed, role, today=TODAY)
    return [(problem.field, problem.message) for problem in caught.value.problems]


HOURS = one("hours", step="0.5", required=True)


@pytest.mark.parametrize(
    ("typed", "hours"), [("24", "24"), ("1.5", "1.5"), ("２４．５", "24.5"), (" 8 ", "8"), ("8.0", "8.0")]
)
def test_hours_accepted(typed: str, hours: str) -> None:
    assert HOURS.clean({"it": typed}, today=TODAY).hours("it") == Decimal(hours)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("0", "此项必须大于 0"),
        ("0.0", "此项必须大于 0"),
        ("-8", "此项应为大于 0 的数字，例如 24 或 1.5"),
        ("1e3", "此项应为大于 0 的数字，例如 24 或 1.5"),
        ("NaN", "此项应为大于 0 的数字，例如 24 或 1.5"),
        ("Infinity", "此项应为大于 0 的数字，例如 24 或 1.5"),
        ("八", "此项应为大于 0 的数字，例如 24 或 1.5"),
        ("1.2", "此项应为 0.5 的整数倍"),
        ("", "请填写此项"),
    ],
)
def test_hours_refused(typed: str, message: str) -> None:
    assert refusals(HOURS, {"it": typed}) == [("it", message)]


PERIOD = one("period", required=True)


def test_period_in_order() -> None:
    answers = PERIOD.clean({"it_from": "2026-03-01", "it_to": "2026年3月3日"}, today=TODAY)
    assert answers.period("it") == Period(date(2026, 3, 1), date(2026, 3, 3))
    assert answers.period("it").days == 3  # type: ignore[union-attr]


def test_what_is_done_has_ended_by_today() -> None:
    done = one("period", past=True)
    assert done.clean({"it_from": "2026-03-01", "it_to": str(TODAY)}, today=TODAY).period("it") is not None
    late = {"it_from": "2026-03-01", "it_to": str(TODAY + timedelta(days=1))}
    assert refusals(done, late) == [("it_to", "此项不能晚于今天")]


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        ("2026-03-03", "2026-03-01", ("it_to", "结束日期不能早于开始日期")),
        ("2026-03-03", "", ("it_to", "此项的开始和结束日期都要填写")),
        ("", "2026-03-03", ("it_from", "此项的开始和结束日期都要填写")),
        ("", "", ("it_from", "请填写此项")),
        ("2026-02-30", "2026-03-03", ("it_from", "此项中的日期不存在")),
        ("0206-03-01", "2026-03-03", ("it_from", "此项的年份应在 1900 至 2199 之间")),
        ("2026-03-01", "9999-12-31", ("it_to", "此项的年份应在 1900 至 2199 之间")),
        ("yesterday", "2026-03-03", ("it_from", "此项应为日期，例如 2026-03-01")),
    ],
)
def test_period_refused(start: str, end: str, refusal: tuple[str, str]) -> None:
    assert refusals(PERIOD, {"it_from": start, "it_to": end}) == [refusal]


@pytest.mark.parametrize(
    ("spec", "typed", "message"),
    [
        (one("text", max_length=3), "四个字了", "此项不能超过 3 个字"),
        (one("text"), "隐\u200b身", "含有不可见字符或控制字符，请删除后重新填写"),
        (one("text"), "倒\u202e序", "含有不可见字符或控制字符，请删除后重新填写"),
        (one("text"), "两\n行", "含有不可见字符或控制字符，请删除后重新填写"),
        (one("text", pattern="[a-z]+", message="只能用小写字母"), "A", "只能用小写字母"),
        (one("integer", maximum=5), "6", "此项不能大于 5"),
        (one("integer"), "1.5", "此项应为整数"),
        (one("date", past=True), "2026-11-22", "此项不能晚于今天"),
        (one("email"), "a@b", "请输入正确的此项，例如 name@example.com"),
        (one("phone"), "12345", "请输入 11 位手机号"),
        (one("telephone"), "abc", "请输入正确的此项，例如 0631-5231234"),
        (one("select", options=[{"code": "a", "label": "甲"}]), "b", "请从列表中选择此项"),
        (one("select", options=[{"code": "a", "label": "甲", "valid_to": "2020-01-01"}]), "a", "请从列表中选择此项"),
        (one("organisation_code"), "91410104MA9G8NFR0J", "请输入正确的组织机构代码或 18 位统一社会信用代码"),
    ],
)
def test_refused_with_its_own_words(spec: FormSpec, typed: str, message: str) -> None:
    assert refusals(spec, {"it": typed}) == [("it", message)]


@pytest.mark.parametrize(
    ("kind", "more", "message"),
    [
        ("text", {}, "请填写此项"),
        ("select", {"options": [{"code": "a", "label": "甲"}]}, "请选择此项"),
        ("pick", {"picker": "employer"}, "请选择此项"),
        ("files", {"upload": "evidence"}, "请上传此项"),
    ],
)
def test_each_empty_required_field_is_named(kind: str, more: dict[str, object], message: str) -> None:
    assert refusals(one(kind, required=True, **more), {}) == [("it", message)]


def test_an_agreement_must_be_ticked() -> None:
    spec = one("agreement", message="请阅读并同意用户协议")
    assert refusals(spec, {}) == [("it", "请阅读并同意用户协议")]
    assert spec.clean({"it": "on"}, today=TODAY).flag("it") is True


def test_every_problem_is_named_at_once() -> None:
    spec = form(
        {"key": "a", "label": "甲", "kind": "text", "required": True},
        {"key": "b", "label": "乙", "kind": "hours", "step": 1},
    )
    assert refusals(spec, {"b": "x"}) == [("a", "请填写甲"), ("b", "乙应为大于 0 的数字，例如 24 或 1.5")]


BRANCH = form(
    {"key": "has", "label": "有", "kind": "checkbox"},
    {"key": "code", "label": "代码", "kind": "text", "required": True, "shown_when": {"has": ["on"]}},
    {"key": "copy", "label": "副本", "kind": "text", "required": True, "shown_when": {"code": ["X"]}},
)


def test_hidden_fields_are_neither_required_nor_read() -> None:
    assert BRANCH.clean({"code": "X", "copy": "forged"}, today=TODAY) == Answers({})
    assert refusals(BRANCH, {"has": "on"}) == [("code", "请填写代码")]
    assert [field.key for field in BRANCH.shown({"has": "on", "code": "X"})] == ["has", "code", "copy"]


def test_required_and_asked_by_role() -> None:
    spec = form(
        {"key": "content", "label": "学习内容", "kind": "textarea", "required": ["employer"]},
        {"key": "who", "label": "申请人", "kind": "text", "roles": ["employer"], "required": True},
    )
    assert spec.clean({"who": "forged"}, "professional", today=TODAY) == Answers({})
    assert refusals(spec, {}, "employer") == [("content", "请填写学习内容"), ("who", "请填写申请人")]


def test_a_read_only_item_is_never_taken_from_the_post() -> None:
    assert one("readonly", required=True).clean({"it": "forged"}, today=TODAY) == Answers({})


def test_a_draft_may_have_gaps_but_not_mistakes() -> None:
    assert HOURS.clean({}, today=TODAY, draft=True) == Answers({})
    with pytest.raises(Problems):
        HOURS.clean({"it": "0"}, today=TODAY, draft=True)


def test_choices_narrowed_by_what_stands_above() -> None:
    spec = form(
        {"key": "level", "label": "级别", "kind": "select", "options": [{"code": c, "label": c} for c in "jn"]},
        {
            "key": "title",
            "label": "资格",
            "kind": "select",
            "narrowed_by": ["level"],
            "options": [
                {"code": "x", "label": "助教", "parents": ["j"]},
                {"code": "none", "label": "无", "parents": ["*"]},
            ],
        },
    )
    assert spec.clean({"level": "j", "title": "x"}, today=TODAY).text("title") == "x"
    assert spec.clean({"level": "n", "title": "none"}, today=TODAY).text("title") == "none"
    assert refusals(spec, {"level": "n", "title": "x"}) == [("title", "请从列表中选择资格")]


def test_passwords_are_kept_as_typed_and_compared() -> None:
    spec = form(
        {"key": "password", "label": "密码", "kind": "password", "required": True},
        {"key": "again", "label": "确认密码", "kind": "password", "required": True, "same_as": "password"},
    )
    assert spec.clean({"password": " a ", "again": " a "}, today=TODAY).text("password") == " a "
    assert refusals(spec, {"password": "a", "again": "b"}) == [("again", "两次输入的密码不一致")]


def test_document_numbers_become_canonical() -> None:
    spec = form(
        {"key": "kind", "label": "证件类型", "kind": "select", "options": [{"code": "resident", "label": "身份证"}]},
        {"key": "number", "label": "证件号", "kind": "document", "document_type": "kind"},
    )
    answers = spec.clean({"kind": "resident", "number": " 11010519491231002x "}, today=TODAY)
    assert answers.text("number") == "11010519491231002X"
    assert refusals(spec, {"kind": "resident", "number": "110105194912310021"}) == [
        ("number", "证件号校验位不正确，请核对")
    ]


def test_too_many_files() -> None:
    spec = one("files", upload="evidence", max_files=2)
    assert spec.clean({"it": ["a", "b", "a"]}, today=TODAY).many("it") == ("a", "b")
    assert refusals(spec, {"it": ["a", "b", "c"]}) == [("it", "此项最多上传 2 个文件")]


ALL = form(
    {"key": "name", "label": "名称", "kind": "text"},
    {"key": "kind", "label": "类型", "kind": "radio", "options": [{"code": "a", "label": "甲"}]},
    {"key": "day", "label": "日期", "kind": "date"},
    {"key": "period", "label": "起止时间", "kind": "period"},
    {"key": "hours", "label": "申请学时", "kind": "hours", "step": "0.5", "unit": "学时"},
    {"key": "count", "label": "人数", "kind": "integer"},
    {"key": "ok", "label": "确认", "kind": "checkbox"},
    {"key": "scans", "label": "附件", "kind": "files", "upload": "evidence", "max_files": 3},
)
TYPED: dict[str, str | list[str]] = {
    "name": "班",
    "kind": "a",
    "day": "2026-03-01",
    "period_from": "2026-03-01",
    "period_to": "2026-03-03",
    "hours": "24",
    "count": "3",
    "ok": "on",
    "scans": ["f1", "f2"],
}


def test_answers_survive_storage_and_fill_the_form_again() -> None:
    answers = ALL.clean(TYPED, today=TODAY)
    assert answers.as_json() == {
        "name": "班",
        "kind": "a",
        "day": "2026-03-01",
        "period": ["2026-03-01", "2026-03-03"],
        "hours": "24",
        "count": 3,
        "ok": True,
        "scans": ["f1", "f2"],
    }
    assert ALL.restore(answers.as_json()) == answers
    assert ALL.typed(answers) == TYPED
    assert ALL.restore({"gone": "x"}) == Answers({})


def test_what_was_stored_for_another_form_of_the_year_is_dropped() -> None:
    stored = {"day": "三月", "period": "2026-03-01", "hours": "很多", "count": "第三", "name": "班", "kind": "gone"}
    assert ALL.restore(stored) == Answers({"name": "班", "kind": "gone"})
    assert ALL.restore({"period": ["2026-03-01"], "count": "3", "hours": None}) == Answers({"count": 3})


def test_a_reader_sees_labels_and_words() -> None:
    shown = [(line.field.label, line.text) for line in ALL.lines(ALL.clean(TYPED, today=TODAY))]
    assert shown == [
        ("名称", "班"),
        ("类型", "甲"),
        ("日期", "2026-03-01"),
        ("起止时间", "2026-03-01 至 2026-03-03"),
        ("申请学时", "24 学时"),
        ("人数", "3"),
        ("确认", "是"),
    ]


def test_answers_cannot_be_changed() -> None:
    answers = Answers({"a": "b"})
    with pytest.raises(TypeError):
        answers.given["a"] = "c"  # type: ignore[index]
