"""The account of a person, and what guards the way in."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from xueshi.accounts.states import AccountState
from xueshi.kernel import crypto, masking
from xueshi.kernel.fields import EncryptedField


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
