"""获取短信验证码: a way in that asks for a code opens an account only to whoever holds the phone (ID-28)."""

from xueshi.accounts import challenges, codes
from xueshi.accounts.codes import Claim, Recipient
from xueshi.audit import services as audit
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.notifications import services as notifications
from xueshi.notifications.states import Channel
from xueshi.policies.access import Registration as Way
from xueshi.policies.requests import PortalRequest
from xueshi.registrations.web import barrier
from xueshi.registrations.web.forms import StepForm
from xueshi.ui.code_input import CodeInput
from xueshi.ui.forms import add_problems

PURPOSE = "register"
FIELD, PHONE = "sms_code", "phone"
WRONG = "短信验证码错误或已失效，请重新获取"
SENT = "短信验证码已发送至 {recipient}，{minutes} 分钟内有效"


def asked(way: Way) -> bool:
    """Whether this way in wants a code, and there is somebody to send it."""
    return FIELD in way.form and notifications.offered(Channel.SMS)


def send(request: PortalRequest, way: Way, form: StepForm) -> tuple[str, TooMany | None]:
    """Send a code to the phone that was typed and say so in the form; why not stands beside its field.

    Returns:
        The problem of the challenge, if that was not answered, and the limit that was reached, if any.
    """
    form.keep_passwords()
    try:
        claim = _claim(request, request.POST.get(PHONE, ""))
        if not codes.passed_barrier(request.session, claim):
            barrier.check(request, way)
            codes.note_barrier(request.session, claim)
        codes.send(claim, portal=request.pack.key, source=audit.source.get())
    except TooMany as refusal:
        add_problems(form, RuleBroken(refusal.message, FIELD))
        return "", refusal
    except RuleBroken as refusal:
        if refusal.field == barrier.FIELD:
            return refusal.message, None
        add_problems(form, refusal)
        return "", None
    _note(form, claim.recipient)
    return "", None


def _note(form: StepForm, recipient: Recipient) -> None:
    widget = form.fields[FIELD].widget
    if isinstance(widget, CodeInput):
        widget.sent = SENT.format(recipient=recipient.masked, minutes=codes.LIFE.seconds // 60)
        widget.attrs["autofocus"] = True


def check(request: PortalRequest, phone: str, typed: str) -> None:
    """Redeem the code; once right it holds for this phone in this session, whatever else is refused afterwards."""
    claim = _claim(request, phone)
    if codes.is_proved(request.session, claim):
        return
    try:
        codes.redeem(claim, typed)
    except codes.WrongCode:
        raise RuleBroken(WRONG, FIELD) from None
    codes.keep_proof(request.session, claim)


def done(request: PortalRequest) -> None:
    """The registration stands; the next one asks anew."""
    codes.spend_proof(request.session, PURPOSE)


def is_waiting(request: PortalRequest, form: StepForm) -> bool:
    """Whether the challenge was answered for the phone in the form, so that no second answer is asked."""
    try:
        claim = _claim(request, str(form.data.get(PHONE, "")))
    except RuleBroken:
        return False
    return codes.passed_barrier(request.session, claim)


def _claim(request: PortalRequest, phone: str) -> Claim:
    place = challenges.place_of(request.session, PURPOSE)
    return Claim(Recipient.read(Channel.SMS, phone, field=PHONE), PURPOSE, place.session_key)
