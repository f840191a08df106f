"""The professional 专业技术人员: profile, title, education, employer.

Owns: Professional, Title, TitleChange, Entry. Doors: services.enter_professional, save_basics, ask_for_title,
withdraw_change, save_entry, delete_entry; selectors.professionals_listed, professional_of, title_at, change_for;
permissions.can_see_professional. Does not know what the person declares or is credited with.
"""
