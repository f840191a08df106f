"""重置密码: an administrator starts it, the owner alone reads the secret and chooses the password (B8)."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests import small_world as make
from tests.browsers import browser, signed_in
from tests.people.conftest import Tab
from tests.people.test_basics import basics
from tests.small_world import SmallWorld
from xueshi.accounts.models import PasswordReset, User
from xueshi.audit.models import AuditEntry
from xueshi.notifications import services as notifications
from xueshi.notifications.models import Delivery, Message
from xueshi.organisations import permissions, services
from xueshi.organisations.actors import Actor, actor_from
from xueshi.organisations.models import Membership
from xueshi.organisations.services import HatDraft
from xueshi.organisations.states import Hat, MembershipState, Power

pytestmark = pytest.mark.django_db
FRESH = "青山绿水-2026-海风"


def address(actor: Actor) -> str:
    assert actor.membership is not None
    return reverse("portal:reset_password", args=[actor.membership.pk])


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def secrets() -> list[str]:
    """What arrived, oldest first."""
    notifications.deliver_due()
    found = [re.search(r"重置码 ([0-9A-Z-]+)", one.text) for one in Delivery.objects.order_by("pk")]
    return [one[1] for one in found if one is not None]


def use(secret: str) -> int:
    typed = {"secret": secret, "new": FRESH, "again": FRESH}
    return Client(HTTP_HOST="weihai.localhost").post("/recovery/reset/", typed).status_code


def limited(name: str, body: Actor, *powers: Power) -> Actor:
    """An added administrator of a body with some powers."""
    assert body.organisation is not None
    role = services.create_role(body.organisation, f"{name}的角色", frozenset(powers))
    draft = HatDraft(make.user(name), body.organisation, Hat.ADMINISTRATOR, role=role)
    return actor_from(draft.user, services.give_hat(draft, state=MembershipState.ACTIVE, by=make.NOBODY))


def nothing_started() -> bool:
    return not PasswordReset.objects.exists() and not Message.objects.exists()


def test_the_unit_starts_a_reset_from_the_persons_record(world: SmallWorld) -> None:
    admin, person = signed_in(world.employer_admin), world.person
    record = text(admin.get(reverse("ledger:person_years", args=[world.record.pk])))
    found = re.search(r'href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?重置密码', record)
    assert found is not None
    page = text(admin.get(found[1]))
    assert [
        word for word in ("王志远", person.user.listed_document, person.user.masked_phone) if word not in page
    ] == []
    assert (person.user.document_number in page, person.user.phone in page, nothing_started()) == (False, False, True)
    answer = admin.post(address(person), {"next": reverse("ledger:person_years", args=[world.record.pk])})
    assert answer.headers["Location"] == f"/years/of/{world.record.pk}/"
    [secret] = secrets()
    assert len(secret.replace("-", "")) == 16
    shown = text(admin.get(answer.headers["Location"]))
    assert "重置码已通过短信发送给王志远" in shown
    assert [word for word in (secret, secret.replace("-", "")) if word in shown + text(answer)] == []
    [entry] = AuditEntry.objects.filter(action="account.reset_started")
    assert (entry.user_id, entry.organisation_id, entry.object_id) == (
        world.employer_admin.user.pk, world.employer.pk, str(person.user.pk),
    )  # fmt: skip
    assert User.objects.get(pk=person.user.pk).check_password(make.PASSWORD)
    assert use(secret) == 302
    assert User.objects.get(pk=person.user.pk).check_password(FRESH)


def test_of_two_resets_the_earlier_secret_is_dead(world: SmallWorld) -> None:
    admin, above = signed_in(world.employer_admin), signed_in(world.department_admin)
    for client in (admin, above):
        assert client.post(address(world.person)).status_code == 302
    first, second = secrets()
    assert PasswordReset.objects.filter(user=world.person.user, ended_at=None).count() == 1
    assert (use(first), use(second), use(second)) == (422, 302, 422)


def secret_of(world: SmallWorld) -> str:
    """The secret of a reset that the unit has started for the person."""
    assert signed_in(world.employer_admin).post(address(world.person)).status_code == 302
    return secrets()[-1]


@pytest.mark.req("B8", "A13")
@pytest.mark.parametrize(
    ("changes", "status"),
    [({"phone": "13988887777"}, 422), ({"email": "new@example.cn"}, 422), ({"landline": "0631-5230000"}, 302)],
)
def test_a_secret_sent_to_the_old_phone_or_address_is_dead(
    world: SmallWorld, changes: dict[str, str], status: int
) -> None:
    User.objects.filter(pk=world.person.user.pk).update(email="wang@example.cn")
    secret, tab = secret_of(world), Tab(signed_in(world.person), "/profile/")
    assert tab.save(basics(world.person, **changes)).status_code == 302
    kept = User.objects.get(pk=world.person.user.pk)
    assert {name: getattr(kept, name) for name in changes} == changes
    assert use(secret) == status
    kept.refresh_from_db()
    assert kept.check_password(make.PASSWORD) is (status == 422)


@pytest.mark.req("B8", "ID-18")
def test_a_secret_is_dead_once_its_owner_changed_the_password(world: SmallWorld) -> None:
    secret, own = secret_of(world), "山高水长-2026-风雨"
    refused = signed_in(world.person).post("/password/", {"current": "wrong", "new": own, "again": own})
    assert (refused.status_code, PasswordReset.objects.filter(ended_at=None).count()) == (422, 1)
    answer = signed_in(world.person).post("/password/", {"current": make.PASSWORD, "new": own, "again": own})
    assert (answer.status_code, use(secret)) == (302, 422)
    assert User.objects.get(pk=world.person.user.pk).check_password(own)


def test_the_superior_resets_the_administrators_of_a_unit(world: SmallWorld) -> None:
    department = signed_in(world.department_admin)
    page = text(department.get(reverse("registrations:administrators", args=[world.employer.pk])))
    assert f'href="{address(world.employer_admin)}?next=' in page
    assert department.post(address(world.employer_admin)).status_code == 302
    assert use(secrets()[0]) == 302
    assert User.objects.get(pk=world.employer_admin.user.pk).check_password(FRESH)


def ways(actor: Actor) -> list[tuple[str, bool]]:
    """The links of the frame of the home to the page of one's own unit, and whether each stands in the drop-down."""
    page = text(signed_in(actor).get("/home/"))
    found = re.finditer(r'<a[^>]*href="/registrations/unit/"[^>]*>(?:<svg.*?</svg>)?\s*(?:<span>)?([^<]+)', page)
    menu = page.index("x-dropmenu"), page.index("</ul>", page.index("x-dropmenu"))
    return [(one[1], menu[0] < one.start() < menu[1]) for one in found]


@pytest.mark.parametrize("portal", ["fujian", "weihai", "shandong", "liaocheng"])
def test_an_added_administrator_is_found_where_no_menu_lists_units(db: None, portal: str) -> None:
    """On the unit's own page for its super administrator, for the body above on the same page of that unit."""
    world = make.build(portal)
    added = limited("新增的管理员", world.employer_admin, Power.REVIEW_ACCOUNTS)
    keeper = limited("单位资料员", world.employer_admin, Power.PROFILE)
    printed = portal == "fujian"  # only its manual prints an entry for this page
    for actor in (world.employer_admin, keeper):
        found = ways(actor)
        assert {label for label, _dropped in found} == {"单位管理"}, actor.user.name
        assert any(dropped for _label, dropped in found) is not printed
        assert len(found) == 1 or printed
    assert [ways(one) for one in (added, world.person)] == [[], []]
    own, unit = reverse("registrations:unit"), reverse("registrations:unit", args=[world.employer.pk])
    wanted = [(world.employer_admin, own, [added]), (world.department_admin, unit, [world.employer_admin, added]),
              (added, own, []), (world.person, own, [])]  # fmt: skip
    for actor, page, expected in wanted:
        shown = text(signed_in(actor).get(page))
        links = [one for one in (world.employer_admin, added) if f'href="{address(one)}?next={page}"' in shown]
        assert (links, "管理员信息" in shown) == (expected, bool(expected)), actor.user.name
    client = signed_in(world.employer_admin)
    answer = client.post(f"{address(added)}?next={own}")
    assert (answer.status_code, answer.headers["Location"]) == (302, own)
    [secret] = secrets()
    typed = {"secret": secret, "new": FRESH, "again": FRESH}
    assert Client(HTTP_HOST=f"{portal}.localhost").post("/recovery/reset/", typed).status_code == 302
    assert User.objects.get(pk=added.user.pk).check_password(FRESH)


@pytest.mark.parametrize("whose", ["person", "employer_admin", "absent"])
def test_foreign_and_absent_look_the_same(world: SmallWorld, whose: str) -> None:
    target = "/accounts/2000000011/reset/" if whose == "absent" else address(getattr(world, whose))
    for admin in (world.stranger_admin, world.branch_admin):
        client = signed_in(admin)
        for answer in (client.get(target), client.post(target)):
            assert (answer.status_code, "王志远" in text(answer)) == (404, False)
    assert nothing_started()


def test_who_may_not_is_told_and_nothing_is_sent(world: SmallWorld) -> None:
    body = world.employer_admin
    added, helper = limited("审核员", body, Power.REVIEW_ACCOUNTS), limited("申报员", body, Power.DECLARE)
    refused = [(added, body), (added, limited("另一位", body, Power.ADMINISTRATORS)), (body, body), (added, added)]
    for actor, target in refused:
        for answer in (signed_in(actor).get(address(target)), signed_in(actor).post(address(target))):
            assert answer.status_code == 403, (actor.user.name, target.user.name)
    for actor in (helper, world.colleague):
        assert signed_in(actor).post(address(world.person)).status_code == 403
    assert nothing_started()
    assert signed_in(body).post(address(added)).status_code == 302
    assert signed_in(added).post(address(world.person)).status_code == 302


def test_authority_elsewhere_outranks(world: SmallWorld) -> None:
    """A professional here who administers a body that does not stand below: only who stands above both (A8)."""
    make.hat(world.person.user, world.district, Hat.ADMINISTRATOR, is_super=False)
    page = text(signed_in(world.employer_admin).get(reverse("ledger:person_years", args=[world.record.pk])))
    assert "重置密码" not in page
    for actor in (world.employer_admin, world.department_admin):
        answer = signed_in(actor).post(address(world.person))
        assert (answer.status_code, "忘记密码" in text(answer)) == (403, True)
    assert nothing_started()
    assert signed_in(world.district_admin).post(address(world.person)).status_code == 302


def test_nobody_is_promised_what_cannot_be_sent(world: SmallWorld) -> None:
    User.objects.filter(pk=world.person.user.pk).update(phone="", email="")
    admin = signed_in(world.employer_admin)
    page = text(admin.get(address(world.person)))
    assert ("没有登记可用的手机号或邮箱" in page, "确认发送" in page) == (True, False)
    answer = admin.post(address(world.person))
    assert (answer.status_code, "没有登记可用的手机号或邮箱" in text(answer)) == (422, True)
    assert nothing_started()


def test_an_account_is_not_flooded(world: SmallWorld) -> None:
    admin = signed_in(world.employer_admin)
    answers = [admin.post(address(world.person)) for _ in range(6)]
    assert [one.status_code for one in answers] == [302] * 5 + [429]
    assert (int(answers[5].headers["Retry-After"]) > 0, "过于频繁" in text(answers[5])) == (True, True)
    assert Message.objects.count() == 5


def test_a_session_without_the_hat_has_no_power(world: SmallWorld) -> None:
    bare = browser(world.employer_admin.user, None)
    assert bare.post(address(world.person)).status_code == 403
    Membership.objects.filter(pk=world.person.membership.pk).update(state=MembershipState.ENDED)
    assert signed_in(world.employer_admin).post(address(world.person)).status_code == 404
    assert nothing_started()


def test_the_check_and_the_filter_agree(world: SmallWorld) -> None:
    make.hat(world.colleague.user, world.branch, Hat.ADMINISTRATOR, is_super=False)
    make.hat(world.person.user, world.district, Hat.ADMINISTRATOR, is_super=False)
    added = limited("审核员", world.employer_admin, Power.REVIEW_ACCOUNTS, Power.SUBORDINATES)
    hats = list(Membership.objects.select_related("organisation"))
    for actor in (world.city_admin, world.district_admin, world.department_admin, world.employer_admin, added,
                  world.branch_admin, world.person):  # fmt: skip
        allowed = {one.pk for one in hats if permissions.can_reset(actor, one)}
        assert set(Membership.objects.filter(permissions.resettable_by(actor)).values_list("pk", flat=True)) == allowed
    assert not permissions.can_reset(added, world.employer_admin.membership)
