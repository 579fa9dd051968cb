"""The history of the catalogue: record versions of rows, compare them, restore them."""

from musicdb.history.authorship import SetByPeople, deleted_by_people, set_by_people
from musicdb.history.imported import Imported, imported_counts, keys_of_import
from musicdb.history.record import (
    BASELINE,
    Change,
    LostMember,
    baseline,
    delete,
    record_creates,
    record_deletes,
    record_updates,
    rows_as_recorded,
    signals_disabled,
    signals_enabled,
)
from musicdb.history.versions import created_at

__all__ = [
    "BASELINE",
    "Change",
    "Imported",
    "LostMember",
    "SetByPeople",
    "baseline",
    "created_at",
    "delete",
    "deleted_by_people",
    "imported_counts",
    "keys_of_import",
    "record_creates",
    "record_deletes",
    "record_updates",
    "rows_as_recorded",
    "set_by_people",
    "signals_disabled",
    "signals_enabled",
]
