"""Pages of certificates: printing for those signed in, checking for everyone."""
