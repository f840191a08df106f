"""Pages of the ui itself: errors, gallery."""
