"""Settings, addresses and commands over the whole program; knows every app and is known by none."""
