"""Notifications: what leaves the program by text message or mail, and proof of what was sent (D9).

Owns: Message (the outbox), Delivery (what the stand-in received), Note (消息, read inside the program), Choice (how
somebody wants to hear of notes). Doors: services.write and write_many inside the caller's transaction, add_notes,
services.offered, selectors.parked, notes_of; ``accounts.messages.tell`` knows how people are reached. Knows nobody:
recipients come as canonical numbers and addresses, words come from whoever called ``wording.use``.
"""
