"""Notices and downloads: what a bureau tells everybody on the front pages of its portal.

Owns: Notice, Attachment. Doors: selectors.published, selectors.recent_for; services.write, publish, withdraw.
Knows no document kind and no review: a bureau's administrator answers for what they publish.
"""
