"""What had the merged rows, such as the tracks of an artist: what they get back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from musicdb.db import in_batches
from musicdb.editing.undo.targets import Targets, resolved
from musicdb.editing.undo.three_way import undo_in_list, undo_in_set
from musicdb.history.diff import name_of
from musicdb.history.versions import last_versions, versions_before
from musicdb.models import GroupedChange
from musicdb.models.aggregates import Aggregate, Child, ChildRelation, aggregate_of
from musicdb.models.history import DELETED, ChangeType


@dataclass(frozen=True)
class Owners:
    """The rows whose versions belong to the merge ``change``.

    ``returning`` are the keys of the merged rows that come back. ``left`` takes a sentence for each thing that cannot
    be put back. ``for_update`` locks the rows.
    """

    change: GroupedChange
    returning: set[int]
    left: list[str]
    for_update: bool

    def versions(self, owner: Aggregate) -> Iterator[tuple[list[Any], Mapping[int, Any], dict[int, str]]]:
        """Yield, in batches, the versions of rows that are still there, the ones before by key, and the names."""
        made = owner.versions.filter(grouped_change=self.change, change_type=ChangeType.MERGE)
        keys = made.exclude(history_type=DELETED).order_by("id").values_list("history_id", flat=True)
        for batch in in_batches(list(keys)):
            versions = list(owner.versions.filter(history_id__in=batch).order_by("id"))
            names = self._lock(owner, [version.id for version in versions])
            self._note_gone(owner, [version.id for version in versions if version.id not in names])
            before = versions_before(owner, batch)
            yield [version for version in versions if version.id in names and version.id in before], before, names

    def _lock(self, owner: Aggregate, keys: Sequence[int]) -> dict[int, str]:
        rows: Any = owner.model._default_manager.filter(pk__in=keys).order_by("pk")
        if self.for_update:
            rows = rows.select_for_update()
        return dict(rows.values_list("pk", owner.name_field))

    def _note_gone(self, owner: Aggregate, keys: Sequence[int]) -> None:
        for version in last_versions(owner.model, keys).values():
            is_merged = version.change_type == ChangeType.MERGE
            what = f"merged since: {version.history_change_reason}" if is_merged else "deleted since."
            self.left.append(f"{_kind(owner)} “{name_of(version)}” has been {what}")


def members_of_owners(owners: Owners, use: ChildRelation) -> dict[int, list[Child]]:
    """Return the child rows that each owner gets, such as the artists of each track, by the key of the owner."""
    owner = aggregate_of(use.owner_model)
    undone = undo_in_list if use.is_ordered else undo_in_set
    found: dict[int, list[Child]] = {}
    for versions, before, names in owners.versions(owner):
        present = use.children(names)
        former = {version.id: use.stated(before[version.id]) for version in versions}
        # A merged row that does not return leads to the one that stayed.
        members = {child.member for of_owner in former.values() for child in of_owner}
        targets = Targets(use.member_model, members, owners.returning)
        for version in versions:
            was = resolved(former[version.id], targets, use.may_repeat)
            now = present[version.id]
            put_back, complete = undone(was, use.stated(version), now)
            if not complete:
                owners.left.append(
                    f"The {use.name} of {_kind(owner)} “{names[version.id]}” have been changed since, and stay as they "
                    "are."
                )
            if put_back != now:
                found[version.id] = put_back if use.may_repeat else _once(put_back)
    return found


def pointing_rows(owners: Owners, owner: Aggregate, column: str) -> dict[int, list[int]]:
    """Return the keys of the rows that point at each returning row again, such as the tracks of each album."""
    attribute = owner.model._meta.get_field(column).attname  # type: ignore[union-attr]
    found: dict[int, list[int]] = {}
    for versions, before, names in owners.versions(owner):
        pointing = dict(owner.model._default_manager.filter(pk__in=names).values_list("pk", attribute))
        for version in versions:
            former, now = getattr(before[version.id], attribute), pointing[version.id]
            if former not in owners.returning:
                continue
            if now == owners.change.row:
                found.setdefault(former, []).append(version.id)
            elif now != former:
                owners.left.append(
                    f"The {column} of {_kind(owner)} “{names[version.id]}” has been changed since, and stays as it is."
                )
    return found


def _once(children: Iterable[Child]) -> list[Child]:
    """Return the first child row of each member."""
    return list({child.member: child for child in reversed(list(children))}.values())[::-1]


def _kind(owner: Aggregate) -> str:
    return capfirst(str(owner.model._meta.verbose_name))
