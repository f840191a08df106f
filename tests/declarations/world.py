"""Declarations made by living them: filled in, handed in, reviewed, verified."""

import io
from datetime import date
from decimal import Decimal
from itertools import count

from PIL import Image

from tests import small_world as make
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Edit, Entry
from xueshi.files import services as files
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.ledger import selectors as ledger
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers, Period
from xueshi.reviews import deciding
from xueshi.reviews.deciding import Order, Report
from xueshi.reviews.models import ReviewCase
from xueshi.reviews.states import Verdict

_shade = count(1)
LIMIT = files.ImageLimit(4 << 20, ("jpg", "jpeg", "gif", "bmp", "png"))


def picture(shade: int | None = None, kind: str = "PNG") -> bytes:
    number = next(_shade) if shade is None else shade
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 7)).save(out, format=kind)
    return out.getvalue()


def stored(actor: Actor, content: bytes | None = None, name: str = "证书.png") -> StoredFile:
    return files.store_image(files.Upload(name, content or picture(), actor.user.pk), LIMIT)


def training(hours: str = "24", days: int = 3, **more: object) -> Answers:
    given: dict[str, object] = {
        "school": "威海职业学院",
        "class_name": "数控机床安全操作与维护",
        "period": Period(date(2026, 5, 11), date(2026, 5, 10 + days)),
        "result": "合格",
        "hours": Decimal(hours),
        "subject": "professional",
    }
    return Answers({key: value for key, value in (given | more).items() if value is not None})  # type: ignore[misc]  # loose on purpose


def entry(actor: Actor, hours: str = "24", *, form: str = "on_the_job", **more: object) -> Entry:
    key = str(more.pop("key", ""))
    year = int(str(more.pop("year", clock.year())))
    pictures = more.pop("files", None)
    kept = tuple(pictures) if isinstance(pictures, tuple) else (stored(actor).pk,)
    days = int(str(more.pop("days", 3)))
    return Entry(year, form, training(hours, days, **more), kept, key)


def paper(actor: Actor, hours: str = "36", *, year: int | None = None) -> Entry:
    answers = Answers(
        {
            "title": "五轴加工中心热误差补偿方法研究",
            "journal": "机械工程学报",
            "published": date(2026, 3, 1),
            "author_rank": "first",
            "hours": Decimal(hours),
            "subject": "professional",
        }
    )
    return Entry(year or clock.year(), "paper", answers, (stored(actor).pk,))


def handed_in(actor: Actor, hours: str = "24", **more: object) -> Declaration:
    return services.submit(actor, entry(actor, hours, **more))


def case(declaration: Declaration) -> ReviewCase:
    assert declaration.case_id is not None
    return ReviewCase.objects.get(pk=declaration.case_id)


def decided(
    actor: Actor, declaration: Declaration, verdict: Verdict = Verdict.PASS, comment: str = "", **findings: str
) -> Report:
    found = case(declaration)
    order = Order(verdict, {found.pk: found.version}, comment, {found.pk: findings} if findings else {})
    return deciding.decide_many(actor, order)


def fresh(declaration: Declaration) -> Declaration:
    return Declaration.objects.select_related("case", "person").get(pk=declaration.pk)


def edit(declaration: Declaration) -> Edit:
    return Edit(declaration.pk, fresh(declaration).version)


def total(world: make.SmallWorld, year: int | None = None) -> Decimal:
    account = ledger.account_of(world.record.pk, year or clock.year())
    return account.total_hours if account is not None else Decimal(0)


def case_title(case_id: int) -> str:
    """How a case is called in reports."""
    return ReviewCase.objects.get(pk=case_id).title


def owner(case_id: int) -> int:
    """Whose case it is, as a user."""
    return ReviewCase.objects.get(pk=case_id).owner_id
