"""Pages of requirement events: one's own, the desk, one event by itself."""
