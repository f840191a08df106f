"""Pages of the professional's own record, and the desk of title changes."""
