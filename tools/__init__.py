"""Tools of the developers: nothing here is part of the running product."""
