"""Pages of reviews: deciding, and the batch with its progress and report."""
