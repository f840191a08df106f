"""Made-up values for the gallery; nothing here is anybody's."""

from decimal import Decimal

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from xueshi.ui import filters, parts
from xueshi.ui.fields import PLEASE_CHOOSE, DateField, FilesField, HoursField, PeriodField
from xueshi.ui.forms import BaseForm, Section
from xueshi.ui.lists import BatchAction, Column, ListPage, ListTab, RowAction
from xueshi.ui.shell import Link, NavGroup, Shell, Site, Todo, UserBox

SITE = Site(
    title="专业技术人员继续教育服务平台",
    home_url="/gallery/",
    links=(Link(label="通知公告", url="#"), Link(label="证书查验", url="#"), Link(label="帮助", url="#")),
    organiser="某市人力资源和社会保障局",
    operator="某市培训指导中心",
    hotline="0000-0000000",
    record_number="某ICP备00000000号",
    copyright="版权所有",
    footer_links=(Link(label="隐私政策", url="#"), Link(label="无障碍声明", url="#")),
)
PAGES = (
    ("components", "组件", "settings", "/gallery/"),
    ("form", "表单", "file-plus", "/gallery/form/"),
    ("list", "列表", "list-details", "/gallery/list/"),
    ("desk", "审核台", "checks", "/gallery/desk/"),
    ("public", "首页", "home", "/gallery/public/"),
    ("error", "错误页", "alert-circle", "/gallery/error/"),
)


WAITING = Todo(items=(Link(label="学时审批", url="/gallery/desk/", count=17),), feed="/gallery/desk/")


def shell(current: str) -> Shell:
    """The frame with one entry marked."""
    items = tuple(
        Link(label=label, url=url, icon=icon, current=key == current, count=12 if key == "desk" else None)
        for key, label, icon, url in PAGES
    )
    user = UserBox(
        name="张敏",
        role="用人单位",
        organisation="海天精密机械有限公司",
        items=(
            Link(label="修改密码", url="#", icon="key"),
            Link(label="切换单位", url="#", icon="refresh"),
            Link(label="退出登录", url="/gallery/", icon="logout", post=True),
        ),
    )
    nav = (NavGroup(items=items[:1]), NavGroup(label="样例", items=items[1:]))
    return Shell(site=SITE, nav=nav, user=user, todo=WAITING)


STATES = (
    parts.State("审核通过", "ok"),
    parts.State("待初审", "wait"),
    parts.State("已驳回", "no"),
    parts.State("进行中", "now"),
    parts.State("已撤回", "idle"),
)
CHAIN = (
    parts.ChainStep(title="本人提交", at="2026-11-21 09:41:07", tone="ok"),
    parts.ChainStep(
        title="用人单位初审", who="海天精密机械有限公司", at="等待 2 小时", tone="no", comment="会议通知未盖章，请补传"
    ),
    parts.ChainStep(title="用人单位初审", who="海天精密机械有限公司", tone="now"),
    parts.ChainStep(title="人社部门审验", who="环翠区人力资源和社会保障局"),
)
PAIRS = (
    parts.Pair(label="计入年度", value=2026),
    parts.Pair(label="论文题目", value="五轴加工中心热误差补偿方法研究"),
    parts.Pair(label="申请学时", value=Decimal("36.0"), strong=True, note="本形式年度上限 40，已用 0"),
    parts.Pair(label="年度累计", value="公需 30 / 30　专业 24 / 60", state=parts.State("审通过后达标", "ok")),
)
BARS = (
    parts.YearBar(label="公需科目", have=Decimal(30), need=Decimal(30)),
    parts.YearBar(label="专业科目", have=Decimal(36), need=Decimal(60), pending=Decimal(36)),
    parts.YearBar(label="总学时", have=Decimal("66.5"), need=Decimal(90)),
)
TILES = (
    parts.Tile(label="专技人员总数", value="186,402", note="较上年 +2.1%"),
    parts.Tile(label="未参加学习", value="14,522", url="#"),
    parts.Tile(label="学习合格", value="133,017", note="71.4%", tone="ok"),
    parts.Tile(label="只差公需科目", value="9,636", tone="wait"),
)
TABS = (
    parts.Tab(label="待审核", url="#", current=True, count=12),
    parts.Tab(label="已审核", url="#"),
)
SCANS = (
    parts.Scan(key="a", name="论文首页.jpg", url="/static/xueshi/img/seal.svg", size="1.2 MB"),
    parts.Scan(key="b", name="检索证明.pdf", url="#", image=False),
)


class SampleForm(BaseForm):
    """One field of every kind."""

    shown_when = {"course": {"kind": ("training",)}}
    sections = (Section(title="证明材料", fields=("scans", "promise"), hint="请上传清晰的扫描件"),)

    year = forms.ChoiceField(label="计入年度", choices=[("2026", "2026")])
    kind = forms.ChoiceField(
        label="学习形式", choices=[PLEASE_CHOOSE, ("training", "岗位培训"), ("paper", "发表论文")],
        help_text="选择后下方自动换成该形式需要填写的内容",
    )  # fmt: skip
    subject = forms.ChoiceField(
        label="计入科目", choices=[("major", "专业科目"), ("public", "公需科目")], widget=forms.RadioSelect
    )
    course = forms.CharField(label="培训班名称", max_length=60)
    content = forms.CharField(label="学习内容", max_length=200, required=False, widget=forms.Textarea({"rows": 3}))
    period = PeriodField(label="起止时间")
    born = DateField(label="出生日期", required=False)
    hours = HoursField(label="申请学时")
    industry = forms.ChoiceField(
        label="所属行业", required=False, widget=forms.Select({"data-search": ""}),
        choices=[PLEASE_CHOOSE, ("C", "制造业"), ("P", "教育"), ("Q", "卫生和社会工作")],
    )  # fmt: skip
    topics = forms.MultipleChoiceField(
        label="涉及领域", required=False, choices=[("a", "机械"), ("b", "电气")], widget=forms.CheckboxSelectMultiple
    )
    unit = forms.CharField(label="所在单位", required=False, widget=forms.TextInput({"readonly": True}))
    scans = FilesField(
        label="附件", accept=(".jpg", ".png", ".gif", ".bmp"), help_text="JPG / PNG / GIF / BMP，每个不超过 4 MB"
    )
    promise = forms.BooleanField(label="本人承诺以上信息真实")


def content_types(_actor: object) -> QuerySet[ContentType]:
    """Rows every installation has."""
    return QuerySet(ContentType)


class ContentTypeFilters(filters.FilterSet):
    """A text, a number and a choice."""

    label = filters.CharFilter(label="应用", field_name="app_label", lookup_expr="contains", max_length=40)
    number = filters.NumberFilter(label="编号", field_name="pk")
    app = filters.ChoiceFilter(
        label="范围", field_name="app_label", empty_label="全部", choices=[("contenttypes", "内容类型"), ("ui", "界面")]
    )

    class Meta:
        model = ContentType
        fields: tuple[str, ...] = ()


def _with_models(rows: QuerySet[ContentType]) -> QuerySet[ContentType]:
    return rows.exclude(app_label="")


def _here() -> str:
    return "/gallery/list/"


LIST: ListPage[ContentType] = ListPage(
    key="gallery.list",
    title="列表",
    note="一处声明：数据、条件、列、操作、导出",
    rows=content_types,
    filters=ContentTypeFilters,
    order_by=("app_label", "model"),
    columns=(
        Column(key="app", label="应用", value=lambda row: row.app_label, order_by="app_label", link=lambda _row: "#"),
        Column(
            key="model", label="名称", order_by="model", wrap=True,
            value=lambda row: parts.Cell(text=row.model, note=f"{row.app_label}.{row.model}", badge="样例"),
        ),
        Column(key="pk", label="编号", value=lambda row: row.pk, num=True),
        Column(key="state", label="状态", value=lambda row: STATES[row.pk % len(STATES)]),
    ),
    tabs=(
        ListTab(key="all", label="全部", narrow=_with_models, count=True),
        ListTab(key="none", label="空的", narrow=lambda rows: rows.filter(app_label="")),
    ),
    batch=(
        BatchAction(key="approve", label="批量通过", style="success", url=_here, confirm="确定通过所选记录？"),
        BatchAction(key="approve_all", label="全部通过", url=_here, everything=True, confirm="确定通过全部记录？"),
        BatchAction(key="reject", label="批量驳回", style="danger", url=_here, comment=True),
        BatchAction(key="reject_all", label="全部驳回", url=_here, comment=True, everything=True),
    ),
    actions=(RowAction(label="查看", url=lambda _row: "#"), RowAction(label="删除", url=lambda _row: "#", post=True)),
    selected_total=lambda row: row.pk,
    export=True,
)  # fmt: skip
