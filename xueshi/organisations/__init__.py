"""Bodies and who acts for them.

Owns: Area, Organisation, Department, Membership, Role. Doors: actors.Actor, selectors.visible_organisations,
selectors.desk_for, services.create_organisation, services.admit, services.end_membership. Knows no document.
"""
