"""What editors do to many rows at once: merge, bulk edit, find duplicates and gaps."""

from musicdb.editing.bulk_edit import BulkEditError, Edit, Members, bulk_edit
from musicdb.editing.duplicates import (
    GroupTooLargeError,
    ReviewedGroups,
    dismiss,
    duplicate_tracks,
    restore,
    review_groups,
)
from musicdb.editing.merge import Merged, MergeError, merge

__all__ = [
    "BulkEditError",
    "Edit",
    "GroupTooLargeError",
    "Members",
    "MergeError",
    "Merged",
    "ReviewedGroups",
    "bulk_edit",
    "dismiss",
    "duplicate_tracks",
    "merge",
    "restore",
    "review_groups",
]
