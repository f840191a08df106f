"""Title changes on their way: waiting, approved, rejected, withdrawn; and a qualification or two."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from xueshi.kernel import clock
from xueshi.people import selectors, services
from xueshi.people.models import TitleChange
from xueshi.people.states import EntryKind
from xueshi.policies import registry
from xueshi.portal.seeds import scans
from xueshi.portal.seeds.building import Builder, Person
from xueshi.portal.seeds.sectors import SECTORS
from xueshi.reviews import deciding
from xueshi.reviews.states import Verdict

EVERY: Final = 11
"""One in so many people of the demo world has asked for another title."""

_ENDINGS: Final = (None, Verdict.PASS, None, Verdict.FAIL)


def change_some(builder: Builder, people: Sequence[Person]) -> Iterator[TitleChange]:
    """The first of the people and every few after, in turn waiting, approved, waiting and rejected."""
    for number, person in enumerate(people[::EVERY]):
        change = ask(person, f"ZC{clock.today().year}{20_000 + number}", days_ago=4)
        verdict = _ENDINGS[number % len(_ENDINGS)]
        if verdict is not None:
            decide(builder, change, verdict)
        qualify(person)
        yield change


def ask(person: Person, certificate: str, *, days_ago: int) -> TitleChange:
    """Ask for the highest title of the trade under a new certificate number, with its scan."""
    with clock.as_of(clock.now() - timedelta(days=days_ago)):
        live = selectors.live_title(person.record)
        rank = SECTORS[person.body.sector].ranks[-1]
        day = clock.today() - timedelta(days=20)
        scan = scans.hand_in(
            scans.draw("职称证书", (f"证书编号：{certificate}", "经评审，具备相应任职资格。"), "职称评审专用章"),
            "职称证书.jpg",
            person.actor.user.pk,
        )
        draft = services.TitleDraft(
            based_on=live.pk,
            series=live.series,
            level=rank.level,
            title=rank.code,
            practice_field=live.practice_field,
            effective_on=day,
            certificate=certificate,
            appointed_on=day,
            department=live.department,
            scan=scan,
            submission_key=f"seed-title-{certificate}-{person.record.pk}",
        )
        return services.ask_for_title(person.actor, draft)


def decide(builder: Builder, change: TitleChange, verdict: Verdict) -> None:
    """Let the desk speak."""
    case = change.case
    if case is None or case.desk_id is None:
        return
    with clock.as_of(clock.now() - timedelta(days=2)):
        comment = "证书编号与证书不一致，请核对。" if verdict == Verdict.FAIL else ""
        deciding.decide(builder.desks[case.desk_id][0], deciding.Order(verdict, {case.pk: case.version}, comment))


def qualify(person: Person) -> None:
    """Enter a qualification in the person's own record."""
    form = registry.pack(person.record.employment.organisation.portal).profile.tab(EntryKind.QUALIFICATION).form
    typed = {"name": "继续教育师资资格", "issued": "2021-09-01", "issuer": "人力资源和社会保障局"}
    answers = form.clean(typed, today=clock.today())
    services.save_entry(
        person.actor, services.EntryDraft(EntryKind.QUALIFICATION, answers, f"seed-entry-{person.record.pk}")
    )
