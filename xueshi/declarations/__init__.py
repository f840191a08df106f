"""Hours declared 学时申报 by people, with their evidence.

Owns: Declaration, Evidence. Doors: services.save_draft, services.submit, services.withdraw, services.delete_draft;
selectors.declarations_seen, selectors.pending_hours, selectors.recent; permissions.can_see_declaration. Registers the
document kind "declaration" with reviews and describes its entries to the ledger.
"""
