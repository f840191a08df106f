"""要求调整: events that change what a year asks of one person, asked for with proof and decided by desks.

Owns: Adjustment, Proof. Doors: services.ask, services.withdraw, services.revoke. Knows the ledger, whose targets an
approved event changes; the ledger does not know it. Which kinds there are is said by the year's rules.
"""
