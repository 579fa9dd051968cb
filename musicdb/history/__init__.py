"""The history of the catalogue: record versions of rows, compare them, restore them."""

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

__all__ = [
    "BASELINE",
    "Change",
    "LostMember",
    "baseline",
    "delete",
    "record_creates",
    "record_deletes",
    "record_updates",
    "rows_as_recorded",
    "signals_disabled",
    "signals_enabled",
]
