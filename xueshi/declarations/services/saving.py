"""Saving without submitting 保存暂不提交, and deleting."""

from django.db import transaction

from xueshi.audit import services as audit
from xueshi.declarations.models import Declaration
from xueshi.declarations.services.drafting import Edit, Entry, claim, declarer, editable, once, opened
from xueshi.declarations.services.writing import Sheet, write
from xueshi.kernel import clock
from xueshi.organisations.actors import Actor
from xueshi.reviews.services import acting


def save_draft(actor: Actor, entry: Entry, edit: Edit | None = None) -> Declaration:
    """Keep what was filled in without handing it in (CR-11); gaps are allowed, wrong values are not."""
    return once(lambda: _save_draft(actor, entry, edit))


def _save_draft(actor: Actor, entry: Entry, edit: Edit | None) -> Declaration:
    by = declarer(actor)
    asked = claim(by.pack, entry)
    declaration, again = opened(actor, by, entry, edit)
    if not again:
        write([Sheet(declaration, by)], entry, asked)
        audit.record(acting(actor), "declaration.saved", declaration, version=declaration.version)
    return declaration


@transaction.atomic
def delete_draft(actor: Actor, edit: Edit) -> None:
    """Delete what is to be submitted (CR-20). What was once handed in is hidden, its history and evidence stay."""
    declaration = editable(actor, edit)
    if declaration.case is None:
        audit.record(acting(actor), "declaration.deleted", declaration)
        declaration.evidence.all().delete()
        declaration.delete()
        return
    declaration.deleted_at = clock.now()
    declaration.save(update_fields=["deleted_at"])
    audit.record(acting(actor), "declaration.hidden", declaration)
