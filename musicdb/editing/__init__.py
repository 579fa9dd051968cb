"""What editors do to many rows at once: merge and undo it, bulk edit, find and replace, find duplicates and gaps."""

from musicdb.editing.bulk_edit import BulkEditError, Edit, Edited, Members, bulk_edit, label_of
from musicdb.editing.bulk_preview import BulkPreview, preview_bulk_edit, with_artists
from musicdb.editing.duplicates import (
    GroupTooLargeError,
    ReviewedGroups,
    dismiss,
    duplicate_albums,
    duplicate_tracks,
    restore,
    review_groups,
)
from musicdb.editing.homonyms import homonyms
from musicdb.editing.merge import Merged, MergeError, merge
from musicdb.editing.merge_groups import MergedGroups, MergeGroup, merge_groups
from musicdb.editing.merge_values import Difference, differences, differences_of_groups
from musicdb.editing.playlists import (
    PlaylistChangedError,
    PlaylistError,
    add_tracks,
    create_playlist,
    edit_entries,
    seen_order,
)
from musicdb.editing.replace import (
    TEXT_FIELDS,
    Part,
    Replaced,
    Replacement,
    ReplacePlan,
    Search,
    SearchError,
    find_replace,
    marked,
    plan_replacements,
)
from musicdb.editing.undo import (
    EditUndo,
    UndoPlan,
    UndoRefusedError,
    plan_edit_undo,
    plan_undo,
    undo_edit,
    undo_merge,
)

__all__ = [
    "TEXT_FIELDS",
    "BulkEditError",
    "BulkPreview",
    "Difference",
    "Edit",
    "EditUndo",
    "Edited",
    "GroupTooLargeError",
    "Members",
    "MergeError",
    "MergeGroup",
    "Merged",
    "MergedGroups",
    "Part",
    "PlaylistChangedError",
    "PlaylistError",
    "ReplacePlan",
    "Replaced",
    "Replacement",
    "ReviewedGroups",
    "Search",
    "SearchError",
    "UndoPlan",
    "UndoRefusedError",
    "add_tracks",
    "bulk_edit",
    "create_playlist",
    "differences",
    "differences_of_groups",
    "dismiss",
    "duplicate_albums",
    "duplicate_tracks",
    "edit_entries",
    "find_replace",
    "homonyms",
    "label_of",
    "marked",
    "merge",
    "merge_groups",
    "plan_edit_undo",
    "plan_replacements",
    "plan_undo",
    "preview_bulk_edit",
    "restore",
    "review_groups",
    "seen_order",
    "undo_edit",
    "undo_merge",
    "with_artists",
]
