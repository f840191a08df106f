"""Every way to name an object, with who may do so: the material of the checks of authority."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from django.urls import reverse

from tests.checks.surface import events
from tests.checks.surface.aiming import ABSENT, READS, Attack, fields_of, spread
from tests.checks.surface.attacks_at_desks import Desks
from tests.checks.surface.attacks_on_records import Records
from tests.checks.surface.entitled import ACCOUNTS, EVENTS, PAPERS, RESETS
from xueshi.certificates import batches
from xueshi.certificates import selectors as papers
from xueshi.certificates.models import Certificate
from xueshi.certificates.states import PrintForm
from xueshi.config.management.commands.routes import Route
from xueshi.declarations.models import Declaration
from xueshi.declarations.web import images
from xueshi.ledger.models import YearAccount
from xueshi.notifications.models import Note
from xueshi.organisations.models import Membership, Organisation
from xueshi.organisations.states import OrganisationKind, OrganisationState, Power
from xueshi.registrations.models import Registration
from xueshi.reviews.models import ReviewCase

__all__ = ["READS", "Attack", "Attacks", "fields_of", "spread", "unaimed"]

QUEUES: Final = {"professional": "people", "employer": "units", "department": "departments", "base": "bases",
                 "bureau": "bureaux"}  # fmt: skip
"""The list beside which a registration of each kind is opened."""
NO_OBJECT: Final = {
    "portal:captcha": "a picture by its purpose and the key that the form was given with it; it shows no data",
    "portal:proof": "the same without a picture, by its purpose",
    "certificates:verify_link": "a paper by the code printed on it, for whoever holds it; PR-10 guesses codes",
    "learning:subject": "a subject of the learning site's front page",
    "gallery:page": "samples of components, without data",
    "people:entries": "a tab of one's own profile by its kind; the entries in it are attacked one by one",
    "people:new_entry": "as above, the empty form",
    "reviews:reasons_of": "the list of one's own desk by kind of document; the reasons in it are attacked one by one",
}
"""Every route with something in its address that is no object, and what it is: another one needs a line here."""


def unaimed(attacks: Iterable[Attack], routes: Iterable[Route]) -> list[str]:
    """The routes that name an object, in their address or by what they declare, and that nobody attacks.

    Each method counts by itself where the address names the object; a list beside which objects open, or a body that
    names them, is one way in. A line of ``NO_OBJECT`` whose route is gone is found too.
    """
    known = [route for route in routes if "<" in route.pattern or route.object_kind]
    aimed = {(re.split(r"[ ?]", one.route)[0], one.method) for one in attacks}
    anyhow = {name for name, _method in aimed}
    missing = [
        f"{method} {route.pattern} is not attacked"
        for route in known
        for method in route.methods
        if route.name not in NO_OBJECT
        and (route.name, method) not in aimed
        and not ("<" not in route.pattern and route.name in anyhow)
    ]
    return missing + [f"{name} is gone" for name in sorted(NO_OBJECT.keys() - {route.name for route in known})]


class Attacks(Records, Desks):
    """All attacks on a stage."""

    def all(self) -> list[Attack]:
        """Whatever can be named: in the address, beside a list, in the body of a request."""
        objects = (
            self.declarations, self.years, self.prints, self.events, self.registrations, self.bodies, self.notes,
            self.in_bodies, self.changes, self.entries, self.uploads, self.ways_in, self.reasons, self.frozen,
            self.removed, self.written,
        )  # fmt: skip
        return [attack for named in objects for attack in named()]

    def declarations(self) -> Iterator[Attack]:
        """Each of this year's declarations of a person in either tree, by itself, its case, its file."""
        for owner in ("person_1", "person_other"):
            for thing in self.stage.world.of("declaration", owner=owner)[:7]:
                row = Declaration.objects.select_related("person", "case__desk").get(pk=thing.pk)
                yield from self._declaration(row, owner)

        for thing in self.stage.world.of("unit_declaration", owner="employer_super"):
            row = Declaration.objects.select_related("person", "case__desk").get(pk=thing.pk)
            yield from self._declaration(row, thing.owner)

    def _declaration(self, row: Declaration, owner: str) -> Iterator[Attack]:
        seers = frozenset(self.who.declaration(row))
        own = frozenset(self.who.declarers(row))
        edit = "declarations:edit" if row.declaring_body_id is None else "declarations:for_others_edit"
        open_ = row.case is None or row.case.state == "withdrawn"
        editors = own if open_ else frozenset[str]()
        pending = row.case is not None and row.case.state == "pending"
        first = pending and row.case is not None and not row.case.steps.exclude(decided_by=None).exists()
        read = Attack("", "", "", "", seers, frozenset())
        yield from self.ways("declarations:detail", READS, (row.pk,), read)
        yield from self.ways("declarations:evidence", READS, (row.pk, 1), read)
        yield from self.ways(edit, READS, (row.pk,), replace(read, doers=editors, form=True))
        typed = self.typed(owner, edit, row.pk) | {"do": "save"}
        write = Attack("", "", "", "", seers, editors, typed, typed)
        yield from self.ways(edit, ("POST",), (row.pk,), write)
        taking_back = replace(write, doers=own if first else frozenset())
        deleting = replace(write, url=f"?version={row.version}")
        yield from self.ways("declarations:withdraw", ("POST",), (row.pk,), taking_back)
        yield from self.ways("declarations:delete", ("POST",), (row.pk,), deleting)
        if row.case is not None:
            yield from self._case(row, row.case, read)

    def _case(self, row: Declaration, case: ReviewCase, read: Attack) -> Iterator[Attack]:
        yield from self.ways("declarations:case", READS, (case.pk,), read)
        for route, stage in (("declarations:desk", "review"), ("declarations:verification", "verification")):
            turns = case.steps.filter(stage=stage).exclude(state__in=["waiting", "dropped"])
            desks = frozenset(self.who.administrators(turns.values_list("desk", flat=True)))
            yield from self.case_in_query(route, case.pk, replace(read, seers=desks))

    def years(self) -> Iterator[Attack]:
        """Accounts and certificates."""
        for owner in ("person_1", "person_other"):
            for thing in self.stage.world.of("account", owner=owner)[:3]:
                account = YearAccount.objects.select_related("person__employment").get(pk=thing.pk)
                seers, papers = frozenset(self.who.account(account)), frozenset(self.who.certificate(account))
                read = Attack("", "", "", "", seers, papers if account.passed else frozenset())
                yield from self.ways("ledger:year", READS, (account.pk,), read)
                for route in ("ledger:person_years", "ledger:person_sheet"):
                    yield from self.ways(route, READS, (account.person_id,), read)
                yield from self.ways("certificates:issue", ("POST",), (account.pk,), read)
                yield from self.ways("certificates:issue_kind", ("POST",), (account.pk, "annual"), read)
                yield self._chosen_for_printing(account)
                for paper in Certificate.objects.filter(account=account)[:2]:
                    for route in ("certificates:detail", "certificates:pdf"):
                        yield from self.ways(route, READS, (paper.pk,), replace(read, seers=papers))

    def _chosen_for_printing(self, account: YearAccount) -> Attack:
        """A year in the body of a request to print many; one out of reach is as good as absent."""
        url, data = reverse("certificates:prints"), {"row": str(account.pk)}
        above = self.who.above(account.person.employment.organisation_id)
        able = frozenset(self.who.administrators(above, PAPERS))
        return Attack("certificates:prints row=", "POST", url, url, able, able, data, {"row": str(ABSENT)})

    def prints(self) -> Iterator[Attack]:
        """What one administrator had printed at once: nobody else's, not even of the bodies above."""
        owner = self.stage.world.actor("employer_super")
        years = papers.years_of_people(owner).filter(passed=True).order_by("pk").values_list("pk", flat=True)
        run = batches.freeze(owner, list(years[:1]))
        batches.start(owner, run.token, batches.Wanted("annual", PrintForm.ZIP))
        batches.work(run.pk)
        own = frozenset(self.who.users(owner.user.pk))
        who = Attack("", "", "", "", own, own)
        yield from self.ways("certificates:print_run", (*READS, "POST"), (run.token,), who)
        yield from self.ways("certificates:print_file", READS, (run.token,), who)

    def events(self) -> Iterator[Attack]:
        """Requirement events that wait or are in force."""
        people = {name: self.stage.world.actor(name) for name in ("person_1", "person_other")}
        rows = [events.waiting(actor, 2025) for actor in people.values()]
        rows.append(events.in_force(people["person_1"], self.stage.world.actor("employer_super"), 2024))
        for row in rows:
            case = ReviewCase.objects.get(pk=row.case_id)
            owner, seers = frozenset(self.who.users(case.owner_id)), frozenset(self.who.case(case))
            deciders = frozenset(self.who.administrators([case.organisation_id], EVENTS))
            read = Attack("", "", "", "", seers, frozenset(), {"reason": "x"}, {"reason": "x"})
            withdrawing = replace(read, doers=owner if case.state == "pending" else frozenset())
            revoking = replace(read, doers=deciders if case.state == "approved" else frozenset())
            yield from self.ways("adjustments:case", READS, (case.pk,), read)
            yield from self.ways("adjustments:withdraw", ("POST",), (case.pk,), withdrawing)
            yield from self.ways("adjustments:revoke", ("POST",), (case.pk,), revoking)
            yield from self.case_in_query("adjustments:desk", case.pk, replace(read, seers=seers - owner))
            for proof in row.proofs.select_related("file"):
                yield from self.ways("adjustments:proof", READS, (case.pk, proof.file.key), read)

    def registrations(self) -> Iterator[Attack]:
        """One registration of each kind and verdict in either tree."""
        for row in Registration.objects.exclude(case=None).select_related("case__desk").order_by("pk"):
            if row.case is None:
                continue
            seers = frozenset(self.who.registration(row))
            # 删除 takes what is decided off the reader's own list, and nobody else's.
            readers = frozenset(self.who.administrators([at.pk for at in Organisation.objects.all()], ACCOUNTS)) & seers
            read = Attack("", "", "", "", seers, readers if row.case.state != "pending" else frozenset())
            yield from self.ways("registrations:detail", READS, (row.case.pk,), read)
            yield from self.ways("reviews:remove", ("POST",), (row.case.pk,), read)
            for attached in row.files.select_related("file").order_by("pk")[:1]:
                yield from self.ways("registrations:file", READS, (row.case.pk, attached.file.key), read)
            for queue in sorted({QUEUES.get(row.kind, "people"), "units"}):
                yield from self.case_in_query(f"registrations:{queue}", row.case.pk, read)
            everybody = replace(read, seers=frozenset(self.stage.actors))
            yield from self.ways("registrations:done", READS, (row.submission_key,), everybody)
            # The address of 提交成功 is the form's own key; its number opens nothing.
            yield from self.ways("registrations:done", READS, (f"{row.case.pk}",), replace(read, seers=frozenset()))
            yield self._taking_back(row)

    def _taking_back(self, row: Registration) -> Attack:
        """撤回注册 of one's own by who has signed in; who may not is told the same as of one that is not there."""
        url, own = reverse("registrations:take_back_own"), frozenset(self.who.users(row.user_id))
        sent = {"registration": str(row.pk), "understood": "on"}
        who = Attack("registrations:take_back_own registration=", "POST", url, url, own, own, sent)
        return replace(who, absent_data=sent | {"registration": str(ABSENT)})

    def bodies(self) -> Iterator[Attack]:
        """Units of either tree, and the hats of other people."""
        for key in ("a-unit", "a-branch", "a-department", "b-unit", "b-bureau", "city"):
            body = Organisation.objects.get(pk=self.stage.world.builder.bodies[key].pk)
            read = Attack("", "", "", "", frozenset(self.who.body(body.pk)), frozenset())
            yield from self.ways("registrations:unit", READS, (body.pk,), read)
            yield from self._closing(body)
        for name in ("person_1", "employer_super", "department_2", "city", "two_hats_administrator"):
            actor = self.stage.world.actor(name)
            hat, none = actor.membership, {"hat": str(ABSENT)}
            own = frozenset(self.who.users(actor.user.pk))
            if hat is not None:
                url = reverse("portal:hats")
                yield Attack("portal:hats hat=", "POST", url, url, own, own, {"hat": str(hat.pk)}, none)
                yield from self._resetting(hat)

    def _resetting(self, hat: Membership) -> Iterator[Attack]:
        """重置密码 of whoever wears a hat, by who stands above all of that person's authority."""
        seers = self.who.administrators(self.who.above(hat.organisation_id), RESETS) | self.who.users(hat.user_id)
        able = frozenset(self.who.resetters(hat)) & seers
        who = Attack("", "", "", "", frozenset(seers), able, form=True)
        yield from self.ways("portal:reset_password", (*READS, "POST"), (hat.pk,), who)

    def _closing(self, body: Organisation) -> Iterator[Attack]:
        """关闭审核权限 by its direct superior alone; 管理员信息 of an employer by whoever manages bodies above it."""
        managing = frozenset({Power.SUBORDINATES})
        live = body.state == OrganisationState.ACTIVE
        closes = live and body.kind in {OrganisationKind.EMPLOYER, OrganisationKind.DEPARTMENT}
        superior = frozenset(self.who.administrators([body.parent_id] if closes else [], managing))
        said = {"reason": "审核不严"}
        write = Attack("", "", "", "", superior, superior, said, said)
        yield from self.ways("registrations:review_right", (*READS, "POST"), (body.pk,), write)
        above = self.who.above(body.parent_id) if live and body.kind == OrganisationKind.EMPLOYER else set()
        read = Attack("", "", "", "", frozenset(self.who.administrators(above, managing)), frozenset())
        yield from self.ways("registrations:administrators", READS, (body.pk,), read)

    def _entrusting(self, case: ReviewCase, seers: frozenset[str]) -> Iterator[Attack]:
        """转交 of a waiting case by who may decide it, and 收回, which nothing here is ready for."""
        desk = frozenset(self.who.desk(case)) & seers
        to = max(desk, default="")
        hat = self.stage.world.actor(to).membership if to else None
        sent = {"version": str(case.version), "to": str(hat.pk if hat else ABSENT), "note": "请核对"}
        write = Attack("", "", "", "", seers, desk, sent, sent, form=True)
        yield from self.ways("reviews:entrust", (*READS, "POST"), (case.pk,), write)
        yield from self.ways("reviews:take_back", ("POST",), (case.pk,), replace(write, doers=frozenset()))

    def notes(self) -> Iterator[Attack]:
        """What people were told, which is theirs alone; who marks all marks their own."""
        for name in ("person_1", "person_other", "employer_super"):
            user = self.stage.world.actor(name).user.pk
            own = frozenset(self.who.users(user))
            for note in Note.objects.filter(user=user).order_by("-pk")[:2]:
                yield from self.ways("portal:note", ("POST",), (note.pk,), Attack("", "", "", "", own, own))

    def in_bodies(self) -> Iterator[Attack]:
        """Cases in rows, frozen batches, keys of uploads."""
        pending = ReviewCase.objects.filter(desk__isnull=False).order_by("pk")
        decide = reverse("reviews:decide")
        for case in pending:
            desk, seers = frozenset(self.who.desk(case)), frozenset(self.who.case(case))
            for verdict in ("pass", "fail"):
                data = {"row": f"{case.pk}:{case.version}", "verdict": verdict, "comment": "不符"}
                none = data | {"row": f"{ABSENT}:1"}
                yield Attack("reviews:decide row=", "POST", decide, decide, seers | desk, desk, data, none)
            yield from self._entrusting(case, seers)
        yield from self._uploads()

    def _uploads(self) -> Iterator[Attack]:
        owner = self.stage.world.actor("person_1")
        row = Declaration.objects.filter(person__user_id=owner.user.pk, case=None).order_by("pk")[0]
        key = images.key_of(owner, row.evidence.order_by("position")[0].file)
        own = frozenset(self.who.users(owner.user.pk))
        yield from self.ways("declarations:upload", READS, (key,), Attack("", "", "", "", own, frozenset()))
