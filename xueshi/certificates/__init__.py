"""Certificates: issued when a year is passed, printed, signed, checked by anyone, revoked when the hours fall.

Owns: Certificate, LookupLog, PrintRun. Doors: services.issue, services.review_after_ledger_change, batches.freeze;
selectors.valid_by_account, selectors.by_number; permissions.can_print. Does not know where hours come from: it reads
the annual account and freezes its figures.
"""
