"""Areas, the tree of bodies, departments, memberships and roles."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q

from xueshi.organisations.states import Hat, MembershipState, OrganisationKind, OrganisationState


class Organisation(models.Model):
    """A body: bureau, department in charge, employer or base.

    ``path`` is the chain of primary keys from the root, each followed by a dot (``1.4.17.``), so that everything below
    a body is one prefix scan. ``portal`` is the key of the policy pack its people work under. ``name_key`` is the
    appearance of the name: two live bodies of one kind never look alike, whatever their brackets (E13).
    """

    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default=OrganisationState.PENDING)
    name = models.CharField("单位名称", max_length=120)
    name_key = models.CharField(max_length=120, db_index=True)
    name_bigrams = ArrayField(models.CharField(max_length=2), default=list)
    code = models.CharField("统一社会信用代码", max_length=18, null=True, blank=True)
    portal = models.CharField(max_length=20, db_index=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, unique=True, null=True)
    area_code = models.CharField("单位地区", max_length=6)
    level = models.CharField("层级", max_length=10, default="", blank=True)
    nature = models.CharField("单位性质", max_length=40, default="", blank=True)
    unit_level = models.CharField("单位级别", max_length=40, default="", blank=True)
    industry = models.CharField("所属行业", max_length=60, default="", blank=True)
    phone = models.CharField("单位电话", max_length=30, default="", blank=True)
    address = models.CharField("单位地址", max_length=200, default="", blank=True)
    head = models.CharField("机构负责人", max_length=60, default="", blank=True)
    answers = models.JSONField(default=dict, blank=True)
    review_closed = models.BooleanField("关闭审核权限", default=False)
    review_closed_for = models.CharField("关闭审核权限的原因", max_length=300, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in OrganisationKind]), name="organisation_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in OrganisationState]), name="organisation_state_known"
            ),
            models.UniqueConstraint(fields=["code"], condition=Q(state="active"), name="organisation_code_once_active"),
            models.UniqueConstraint(
                fields=["portal", "kind", "name_key"], condition=Q(state="active"), name="organisation_name_once_active"
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="organisation_not_own_parent"),
        ]
        indexes = [
            models.Index(OpClass(F("path"), "text_pattern_ops"), name="organisation_path_prefix"),
            GinIndex(fields=["name_bigrams"], name="organisation_name_parts"),
            models.Index(fields=["parent", "kind", "state"]),
        ]


class Department(models.Model):
    """An internal department 内设部门 of a body."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departments")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    name = models.CharField("部门名称", max_length=60)
    is_available = models.BooleanField("是否可用", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "parent", "name"], nulls_distinct=False, name="department_name_once"
            ),
        ]


class Role(models.Model):
    """A named set of powers inside one body."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="roles")
    name = models.CharField("角色名称", max_length=40)
    description = models.CharField("角色描述", max_length=120, default="", blank=True)
    powers = ArrayField(models.CharField(max_length=40), default=list)


class Membership(models.Model):
    """A hat: professional here, administrator there. A professional's one current employer is such a row."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    hat = models.CharField(max_length=14)
    state = models.CharField(max_length=10, default=MembershipState.PENDING)
    is_super = models.BooleanField("超级管理员", default=False)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, related_name="memberships")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(hat__in=[hat.value for hat in Hat]), name="membership_hat_known"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in MembershipState]), name="membership_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(hat="professional", state="active"), name="one_current_employer"
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_super=True, state="active"), name="one_super_administrator"
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "hat"],
                condition=Q(state__in=["active", "pending"]),
                name="one_live_hat",
            ),
            models.CheckConstraint(condition=Q(hat="administrator") | Q(is_super=False), name="super_is_administrator"),
        ]
        indexes = [models.Index(fields=["organisation", "hat", "state"])]

    @property
    def called(self) -> str:
        """What its wearer is there."""
        if self.hat == Hat.PROFESSIONAL:
            return "专业技术人员"
        return "超级管理员" if self.is_super else "管理员"
