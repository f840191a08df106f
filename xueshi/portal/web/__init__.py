"""Front page, sign-in and homes."""
