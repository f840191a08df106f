"""Cases, steps, history, batch runs; what a reviewer keeps off their list, and what an organisation refuses for."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from xueshi.kernel.triggers import append_only
from xueshi.organisations.models import Membership, Organisation
from xueshi.reviews.states import CaseState, Stage, StepState


class ReviewCase(models.Model):
    """A document on its way through a chain. It points here; the case never points back.

    ``desk`` and ``stage`` repeat the active step, so an inbox over all kinds is one indexed query; both are written
    by the one function that moves cases and compared by INV-16. ``handler`` is the administrator of the desk to whom it
    was entrusted (转交); while there is one, only they decide it. ``deciders`` repeats who decided the steps before in
    this round, for nobody decides twice and an inbox asks of thousands at once; empty when nothing waits any more.
    """

    kind = models.CharField(max_length=30)
    portal = models.CharField(max_length=20)
    title = models.CharField(max_length=160)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, default=CaseState.PENDING)
    round = models.PositiveSmallIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64)
    desk = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    stage = models.CharField(max_length=12, null=True)
    handler = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    deciders = ArrayField(models.BigIntegerField(), default=list)
    submitted_at = models.DateTimeField()
    waiting_since = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in CaseState]), name="case_state_known"
            ),
            models.CheckConstraint(
                condition=Q(desk=None, stage=None, waiting_since=None)
                | Q(desk__isnull=False, stage__in=[stage.value for stage in Stage], waiting_since__isnull=False),
                name="case_waits_whole",
            ),
            models.CheckConstraint(condition=~Q(state="pending") | Q(desk__isnull=False), name="pending_case_has_desk"),
            models.CheckConstraint(condition=Q(handler=None) | Q(desk__isnull=False), name="handled_case_has_desk"),
        ]
        indexes = [
            models.Index(
                fields=["desk", "stage", "kind", "waiting_since", "id"],
                include=["owner", "submitted_by", "handler", "deciders"],
                condition=Q(desk__isnull=False),
                name="case_inbox",
            ),
            models.Index(fields=["owner", "kind"]),
            models.Index(fields=["organisation", "kind", "state"]),
        ]


class ReviewStep(models.Model):
    """One desk's turn in one round, frozen at submission.

    ``concerns`` is the field of the document that a refusal speaks of, with its label as the reviewer read it.
    ``home`` is the body that the chain named, where another one stands in for it (关闭审核权限).
    """

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="steps", db_index=False)
    round = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=30)
    label = models.CharField(max_length=40)
    desk = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    home = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    stage = models.CharField(max_length=12)
    settles = models.BooleanField()
    state = models.CharField(max_length=10, default=StepState.WAITING)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField("审核意见", max_length=300, default="", blank=True)
    concerns = models.CharField(max_length=40, default="", blank=True)
    concerns_label = models.CharField("涉及项目", max_length=60, default="", blank=True)
    findings = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "position"], name="step_place_once"),
            models.UniqueConstraint(fields=["case"], condition=Q(state="active"), name="one_active_step"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in StepState]), name="step_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["passed", "failed"], decided_by__isnull=False, decided_at__isnull=False)
                | (~Q(state__in=["passed", "failed"]) & Q(decided_by=None, decided_at=None)),
                name="decided_by_someone_at_some_time",
            ),
        ]
        indexes = [models.Index(fields=["desk", "stage", "state", "decided_at"], name="step_decided_here")]


class CaseEvent(models.Model):
    """One line of a case's history; versions have no gaps (INV-04). ``to`` is whom it was entrusted to."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="events", db_index=False)
    version = models.PositiveIntegerField()
    round = models.PositiveSmallIntegerField()
    move = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    comment = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "version"], name="event_version_once")]
        triggers = [append_only()]


class BatchRun(models.Model):
    """全部通过 / 全部驳回: the set as the reviewer was shown it, and what came of each row."""

    token = models.CharField(max_length=48, unique=True)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    stage = models.CharField(max_length=12)
    verdict = models.CharField(max_length=6)
    comment = models.CharField(max_length=300, default="", blank=True)
    concerns = models.CharField(max_length=40, default="", blank=True)
    items = models.JSONField()
    processed = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class RemovedRecord(models.Model):
    """A reviewed record that somebody took off their own list (REV-06): case, history and audit keep it."""

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="removed")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="record_removed_once")]


class RejectionReason(models.Model):
    """A reason an organisation keeps for its reviewers, beside those of the pack."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=30)
    text = models.CharField("驳回原因", max_length=200)
    concerns = models.CharField("涉及项目", max_length=40, default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "kind", "text"], name="reason_once")]
