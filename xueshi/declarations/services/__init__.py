"""Writing declarations: saving and handing in, taking back, deleting; what a verdict does is in ``settling``."""

from xueshi.declarations.services.drafting import Edit, Entry
from xueshi.declarations.services.keeping import Unfinished, keep
from xueshi.declarations.services.saving import delete_draft, save_draft
from xueshi.declarations.services.submitting import submit, withdraw

__all__ = ["Edit", "Entry", "Unfinished", "delete_draft", "keep", "save_draft", "submit", "withdraw"]
