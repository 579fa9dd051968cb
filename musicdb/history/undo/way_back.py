"""Decide value by value what an undo restores of a row: what the change wrote, and nobody has changed since."""

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from musicdb.history.diff import Names
from musicdb.history.write_back import gone_reason
from musicdb.models.aggregates import Aggregate, ChildRelation


@dataclass(frozen=True)
class Slot:
    """A part of a row that an undo restores as one: columns that belong together, child rows, or the aliases.

    Where ``is_set``, its members are restored one by one.
    """

    name: str
    label: str
    columns: tuple[Any, ...] = ()
    relation: ChildRelation | None = None
    is_set: bool = False

    def value(self, version: Any) -> Any:
        """Return what ``version`` states, such that equal values compare equal."""
        if self.relation:
            return self.relation.stated(version)
        if self.is_set:
            return [tuple(sorted(alias.items())) for alias in version.aliases]
        return [getattr(version, column.attname) for column in self.columns]

    def copy(self, source: Any, target: Any) -> None:
        for name in [column.attname for column in self.columns] or [self.name]:
            setattr(target, name, getattr(source, name))

    def points_at(self, version: Any) -> Iterator[tuple[Any, int]]:
        """Yield the model and the key of each row of the catalogue that the slot points at."""
        if self.relation:
            for child in self.relation.stated(version):
                yield self.relation.member_model, child.member
        for column in self.columns:
            if column.is_relation and (key := getattr(version, column.attname)) is not None:
                yield column.related_model, key


@cache
def slots_of(aggregate: Aggregate) -> tuple[Slot, ...]:
    """Return all slots of a row."""
    together = {name: names for names in aggregate.together for name in names}
    found = []
    for column in aggregate.columns:
        names = together.get(column.name, (column.name,))
        if column.name == names[0]:
            columns = tuple(other for other in aggregate.columns if other.name in names)
            found.append(Slot(column.name, str(column.verbose_name), columns))
    found += [
        Slot(relation.name, relation.name, relation=relation, is_set=not relation.is_ordered)
        for relation in aggregate.child_relations
    ]
    if aggregate.alias:
        found.append(Slot("aliases", "aliases", is_set=True))
    return tuple(found)


def members_of(aggregate: Aggregate, version: Any) -> dict[str, frozenset[int]]:
    """Return the keys of what ``version`` points at, by the name of the column or relation."""
    found = {}
    for slot in slots_of(aggregate):
        names = [column.name for column in slot.columns if column.is_relation]
        if slot.relation:
            names = [slot.relation.name]
        for name in names:
            found[name] = frozenset(key for _, key in slot.points_at(version))
    return found


@dataclass
class WayBack:
    """What an undo does with a changed row.

    ``target`` is a version, not saved, that states the row after the undo. ``restored`` are the names of the slots that
    return to what they were, ``conflicts`` those that somebody has changed since, and ``reasons`` say why others
    cannot be restored.
    """

    target: Any
    restored: set[str] = field(default_factory=set)
    conflicts: list[Slot] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def leaves_something(self) -> bool:
        return bool(self.conflicts or self.reasons)


def way_back(
    aggregate: Aggregate, before: Any, made: Any, now: Any, names: Names, refused: Mapping[str, str]
) -> WayBack:
    """Compare three versions of a row: before the change, as the change made it, and now.

    ``names`` are those that ``before`` points at. ``refused`` says, by slot, why it cannot be restored.
    """
    found = WayBack(copy(now))
    for slot in slots_of(aggregate):
        former, written, current = slot.value(before), slot.value(made), slot.value(now)
        if former in (written, current):
            continue
        if slot.is_set:
            members = _members_back(slot, before, made, now, names)
            if members != getattr(now, slot.name):
                setattr(found.target, slot.name, members)
                found.restored.add(slot.name)
        elif current != written:
            found.conflicts.append(slot)
        elif gone := [
            gone_reason(model, key, names) for model, key in slot.points_at(before) if names.lacks(model, key)
        ]:
            found.reasons += gone
        elif slot.name in refused:
            found.reasons.append(refused[slot.name])
        else:
            slot.copy(before, found.target)
            found.restored.add(slot.name)
    return found


def _members_back(slot: Slot, before: Any, made: Any, now: Any, names: Names) -> list[Any]:
    """Return the members that a row has now, without those that the change added, with those that it removed."""
    former, written, current = slot.value(before), slot.value(made), slot.value(now)
    gone = {member for model, member in slot.points_at(before) if names.lacks(model, member)}
    stated = dict(zip(former, getattr(before, slot.name), strict=True))
    kept = [
        member
        for member, value in zip(getattr(now, slot.name), current, strict=True)
        if value in former or value not in written
    ]
    back = [value for value in former if value not in written and value not in current]
    return kept + [stated[value] for value in back if not slot.relation or stated[value] not in gone]
