"""The faces of the program: front page with sign-in, homes, navigation, and the gate that every request passes.

Owns no table. Doors: middleware.PortalMiddleware, context.shell. Knows every app below it.
"""
