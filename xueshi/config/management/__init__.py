"""Commands over the whole program."""
