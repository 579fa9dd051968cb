"""Find out which values of rows people set last, rather than imports or programs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import models
from django.db.models import Q

from musicdb.db import in_batches
from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.models.history import DELETED, ChangeType

# What only people do. The undo of a whole change is not among them, see ``_is_undo``.
_BY_PEOPLE = (
    ChangeType.EDIT,
    ChangeType.ACTION,
    ChangeType.MERGE,
    ChangeType.SPLIT,
    ChangeType.REVERT,
    ChangeType.RESTORE,
)
# What deletes a row because others stand for it from then on.
_REPLACES = (ChangeType.MERGE, ChangeType.SPLIT)
# What programs do too. During somebody's request they do what that person wants.
_BY_PEOPLE_IN_REQUESTS = (ChangeType.DELETION, ChangeType.PROGRAM)
# What is undone as a whole.
_UNDOABLE = (ChangeType.IMPORT, ChangeType.MERGE, ChangeType.ACTION, ChangeType.SPLIT)
BY_PERSON = Q(change_type__in=_BY_PEOPLE) | Q(change_type__in=_BY_PEOPLE_IN_REQUESTS, history_user__isnull=False)


@dataclass
class SetByPeople:
    """What people decided about one row.

    ``values`` are the columns and the relations whose last change was by a person. ``removed`` are, by the name of the
    relation, what a person took from the row and nobody has given back: keys of genres, names of aliases.
    """

    values: set[str] = field(default_factory=set)
    removed: dict[str, set[Any]] = field(default_factory=dict)


def set_by_people(model: type[models.Model], keys: Iterable[int]) -> dict[int, SetByPeople]:
    """Return what people decided about rows, by key. Rows about which nobody did are missing.

    One query a batch finds the rows that a person has changed. Only the versions of these are read, by another.
    """
    aggregate = aggregate_of(model)
    found: dict[int, SetByPeople] = {}
    for batch in in_batches(keys):
        edited = aggregate.versions.filter(BY_PERSON, id__in=batch).order_by().values_list("id", flat=True).distinct()
        for edited_batch in in_batches(edited):
            versions = aggregate.versions.filter(id__in=edited_batch).order_by("id", "history_id")
            for key, of_row in groupby(versions, key=attrgetter("id")):
                found[key] = _decided(aggregate, of_row)
    return found


def deleted_by_people(model: type[models.Model]) -> Iterator[Any]:
    """Return the last versions of the rows that a person deleted, other than by a merge or a split. One query."""
    aggregate = aggregate_of(model)
    living: Any = aggregate.model._default_manager.order_by().values("pk")
    deleted = aggregate.versions.filter(BY_PERSON, history_type=DELETED).exclude(change_type__in=_REPLACES)
    # What an edit had made, and its undo took away again.
    deleted = deleted.exclude(change_type=ChangeType.REVERT, grouped_change__isnull=False)
    return iter(deleted.exclude(id__in=living).order_by("history_id"))


def _decided(aggregate: Aggregate, versions: Iterable[Any]) -> SetByPeople:
    """Walk through the versions of a row, the first one first."""
    decided = SetByPeople()
    # By the import or the change of many rows, which an undo takes back.
    before: dict[tuple[int | None, int | None], SetByPeople] = {}
    state = _empty_state(aggregate)
    for version in versions:
        after = _state(aggregate, version)
        # An owner that loses a deleted member, as a playlist loses a track, is no decision about its other members.
        is_loss = version.change_type == ChangeType.DELETION
        changed = {name for name, value in after.items() if value != state[name] and not is_loss}
        undone = version.source_import_id, version.grouped_change_id
        if version.change_type in _UNDOABLE:
            before[undone] = decided
        if _is_undo(version):
            former = before.get(undone, SetByPeople())
        elif _is_by_person(version):
            former = SetByPeople(changed, _removed(aggregate, state, after))
        else:
            former = SetByPeople()
        decided = SetByPeople(
            (decided.values - changed) | (former.values & changed),
            {
                name: (decided.removed.get(name, set()) | former.removed.get(name, set())) - _members(after[name])
                for name in _additive(aggregate)
            },
        )
        state = after
    return decided


def _removed(aggregate: Aggregate, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, set[Any]]:
    return {name: _members(before[name]) - _members(after[name]) for name in _additive(aggregate)}


def _additive(aggregate: Aggregate) -> list[str]:
    """Return the relations to which an import adds, and from which it takes nothing."""
    names = [relation.name for relation in aggregate.child_relations if not relation.is_ordered]
    return [*names, "aliases"] if aggregate.alias else names


def _members(stated: Iterable[Any]) -> set[Any]:
    return {member["name"] if isinstance(member, dict) else member for member in stated}


def _is_undo(version: Any) -> bool:
    """Return whether a version undoes a whole change. Its values count as set by the person or import before that."""
    is_of_edit = version.change_type == ChangeType.REVERT and version.grouped_change_id is not None
    return is_of_edit or version.change_type in (ChangeType.UNDO, ChangeType.UNMERGE)


def _is_by_person(version: Any) -> bool:
    """Return whether ``BY_PERSON`` is true of a version."""
    in_request = version.history_user_id is not None
    return version.change_type in _BY_PEOPLE or (in_request and version.change_type in _BY_PEOPLE_IN_REQUESTS)


def _state(aggregate: Aggregate, version: Any) -> dict[str, Any]:
    state = {column.name: getattr(version, column.attname) for column in aggregate.columns}
    state |= {relation.name: getattr(version, relation.name) for relation in aggregate.child_relations}
    return state | {"aliases": version.aliases} if aggregate.alias else state


def _empty_state(aggregate: Aggregate) -> dict[str, Any]:
    """Return what a row states about which nobody has said anything."""
    state: dict[str, Any] = {column.name: column.get_default() for column in aggregate.columns}
    state |= {relation.name: [] for relation in aggregate.child_relations}
    return state | {"aliases": []} if aggregate.alias else state
