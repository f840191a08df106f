"""What the demo world's bureaux publish: two notices and a download on every portal, and one draft."""

import io
from collections.abc import Iterable

from PIL import Image, ImageDraw

from xueshi.files import services as files
from xueshi.notices import services
from xueshi.notices.services import Draft, Edition
from xueshi.notices.states import NoticeKind
from xueshi.organisations.actors import Actor
from xueshi.policies import registry

_LIMIT = files.ImageLimit(4 << 20, ("png",))
_REPORT = """各有关单位：

{year} 年度专业技术人员继续教育学时申报与审核工作已经开始，现将有关事项通知如下。

一、本年度应完成的总学时、各科目最低学时和折算办法，见本平台“政策解读”。
二、请专业技术人员及时申报线下学习的学时，并上传清晰的证明材料。
三、请用人单位在收到申报后尽快审核；年度达标后，本人可以打印学时证明。

特此通知。"""


def tell(writers: Iterable[Actor], year: int) -> None:
    """One set by each bureau given."""
    for actor in writers:
        for draft in _drafts(actor, year):
            notice = services.write(actor, draft)
            services.publish(actor, Edition(notice.pk, notice.version))
        services.write(actor, Draft(NoticeKind.NOTICE, f"{year + 1} 年度公需科目选题征集（草稿）", "征求意见中。"))


def _drafts(actor: Actor, year: int) -> list[Draft]:
    sheet = files.store_image(files.Upload("申报流程图.png", _picture(), actor.user.pk), _LIMIT)
    title = registry.pack(actor.organisation.portal).title if actor.organisation is not None else ""
    return [
        Draft(
            NoticeKind.NOTICE, f"{title}启用公告", f"{title}已启用，请用人单位核对单位信息，专业技术人员核对个人信息。"
        ),
        Draft(
            NoticeKind.NOTICE,
            f"关于做好 {year} 年度继续教育学时申报与审核工作的通知",
            _REPORT.format(year=year),
            pinned=True,
        ),
        Draft(NoticeKind.DOWNLOAD, "学时申报流程图", "供用人单位张贴。", added=(sheet,)),
    ]


def _picture() -> bytes:
    out, picture = io.BytesIO(), Image.new("RGB", (640, 200), "#ffffff")
    pen = ImageDraw.Draw(picture)
    for left in (20, 230, 440):
        pen.rectangle((left, 60, left + 160, 140), outline="#1a56b0", width=3)
    picture.save(out, "PNG")
    return out.getvalue()
