"""Against programs that fill forms in: the challenge of the sign-in box, on the last step of an open form (B5)."""

from xueshi.accounts import challenges
from xueshi.accounts.challenges import Answer
from xueshi.kernel.errors import RuleBroken
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest

PURPOSE = "register"
FIELD = "captcha"


def asked(request: PortalRequest, way: Way) -> bool:
    """Visitors are asked; who has signed in has answered already."""
    return request.pack.login.captcha and not way.signed_in


def fresh(request: PortalRequest, way: Way) -> str:
    """The id of a new picture, empty where nothing is asked."""
    return challenges.new_picture(challenges.place_of(request.session, PURPOSE)) if asked(request, way) else ""


def check(request: PortalRequest, way: Way) -> None:
    """Spend the answer; ``RuleBroken`` with the pack's words when it is wrong, spent or missing."""
    answer = Answer(
        request.POST.get("picture", "")[:64], request.POST.get(FIELD, "")[:16], request.POST.get("altcha", "")[:2000]
    )
    if asked(request, way) and not challenges.passes(challenges.place_of(request.session, PURPOSE), answer):
        raise RuleBroken(request.pack.word("login.wrong_captcha"), FIELD)
