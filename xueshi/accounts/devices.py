"""Devices an account was used from before: a signed mark in a cookie, bound to one account, revocable (B3)."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

from xueshi.accounts.models import KnownDevice, User
from xueshi.kernel import clock, crypto, one_time

LIFE = timedelta(days=90)
_MARKS = Signer(salt="accounts.device")
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Visit:
    """From where somebody comes: address, browser in words, portal."""

    source: str = ""
    label: str = ""
    portal: str = ""


def label_of(user_agent: str) -> str:
    """A browser as its owner would name it, from the header it sends; never used to decide anything."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "其他浏览器")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser}（{system}）" if system else browser


def remember(user: User, visit: Visit, mark: str = "") -> str:
    """Know the device from now on and return its mark; one that is known already keeps its mark."""
    now = clock.now()
    known = recognise(user, mark)
    if known is not None:
        known.last_at, known.source, known.label = now, visit.source, visit.label
        known.save(update_fields=["last_at", "source", "label"])
        return mark
    secret = one_time.token()
    KnownDevice.objects.create(  # rule 1: our own devices
        user=user, secret_digest=_digest(secret), stamp=_stamp(user), label=visit.label, source=visit.source,
        first_at=now, last_at=now,
    )  # fmt: skip
    return _MARKS.sign_object([user.pk, secret])


def recognise(user: User, mark: str) -> KnownDevice | None:
    """The device that carries ``mark``, if it was given to this account and still holds."""
    try:
        owner, secret = _MARKS.unsign_object(mark) if mark else (0, "")
    except (BadSignature, ValueError, TypeError):
        return None
    if owner != user.pk:
        return None
    return KnownDevice.objects.filter(  # rule 1: our own devices
        user=user, secret_digest=_digest(str(secret)), stamp=_stamp(user), last_at__gt=clock.now() - LIFE
    ).first()


def owner_of(mark: str) -> int | None:
    """The account a mark was given to, whether or not it still holds; it opens nothing by itself."""
    try:
        owner, _secret = _MARKS.unsign_object(mark)
    except (BadSignature, ValueError, TypeError):
        return None
    return owner if isinstance(owner, int) else None


def known(user: User) -> list[KnownDevice]:
    """The devices that get in without being counted among strangers, latest first."""
    mine = KnownDevice.objects.filter(user=user, stamp=_stamp(user), last_at__gt=clock.now() - LIFE)  # rule 1: as above
    return list(mine.order_by("-last_at", "pk"))


def forget(user: User, pk: int) -> bool:
    """Take a device's mark away; false when it is not this person's."""
    found = KnownDevice.objects.filter(user=user, pk=pk).first()  # rule 1: as above
    if found is None:
        return False
    found.delete()
    return True


def forget_all(user: User) -> None:
    """Take every device's mark away."""
    KnownDevice.objects.filter(user=user).delete()  # rule 1: as above


def sweep() -> int:
    """Delete devices that were not used for so long that their mark no longer holds."""
    return KnownDevice.objects.filter(last_at__lt=clock.now() - LIFE).delete()[0]  # rule 1: as above


def _digest(secret: str) -> str:
    return crypto.lookup_index(secret, purpose="device")


def _stamp(user: User) -> str:
    return salted_hmac("accounts.device", user.get_session_auth_hash(), algorithm="sha256").hexdigest()[:32]
