"""Education, qualifications, academic titles: several entries, added, changed and deleted by the person."""

from collections.abc import Callable
from datetime import date

import pytest

from tests import small_world as make
from tests.browsers import signed_in
from tests.people.conftest import Tab, Typed
from tests.registrations.forms import picture
from tests.small_world import SmallWorld
from xueshi.kernel import identity
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.states import Hat
from xueshi.people.models import Entry, Professional
from xueshi.people.services import ProfessionalDraft, enter_professional
from xueshi.policies import registry

type Browse = Callable[[Actor, str], Tab]

EDUCATION: Typed = {
    "education": "14", "school": "哈尔滨工业大学（威海）", "major": "机械类", "graduated": "2010-06-30", "degree": "3",
}  # fmt: skip


def graduate(world: SmallWorld) -> tuple[Actor, Professional]:
    """Somebody whose registration named an education and an academic title."""
    person = make.user("陈霞")
    employment = make.hat(person, world.employer, Hat.PROFESSIONAL)
    number = person.document_number
    sex = "male" if identity.is_male(number) else "female"
    draft = ProfessionalDraft(
        sex, identity.birth_date(number), education="21", school="山东大学", major="机械类",
        graduated_on=date(2007, 7, 1), degree="4", academic_title="首席技师",
    )  # fmt: skip
    return actor_from(person, employment), enter_professional(person, employment, draft, by=make.NOBODY)


def cards(actor: Actor, kind: str) -> list[tuple[str, dict[str, str]]]:
    page = signed_in(actor).get(f"/profile/entries/{kind}/")
    return [(card["name"], {pair.label: str(pair.value) for pair in card["pairs"]}) for card in page.context["cards"]]


@pytest.mark.req("PRO-23")
def test_the_education_tab_opens_with_what_was_registered_and_saves(world: SmallWorld, browse: Browse) -> None:
    actor, record = graduate(world)
    known = {"毕业院校": "山东大学", "所学专业": "机械类", "毕业时间": "2007-07-01", "学位": "学士"}
    assert cards(actor, "education") == [("本科", known)]
    tab = browse(actor, "/profile/entries/education/new/")
    assert tab.fields[:5] == [
        ("学历", True), ("毕业院校", True), ("所学专业", True), ("毕业时间", True), ("学位", True),
    ]  # fmt: skip
    tab.save(EDUCATION | {"highest": "on", "scan": picture("毕业证书.png")})
    assert tab.told() == ["已保存"]
    assert [name for name, _words in cards(actor, "education")] == ["硕士研究生", "本科"]
    record.refresh_from_db()
    assert (record.education, record.school, record.degree, str(record.graduated_on)) == (
        "14", "哈尔滨工业大学（威海）", "3", "2010-06-30",
    )  # fmt: skip


@pytest.mark.req("PRO-27")
@pytest.mark.parametrize("wanted", ["本科", "硕士研究生", "中专"])
def test_the_educations_of_the_manual_can_be_chosen(world: SmallWorld, browse: Browse, wanted: str) -> None:
    tab = browse(world.person, "/profile/entries/education/new/")
    choices = tab.page.context["form"].fields["education"].widget.choices
    code = next(code for code, label in choices if label == wanted)
    assert tab.save(EDUCATION | {"education": code}).status_code == 302
    assert Professional.objects.get(pk=world.record.pk).education == code
    assert [name for name, _words in cards(world.person, "education")] == [wanted]


@pytest.mark.req("PRO-24")
def test_qualifications_are_added_changed_and_deleted(world: SmallWorld, browse: Browse) -> None:
    assert "还没有职（执）业资格" in browse_text(world.person, "qualifications")
    for name in ("注册安全工程师", "一级建造师"):
        tab = browse(world.person, "/profile/entries/qualifications/new/")
        assert tab.save({"name": name, "issued": "2018-09-01", "scan": picture()}).status_code == 302
    assert [name for name, _words in cards(world.person, "qualifications")] == ["一级建造师", "注册安全工程师"]
    entry = Entry.objects.get(answers__name="注册安全工程师")
    tab = browse(world.person, f"/profile/entries/qualifications/{entry.pk}/")
    assert tab.filled["name"] == "注册安全工程师"
    tab.save({"name": "中级注册安全工程师", "scan__keep": tab.page.context["form"].fields["scan"].widget.kept[0].key})
    entry.refresh_from_db()
    assert (entry.answers["name"], entry.version, entry.scan is None) == ("中级注册安全工程师", 2, False)
    signed_in(world.person).post(f"/profile/entries/qualifications/{entry.pk}/delete/")
    assert [name for name, _words in cards(world.person, "qualifications")] == ["一级建造师"]


@pytest.mark.req("PRO-25")
def test_academic_titles_open_with_the_registered_one_and_take_more(world: SmallWorld, browse: Browse) -> None:
    actor, _record = graduate(world)
    assert cards(actor, "honours") == [("首席技师", {})]
    tab = browse(actor, "/profile/entries/honours/new/")
    assert tab.fields[0] == ("学术技术称号名称", True)
    tab.save({"name": "享受国务院政府特殊津贴专家", "granted": "2022-03-01"})
    assert tab.told() == ["已保存"]
    assert cards(actor, "honours") == [
        ("享受国务院政府特殊津贴专家", {"授予日期": "2022-03-01"}), ("首席技师", {}),
    ]  # fmt: skip


def browse_text(actor: Actor, kind: str) -> str:
    return signed_in(actor).get(f"/profile/entries/{kind}/").content.decode()


def test_a_refusal_keeps_what_was_typed_and_uploaded(world: SmallWorld, browse: Browse) -> None:
    tab = browse(world.person, "/profile/entries/qualifications/new/")
    tab.save({"name": "一级建造师", "issued": "昨天", "scan": picture("证书.png")})
    assert (tab.page.status_code, tab.errors) == (422, {"issued": ["批准日期应为日期，例如 2026-03-01"]})
    assert tab.filled["name"] == "一级建造师"
    [kept] = tab.page.context["form"].fields["scan"].widget.kept
    assert kept.name == "证书.png"
    assert tab.client.get(kept.url)["Content-Type"] == "image/png"
    assert signed_in(world.colleague).get(kept.url).status_code == 404
    assert Entry.objects.count() == 0


def test_the_highest_education_is_never_lost(world: SmallWorld, browse: Browse) -> None:
    actor, record = graduate(world)
    first = Entry.objects.get(professional=record, kind="education")
    other = browse(actor, "/profile/entries/education/new/")
    other.save(EDUCATION)
    kept = other.client.post(f"/profile/entries/education/{first.pk}/delete/")
    told = [str(one) for one in kept.context["messages"]]
    assert (kept.status_code, len(kept.context["cards"])) == (422, 2)
    assert told[-1] == "最高学历不能直接删除，请先把另一条学历设为最高学历"
    tab = browse(actor, f"/profile/entries/education/{first.pk}/")
    tab.save({"highest": ""})
    assert tab.errors == {"highest": ["请先把另一条学历设为最高学历"]}
    record.refresh_from_db()
    assert (record.education, Entry.objects.filter(professional=record, highest=True).count()) == ("21", 1)


def test_mending_an_older_education_does_not_make_it_the_highest_again(world: SmallWorld, browse: Browse) -> None:
    actor, record = graduate(world)
    older = Entry.objects.get(professional=record, kind="education")
    tab = browse(actor, "/profile/entries/education/new/")
    tab.save(EDUCATION | {"highest": "on"})
    tab.told()
    browse(actor, f"/profile/entries/education/{older.pk}/").save({"school": "山东大学（威海）"})
    record.refresh_from_db()
    older.refresh_from_db()
    assert (record.education, older.highest, older.answers["school"]) == ("14", False, "山东大学（威海）")


def test_foreign_entries_and_unknown_tabs_are_absent(world: SmallWorld, browse: Browse) -> None:
    _actor, record = graduate(world)
    entry = Entry.objects.get(professional=record, kind="education")
    browser = signed_in(world.person)
    for path in (f"education/{entry.pk}/", f"honours/{entry.pk}/", "education/999999/", "wealth/", "basics/"):
        assert browser.get(f"/profile/entries/{path}").status_code == 404
    assert browser.post(f"/profile/entries/education/{entry.pk}/delete/").status_code == 404
    entry.refresh_from_db()
    assert entry.deleted_at is None


def test_two_open_entries_and_two_clicks(world: SmallWorld, browse: Browse) -> None:
    sent = {"name": "一级建造师", "issued": "2018-09-01", "key": "the-same-key", "version": "0"}
    browser = signed_in(world.person)
    for _time in range(2):
        browser.post("/profile/entries/qualifications/new/", sent)
    entry = Entry.objects.get()
    first, second = (browse(world.person, f"/profile/entries/qualifications/{entry.pk}/") for _one in range(2))
    first.save({"name": "甲"})
    assert second.save({"name": "乙"}).status_code == 409
    entry.refresh_from_db()
    assert (entry.answers["name"], second.filled["name"]) == ("甲", "乙")


def test_a_value_that_is_no_longer_offered_keeps_its_name_and_may_be_kept(world: SmallWorld, browse: Browse) -> None:
    spec = registry.pack("weihai").profile.tab("education").form
    option = spec.field("education").options[0].model_copy(update={"valid_to": date(2001, 1, 1)})
    field = spec.field("education").model_copy(update={"options": (option, *spec.field("education").options[1:])})
    form = spec.model_copy(update={"fields": (field, *spec.fields[1:])})
    answers = form.restore({"education": option.code})
    assert [line.text for line in form.lines(answers)] == [option.label]
    assert not form.field("education").options[0].offered(date(2026, 1, 1))
    assert form.holding(answers).field("education").options[0].offered(date(2026, 1, 1))
