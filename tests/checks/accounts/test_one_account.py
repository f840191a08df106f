"""AC: how passwords are kept; one person is one account, whatever is typed and however many type at once."""

import pytest
from django.conf import Settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from hypothesis import HealthCheck, given
from hypothesis import settings as trials
from hypothesis import strategies as st

from tests import small_world
from tests.checks.races.contest import accidents, together
from tests.checks.report import Outcome, Tell
from tests.portal.conftest import visitor
from tests.small_world import SmallWorld
from xueshi.accounts import services
from xueshi.accounts.models import User
from xueshi.accounts.services import AccountDraft
from xueshi.audit import services as audit
from xueshi.kernel import clock, identity
from xueshi.kernel.errors import RuleBroken

ARGON = "django.contrib.auth.hashers.Argon2PasswordHasher"
PASSWORD = "青山绿水-2026-海风"
NUMBER = next(
    full for order in range(200, 999) if (full := identity.complete_resident(f"37060219880817{order:03}")).endswith("X")
)


class Weaker(Argon2PasswordHasher):
    """As passwords were kept before the parameters were raised."""

    time_cost = 1
    memory_cost = 1024


@pytest.mark.django_db
def test_ac_09_password_storage(world: SmallWorld, tell: Tell, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [ARGON]
    people, bad = [small_world.user(f"某{number}") for number in range(3)], []
    for person in people:
        bad += [] if person.password.startswith("argon2$argon2id$") else [person.password[:20]]
    old = people[0]
    weak = Weaker().encode(small_world.PASSWORD, "0123456789abcdef")
    User.objects.filter(pk=old.pk).update(password=weak)
    hat = small_world.hat(old, world.employer, small_world.Hat.PROFESSIONAL)
    came = visitor("weihai").sign_in(hat.user, user_type="professional").status_code
    now = User.objects.get(pk=old.pk).password
    cost = [part for part in now.split("$") if part.startswith("m=")]
    bad += [] if came == 302 and now != weak and cost == ["m=102400,t=2,p=8"] else [f"not raised: {came} {cost}"]
    plain = [row for row in User.objects.values_list("password", flat=True) if small_world.PASSWORD in row]
    bad += ["a readable password"] if plain else []
    tell(Outcome("AC-09", len(people) + 1, bad, Argon2PasswordHasher().must_update(weak), 4))


def _draft(number: str = NUMBER, name: str = "王志远") -> AccountDraft:
    return AccountDraft(name, "resident", number, PASSWORD, phone="13912345612")


@pytest.mark.django_db(transaction=True)
def test_ac_12_one_number_registered_at_once(tell: Tell) -> None:
    """Twenty people with twenty names send the same number from one barrier."""
    results = together(*(lambda turn=turn: services.sign_up(_draft(name=f"王{turn}")) for turn in range(20)))
    made = User.objects.count()
    bad = accidents(results) + ([] if made == 1 else [f"{made} accounts"])
    won = {one.pk for one in results if isinstance(one, User)}
    bad += [] if len(won) == 1 else [f"{len(won)} believe they have one"]
    services.sign_up(_draft(identity.complete_resident("37060219900101221"), "李四"))
    tell(Outcome("AC-12", len(results), bad, User.objects.count() == 2, 20))


_ODD = ("\u2003", "\u00a0", " ", "\u3000", "\t", "-", "－", "\u200b")


@st.composite
def _spelling(draw: st.DrawFn) -> str:
    """The same number as people type and paste it: in full width, lower case, with blanks and strokes."""
    signs = list(NUMBER)
    if draw(st.booleans()):
        signs[-1] = draw(st.sampled_from("xX×ｘＸ")) if draw(st.booleans()) else "x"
    wide = draw(st.sets(st.integers(0, 16)))
    signs = [chr(ord(sign) + 0xFEE0) if place in wide else sign for place, sign in enumerate(signs)]
    for place in sorted(draw(st.sets(st.integers(0, 18), max_size=4)), reverse=True):
        signs.insert(place, draw(st.sampled_from(_ODD)))
    return "".join(signs)


def _broken() -> list[str]:
    """Numbers that nobody has: another check digit, dates that never were, too short, too long, other letters."""
    wrong = [NUMBER[:-1] + digit for digit in "0123456789"]
    dates = ("19880230", "19881301", "19880001", "18991231", "20991231", "19870229")
    impossible = [identity.complete_resident(f"370602{date}201") for date in dates]
    return [*wrong, *impossible, NUMBER[:-1], NUMBER + "0", "A" * 18, "0" * 18, "", "37060219880817201Y"]


@pytest.mark.django_db
def test_ac_14_one_person_one_account(tell: Tell) -> None:
    first, seen = services.sign_up(_draft()), []
    services.activate(first, by=audit.By(None))

    @trials(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(_spelling())
    def spell(typed: str) -> None:
        seen.append(typed)
        try:
            number = identity.canonical_document("resident", typed, today=clock.today())
        except RuleBroken:
            return  # refused: no second account either
        assert number == NUMBER
        found = services.find(typed)
        assert found is not None
        assert found.pk == first.pk
        with pytest.raises(RuleBroken):
            services.sign_up(_draft(typed))

    spell()
    bad = [] if User.objects.count() == 1 else [f"{User.objects.count()} accounts"]
    for number in (broken := _broken()):
        try:
            services.sign_up(_draft(number))
        except RuleBroken:
            continue
        bad.append(f"{number} accepted")
    control = services.sign_up(_draft(identity.complete_resident("37060219900101221"))).pk != first.pk
    tell(Outcome("AC-14", len(seen) + len(broken), bad, control, 150, f"refused={len(broken)}"))
