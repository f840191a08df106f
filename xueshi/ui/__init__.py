"""What every page looks like.

Owns: the shells (``shell``), components (``templatetags.ui``, values in ``parts``), forms (``forms``, ``fields``),
list pages (``lists``), error pages (``web.errors``), static files. Knows no domain: what it shows is handed to it.
"""
