"""What the packs of this program decide, read through the doors others use."""

from datetime import date
from decimal import Decimal

import pytest

from xueshi.kernel.errors import Problems, RuleBroken
from xueshi.policies import registry
from xueshi.policies.chains import Chain, DeskRule, Stage
from xueshi.policies.formulas import Inputs, compute
from xueshi.policies.values import Mark, UnknownKey

TODAY = date(2026, 11, 21)
KEYS = ["fujian", "liaocheng", "shandong", "weihai"]


def steps(chain: Chain) -> list[tuple[str, DeskRule, Stage, bool]]:
    return [(step.label, step.desk, step.stage, step.posts) for step in chain.steps]


def test_four_packs_are_served() -> None:
    assert sorted(pack.key for pack in registry.packs()) == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_the_host_names_the_pack(key: str) -> None:
    assert registry.pack_for_host(f"{key}.localhost:8000") is registry.pack(key)
    assert registry.pack_for_host(f"{key.upper()}.LOCALHOST.") is registry.pack(key)


def test_an_unknown_host_has_no_pack(settings: object) -> None:
    assert registry.pack_for_host("example.org") is None
    settings.PORTAL_HOSTS = {"jxjy.example.org": "weihai"}  # type: ignore[attr-defined]
    assert registry.pack_for_host("jxjy.example.org") is registry.pack("weihai")


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("weihai", "威海市专业技术人员继续教育服务平台"),
        ("shandong", "山东省专业技术人员继续教育公共服务平台"),
        ("liaocheng", "聊城市专业技术人员继续教育公共服务平台"),
        ("fujian", "福建省继续教育公共服务平台"),
    ],
)
def test_platform_titles(key: str, title: str) -> None:
    assert registry.pack(key).title == title


@pytest.mark.parametrize(
    ("key", "year", "minimums"),
    [
        ("weihai", 2016, {"public": 0, "professional": 60}),
        ("weihai", 2026, {"public": 0, "professional": 60}),
        ("weihai", 2031, {"public": 0, "professional": 60}),
        ("shandong", 2021, {"public": 0, "professional": 60}),
        ("shandong", 2026, {"public": 30, "professional": 60}),
        ("liaocheng", 2026, {"public": 30, "professional": 60}),
        ("fujian", 2025, {"public": 0, "professional": 60}),
        ("fujian", 2026, {"public": 30, "professional": 60}),
    ],
)
def test_requirement_by_region_and_year(key: str, year: int, minimums: dict[str, int]) -> None:
    requirement = registry.pack(key).year(year).requirement
    assert requirement.total == 90
    assert requirement.ratio_base == "required"
    assert {minimum.key: minimum.hours for minimum in requirement.minimums} == minimums
    assert requirement.minimum("elective") == 0


def test_a_year_before_the_first_rules_is_named() -> None:
    with pytest.raises(RuleBroken, match="威海市没有 2015 年度的规则，最早为 2016 年度") as caught:
        registry.pack("weihai").year(2015)
    assert caught.value.field == "year"


def test_every_number_of_a_rule_says_where_it_is_from() -> None:
    for pack in registry.packs():
        for year in pack.years.values():
            sourced = [year.requirement, *year.requirement.minimums, *year.caps, year.precision, *year.certificates]
            sourced += [form.rule for form in year.learning_forms]
            assert [one for one in sourced if not one.source] == []


def test_versions_tell_pack_and_year() -> None:
    assert registry.pack("weihai").year(2026).version.startswith("weihai-2026-")
    versions = {year.version for pack in registry.packs() for year in pack.years.values()}
    assert len(versions) == sum(len(pack.years) for pack in registry.packs())


def test_the_form_of_on_the_job_training() -> None:
    form = registry.pack("weihai").year(2026).learning_form("on_the_job").form
    assert [(field.label, field.required_for("professional")) for field in form.fields] == [
        ("学校（单位）名称", True),
        ("培训班名称", True),
        ("学习内容", False),
        ("起止时间", True),
        ("学习成绩", True),
        ("申请学时", True),
        ("计入科目", True),
        ("附件", True),
    ]


@pytest.mark.parametrize(("role", "named"), [("professional", False), ("department", False), ("employer", True)])
def test_content_is_required_of_employers_only(role: str, named: bool) -> None:
    form = registry.pack("weihai").year(2026).learning_form("on_the_job").form
    with pytest.raises(Problems) as caught:
        form.clean({}, role, today=TODAY)
    assert ("content" in {problem.field for problem in caught.value.problems}) is named


def test_the_three_forms_of_the_manuals_come_first_each_with_its_hint() -> None:
    forms = registry.pack("weihai").year(2026).learning_forms
    assert [(form.label, form.code) for form in forms[:3]] == [
        ("岗位培训", "F01"),
        ("发表论文", "F10"),
        ("支边援外", "F16"),
    ]
    assert forms[0].evidence == "提交岗位培训结业证书扫描件。"
    assert len({form.evidence for form in forms[:3]}) == 3


@pytest.mark.parametrize(("key", "offered"), [("weihai", ["专业课"]), ("shandong", ["公需课", "必需课"])])
def test_subjects_declared_by_hand(key: str, offered: list[str]) -> None:
    year = registry.pack(key).year(2026)
    assert [subject.label for subject in year.declarable_subjects()] == offered
    field = year.learning_form("on_the_job").form.field("subject")
    assert [option.label for option in field.options] == offered


def test_a_posting_counts_for_any_subject() -> None:
    field = registry.pack("weihai").year(2026).learning_form("posting").form.field("subject")
    assert [(option.code, option.label) for option in field.options] == [("any", "全部")]
    assert field.default == "any"


def test_what_is_chosen_before_the_fields_load() -> None:
    assert registry.pack("weihai").year(2026).declaration.chosen_first == ("learning_form",)
    assert registry.pack("shandong").year(2026).declaration.chosen_first == ("subject", "learning_form")


def test_conversion_of_on_the_job_training() -> None:
    inputs = Inputs(claimed=Decimal(30), days=3, activity="岗位培训")
    weihai = compute(registry.pack("weihai").year(2026).learning_form("on_the_job").rule, inputs)
    assert (weihai.hours, weihai.text) == (Decimal(24), "3 天的岗位培训最多申报 24 学时（每天 8 学时）")
    assert weihai.mark is Mark.ASSUMED
    shandong = registry.pack("shandong").year(2026)
    assert compute(shandong.learning_form("on_the_job").rule, inputs).hours == 30
    assert shandong.declaration.banner == "折算标准待本地人社部门确认"


def test_chain_that_posts_first_and_verifies_later() -> None:
    chain = registry.pack("weihai").year(2026).declaration_chain()
    assert steps(chain) == [
        ("用人单位初审", DeskRule.OWN, Stage.REVIEW, True),
        ("审验复审", DeskRule.SUPERIOR, Stage.VERIFICATION, False),
    ]
    assert [step.key for step in chain.steps_for(has_superior=False)] == ["review"]


def test_chain_that_posts_on_the_second_approval() -> None:
    year = registry.pack("fujian").year(2026)
    chain = year.declaration_chain("professional")
    assert steps(chain) == [
        ("用人单位审核", DeskRule.OWN, Stage.REVIEW, False),
        ("人社或主管部门审核", DeskRule.SUPERIOR, Stage.REVIEW, True),
    ]
    assert [step.key for step in year.declaration_chain("employer").steps] == ["approval"]
    assert [(step.key, step.posts) for step in chain.steps_for(has_superior=False)] == [("review", True)]


def test_user_types_of_the_sign_in_box() -> None:
    assert [(one.label, one.document_label, one.placeholder) for one in registry.pack("weihai").login.user_types] == [
        ("专业技术人员", "身份证", "请输入证件号"),
        ("用人单位", "管理员身份证", "请输入管理员证件号"),
        ("主管部门", "管理员身份证", "请输入管理员证件号"),
        ("市人力资源社会保障局", "管理员身份证", "请输入管理员证件号"),
    ]


def test_identifiers_and_lock() -> None:
    assert registry.pack("weihai").login.identifiers == ("document",)
    assert registry.pack("weihai").login.lock is None
    login = registry.pack("fujian").login
    assert login.identifiers == ("login_name", "document")
    assert login.lock is not None
    assert (login.lock.tries, login.lock.duration.total_seconds(), login.lock.warn_from) == (6, 7200, 2)


def test_a_pending_account_is_told_whom_to_remind() -> None:
    login = registry.pack("weihai").login
    assert login.user_type("professional").pending == "此帐号还未被审核，请主动联系用人单位管理员催其审核。"
    assert "上级主管部门或同级人社部门" in login.user_type("employer").pending


@pytest.mark.parametrize(("key", "start"), [("weihai", "账户号或密码错误"), ("shandong", "账号或密码错误")])
def test_words_differ_by_pack(key: str, start: str) -> None:
    assert registry.pack(key).word("login.wrong_credentials").startswith(start)


def test_an_unknown_word_is_an_error_with_a_hint() -> None:
    with pytest.raises(UnknownKey, match=r"did you mean 'login\.captcha'"):
        registry.pack("weihai").word("login.captchas")


def test_ways_in_as_tabs() -> None:
    assert [way.label for way in registry.pack("weihai").registrations] == [
        "专业技术人员注册",
        "用人单位注册",
        "主管部门注册",
        "继续教育基地注册",
        "区（县）人社局注册",
    ]


def test_employer_registration_step_by_step() -> None:
    way = registry.pack("weihai").registration("employer")
    starred = [
        [(field.label, field.required_for("")) for field in way.step_form(step.key).fields] for step in way.steps
    ]
    assert starred[0] == [
        ("单位名称", True),
        ("单位性质", True),
        ("单位级别", True),
        ("单位电话", True),
        ("所属行业", True),
        ("是否有所属主管部门", True),
        ("所属主管部门名称", True),
        ("单位注册所在地", True),
        ("单位地址", True),
        ("是否有统一社会信用代码", True),
        ("统一社会信用代码", True),
        ("统一社会信用代码证书扫描件", False),
    ]
    assert [label for label, required in starred[1] if not required] == ["单位名称", "管理员", "固定电话"]


def test_questions_that_hang_on_an_answer() -> None:
    form = registry.pack("weihai").registration("employer").step_form("unit")
    shown = {field.key for field in form.shown({"has_department": "no", "has_code": "no"})}
    assert shown & {"superior", "code", "licence"} == set()


@pytest.mark.parametrize(("key", "required"), [("shandong", True), ("weihai", False), ("fujian", False)])
def test_licence_required_by_pack(key: str, required: bool) -> None:
    assert registry.pack(key).registration("employer").form.field("licence").required is required


@pytest.mark.parametrize(("key", "megabytes"), [("shandong", 1), ("weihai", 4), ("fujian", 4)])
def test_upload_limits(key: str, megabytes: int) -> None:
    pack = registry.pack(key)
    assert pack.upload("licence").max_bytes == megabytes * 1024 * 1024
    assert pack.upload("licence").extensions == ("jpg", "jpeg", "gif", "bmp", "png")
    assert pack.upload("evidence").megabytes == 4


@pytest.mark.parametrize("key", ["weihai", "shandong", "liaocheng", "fujian"])
def test_only_what_runs_for_years_may_end_after_the_day_it_is_declared(key: str) -> None:
    forms = registry.pack(key).year(2026).learning_forms
    dated = {one.key: field for one in forms for field in one.form.fields if field.kind in {"date", "period"}}
    assert len(dated) > 15
    assert {form for form, field in dated.items() if not field.past} == {
        "posting", "degree", "project", "industry_specific",
    }  # fmt: skip


def test_professional_registration() -> None:
    form = registry.pack("weihai").registration("professional").form
    assert [field.label for field in form.fields if not field.required_for("")] == [
        "如果已是本系统用户，请勾选复选框。",
        "工作部门",
        "证书编号",
        "聘任日期",
        "学术技术称号名称",
    ]
    assert form.defaults() == {"document_type": "resident", "sex": "male", "postdoctoral": "no"}


@pytest.mark.parametrize(("key", "required"), [("weihai", True), ("shandong", False)])
def test_title_certificate_by_pack(key: str, required: bool) -> None:
    assert registry.pack(key).registration("professional").form.field("title_certificate").required is required


def test_employer_registration_from_an_account_is_a_filing() -> None:
    way = registry.pack("fujian").registration("employer")
    assert way.signed_in is True
    assert way.chain.steps == ()
    assert [field.label for field in way.form.fields if not field.required_for("")] == ["统一社会信用代码附件"]


def test_areas_of_the_own_province() -> None:
    options = registry.pack("fujian").registration("employer").form.field("area").options
    assert {option.code[:2] for option in options} == {"35"}
    assert [item.label for item in registry.catalogue("areas").ancestors("350102")] == ["鼓楼区", "福州市", "福建省"]


def test_an_abolished_area_is_known_but_not_offered() -> None:
    areas = registry.catalogue("areas")
    assert (areas.label("371081"), areas.item("371081").became) == ("文登市", "371003")
    assert "371081" not in {item.code for item in areas.offered(TODAY)}
    assert "371003" in {item.code for item in areas.offered(TODAY)}


@pytest.mark.parametrize(
    ("key", "seen"),
    [
        ("unit_natures", "机关 事业单位 全额拨款事业单位 国际组织、机构"),
        ("unit_levels", "地、厅、司、局级 国际组织、机构"),
        (
            "industries",
            "农、林、牧、渔业 房地产业 教育 制造业 卫生、社会保障和社会福利业 科学研究、技术服务和地质勘查业 "
            "中等专业教育 社会保障业",
        ),
        (
            "title_series",
            "中等专业学校教师 技工学校教师 党校教师 党校教师（市级） 中小学教师 中学教师 自然科学研究 社会科学研究 "
            "实验技术 卫生技术 基层卫生技术 文物博物 广播电视播音 图书资料 律师 高等学校教师",
        ),
        ("title_levels", "初级 中级 高级 无"),
        ("titles", "助教 讲师 副教授 中学三级教师 无"),
        ("practice_fields", "经济 历史 主持人"),
        ("education", "本科 硕士研究生 中专"),
    ],
)
def test_catalogues_hold_every_value_seen(key: str, seen: str) -> None:
    held = {item.label for item in registry.catalogue(key).items}
    assert set(seen.split()) - held == set()


def test_every_title_belongs_to_a_series_and_a_level() -> None:
    series, levels = registry.catalogue("title_series"), registry.catalogue("title_levels")
    for item in registry.catalogue("titles").items:
        above, level = item.parents
        assert above == "*" or above in series
        assert level in levels
