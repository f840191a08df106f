"""The professional 专业技术人员: profile, title, education, employer.

Owns: Professional. Doors: services.enter_professional, selectors.professionals_seen, selectors.professional_of,
permissions.can_see_professional. Does not know what the person declares or is credited with.
"""
