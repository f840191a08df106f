"""The outbox, and what the stand-in received."""

from django.db import models
from django.db.models import Q

from xueshi.kernel import masking
from xueshi.kernel.fields import EncryptedField
from xueshi.notifications.states import Channel, MessageState


def masked(channel: str, recipient: str) -> str:
    """A recipient as others see it."""
    return masking.phone(recipient) if channel == Channel.SMS else masking.email(recipient)


class Message(models.Model):
    """One message to one recipient, written in the transaction of its cause and sent from here only.

    ``key`` names the effect: the same key is written once. ``lease`` rises with every try; a worker whose lease is
    stale cannot write. ``hollow`` messages exist so that a refused request costs what a granted one does (B2); they
    are never sent.
    """

    key = models.CharField(max_length=80, unique=True)
    portal = models.CharField(max_length=20)
    channel = models.CharField(max_length=8)
    template = models.CharField(max_length=30)
    recipient = EncryptedField()
    values = EncryptedField(blank=True, default="")
    hollow = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=MessageState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    lease = models.PositiveIntegerField(default=0)
    failure = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MessageState]), name="message_state_known"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[channel.value for channel in Channel]), name="message_channel_known"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_due")]

    @property
    def masked_recipient(self) -> str:
        """The recipient as others see it."""
        return masked(self.channel, self.recipient)


class Delivery(models.Model):
    """What the stand-in received, to be read back; never filled by a real provider."""

    key = models.CharField(max_length=80, db_index=True)
    portal = models.CharField(max_length=20)
    channel = models.CharField(max_length=8)
    recipient = EncryptedField()
    subject = models.CharField(max_length=120, blank=True)
    text = EncryptedField()
    signature = models.CharField(max_length=64)
    at = models.DateTimeField()

    @property
    def masked_recipient(self) -> str:
        """The recipient as others see it."""
        return masked(self.channel, self.recipient)
