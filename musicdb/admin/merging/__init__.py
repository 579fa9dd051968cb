"""Merging rows: the action, the page that asks what stays, the page of possible duplicates."""

from musicdb.admin.merging.admin import MergeableAdmin

__all__ = ["MergeableAdmin"]
