"""Claims that have something in common, handed in as people do."""

import io
import random
from datetime import date
from decimal import Decimal

from PIL import Image, ImageDraw

from tests.declarations import world as w
from xueshi.declarations import services
from xueshi.declarations.models import Declaration
from xueshi.declarations.services import Entry
from xueshi.kernel import clock
from xueshi.kernel.errors import Problems
from xueshi.organisations.actors import Actor
from xueshi.policies.answers import Answers, Period

DOI = "10.3901/JME.2026.03.001"


def scan(seed: int, *, quality: int = 90, size: tuple[int, int] = (300, 215)) -> bytes:
    """A sheet with blocks of ink where the seed puts them, as JPEG."""
    chance = random.Random(seed)  # noqa: S311 - a picture
    paper = Image.new("RGB", (300, 215), (252, 250, 244))
    pen = ImageDraw.Draw(paper)
    for _ in range(12):
        left, top = chance.randrange(10, 240), chance.randrange(10, 180)
        pen.rectangle((left, top, left + chance.randrange(10, 50), top + chance.randrange(4, 20)), fill=(40, 40, 46))
    out = io.BytesIO()
    paper.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def proof(actor: Actor, content: bytes | None = None) -> tuple[int, ...]:
    return (w.stored(actor, content, "证书.jpg" if content else "证书.png").pk,)


def paper(actor: Actor, *, hours: str = "10", year: int = 0, content: bytes | None = None, **more: object) -> Entry:
    given: dict[str, object] = {
        "title": f"论文 {next(w._shade)}", "journal": "机械工程学报", "published": date(2026, 3, 1),
        "author_rank": "first", "hours": Decimal(hours), "subject": "professional",
    }  # fmt: skip
    answers = Answers(given | more)  # type: ignore[arg-type]  # loose on purpose
    return Entry(year or clock.year(), "paper", answers, proof(actor, content))


def project(actor: Actor, number: str, year: int) -> Entry:
    answers = Answers(
        {
            "title": "热误差补偿",
            "number": number,
            "grade": "provincial",
            "rank": 1,
            "period": Period(date(year, 1, 1), date(year, 12, 31)),
            "hours": Decimal(10),
            "subject": "professional",
        }
    )
    return Entry(year, "project", answers, proof(actor))


def handed_in(actor: Actor, entry: Entry) -> Declaration:
    return services.submit(actor, entry)


def refused(actor: Actor, entry: Entry) -> list[tuple[str, str]]:
    """(field, message) of what stops it; nothing is stored."""
    before = Declaration.objects.count()
    try:
        services.submit(actor, entry)
    except Problems as refusal:
        assert Declaration.objects.count() == before
        return [(one.field, one.message) for one in refusal.problems]
    return []
