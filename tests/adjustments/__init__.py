"""Requirement events, on packs in which they are switched on."""
