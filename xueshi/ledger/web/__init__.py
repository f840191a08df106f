"""Pages of the annual account: the years, and the history behind one."""
