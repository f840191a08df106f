"""Pages of declarations: declaring, progress, review desk, verification."""
