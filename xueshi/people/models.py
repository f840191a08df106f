"""The professional's record: basics, titles with their history, changes under review, entries one has several of."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from xueshi.files.models import StoredFile
from xueshi.organisations.models import Department, Membership
from xueshi.people.states import EntryKind
from xueshi.reviews.models import ReviewCase


class Professional(models.Model):
    """One person as a professional. The employer is the organisation of ``employment``, the current hat.

    The title columns repeat the person's live ``Title``, the education columns the entry marked highest, so that lists
    and statistics read one row. ``version`` counts savings of the basics: two open forms do not overwrite each other.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="professional")
    employment = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="professional")
    name_bigrams = ArrayField(models.CharField(max_length=2), default=list)
    name_pinyin = models.CharField(max_length=200, default="", db_index=True)
    sex = models.CharField("性别", max_length=6, default="male")
    born_on = models.DateField("出生日期")
    education = models.CharField("最高学历", max_length=30, default="", blank=True)
    school = models.CharField("毕业院校", max_length=100, default="", blank=True)
    major = models.CharField("所学专业", max_length=60, default="", blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    degree = models.CharField("学位", max_length=20, default="", blank=True)
    postdoctoral = models.BooleanField("是否有博士后工作经历", default=False)
    post = models.CharField("行政职务", max_length=60, default="", blank=True)
    rank = models.CharField("行政级别", max_length=20, default="", blank=True)
    title_series = models.CharField("专业技术职务系列", max_length=40, default="", blank=True)
    title_level = models.CharField("职称级别", max_length=10, default="", blank=True)
    title = models.CharField("现专业技术任职资格", max_length=40, default="", blank=True)
    practice_field = models.CharField("从事专业", max_length=40, default="", blank=True)
    title_effective_on = models.DateField("公布（生效）时间", null=True, blank=True)
    title_certificate = models.CharField("证书编号", max_length=60, default="", blank=True)
    appointed_on = models.DateField("聘任日期", null=True, blank=True)
    title_scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["male", "female"]), name="professional_sex_known"),
        ]
        indexes = [GinIndex(fields=["name_bigrams"], name="professional_name_parts")]


class Title(models.Model):
    """A title as it was, is or is asked to be: never changed once written, but for the time it was in force.

    ``live_from`` is when the platform began to count it (registration or approval), not ``effective_on``; without it
    the title was only asked for. Codes are those of the catalogues. ``department`` stands here because the person asks
    for it on the same form.
    """

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="titles")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="+")
    series = models.CharField("专业技术职务系列", max_length=40, default="", blank=True)
    level = models.CharField("职称级别", max_length=10, default="", blank=True)
    title = models.CharField("现专业技术职务任职资格", max_length=40, default="", blank=True)
    practice_field = models.CharField("从事专业", max_length=40, default="", blank=True)
    effective_on = models.DateField("公布（生效）时间", null=True, blank=True)
    certificate = models.CharField("证书编号", max_length=60, default="", blank=True)
    appointed_on = models.DateField("聘任日期", null=True, blank=True)
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    live_from = models.DateTimeField(null=True)
    live_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["professional"],
                condition=Q(live_from__isnull=False, live_until=None),
                name="one_live_title",
            ),
            models.CheckConstraint(
                condition=Q(live_until=None) | Q(live_from__isnull=False, live_until__gte=F("live_from")),
                name="title_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["professional", "live_from"])]


class TitleChange(models.Model):
    """A title asked for in place of another (PRO-20). ``open`` until its case is decided or withdrawn."""

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="changes")
    case = models.OneToOneField(ReviewCase, on_delete=models.PROTECT, null=True, related_name="title_change")
    before = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="+")
    after = models.OneToOneField(Title, on_delete=models.PROTECT, related_name="asked_by")
    open = models.BooleanField(default=True)
    submission_key = models.CharField(max_length=48, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["professional"], condition=Q(open=True), name="one_open_title_change"),
        ]
        indexes = [models.Index(fields=["professional", "created_at"])]


class Entry(models.Model):
    """One education, qualification or academic title; ``answers`` are what the pack's form asked.

    ``highest`` marks the one education that the record and its statistics name; no other kind has it.
    """

    professional = models.ForeignKey(Professional, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=16)
    answers = models.JSONField(default=dict)
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    highest = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    submission_key = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in EntryKind]), name="entry_kind_known"),
            models.UniqueConstraint(
                fields=["professional"], condition=Q(highest=True, deleted_at=None), name="one_highest_education"
            ),
            models.CheckConstraint(condition=Q(highest=False) | Q(kind="education"), name="highest_is_education"),
        ]
        indexes = [models.Index(fields=["professional", "kind"])]
