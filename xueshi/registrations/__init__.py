"""How people and bodies get in 注册: accounts, professionals, employers, departments, bases, bureaux.

Owns: Registration, RegistrationFile, HiddenRecord. Doors: services.submit(RegistrationDraft), services.hide_record,
selectors.queue, selectors.filed_units, selectors.registration_for. What is asked and who reviews it is in the pack;
passwords are kept by accounts, decisions by reviews.
"""
