"""The history of the catalogue: record versions of rows, compare them, restore them."""

from musicdb.history.record import (
    FOUND,
    Act,
    Losing,
    alias_columns,
    begin,
    changed,
    created,
    delete,
    deleting,
    is_listening,
    paused,
)

__all__ = [
    "FOUND",
    "Act",
    "Losing",
    "alias_columns",
    "begin",
    "changed",
    "created",
    "delete",
    "deleting",
    "is_listening",
    "paused",
]
