"""Saving, handing in, taking back, deleting, and what verdicts do to hours."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from tests import small_world as make
from tests.declarations import world as w
from xueshi.declarations import permissions, selectors, services
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.services import Edit
from xueshi.declarations.states import DeclarationState
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotAllowed, NotFound, Problems, RuleBroken
from xueshi.ledger.models import LedgerEntry
from xueshi.policies.answers import Answers
from xueshi.reviews.models import ReviewCase, ReviewStep
from xueshi.reviews.states import CaseState, Verdict

pytestmark = pytest.mark.django_db


def state(declaration: Declaration) -> DeclarationState:
    return selectors.state(selectors.with_state(Declaration.objects.all()).get(pk=declaration.pk))


def chain(declaration: Declaration) -> list[tuple[str, str]]:
    steps = ReviewStep.objects.filter(case=declaration.case_id).order_by("position")
    return [(step.label, step.desk.name) for step in steps.select_related("desk")]


def test_a_draft_may_have_gaps_and_is_in_no_queue() -> None:
    world = make.build()
    entry = replace(w.entry(world.person), answers=Answers({"school": "威海职业学院"}), files=())
    draft = services.save_draft(world.person, entry)
    assert (draft.number, draft.case_id, draft.hours_declared) == (f"SB-{clock.year()}-{draft.pk:07d}", None, None)
    assert state(draft) == DeclarationState.DRAFT
    assert ReviewCase.objects.count() == 0
    assert list(selectors.own_declarations(world.person)) == [draft]
    assert list(selectors.declarations_seen(world.employer_admin)) == []


def test_from_the_person_through_the_employer_to_the_department() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    assert chain(declaration) == [("用人单位初审", world.employer.name), ("审验复审", world.department.name)]
    assert (state(declaration), w.total(world)) == (DeclarationState.PENDING, 0)
    assert w.case(declaration).desk_id == world.employer.pk
    assert w.fresh(declaration).hours_recognised is None

    assert w.decided(world.employer_admin, declaration).refused == ()
    assert (state(declaration), w.total(world)) == (DeclarationState.AWAITING_VERIFICATION, 24)
    assert w.fresh(declaration).hours_recognised == 24
    assert w.case(declaration).desk_id == world.department.pk

    w.decided(world.department_admin, declaration)
    assert (state(declaration), w.total(world)) == (DeclarationState.VERIFIED, 24)
    assert w.case(declaration).desk_id is None


def test_where_the_second_approval_posts_the_first_leaves_the_account_alone() -> None:
    world = make.build("fujian")
    declaration = services.submit(world.person, w.entry(world.person))
    assert chain(declaration) == [("用人单位审核", world.employer.name), ("人社或主管部门审核", world.department.name)]
    w.decided(world.employer_admin, declaration)
    assert (state(declaration), w.total(world)) == (DeclarationState.PENDING, 0)
    w.decided(world.department_admin, declaration)
    assert (state(declaration), w.total(world)) == (DeclarationState.APPROVED, 24)


def test_a_failed_verification_takes_the_hours_back_and_a_new_one_can_be_made() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    w.decided(world.employer_admin, declaration)
    w.decided(world.department_admin, declaration, Verdict.FAIL, "证书与本人不符")
    assert (state(declaration), w.total(world)) == (DeclarationState.VERIFICATION_FAILED, 0)
    assert w.fresh(declaration).hours_recognised is None
    posted, taken = LedgerEntry.objects.order_by("pk")
    assert (posted.hours, posted.reverses_id, taken.hours, taken.reverses_id) == (24, None, -24, posted.pk)
    again = w.handed_in(world.person)
    w.decided(world.employer_admin, again)
    assert w.total(world) == 24


def test_a_rejection_needs_a_comment_and_gives_no_hours() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    with pytest.raises(RuleBroken, match="不通过时请填写审核意见"):
        w.decided(world.employer_admin, declaration, Verdict.FAIL)
    assert state(declaration) == DeclarationState.PENDING
    w.decided(world.employer_admin, declaration, Verdict.FAIL, "证书不清晰")
    assert (state(declaration), w.total(world), w.fresh(declaration).hours_recognised) == (
        DeclarationState.REJECTED,
        0,
        None,
    )
    with pytest.raises(NotAllowed):
        services.submit(world.person, w.entry(world.person), w.edit(declaration))


def test_hours_count_for_the_year_chosen_and_only_open_years_can_be_chosen() -> None:
    world = make.build()
    last = clock.year() - 1
    w.decided(world.employer_admin, w.handed_in(world.person, year=last))
    assert (w.total(world, last), w.total(world)) == (24, 0)
    for year in (clock.year() + 1, clock.year() - 3):
        with pytest.raises(RuleBroken, match="该年度不能申报"):
            services.submit(world.person, w.entry(world.person, year=year))


def test_more_than_the_rule_is_refused_in_words_beside_the_hours() -> None:
    world = make.build()
    with pytest.raises(RuleBroken) as refusal:
        w.handed_in(world.person, "30")
    assert (refusal.value.message, refusal.value.field) == ("3 天的岗位培训最多申报 24 学时（每天 8 学时）", "hours")
    assert Declaration.objects.count() == 0


def test_days_already_credited_leave_less_room() -> None:
    world = make.build()
    w.decided(world.employer_admin, w.handed_in(world.person, "20"))
    with pytest.raises(RuleBroken) as refusal:
        w.handed_in(world.person, "8")
    assert refusal.value.message == (
        "3 天的岗位培训最多申报 24 学时（每天 8 学时），这些日期已计入 20 学时，还可申报 4 学时"
    )


def test_a_cap_filled_meanwhile_is_told_to_the_reviewer() -> None:
    world = make.build()
    first, second = w.handed_in(world.person, "20"), w.handed_in(world.person, "8")
    w.decided(world.employer_admin, first)
    report = w.decided(world.employer_admin, second)
    assert report.done == ()
    assert "还可计入 4 学时" in report.refused[0].reason
    assert (state(second), w.total(world), w.fresh(second).hours_recognised) == (DeclarationState.PENDING, 20, None)


def test_a_reviewer_may_lower_with_a_comment_and_never_raise() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    for hours, comment, reason in (
        ("20", "", "调低认定学时请在审核意见中说明理由"),
        ("25", "好", "认定学时不能超过申报的 24 学时"),
        ("0", "无", "认定学时必须大于 0；不予认定请驳回"),
        ("NaN", "x", "认定学时必须大于 0；不予认定请驳回"),
        ("20.3", "x", "认定学时应为 0.5 的整数倍"),
    ):
        report = w.decided(world.employer_admin, declaration, comment=comment, hours=hours)
        assert [row.reason for row in report.refused] == [reason]
    assert (state(declaration), w.total(world)) == (DeclarationState.PENDING, 0)
    w.decided(world.employer_admin, declaration, comment="一天未到课", hours="16")
    kept = w.fresh(declaration)
    assert (kept.hours_declared, kept.hours_recognised, w.total(world)) == (24, 16, 16)


def test_taken_back_edited_and_handed_in_again() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    services.withdraw(world.person, declaration.pk)
    assert (state(declaration), w.case(declaration).desk_id) == (DeclarationState.DRAFT, None)
    assert list(selectors.declarations_seen(world.employer_admin)) == []
    before = w.case(declaration).digest
    again = services.submit(world.person, w.entry(world.person, "16"), w.edit(declaration))
    found = w.case(again)
    assert (again.pk, again.hours_declared, found.round, state(again)) == (
        declaration.pk,
        16,
        2,
        DeclarationState.PENDING,
    )
    assert found.digest != before


def test_what_is_pending_or_decided_can_be_neither_changed_nor_deleted() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    for _ in range(2):
        with pytest.raises(NotAllowed):
            services.save_draft(world.person, w.entry(world.person, "8"), w.edit(declaration))
        with pytest.raises(NotAllowed):
            services.delete_draft(world.person, w.edit(declaration))
        w.decided(world.employer_admin, declaration)
    with pytest.raises(NotAllowed):
        services.withdraw(world.person, declaration.pk)
    assert (w.fresh(declaration).hours_declared, state(declaration)) == (24, DeclarationState.AWAITING_VERIFICATION)


def test_deleting_destroys_a_draft_and_hides_what_was_once_handed_in() -> None:
    world = make.build()
    draft = services.save_draft(world.person, w.entry(world.person))
    services.delete_draft(world.person, w.edit(draft))
    assert Declaration.objects.count() == 0
    declaration = w.handed_in(world.person)
    services.withdraw(world.person, declaration.pk)
    services.delete_draft(world.person, w.edit(declaration))
    assert list(selectors.own_declarations(world.person)) == []
    assert Evidence.objects.filter(declaration=declaration).count() == 1
    assert w.case(declaration).state == CaseState.WITHDRAWN


def test_strangers_and_absent_ones_get_the_same_answer() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    for actor in (world.colleague, world.stranger_admin):
        with pytest.raises(NotFound):
            selectors.declaration_for(actor, declaration.pk)
        with pytest.raises(NotFound):
            services.withdraw(actor, declaration.pk)
        with pytest.raises(NotFound):
            services.delete_draft(actor, w.edit(declaration))
    with pytest.raises(NotFound):
        services.withdraw(world.person, declaration.pk + 1000)
    assert state(declaration) == DeclarationState.PENDING


def test_an_administrator_does_not_declare_as_such() -> None:
    world = make.build()
    with pytest.raises(NotAllowed, match="请以专业技术人员身份"):
        services.submit(world.employer_admin, w.entry(world.employer_admin))


def test_an_edit_of_an_older_version_is_refused() -> None:
    world = make.build()
    draft = services.save_draft(world.person, w.entry(world.person))
    old = Edit(draft.pk, draft.version)
    services.save_draft(world.person, w.entry(world.person, "16"), old)
    with pytest.raises(MovedOn):
        services.save_draft(world.person, w.entry(world.person, "8"), old)
    assert w.fresh(draft).hours_declared == 16


def test_the_same_page_sent_twice_is_one_declaration() -> None:
    world = make.build()
    entry = w.entry(world.person, key="page-1")
    first = services.submit(world.person, entry)
    assert services.submit(world.person, entry).pk == first.pk
    with pytest.raises(RuleBroken, match="已经保存过"):
        services.submit(world.person, replace(entry, answers=w.training("16")))
    with pytest.raises(NotFound):
        services.submit(world.colleague, replace(entry, files=(w.stored(world.colleague).pk,)))
    assert Declaration.objects.count() == ReviewCase.objects.count() == 1


def test_evidence_of_somebody_else_is_refused() -> None:
    world = make.build()
    with pytest.raises(RuleBroken, match="附件已失效") as refusal:
        services.submit(world.person, w.entry(world.person, files=(w.stored(world.colleague).pk,)))
    assert refusal.value.field == "evidence"
    assert Declaration.objects.count() == 0


def test_every_gap_is_named_when_handing_in() -> None:
    world = make.build()
    entry = replace(w.entry(world.person), answers=Answers({"school": "威海职业学院"}), files=())
    with pytest.raises(Problems) as refusal:
        services.submit(world.person, entry)
    assert [one.field for one in refusal.value.problems] == [
        "class_name", "period_from", "result", "hours", "subject", "evidence",
    ]  # fmt: skip


def test_the_pack_says_which_subjects_can_be_declared() -> None:
    weihai, elsewhere = make.build(), make.build("shandong")
    with pytest.raises(RuleBroken) as refusal:
        w.handed_in(weihai.person, subject="public")
    assert refusal.value.field == "subject"
    assert w.handed_in(elsewhere.person, subject="public").subject == "public"


def test_what_two_declarations_have_in_common_is_flagged_in_the_list() -> None:
    world = make.build()
    first, beside = w.handed_in(world.person), w.handed_in(world.person, form="seminar", days=1, hours="8")
    other = services.submit(world.colleague, w.entry(world.colleague))
    flags = {row.pk: row.is_doubled for row in selectors.desk_rows(world.employer_admin, "review")}  # type: ignore[arg-type,attr-defined]  # annotated
    assert flags == {first.pk: True, beside.pk: True, other.pk: False}


def test_who_reviews_themselves_is_refused() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    hat = make.hat(world.person.user, world.employer, make.Hat.ADMINISTRATOR)
    hat.role = None
    reviewer = make.actor_from(world.person.user, hat)
    powered = replace(reviewer, powers=world.employer_admin.powers)
    assert [row.reason for row in w.decided(powered, declaration).refused] == ["不能审核本人或本人提交的事项"]
    assert state(declaration) == DeclarationState.PENDING


def test_a_closed_unit_cannot_decide() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    world.employer.review_closed = True
    closed = replace(world.employer_admin, organisation=world.employer)
    assert [row.reason for row in w.decided(closed, declaration).refused] == ["上级部门已关闭本单位的审核权限"]


def test_a_branch_is_verified_by_the_first_body_above_that_can() -> None:
    world = make.build()
    actor, _record = make.professional("周文斌", world.branch)
    declaration = services.submit(actor, w.entry(actor))
    assert chain(declaration) == [("用人单位初审", world.branch.name), ("审验复审", world.department.name)]


def test_the_database_refuses_more_than_declared() -> None:
    world = make.build()
    declaration = w.handed_in(world.person)
    for wrong in ({"hours_recognised": Decimal(25)}, {"hours_declared": Decimal(0)}, {"starts_on": date(2027, 1, 1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Declaration.objects.filter(pk=declaration.pk).update(**wrong)


def test_states_and_their_filters_agree() -> None:
    world = make.build()
    services.save_draft(world.person, w.entry(world.person))
    pending, taken, gone = (w.handed_in(world.person, form="seminar", days=d, hours="8") for d in (1, 1, 1))
    services.withdraw(world.person, taken.pk)
    w.decided(world.employer_admin, gone, Verdict.FAIL, "不符")
    waiting, verified, failed = (services.submit(world.person, w.paper(world.person, h)) for h in ("1", "2", "3"))
    for one in (waiting, verified, failed):
        w.decided(world.employer_admin, one)
    w.decided(world.department_admin, verified)
    w.decided(world.department_admin, failed, Verdict.FAIL, "不符")
    elsewhere = make.build("shandong")
    w.decided(elsewhere.employer_admin, services.submit(elsewhere.person, w.paper(elsewhere.person)))
    rows = selectors.with_state(Declaration.objects.select_related("case"))
    said = {row.pk: selectors.state(row) for row in rows}
    assert set(said.values()) == set(DeclarationState)
    for one in DeclarationState:
        assert set(rows.filter(selectors.STATES[one]).values_list("pk", flat=True)) == {
            pk for pk, stands in said.items() if stands == one
        }
    assert said[pending.pk] == DeclarationState.PENDING


def test_permissions_and_their_filters_agree() -> None:
    world = make.build()
    services.save_draft(world.person, w.entry(world.person))
    pending, taken, hidden = (w.handed_in(world.person, form="seminar", days=1, hours="8") for _ in range(3))
    for one in (taken, hidden):
        services.withdraw(world.person, one.pk)
    services.delete_draft(world.person, w.edit(hidden))
    decided = services.submit(world.colleague, w.paper(world.colleague))
    w.decided(world.employer_admin, decided)
    refused = w.handed_in(world.colleague, form="seminar", days=1, hours="8")
    w.decided(world.employer_admin, refused, Verdict.FAIL, "不符")
    rows = list(Declaration.objects.select_related("person", "case__organisation"))
    pairs = (
        (permissions.can_see_declaration, permissions.declarations_seen_by),
        (permissions.can_edit, permissions.editable_by),
        (permissions.can_withdraw, permissions.withdrawable_by),
        (permissions.can_declare_again, permissions.declared_again_by),
    )
    actors = (
        world.person,
        world.colleague,
        world.employer_admin,
        world.department_admin,
        world.city_admin,
        world.stranger_admin,
    )
    for actor in actors:
        for can, by in pairs:
            allowed = {row.pk for row in rows if can(actor, row)}
            assert set(Declaration.objects.filter(by(actor)).values_list("pk", flat=True)) == allowed
    assert permissions.can_withdraw(world.person, w.fresh(pending))


def test_pending_hours_and_recent_feed_the_home_page() -> None:
    world = make.build()
    first, second = w.handed_in(world.person, "8"), w.handed_in(world.person, "16")
    w.handed_in(world.colleague)
    assert selectors.pending_hours(world.person, clock.year()) == {"professional": 24}
    assert selectors.recent(world.person)[0] == second
    assert selectors.recent(world.person) == [second, first]


def test_an_approval_past_the_gap_that_another_has_just_filled_is_refused() -> None:
    world = make.build("shandong")
    first, second = (w.handed_in(world.person, hours, days=20) for hours in ("60", "40"))
    w.decided(world.employer_admin, first)
    (refusal,) = w.decided(world.employer_admin, second).refused
    assert refusal.reason == "年度学时：本年度还差 30 学时，最多计入 30 学时"
    assert (state(second), w.total(world)) == (DeclarationState.PENDING, 60)

    lowered = w.decided(world.employer_admin, second, comment="年度还差 30 学时", hours="30")
    assert (lowered.refused, w.total(world)) == ((), 90)
    with pytest.raises(RuleBroken, match="本年度学时已满，不再计入") as full:
        w.handed_in(world.person, "0.5", days=20)
    assert full.value.field == "hours"
    assert Declaration.objects.count() == 2
