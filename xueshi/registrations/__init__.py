"""How people and bodies get in 注册: accounts, professionals, employers, departments, bases, bureaux.

Owns: Registration, EarlierRound, Consent, RegistrationFile. Doors: services.submit(RegistrationDraft),
selectors.queue, selectors.filed_units, selectors.registration_for, selectors.refused_of.
What is asked and who reviews it is in the pack; passwords are kept by accounts, decisions by reviews.
"""
