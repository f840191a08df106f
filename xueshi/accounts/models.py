"""The account of a person, and what guards the way in."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from xueshi.accounts.states import AccountState
from xueshi.kernel import crypto, masking
from xueshi.kernel.fields import EncryptedField
from xueshi.kernel.triggers import append_only


def document_index(kind: str, number: str) -> str:
    """The unique index of a canonical document number."""
    return crypto.lookup_index(f"{kind}:{number}", purpose="document")


def phone_index(number: str) -> str:
    """The index of a canonical mobile number."""
    return crypto.lookup_index(number, purpose="phone")


class User(AbstractBaseUser):
    """One person. Who they are never changes; what they may do is said by memberships."""

    name = models.CharField("姓名", max_length=60)
    login_name = models.CharField("登录账号", max_length=40, unique=True, null=True, blank=True)
    document_type = models.CharField("证件类型", max_length=12)
    document_number = EncryptedField("证件号")
    document_index = models.CharField(max_length=32, unique=True)
    phone = EncryptedField("手机号", default="", blank=True)
    phone_index = models.CharField(max_length=32, default="", blank=True, db_index=True)
    email = EncryptedField("电子邮箱", default="", blank=True)
    landline = EncryptedField("固定电话", default="", blank=True)
    state = models.CharField(max_length=10, default=AccountState.PENDING)
    must_change_password = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)
    consent_withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    USERNAME_FIELD = "document_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AccountState]), name="user_state_known"
            ),
            models.CheckConstraint(condition=~Q(document_index=""), name="user_has_document"),
        ]

    @property
    def masked_document(self) -> str:
        """The document number as others see it."""
        return masking.document(self.document_number)

    @property
    def listed_document(self) -> str:
        """The document number as lists of people show it."""
        return masking.listed(self.document_number)

    @property
    def masked_phone(self) -> str:
        """The mobile number as others see it."""
        return masking.phone(self.phone)

    @property
    def is_active(self) -> bool:  # type: ignore[override]  # the base class has a plain attribute
        """Django's question at every request: a disabled account has no session."""
        return self.state == AccountState.ACTIVE

    def get_session_auth_hash(self) -> str:
        """Sessions end with the password and with ``session_epoch``."""
        return f"{super().get_session_auth_hash()}:{self.session_epoch}"


class Challenge(models.Model):
    """A question put to a visitor (picture or proof of work); answered once, in one session, for one purpose."""

    id = models.CharField(primary_key=True, max_length=48)
    purpose = models.CharField(max_length=20)
    session_digest = models.CharField(max_length=48)
    answer_digest = models.CharField(max_length=48)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)


class Throttle(models.Model):
    """A counter of tries or sendings inside a window; counted before the thing is done."""

    key = models.CharField(primary_key=True, max_length=80)
    window_ends = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()


class OneTimeCode(models.Model):
    """Six digits sent to a phone or an address: for one purpose, in one session, for five minutes (B4).

    ``digest`` is over the digits; ``hollow`` ones were never sent and no digits fit them, they only cost the same (B2).
    Ended ones stay for a day, for they are what the limits count.
    """

    recipient_index = models.CharField(max_length=32)
    purpose = models.CharField(max_length=20)
    session_digest = models.CharField(max_length=32)
    source_index = models.CharField(max_length=32)
    digest = models.CharField(max_length=32)
    hollow = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["recipient_index", "purpose"], condition=Q(ended_at=None), name="code_one_live"
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="code_tried_five_times"),
        ]
        indexes = [
            models.Index(fields=["recipient_index", "sent_at"], name="code_by_recipient"),
            models.Index(fields=["source_index", "sent_at"], name="code_by_source"),
        ]


class PasswordReset(models.Model):
    """A reset an administrator started: one secret, once, a day at most; nobody ever sees a password (B8)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=32, unique=True)
    portal = models.CharField(max_length=20)
    started_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(ended_at=None), name="reset_one_live"),
        ]


class KnownDevice(models.Model):
    """A device somebody signed in from; its cookie holds the secret, ``stamp`` ends it with the password (B3)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    secret_digest = models.CharField(max_length=32, unique=True)
    stamp = models.CharField(max_length=32)
    label = models.CharField("设备", max_length=60)
    source = models.CharField("来源地址", max_length=45, default="", blank=True)
    first_at = models.DateTimeField("首次登录")
    last_at = models.DateTimeField("最近登录", db_index=True)


class OpenSession(models.Model):
    """A session somebody opened, so that its owner can see and end it (B9)."""

    session_key = models.CharField(max_length=40, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    portal = models.CharField(max_length=20, default="", blank=True)
    label = models.CharField("设备", max_length=60, default="", blank=True)
    source = models.CharField("来源地址", max_length=45, default="", blank=True)
    began_at = models.DateTimeField("登录时间")


class SecondFactor(models.Model):
    """The secret of a person's authenticator; ``last_step`` makes every code count once, in all processes (B7)."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+", primary_key=True)
    secret = EncryptedField("密钥")
    last_step = models.BigIntegerField()
    confirmed_at = models.DateTimeField()


class RecoveryCode(models.Model):
    """One of the codes that stand in for the authenticator, each once; only its keyed digest is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)


class IdentityProof(models.Model):
    """That name and number of an account were confirmed (实名认证); good for exactly those ``digest`` names."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+", primary_key=True)
    digest = models.CharField(max_length=32)
    method = models.CharField(max_length=10)
    reference = models.CharField(max_length=60, default="", blank=True)
    proved_at = models.DateTimeField()
    by_user_id = models.BigIntegerField(null=True)
    by_organisation_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(method__in=["review", "service"]), name="identity_proof_method_known"),
        ]


class ConsentChange(models.Model):
    """Consent taken back, or given again after that: which text in which version, when, by which channel (C7).

    What was agreed to at registration stands there. ``subject`` is the box: agreement, sensitive.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=12)
    given = models.BooleanField()
    version = models.CharField(max_length=20)
    portal = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="consent_change_by_user")]
        triggers = [append_only()]
