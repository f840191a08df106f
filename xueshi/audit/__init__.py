"""The log of privileged acts: append-only, chained by a keyed hash, verified daily.

Owns: AuditEntry. Doors: services.record, services.record_many, services.verify_chain. Knows no act by name.
"""
