"""Notifications: what leaves the program by text message or mail, and proof of what was sent (D9).

Owns: Message (the outbox), Delivery (what the stand-in received). Doors: services.write inside the caller's
transaction, services.offered, selectors.parked. Knows nobody: recipients come as canonical numbers and addresses,
words come from whoever called ``wording.use``.
"""
