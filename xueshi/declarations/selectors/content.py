"""What a declaration holds: the form it was made with, its answers, its evidence."""

from collections.abc import Iterable

from django.db.models import Q

from xueshi.declarations.models import Declaration, Evidence
from xueshi.declarations.selectors.reading import declarations_seen
from xueshi.files.models import StoredFile
from xueshi.kernel.errors import NotFound
from xueshi.organisations.actors import Actor
from xueshi.policies import registry
from xueshi.policies.answers import Answers, Json
from xueshi.policies.values import UnknownKey
from xueshi.policies.years import LearningForm


def evidence_of(declaration: Declaration) -> list[Evidence]:
    """The images in order."""
    return list(Evidence.objects.filter(declaration=declaration).select_related("file").order_by("position"))


def evidence_file(actor: Actor, pk: int, position: int) -> StoredFile:
    """One image of a visible declaration; ``NotFound`` for anybody else."""
    rows = Evidence.objects.filter(declaration__in=declarations_seen(actor).filter(pk=pk).values("pk"))
    found = rows.filter(position=position).select_related("file").first()
    if found is None:
        raise NotFound
    return found.file


def own_files(actor: Actor, pks: Iterable[int]) -> dict[int, StoredFile]:
    """Files this user uploaded or that prove their own declarations, by key, for the previews of an unsaved form."""
    wanted = list(pks)
    if not wanted:
        return {}
    known = Evidence.objects.filter(declaration__person__user_id=actor.user.pk, file_id__in=wanted)
    theirs = Q(uploaded_by_id=actor.user.pk) | Q(pk__in=known.values("file_id"))
    return {file.pk: file for file in StoredFile.objects.filter(theirs, pk__in=wanted)}


def learning_form(declaration: Declaration) -> LearningForm | None:
    """The form it was declared with; None when the pack no longer has it."""
    try:
        return registry.pack(declaration.portal).year(declaration.year).learning_form(declaration.form)
    except UnknownKey:
        return None


def answers_of(declaration: Declaration, form: LearningForm) -> Answers:
    """The answers as they were given, columns included, evidence not."""
    stored: dict[str, Json] = dict(declaration.answers)
    if declaration.subject:
        stored["subject"] = declaration.subject
    if declaration.hours_declared is not None:
        stored["hours"] = str(declaration.hours_declared)
    if declaration.starts_on is not None and declaration.ends_on is not None:
        stored["period"] = [declaration.starts_on.isoformat(), declaration.ends_on.isoformat()]
    return form.form.restore(stored)
