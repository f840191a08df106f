"""What a page of declarations is sent, and what it answers."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.declarations import world as w
from xueshi.kernel import clock

ON_DESK = (
    *("年度", "姓名", "学习形式", "科目类型", "申报学时", "认定学时"),
    *("批量通过", "全部通过", "批量驳回", "全部驳回"),
)
"""What 学时审批 names: its filters and columns, its buttons (CV-02, CV-03)."""
REVIEWING = ("", "序号", *ON_DESK[:6], "提交时间", "操作")
"""Its headings in the printed order, the tick first; when it was handed in is ours (CV-02)."""
VERIFYING = ("", "序号", "认定年度", "姓名", "单位", "学习形式", "科目类型", "申报学时", "认定学时", "提交时间", "操作")
"""Those of 学时审验 (CV-12)."""


def filled(**changes: object) -> dict[str, object]:
    typed: dict[str, object] = {
        "year": str(clock.year()), "form": "on_the_job", "school": "威海职业学院",
        "class_name": "数控机床安全操作与维护", "content": "", "period_from": "2026-05-11", "period_to": "2026-05-13",
        "result": "合格", "hours": "24", "subject": "professional", "do": "submit", "key": "page-1",
    }  # fmt: skip
    return {name: value for name, value in (typed | changes).items() if value is not None}


def image(name: str = "证书.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or w.picture())


def page(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()
