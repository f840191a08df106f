"""Certificates: issued when a year is passed, printed, signed, checked by anyone, revoked when the hours fall.

Owns: Certificate, SerialCounter, LookupLog. Doors: services.issue, services.review_after_ledger_change;
selectors.certificate_of, selectors.published; rules.parse_number. Does not know where hours come from: it reads the
annual account and freezes its figures.
"""
