"""Reports over the whole program: what must be true of the data, what may happen to a document."""
