"""Registrations on their way: let in, turned down, and waiting at their desks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from xueshi.accounts.states import AccountState
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.organisations.models import Organisation
from xueshi.policies import registry
from xueshi.portal.seeds import scans
from xueshi.portal.seeds.accounts import Fixed
from xueshi.portal.seeds.bodies import Body
from xueshi.portal.seeds.building import Builder, Sketch
from xueshi.portal.seeds.sectors import SECTORS
from xueshi.registrations import services as registrations
from xueshi.registrations.models import Registration
from xueshi.reviews import deciding
from xueshi.reviews.states import Verdict

TICKED: Final = {"undertaking": "on", "agreement": "on", "sensitive": "on"}


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who registers: ``verdict`` is what the desk says, None while it has not looked."""

    kind: str
    row: Body
    verdict: Verdict | None
    days_ago: int
    comment: str = ""
    concerns: str = ""
    """The field the comment is about."""
    who: Fixed | None = None
    """Somebody of fixed name and number; else anybody from the area."""


def register(builder: Builder, one: Applicant) -> Registration:
    """Fill in the form of the pack, hand it in, and let the desk speak."""
    user_sketch, way = _sketch(builder, one), registry.pack(one.row.portal).registration(one.kind)
    with clock.as_of(clock.now() - timedelta(days=one.days_ago)):
        user = builder.user(user_sketch if way.signed_in else _waiting(user_sketch))
        scan = _scan(user.pk, one)
        typed = _person(builder, user_sketch, one) if one.kind == "professional" else _unit(builder, user_sketch, one)
        if "email" in way.form:
            user.email = typed["email"]
            user.save(update_fields=["email"])
        files = {key: (scan,) for key in ("licence", "title_certificate") if key in way.form}
        typed |= {key: str(scan.pk) for key in files}
        draft = registrations.RegistrationDraft(
            portal=one.row.portal,
            kind=one.kind,
            answers=way.form.clean(typed, today=clock.today()),
            submission_key=f"seed-registration-{user.pk}",
            applicant=user,
            files=files,
            agreement_version=registry.pack(one.row.portal).agreement.version,
        )
        registration = registrations.submit(draft)
    if one.verdict is not None:
        _decide(builder, registration, one)
    return registration


def _sketch(builder: Builder, one: Applicant) -> Sketch:
    if one.who is None:
        return builder.sketch(one.row.area)
    return Sketch(one.who.name, one.who.document, builder.chance.phone(), one.who.login_name)


def _waiting(sketch: Sketch) -> Sketch:
    return Sketch(sketch.name, sketch.document, sketch.phone, sketch.login_name, AccountState.PENDING)


def _decide(builder: Builder, registration: Registration, one: Applicant) -> None:
    case = registration.case
    if case is None or case.desk_id is None or one.verdict is None:
        return
    with clock.as_of(clock.now() - timedelta(days=max(one.days_ago - 2, 0), hours=1)):
        order = deciding.Order(one.verdict, {case.pk: case.version}, one.comment, concerns=one.concerns)
        deciding.decide(builder.desks[case.desk_id][0], order)


def _scan(user_id: int, one: Applicant) -> StoredFile:
    title = "职称证书" if one.kind == "professional" else "统一社会信用代码证书"
    lines = (f"编号：{user_id:08}", f"颁发地区：{one.row.area}", "经核准，特发此证。")
    return scans.hand_in(scans.draw(title, lines, "核准专用章"), f"{title}.jpg", user_id)


def _account(builder: Builder, sketch: Sketch) -> dict[str, str]:
    return {
        "existing": "",
        "document_type": "resident",
        "document_number": sketch.document,
        "password": builder.password,
        "password_again": builder.password,
        "phone": sketch.phone,
        "email": f"user{sketch.document[-8:-1]}@example.cn",
        "real_name": sketch.name,
        "name": sketch.name,
    }


def _person(builder: Builder, sketch: Sketch, one: Applicant) -> dict[str, str]:
    """The answers of somebody who joins a body."""
    record = builder.record(sketch.document, SECTORS[one.row.sector])
    body = builder.bodies[one.row.key]
    days = {
        "birth_date": record.born_on,
        "graduated": record.graduated_on,
        "title_effective": record.title_effective_on,
        "appointed": record.appointed_on,
    }
    return {
        **_account(builder, sketch),
        **TICKED,
        **{key: day.isoformat() for key, day in days.items() if day is not None},
        "employer": str(body.pk),
        "department": str(builder.departments[one.row.key][0].pk),
        "sex": record.sex,
        "education": record.education,
        "school": record.school,
        "major": record.major,
        "degree": record.degree,
        "postdoctoral": "no",
        "title_series": record.title_series,
        "title_level": record.title_level,
        "title": record.title,
        "certificate_number": record.title_certificate,
    }


def _unit(builder: Builder, sketch: Sketch, one: Applicant) -> dict[str, str]:
    """The answers of the first administrator of a new body."""
    sector = SECTORS[one.row.sector]
    superior = builder.bodies[one.row.parent]
    return {
        **_account(builder, sketch),
        **TICKED,
        **_superior(superior),
        "unit_name": one.row.name,
        "unit_nature": sector.nature,
        "unit_level": "none",
        "unit_telephone": builder.telephone(one.row.area),
        "industry": sector.industry,
        "area": one.row.area,
        "address": f"创业路 {builder.chance.number(1, 99)} 号",
        "has_code": "yes",
        "code": builder.chance.credit_code(one.row.area, sector.authority),
        "head": sketch.name,
        "base_level": "municipal",
        "unit_name_shown": one.row.name,
    }


def _superior(superior: Organisation) -> Mapping[str, str]:
    return {"has_department": "no" if superior.kind == "bureau" else "yes", "superior": str(superior.pk)}
