"""A content site for a music library."""

__version__ = "0.1.0"
