"""What became of rows that a version points at: they are there, were merged into others, or are gone."""

from collections.abc import Iterable
from typing import Any

from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions
from musicdb.models.aggregates import Child
from musicdb.models.history import ChangeType


class Targets:
    """Rows of ``model`` as they are today. ``returning`` are the keys of those that the undo brings back.

    ``names`` has the last name of each row that is no longer there.
    """

    def __init__(self, model: Any, keys: Iterable[int], returning: Iterable[int] = ()) -> None:
        """Look up ``keys``. Two queries, and two more for each time that what a row was merged into was merged too."""
        self.names: dict[int, str] = {}
        self._there = set(returning)
        self._merged_into: dict[int, int] = {}
        wanted = set(keys) - self._there
        while wanted:
            self._there.update(model._default_manager.filter(pk__in=wanted).values_list("pk", flat=True))
            missing, wanted = wanted - self._there, set()
            for key, version in last_versions(model, missing).items():
                self.names[key] = name_of(version)
                change = version.grouped_change
                if version.change_type == ChangeType.MERGE and change is not None and not change.is_undone:
                    self._merged_into[key] = change.row
                    wanted.add(change.row)
            wanted -= self._there | self._merged_into.keys()

    def of(self, key: int) -> int | None:
        """Return ``key``, or that of the row which it was merged into. None if there is none any more."""
        while key not in self._there:
            if key not in self._merged_into:
                return None
            key = self._merged_into[key]
        return key


def resolved(children: Iterable[Child], targets: Targets, may_repeat: bool) -> list[Child]:
    """Return child rows that point at rows of today, each member once unless it ``may_repeat``."""
    found, members = [], set()
    for child in children:
        member = targets.of(child.member)
        if member is not None and (may_repeat or member not in members):
            members.add(member)
            found.append(Child(member, child.values))
    return found
