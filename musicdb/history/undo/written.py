"""The rows that a change wrote, and their versions before it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from musicdb.history import versions
from musicdb.models.aggregates import Aggregate
from musicdb.models.history import CREATED, DELETED


@dataclass
class Written:
    """The rows of a model that a change wrote.

    ``created`` are keys of rows. ``changed`` has, by the key of a row, the key of the version that the change made.
    """

    aggregate: Aggregate
    created: set[int] = field(default_factory=set)
    changed: dict[int, int] = field(default_factory=dict)

    @property
    def keys(self) -> list[int]:
        return sorted([*self.created, *self.changed])


def written_by(aggregate: Aggregate, lookups: Mapping[str, Any]) -> Written:
    """Return the rows of which ``lookups`` find a version."""
    rows = Written(aggregate)
    found = aggregate.versions.filter(**lookups).exclude(history_type=DELETED).order_by("history_id")
    for key, version, history_type in found.values_list("id", "history_id", "history_type").iterator():
        if history_type == CREATED:
            rows.created.add(key)
        elif key not in rows.created:
            rows.changed[key] = version
    return rows


def versions_before(rows: Written, keys: Iterable[int]) -> dict[int, Any]:
    """Return, by key, the version of each changed row before that of the change. Rows that have none are missing."""
    return versions.versions_before(rows.aggregate, [rows.changed[key] for key in keys])
