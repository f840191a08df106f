"""Writing professionals: entering them, their basics, title changes, entries of which one has several."""

from xueshi.people.services.basics import BasicsDraft, save_basics
from xueshi.people.services.entering import ProfessionalDraft, draft_columns, enter_professional, pinyin_key
from xueshi.people.services.entries import EntryDraft, delete_entry, save_entry
from xueshi.people.services.titles import TitleDraft, ask_for_title, withdraw_change

__all__ = [
    "BasicsDraft",
    "EntryDraft",
    "ProfessionalDraft",
    "TitleDraft",
    "ask_for_title",
    "delete_entry",
    "draft_columns",
    "enter_professional",
    "pinyin_key",
    "save_basics",
    "save_entry",
    "withdraw_change",
]
