"""专业技术职务: a change waits while the old title stays; the record of changes; the picker of titles by date."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from tests import small_world as make
from tests.browsers import signed_in
from tests.people.conftest import TITLE, Tab, decide
from tests.small_world import SmallWorld
from xueshi.kernel import clock
from xueshi.organisations import services as organisations
from xueshi.organisations.actors import Actor
from xueshi.people import selectors
from xueshi.people.models import Professional, Title, TitleChange
from xueshi.reviews.models import ReviewCase

type Browse = Callable[[Actor, str], Tab]
type Ask = Callable[..., ReviewCase]


def held(record: Professional) -> tuple[str, str, str]:
    record.refresh_from_db()
    return record.title_series, record.title_level, record.title


@pytest.mark.req("PRO-19", "PRO-07")
def test_the_title_tab_asks_what_the_manual_prints(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/title/")
    assert tab.fields == [
        ("单位名称", False), ("工作部门", False), ("专业技术职务系列", True), ("从事专业", False), ("职称级别", True),
        ("现专业技术职务任职资格", True), ("公布（生效）时间", True), ("证书编号", False), ("聘任日期", False),
        ("职称证书扫描件", False),
    ]  # fmt: skip
    assert tab.filled["unit"] == world.employer.name
    assert "readonly" in tab.page.context["form"].fields["unit"].widget.attrs
    for words in ("变更记录", "保存"):
        assert words in tab.text
    for name in ("title_series", "practice_field", "title_level", "title"):
        tab.save(TITLE | {name: "自己写的"})
        assert list(tab.errors)[:1] == [name]
    tab.save(TITLE | {"department": "999999"})
    assert tab.errors == {"department": ["请从列表中选择工作部门"]}
    assert TitleChange.objects.count() == 0


@pytest.mark.req("PRO-19", "PRO-07")
def test_departments_are_found_in_ones_own_unit(world: SmallWorld, browse: Browse, ask: Ask) -> None:
    mine = organisations.create_department(world.employer, "技术部")
    organisations.create_department(world.stranger, "技术二部")
    tab = browse(world.person, "/profile/title/")
    found = tab.client.get("/profile/title/departments/?name=department&department__q=技术")
    assert [line.value for line in found.context["found"].lines] == [str(mine.pk)]
    case = ask(world.person, department=str(mine.pk))
    assert Professional.objects.get(pk=world.record.pk).employment.department is None
    decide(world.employer_admin, case, "pass")
    assert Professional.objects.get(pk=world.record.pk).employment.department == mine


@pytest.mark.req("PRO-20")
def test_a_change_waits_and_the_old_title_stays_until_approval(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/title/")
    tab.save(TITLE)
    assert tab.told() == ["信息已经提交审核"]
    case = ReviewCase.objects.get()
    assert (case.kind, case.title, case.desk, case.state) == ("people.title", "王志远", world.employer, "pending")
    assert held(world.record) == ("", "", "")
    waiting = browse(world.person, "/profile/title/")
    assert "提交的修改正在审核，当前由海天精密机械有限公司处理" in waiting.text
    assert waiting.filled["title"] == ""
    before = clock.now()
    decide(world.employer_admin, case, "pass")
    assert held(world.record) == ("05", "middle", "0503")
    assert browse(world.person, "/profile/title/").filled["title"] == "0503"
    then, now = selectors.title_at(world.record.pk, before), selectors.title_at(world.record.pk, clock.now())
    assert (then and then.title, now and now.title) == ("", "0503")
    assert Title.objects.filter(professional=world.record, live_from__isnull=False, live_until=None).count() == 1


@pytest.mark.req("PRO-21", "PRO-22")
def test_a_rejected_change_has_no_effect_and_stands_in_the_record(world: SmallWorld, ask: Ask) -> None:
    case = ask(world.person)
    decide(world.employer_admin, case, "fail", "证书编号有误")
    assert held(world.record) == ("", "", "")
    second = ask(world.person, title_level="senior", title="0502")
    decide(world.employer_admin, second, "pass")
    listed = signed_in(world.person).get("/profile/title/changes/").context["list"]
    assert [column.label for column in listed.page.columns] == [
        "提交时间", "变更内容", "审核结果", "审核人", "审核时间", "审核意见",
    ]  # fmt: skip
    cells = [[str(value) for _column, value, _link in row["cells"]] for row in listed.drawn]
    assert [(row[2], row[3], row[5]) for row in cells] == [
        ("审核通过", "张敏", ""), ("审核不通过", "张敏", "证书编号有误"),
    ]  # fmt: skip
    assert "现专业技术职务任职资格：-- → 高级工程师" in cells[0][1]
    assert "现专业技术职务任职资格：-- → 工程师" in cells[1][1]


@pytest.mark.req("PRO-22")
def test_the_detail_of_a_change_shows_old_and_new(world: SmallWorld, ask: Ask) -> None:
    case = ask(world.person)
    page = signed_in(world.person).get(f"/people/changes/{case.pk}/")
    rows = {row.label: (row.before, row.after, row.differs) for row in page.context["changes"]}
    assert rows["现专业技术职务任职资格"] == ("--", "工程师", True)
    assert rows["聘任日期"] == ("--", "--", False)
    assert signed_in(world.colleague).get(f"/people/changes/{case.pk}/").status_code == 404
    assert signed_in(world.stranger_admin).get(f"/people/changes/{case.pk}/").status_code == 404


def test_one_change_at_a_time_and_the_database_agrees(world: SmallWorld, browse: Browse, ask: Ask) -> None:
    tab = browse(world.person, "/profile/title/")
    ask(world.person)
    tab.save(TITLE | {"title_level": "senior", "title": "0502"})
    assert tab.errors == {"__all__": ["您有一条信息修改正在审核，审核完成或撤销后才能再次修改"]}
    assert tab.filled["title"] == "0502"
    change = TitleChange.objects.get()
    second = Title.objects.create(professional=world.record)
    with pytest.raises(IntegrityError), transaction.atomic():
        TitleChange.objects.create(
            professional=world.record, before=change.before, after=second, submission_key="x", created_at=clock.now()
        )


@pytest.mark.req("PRO-20")
def test_the_same_form_sent_twice_is_one_change(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/title/")
    sent = {"key": "one-and-the-same-key", "version": str(selectors.live_title(world.record).pk)}
    for _time in range(2):
        assert tab.client.post("/profile/title/", TITLE | sent).status_code == 302
    assert TitleChange.objects.count() == 1


def test_a_change_is_withdrawn_and_another_follows(world: SmallWorld, ask: Ask) -> None:
    case = ask(world.person)
    assert signed_in(world.colleague).post(f"/profile/title/changes/{case.pk}/withdraw/").status_code == 404
    browser, withdraw = signed_in(world.person), f"/profile/title/changes/{case.pk}/withdraw/"
    assert browser.post(withdraw).status_code == 302
    twice = browser.post(withdraw)
    assert (twice.status_code, "该事项已经撤销" in twice.content.decode()) == (409, True)
    case.refresh_from_db()
    assert (case.state, held(world.record)) == ("withdrawn", ("", "", ""))
    listed = signed_in(world.person).get("/profile/title/changes/").context["list"]
    assert str(listed.drawn[0]["cells"][2][1]) == "已撤销"
    assert decide(world.employer_admin, case, "pass").status_code == 409
    assert held(world.record) == ("", "", "")
    decide(world.employer_admin, ask(world.person), "pass")
    assert held(world.record) == ("05", "middle", "0503")


def test_nothing_new_and_a_title_changed_meanwhile_are_refused(world: SmallWorld, browse: Browse, ask: Ask) -> None:
    stale = browse(world.person, "/profile/title/")
    decide(world.employer_admin, ask(world.person), "pass")
    assert stale.save(TITLE | {"title_level": "senior", "title": "0502"}).status_code == 409
    assert stale.filled["title"] == "0502"
    fresh = browse(world.person, "/profile/title/")
    fresh.save({})
    assert fresh.errors == {"__all__": ["没有修改任何内容"]}
    assert TitleChange.objects.count() == 1


@pytest.mark.req("PRO-31", "PRO-20")
def test_people_of_a_department_or_bureau_are_reviewed_there(world: SmallWorld, ask: Ask) -> None:
    for body, admin in ((world.department, world.department_admin), (world.city, world.city_admin)):
        actor, record = make.professional(f"直属{body.pk}", body)
        case = ask(actor)
        assert case.desk == body
        assert signed_in(world.employer_admin).get(f"/people/changes/?case={case.pk}").status_code == 404
        listed = signed_in(admin).get("/people/changes/").context["list"]
        assert [one.pk for one in listed.rows] == [case.pk]
        decide(admin, case, "pass")
        assert held(record) == ("05", "middle", "0503")


@pytest.mark.req("PRO-26")
@pytest.mark.parametrize(
    ("series", "level", "title"),
    [
        ("高等学校教师", "初级", "助教"), ("高等学校教师", "中级", "讲师"), ("高等学校教师", "高级", "副教授"),
        ("中学教师", "初级", "中学三级教师"), ("党校教师（市级）", "无", "无"),
    ],
)  # fmt: skip
def test_the_titles_of_the_manual_can_be_chosen(
    world: SmallWorld, browse: Browse, series: str, level: str, title: str
) -> None:
    tab = browse(world.person, "/profile/title/")
    offered = {name: tab.page.context["form"].fields[name].widget.choices for name in ("title_series", "title_level")}
    typed = {name: next(code for code, label in offered[name] if label == wanted)
             for name, wanted in (("title_series", series), ("title_level", level))}  # fmt: skip
    widget = tab.page.context["form"].fields["title"].widget
    above = (typed["title_series"], typed["title_level"])
    [code] = [
        code for code, label in widget.choices
        if label == title and all(own in {"*", wanted} for own, wanted in zip(widget.parents[code], above, strict=True))
    ]  # fmt: skip
    assert tab.save(TITLE | typed | {"title": code}).status_code == 302
    assert TitleChange.objects.get().after.title == code


@pytest.mark.req("PRO-26")
def test_every_series_and_practice_field_of_the_manual_is_offered(world: SmallWorld, browse: Browse) -> None:
    form = browse(world.person, "/profile/title/").page.context["form"]
    offered = {name: {label for _code, label in form.fields[name].widget.choices} for name in form.fields
               if hasattr(form.fields[name].widget, "choices")}  # fmt: skip
    series = (
        "高等学校教师 中等专业学校教师 技工学校教师 党校教师 党校教师（市级） 中小学教师 中学教师 自然科学研究 "
        "社会科学研究 实验技术 卫生技术 基层卫生技术 文物博物 广播电视播音 图书资料 律师"
    )
    assert set(series.split()) - offered["title_series"] == set()
    assert {"初级", "中级", "高级", "无"} - offered["title_level"] == set()
    assert {"经济", "历史", "主持人"} - offered["practice_field"] == set()


def test_a_title_is_offered_for_the_days_on_which_it_was_granted(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/title/")
    old = {"title_level": "senior", "title": "05:教授级高级工程师"}
    assert "教授级高级工程师（至2019 年）" in tab.text
    tab.save(TITLE | old | {"title_effective": "2021-06-01"})
    assert tab.errors == {
        "title": ["现专业技术职务任职资格“教授级高级工程师”在 2021-06-01 不授予，请核对日期，或选择当时的名称"]
    }
    assert tab.save(TITLE | old | {"title_effective": "2012-06-01"}).status_code == 302
