"""AZ: foreign things inside forms, columns nobody offers, doors closed while a session is open."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F
from django.urls import reverse

from tests.checks.report import Outcome, Tell
from tests.checks.surface.attacks import fields_of
from tests.checks.surface.crawling import Visit
from tests.checks.surface.sheets import Sheet, sheets
from tests.checks.surface.stage import Stage, text, undone, watched
from tests.checks.surface.standing import refusals, standing
from tests.declarations import world as w
from xueshi.accounts.models import User
from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.web import images
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.organisations.models import Membership
from xueshi.organisations.states import MembershipState
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import CaseState, Verdict

NOTED = frozenset({"audit_auditentry"})


@standing()
@refusals(reading=True, apart=False)
def test_az_03_foreign_ids_inside_forms(stage: Stage, tell: Tell) -> None:
    """Keys of other people's files, hats, rows and tokens in forms that are otherwise right."""
    owner = stage.world.actor("person_1")
    row = Declaration.objects.filter(person__user_id=owner.user.pk, case=None).order_by("pk")[0]
    page = fields_of(text(stage.ask("person_1", "GET", reverse("declarations:edit", args=[row.pk])))) | {"do": "save"}
    own = set(row.evidence.values_list("file_id", flat=True))
    foreign = StoredFile.objects.exclude(uploaded_by_id=owner.user.pk).exclude(pk__in=own).order_by("pk")
    bad, n, control = [], 0, 0
    stranger = stage.world.actor("person_2")
    for file in foreign[:120]:
        key = images.key_of(stranger, file) if file.pk % 2 else str(file.pk)
        n += 1
        with undone():
            stage.ask("person_1", "POST", reverse("declarations:edit", args=[row.pk]), page | {"evidence__keep": key})
            if Evidence.objects.filter(declaration=row, file=file).exists():
                bad.append(f"file {file.pk} was taken")
    hats = Membership.objects.exclude(user=owner.user).order_by("pk").values_list("pk", flat=True)
    for hat in hats[:110]:
        n += 1
        with undone():
            answer = stage.ask("person_1", "POST", reverse("portal:hats"), {"hat": str(hat)})
            bad += [f"hat {hat} → {answer.status_code}"] if answer.status_code not in {400, 403, 404, 422} else []
    for case in ReviewCase.objects.filter(desk__isnull=False).exclude(desk=stage.actors["employer_super"].organisation)[
        :30
    ]:  # type: ignore[union-attr]  # somebody
        n += 1
        with undone(), watched() as written:
            data = {"row": f"{case.pk}:{case.version}", "verdict": "pass"}
            stage.ask("employer_super", "POST", reverse("reviews:decide"), data)
            bad += [f"case {case.pk}"] if set(written) - NOTED else []
    with undone():
        kept = w.stored(owner)
        key = images.key_of(owner, kept)
        stage.ask("person_1", "POST", reverse("declarations:edit", args=[row.pk]), page | {"evidence__keep": key})
        control = Evidence.objects.filter(declaration=row, file=kept).count()
    tell(Outcome("AZ-03", n, bad, control == 1, 200))


OWNED = {
    "state": "approved", "version": "77777", "hours_recognised": "777.25", "is_super": "on", "hat": "administrator",
    "organisation": "77777", "organisation_id": "77777", "portal": "fujian", "stage": "verification",
    "desk_id": "77777", "owner_id": "77777", "decided_by": "77777", "year": "1977", "powers": "review.accounts",
    "session_epoch": "77777",
    "must_change_password": "on", "submitted_by_id": "77777", "person": "77777", "case": "77777", "role": "77777",
}  # fmt: skip
OPINION = {"comment", "concerns", "text"}
"""What a reviewer may say with a decision, though not every form of it asks."""
MARK = "MASSxq7"
"""A value that stands in no column unless a form took a field that it does not offer."""


def columns() -> dict[str, str]:
    """Every column of our models, with a value that would be found again."""
    names = {
        field.name
        for model in apps.get_models()
        if model.__module__.startswith("xueshi.")
        for field in model._meta.concrete_fields
    }
    return {name: OWNED.get(name, MARK) for name in sorted(names | OWNED.keys())}


def _marked() -> list[str]:
    """The tables in which the mark or one of the numbers came to stand."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ~ %s', [rf"{MARK}|[(,]77777[,)]|777\.25"])  # noqa: S608 - names from the catalogue
            if cursor.fetchone()[0]:
                found.append(table)
    return found


@standing()
def test_az_08_mass_assignment(stage: Stage, visits: list[Visit], tell: Tell) -> None:
    """Every form of the pages, with every column of the schema added to what it asks for."""
    readers = ("anonymous", "person_1", "employer_super", "district_1", "city")
    bad, n, supers, posts = [], 0, Membership.objects.filter(is_super=True).count(), 0
    for sheet in sheets(visits, readers):
        offered = sheet.fields.keys() | (OPINION if sheet.url.startswith("/reviews/") else set())
        extra = {name: value for name, value in columns().items() if name not in offered}
        n += len(extra)
        with undone(), watched() as written:
            approved = ReviewCase.objects.filter(state=CaseState.APPROVED).count()
            stage.ask(sheet.actor, "POST", sheet.url, sheet.typed() | extra)
            posts += bool(written)
            if written:
                found = _marked() if set(written) - NOTED else []
                moved = ReviewCase.objects.filter(state=CaseState.APPROVED).count() - approved
                more = Membership.objects.filter(is_super=True).count() - supers
                bad += (
                    [f"{sheet.actor} {sheet.url}: {found} {moved} {more}"]
                    if found or more or _unasked(sheet, moved)
                    else []
                )
    with undone():
        Declaration.objects.filter(case=None).update(answers={"school": MARK})
        control = "declarations_declaration" in _marked()
    tell(Outcome("AZ-08", n, bad, control and posts > 0, 1000, f"written={posts}"))


def _unasked(sheet: Sheet, approved: int) -> bool:
    """Whether cases were approved by a form that does not decide."""
    return bool(approved) and not sheet.url.startswith("/reviews/")


def _doors(stage: Stage, name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What the administrator of a unit can do, as requests."""
    actor = stage.actors[name]
    for url in ("/home/", "/declarations/review/", "/registrations/people/", "/registrations/units/", "/years/"):
        yield "GET", url, {}
    for case in ReviewCase.objects.filter(desk=actor and actor.organisation).order_by("pk")[:5]:
        yield "POST", reverse("reviews:decide"), {"row": f"{case.pk}:{case.version}", "verdict": "pass"}


def test_az_10_revocation(stage: Stage, tell: Tell) -> None:
    """The session stays open; account, hat or password go. From the next request on nothing is answered or done."""
    name, actor = "employer_super", stage.world.actor("employer_super")
    hat = actor.membership
    assert hat is not None
    revoked = {
        "account": lambda: User.objects.filter(pk=actor.user.pk).update(state="disabled"),
        "hat": lambda: Membership.objects.filter(pk=hat.pk).update(state=MembershipState.ENDED, ended_at=F("began_at")),
        "sessions": lambda: User.objects.filter(pk=actor.user.pk).update(session_epoch=F("session_epoch") + 1),
        "password": lambda: User.objects.filter(pk=actor.user.pk).update(password="x"),
    }
    bad, n, control = [], 0, 0
    doors = list(_doors(stage, name))
    for method, url, data in doors:
        with undone():
            control += stage.ask(name, method, url, data).status_code in {200, 302}
    for how, revoke in revoked.items():
        for method, url, data in doors:
            n += 1
            with undone():
                revoke()
                with watched() as written:
                    answer = stage.ask(name, method, url, data)
                home = answer.headers.get("Location", "/").startswith("/?") or answer.status_code in {403, 404}
                bad += (
                    [f"{how}: {method} {url} → {answer.status_code} {written}"]
                    if not home or set(written) - NOTED
                    else []
                )
    tell(Outcome("AZ-10", n, bad, control == len(doors), 36))


def test_az_11_self_review(stage: Stage, tell: Tell) -> None:
    """Nobody decides what is theirs, what they handed in for somebody, or what they decided at another desk."""
    administrator = stage.world.actor("employer_super")
    bad, n = [], 0
    cases = list(ReviewCase.objects.filter(desk=administrator.organisation, kind="declaration").order_by("pk")[:6])
    for case in cases:
        for column in ("owner", "submitted_by", "decided"):
            for verdict in (Verdict.PASS, Verdict.FAIL):
                n += 1
                with undone():
                    if column == "decided":
                        step = case.steps.order_by("-position")[0]
                        step.pk, step.position, step.state = None, step.position + 1, "passed"
                        step.decided_by, step.decided_at = administrator.user, clock.now()
                        step.save(force_insert=True)
                    else:
                        ReviewCase.objects.filter(pk=case.pk).update(**{column: administrator.user})
                    data = {"row": f"{case.pk}:{case.version}", "verdict": verdict.value, "comment": "不符"}
                    stage.ask("employer_super", "POST", reverse("reviews:decide"), data)
                    bad += (
                        [f"{column} {verdict} {case.pk}"]
                        if ReviewCase.objects.get(pk=case.pk).version != case.version
                        else []
                    )
    with undone():
        order = Order(Verdict.PASS, {case.pk: case.version for case in cases}, "")
        control = len(deciding.decide_many(administrator, order).done)
    tell(Outcome("AZ-11", n, bad, control == len(cases) > 0, 12))


MOVES = ("declarations:withdraw", "declarations:delete", "declarations:edit")


def test_az_09_skipped_or_repeated_steps(stage: Stage, tell: Tell) -> None:
    """Every act of owner and desk on a declaration in every state; only those of the state table do anything."""
    owner, bad, n, done = stage.world.actor("person_1"), [], 0, 0
    right = {
        "edit": {"draft", "withdrawn"},
        "delete": {"draft", "withdrawn"},
        "withdraw": {"pending"},
        "decide": {"pending"},
    }
    states: dict[str, Declaration] = {}
    for row in (
        Declaration.objects.filter(person__user_id=owner.user.pk, deleted_at=None).select_related("case").order_by("pk")
    ):
        decided = row.case is not None and row.case.steps.exclude(decided_by=None).exists()
        state = "draft" if row.case is None else str(row.case.state)
        states.setdefault("handed on" if state == "pending" and decided else state, row)
    for state, row in states.items():
        for act, allowed in right.items():
            n += 1
            with undone(), watched() as written:
                _act(stage, act, row)
                acted = bool(set(written) - NOTED)
            ahead = state in allowed and not (act == "withdraw" and state == "handed on")
            done += acted and ahead
            if acted != ahead:
                bad.append(f"{act} on {state}: {sorted(set(written))}")
    tell(Outcome("AZ-09", n, bad, done >= 6, 20, f"states={len(states)} done={done}"))


def _act(stage: Stage, act: str, row: Declaration) -> None:
    if act == "decide" and row.case is not None:
        data = {"row": f"{row.case.pk}:{row.case.version}", "verdict": "pass", "comment": ""}
        stage.ask("employer_super", "POST", reverse("reviews:decide"), data)
    elif act != "decide":
        url = reverse(f"declarations:{act}", args=[row.pk])
        typed: dict[str, Any] = {"version": str(row.version)}
        if act == "edit":
            typed |= fields_of(text(stage.ask("person_1", "GET", url))) | {"do": "save"}
        stage.ask("person_1", "POST", f"{url}?version={row.version}", typed)
