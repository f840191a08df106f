"""Pages of notices: the public lists and the bureau's desk."""
