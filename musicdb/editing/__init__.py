"""What editors do to many rows at once: merge, bulk edit, find duplicates and gaps."""
