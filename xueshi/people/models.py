"""The professional's record."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from xueshi.files.models import StoredFile
from xueshi.organisations.models import Membership


class Professional(models.Model):
    """One person as a professional. The employer is the organisation of ``employment``, the current hat."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="professional")
    employment = models.OneToOneField(Membership, on_delete=models.PROTECT, related_name="professional")
    name_bigrams = ArrayField(models.CharField(max_length=2), default=list)
    name_pinyin = models.CharField(max_length=200, default="", db_index=True)
    sex = models.CharField("性别", max_length=6, default="male")
    born_on = models.DateField("出生日期")
    education = models.CharField("最高学历", max_length=30, default="", blank=True)
    school = models.CharField("毕业院校", max_length=80, default="", blank=True)
    major = models.CharField("所学专业", max_length=60, default="", blank=True)
    graduated_on = models.DateField("毕业时间", null=True, blank=True)
    degree = models.CharField("学位", max_length=20, default="", blank=True)
    postdoctoral = models.BooleanField("是否有博士后工作经历", default=False)
    title_series = models.CharField("专业技术职务系列", max_length=40, default="", blank=True)
    title_level = models.CharField("职称级别", max_length=10, default="", blank=True)
    title = models.CharField("现专业技术任职资格", max_length=40, default="", blank=True)
    title_effective_on = models.DateField("公布（生效）时间", null=True, blank=True)
    title_certificate = models.CharField("证书编号", max_length=60, default="", blank=True)
    appointed_on = models.DateField("聘任日期", null=True, blank=True)
    title_scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    academic_title = models.CharField("学术技术称号名称", max_length=80, default="", blank=True)
    answers = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["male", "female"]), name="professional_sex_known"),
        ]
        indexes = [GinIndex(fields=["name_bigrams"], name="professional_name_parts")]
