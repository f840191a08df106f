"""The outbox, what the stand-in received, and the messages people read inside the program."""

from django.conf import settings
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

    key = models.CharField(max_length=80)
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
            models.UniqueConstraint(fields=["key"], name="message_written_once"),
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


class Note(models.Model):
    """消息: what somebody is told inside the program, on one portal.

    ``key`` names the effect, so the same thing is told once whoever runs how often. Words are the portal's under
    ``[notes]``; ``values`` fill them. ``url`` is the page of what it is about, empty where there is none.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.CharField(max_length=80)
    portal = models.CharField(max_length=20)
    template = models.CharField(max_length=30)
    values = models.JSONField(default=dict)
    url = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="note_written_once")]
        indexes = [
            models.Index(fields=["user", "portal", "-id"], name="note_own"),
            models.Index(fields=["user", "portal"], condition=Q(read_at=None), name="note_unread"),
        ]


class Choice(models.Model):
    """By which way somebody wants to hear of their messages outside the program; an empty ``channel`` means by none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", primary_key=True)
    channel = models.CharField(max_length=8, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["", *(channel.value for channel in Channel)]), name="choice_channel_known"
            ),
        ]
