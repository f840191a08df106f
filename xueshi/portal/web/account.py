"""账号信息, 修改密码 and 实名认证: a person's own account."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters

from xueshi.accounts import real_name, second_factor, services
from xueshi.accounts.models import IdentityProof, User
from xueshi.kernel import masking
from xueshi.kernel.errors import RuleBroken, TooMany
from xueshi.policies import registry
from xueshi.policies.packs import Pack
from xueshi.policies.requests import PortalRequest, actor_of
from xueshi.portal import signing_in
from xueshi.portal.web import cookies
from xueshi.portal.web.forms import PasswordForm
from xueshi.ui import parts
from xueshi.ui.forms import add_problems
from xueshi.ui.routes import route

FIXED = frozenset({"login_name", "document_type", "document_number", "name"})
"""What is said once, at registration, and never taken from a form afterwards (ID-29)."""
_METHODS = {real_name.REVIEW: "所在单位或主管部门审核确认", real_name.SERVICE: "实名核验服务"}


@sensitive_post_parameters("current", "new", "again")
@route("GET", "POST", withdrawn=True)
def password(request: PortalRequest) -> HttpResponse:
    """修改密码 (ID-18)."""
    form = PasswordForm(request.POST or None)
    if (answer := _changed(request, form)) is not None:
        return answer
    context = {"form": form, "document": actor_of(request).user.masked_document}
    return render(request, "portal/password.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters("current", "new", "again")
@route("GET", "POST", withdrawn=True)
def account(request: PortalRequest) -> HttpResponse:
    """账号信息: one's own data, and the change of the password on the same page (ID-34)."""
    user, form = actor_of(request).user, PasswordForm(request.POST or None)
    if FIXED & request.POST.keys():
        form.add_error(None, "姓名、登录账号和证件号码注册后不能在此修改")
    elif (answer := _changed(request, form)) is not None:
        return answer
    context = {
        "form": form,
        "pairs": _pairs(request.pack, user),
        "proof": real_name.proof_of(user),
        "factor_offered": second_factor.offered(),
        "factor_bound": second_factor.enrolled(user) is not None,
        "withdrawn": user.consent_withdrawn_at is not None,
    }
    return render(request, "portal/account_data.html", context, status=422 if form.errors else 200)


def _changed(request: PortalRequest, form: PasswordForm) -> HttpResponse | None:
    """The answer to a password that was changed; ``None`` when there is something to show in the form."""
    if request.method != "POST" or not form.is_valid():
        return None
    user = actor_of(request).user
    try:
        services.change_password(user, form.cleaned_data["current"], form.cleaned_data["new"])
    except RuleBroken as refused:
        add_problems(form, refused)
        return None
    except TooMany as refused:
        form.add_error("current", refused.message)
        return None
    signing_in.renew(request.session, user)
    messages.success(request, "密码已修改，下次请用新密码登录")
    answer = redirect("portal:home")
    cookies.know_device(request, answer, user)
    return answer


def _pairs(pack: Pack, user: User) -> list[parts.Pair]:
    kinds = {one.code: one.label for one in registry.catalogue("document_types").items}
    number = "身份证号码" if user.document_type == "resident" else "证件号码"
    named = [parts.Pair(label="登录账号", value=user.login_name, note="注册后不能修改")]
    return [
        parts.Pair(label="姓名", value=user.name, strong=True),
        *(named if "login_name" in pack.login.identifiers else []),
        parts.Pair(label="证件类型", value=kinds.get(user.document_type, user.document_type)),
        parts.Pair(label=number, value=user.masked_document, note="注册后不能修改"),
        parts.Pair(label="手机号码", value=user.masked_phone),
        parts.Pair(label="电子邮箱", value=masking.email(user.email) if user.email else ""),
    ]


@route("GET", "POST")
def identity(request: PortalRequest) -> HttpResponse:
    """实名认证: whether name and number were confirmed, by whom, and the way to it (ID-33)."""
    user, problem, status = actor_of(request).user, "", 200
    if request.method == "POST":
        try:
            real_name.confirm_by_service(user)
        except (RuleBroken, TooMany) as refused:
            problem, status = refused.message, refused.status
        else:
            messages.success(request, "实名认证已通过")
            return redirect("portal:identity")
    proof = real_name.proof_of(user)
    context = {
        "pairs": _proved(user, proof), "proof": proof, "problem": problem, "askable": real_name.service() is not None,
    }  # fmt: skip
    return render(request, "portal/identity.html", context, status=status)


def _proved(user: User, proof: IdentityProof | None) -> list[parts.Pair]:
    state = parts.State("已认证", "ok") if proof is not None else parts.State("未认证", "wait")
    pairs = [
        parts.Pair(label="认证状态", value=state),
        parts.Pair(label="姓名", value=user.name),
        parts.Pair(label="证件号码", value=user.masked_document),
    ]
    if proof is not None:
        pairs += [
            parts.Pair(label="认证方式", value=_METHODS[proof.method]),
            parts.Pair(label="认证时间", value=proof.proved_at),
        ]
    return pairs
