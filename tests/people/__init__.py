"""The professional's record."""
