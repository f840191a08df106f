"""Attacks on what a person keeps: title changes, entries of the profile, images, sessions and devices."""

from collections.abc import Iterator
from dataclasses import replace

from django.urls import reverse

from tests.checks.surface.aiming import ABSENT, READS, Aim, Attack
from tests.checks.surface.stage import browser
from tests.declarations import world as w
from xueshi.accounts import devices
from xueshi.accounts.models import KnownDevice, OpenSession
from xueshi.files.models import StoredFile
from xueshi.organisations.actors import Actor
from xueshi.people.models import Entry, TitleChange
from xueshi.policies import registry
from xueshi.portal.seeds.world import PORTAL
from xueshi.registrations.web.uploads import Store
from xueshi.reviews.models import ReviewCase

_OWNERS = ("person_1", "person_other")
_NOBODY = frozenset[str]()


class Records(Aim):
    """One's own record, one's images on their way into a form, one's ways in."""

    def changes(self) -> Iterator[Attack]:
        """Title changes that wait and that were taken back: itself, its images, beside the list, taking it back."""
        for owner, states in zip(_OWNERS, (("pending", "withdrawn"), ("rejected",)), strict=True):
            user = self.stage.world.actor(owner).user
            rows = TitleChange.objects.filter(professional__user=user, case__state__in=states).order_by("-pk")
            for row in rows.select_related("after__scan", "case"):
                if row.case is not None:
                    yield from self._change(row, row.case)

    def _change(self, row: TitleChange, case: ReviewCase) -> Iterator[Attack]:
        own = frozenset(self.who.users(case.owner_id))
        seers = own if case.state == "withdrawn" else frozenset(self.who.case(case))
        decided = case.state != "pending" or case.steps.exclude(decided_by=None).exists()
        read = Attack("", "", "", "", seers, _NOBODY if decided else own)
        yield from self.ways("people:change", READS, (case.pk,), read)
        yield from self.ways("people:withdraw", ("POST",), (case.pk,), read)
        yield from self.case_in_query("people:changes", case.pk, replace(read, seers=seers - own))
        if row.after.scan is not None:
            yield from self.ways("people:change_scan", READS, (case.pk, row.after.scan.key), read)
            yield from self.ways("people:scan", READS, (row.after.scan.key,), replace(read, seers=own))
        for foreign in StoredFile.objects.exclude(uploaded_by_id=case.owner_id).order_by("pk")[:1]:
            nobody = replace(read, seers=_NOBODY, doers=_NOBODY)
            yield from self.ways("people:change_scan", ("GET",), (case.pk, foreign.key), nobody)

    def entries(self) -> Iterator[Attack]:
        """The entries of the profile: their forms, changing and deleting them."""
        for owner in _OWNERS:
            user = self.stage.world.actor(owner).user
            own = frozenset(self.who.users(user.pk))
            for entry in Entry.objects.filter(professional__user=user, deleted_at=None).order_by("-pk")[:1]:
                keys = (str(entry.kind), entry.pk)
                typed = self.typed(owner, "people:entry", *keys)
                write = Attack("", "", "", "", own, own, typed, typed)
                yield from self.ways("people:entry", (*READS, "POST"), keys, write)
                yield from self.ways("people:delete_entry", ("POST",), keys, write)

    def uploads(self) -> Iterator[Attack]:
        """Images handed in for a form that is not sent yet, each at the addresses of every kind of form."""
        for owner in _OWNERS:
            actor = self.stage.world.actor(owner)
            own = frozenset(self.who.users(actor.user.pk))
            file = w.stored(actor)
            read = Attack("", "", "", "", own, _NOBODY)
            for route in ("people:scan", "adjustments:upload"):
                yield from self.ways(route, READS, (file.key,), read)
            # A form that nobody has signed in for knows its images by a seal; the key of a file is none.
            yield from self.ways("registrations:upload", READS, (file.key,), replace(read, seers=_NOBODY))
            sealed = Store(registry.pack(PORTAL), "a-form", None).token(file)
            everybody = replace(read, seers=frozenset(self.stage.actors))
            yield from self.ways("registrations:upload", READS, (sealed,), everybody)

    def ways_in(self) -> Iterator[Attack]:
        """A second session and a known device of other people, each ended by its number in the body."""
        url = reverse("portal:devices")
        for owner in ("person_1", "employer_super"):
            actor = self.stage.world.actor(owner)
            own = frozenset(self.who.users(actor.user.pk))
            for name, pk in (("session", _second_session(actor)), ("device", _device(actor))):
                sent, none = {name: str(pk)}, {name: str(ABSENT)}
                yield Attack(f"portal:devices {name}=", "POST", url, url, own, own, sent, none)


def _second_session(actor: Actor) -> int:
    key = browser(actor).cookies["sessionid"].value
    return OpenSession.objects.get(session_key=key).pk


def _device(actor: Actor) -> int:
    devices.remember(actor.user, devices.Visit("192.0.2.7", "Firefox", "weihai"))
    return KnownDevice.objects.filter(user=actor.user).latest("pk").pk
