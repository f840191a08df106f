"""Pages of registrations: the forms, the open pickers, the queues, one's own unit."""
