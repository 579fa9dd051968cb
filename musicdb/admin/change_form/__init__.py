"""The page of one row: its form, and the child rows on it."""
