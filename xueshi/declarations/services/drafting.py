"""What is declared, by whom, under which rules; the row that holds it, locked and as it was shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from xueshi.declarations import permissions, rules
from xueshi.declarations.models import Declaration
from xueshi.files.models import StoredFile
from xueshi.kernel import clock
from xueshi.kernel.errors import MovedOn, NotAllowed, NotFound, RuleBroken
from xueshi.organisations.actors import Actor
from xueshi.organisations.models import Organisation
from xueshi.people import selectors as people
from xueshi.people.models import Professional
from xueshi.policies import registry
from xueshi.policies.answers import Answers
from xueshi.policies.packs import Pack
from xueshi.policies.values import UnknownKey
from xueshi.reviews import services as reviews

COLUMNS = ("subject", "hours", "period", "evidence")
"""Answers that stand in columns of their own, or beside the row."""
ROLE = "professional"
"""The role whose questions are asked; others declare on people's behalf with the same form."""
CHANGED = "该申报已在别处变更"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person filled in: year, learning form, cleaned answers, keys of evidence files in order.

    ``submission_key`` is the one-time key of the page (D4): the same key and content is the same declaration.
    """

    year: int
    form: str
    answers: Answers
    files: tuple[int, ...] = ()
    submission_key: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Which declaration an entry changes, and the version its page showed."""

    pk: int
    version: int


@dataclass(frozen=True, slots=True)
class Declarer:
    """Whose hours they are: the person, their present employer, the pack they live under; and as what one declares.

    ``role`` is the person's own, or that of the body that declares for its people: it decides questions and chain.
    """

    person: Professional
    organisation: Organisation
    pack: Pack
    role: str = ROLE


def declarer(actor: Actor) -> Declarer:
    """The actor as a professional; ``NotAllowed`` under any other hat."""
    person = people.professional_of(actor.user.pk) if actor.is_professional else None
    if person is None:
        raise NotAllowed("请以专业技术人员身份申报学时")
    organisation = person.employment.organisation
    return Declarer(person, organisation, registry.pack(organisation.portal))


def claim(pack: Pack, entry: Entry, role: str = ROLE) -> rules.Claim:
    """The entry against the rules of its year; ``RuleBroken`` for a year or form that is not open."""
    window = rules.in_window(pack, entry.year, clock.today())
    if not window:
        raise RuleBroken(window.reason, "year")
    of_year = pack.year(entry.year)
    try:
        form = of_year.learning_form(entry.form)
    except UnknownKey:
        raise RuleBroken("请选择学习形式", "form") from None
    if role not in form.declared_by:
        raise RuleBroken("该学习形式不能由个人申报" if role == ROLE else "该学习形式不能由单位申报", "form")
    return rules.Claim(of_year, form, entry.answers, pack.word("hours"), entry.year)


def once[T](write: Callable[[], T]) -> T:
    """A write in its transaction. The same page sent twice at once: the later finds the answer of the other (D4)."""
    for _attempt in range(2):
        try:
            with transaction.atomic():
                return write()
        except IntegrityError as error:
            if "submission_key" not in str(error):
                raise
    raise MovedOn(CHANGED)


def fresh(actor: Actor, by: Declarer, key: str) -> Declaration:
    """A row that is not stored yet; ``key`` is the one-time key it is known by when the same page is sent again."""
    return Declaration(
        opened_in=clock.year(),
        person=by.person,
        organisation=by.organisation,
        portal=by.pack.key,
        declared_by=actor.user,
        declaring_body=by.organisation if by.role != ROLE else None,
        created_at=clock.now(),
        version=0,
        submission_key=key or None,
    )


def opened(actor: Actor, by: Declarer, entry: Entry, edit: Edit | None) -> tuple[Declaration, bool]:
    """The declaration to write, locked, and whether this very request was answered before (D4)."""
    if edit is not None:
        declaration = editable(actor, edit)
        if (declaration.declaring_body_id is None) != (by.role == ROLE):
            raise NotFound
        return declaration, False
    earlier = _earlier(actor, entry)
    if earlier is None:
        return fresh(actor, by, entry.submission_key), False
    if earlier.typed is not None:
        return editable(actor, Edit(earlier.pk, earlier.version)), False
    return earlier, True


def _earlier(actor: Actor, entry: Entry) -> Declaration | None:
    if not entry.submission_key:
        return None
    found = Declaration.objects.filter(submission_key=entry.submission_key).first()
    if found is None:
        return None
    if found.declared_by_id != actor.user.pk:
        raise NotFound
    same = says(found, entry)
    # What the form kept of itself meanwhile is still this page, and may go on changing.
    if not same and found.typed is None:
        raise RuleBroken("此页面的内容已经保存过，请在申报进度查询中继续修改")
    return found


def says(declaration: Declaration, entry: Entry) -> bool:
    """Whether a declaration holds exactly what an entry says."""
    same = declaration.form == entry.form and declaration.year == entry.year
    return same and _content(declaration) == _said(entry) and _shows(declaration, entry.files)


def days(answers: Answers) -> tuple[date | None, date | None]:
    """First and last day of 起止时间; no days while it is not filled in, or where nobody asks for it."""
    period = answers.period("period")
    return (period.start, period.end) if period is not None else (None, None)


def _content(declaration: Declaration) -> tuple[object, ...]:
    stands = declaration.starts_on, declaration.ends_on
    return declaration.answers, declaration.subject, declaration.hours_declared, stands


def _said(entry: Entry) -> tuple[object, ...]:
    answers = entry.answers
    return answers.without(*COLUMNS).as_json(), answers.text("subject"), answers.hours("hours"), days(answers)


def _shows(declaration: Declaration, files: Sequence[int]) -> bool:
    """Whether the evidence is these files, or the same pictures: a page sent again brings its pictures along again."""
    kept = list(declaration.evidence.order_by("position").values_list("file_id", "file__source_digest"))
    if [pk for pk, _digest in kept] == list(files):
        return True
    sent = dict(StoredFile.objects.filter(pk__in=files).values_list("pk", "source_digest"))
    return [digest for _pk, digest in kept] == [sent.get(pk) for pk in files]


def editable(actor: Actor, edit: Edit) -> Declaration:
    """The declaration under lock, case first as everywhere; refuses what is gone, not theirs, or changed."""
    case_id = Declaration.objects.filter(pk=edit.pk).values_list("case_id", flat=True).first()
    if case_id is not None:
        reviews.locked(case_id)
    rows = Declaration.objects.select_for_update(no_key=True, of=("self",)).filter(pk=edit.pk).order_by("pk")
    declaration = rows.select_related("person__user", "case__organisation").first()
    if declaration is None or not permissions.can_see_declaration(actor, declaration):
        raise NotFound
    permissions.can_edit(actor, declaration).require()
    if declaration.version != edit.version:
        raise MovedOn(CHANGED)
    return declaration
