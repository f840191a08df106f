"""Files: sniffed, re-encoded, stored by digest under random names, never in a web root.

Owns: StoredFile. Doors: services.store_image, services.store_bytes, services.read, services.verify, and
services.clear_unused, which removes what no document came to hold. A file has no permissions of its own: the document
that shows it asks its own question first.
"""
