"""Undo a change of many rows that was made by a list action or a split.

Each value that the change set returns to what it was, where it is still what the change made of it. What others have
set since stays, and is listed.
"""

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import Error
from django.db.models import ProtectedError
from django.utils import timezone

from musicdb import history
from musicdb.db import explain, in_batches, retry_on_deadlock
from musicdb.editing.undo.plan import UndoRefusedError
from musicdb.editing.undo.returning import named
from musicdb.editing.undo.three_way import without
from musicdb.history.diff import Names, ValueChange, differences, name_of
from musicdb.history.restore import RevertRefusedError, restore_deleted
from musicdb.history.states import current_states
from musicdb.history.versions import versions_before
from musicdb.history.write_back import (
    delete_aliases,
    missing_targets,
    present_aliases,
    taken_aliases,
    taken_values,
    write_back,
)
from musicdb.models import GroupedChange
from musicdb.models.aggregates import CATALOGUE, DELETION_ORDER, Aggregate
from musicdb.models.history import CHANGED, CREATED, DELETED, ChangeType
from musicdb.progress import Progress, no_progress

UNDOABLE = (ChangeType.ACTION, ChangeType.SPLIT)
MAX_SHOWN = 20
# So many rows are restored between two reports of how far the undo is.
BATCH = 1_000
# Columns that only make sense together.
_TOGETHER: tuple[tuple[str, ...], ...] = (("release_date", "release_precision"),)


@dataclass
class EditUndo:
    """What an undo does, or has done.

    ``restored`` rows get values back, and ``shown`` has the first of them with the values. ``created`` and ``deleted``
    name the rows that the change made, which are deleted unless something else uses them, and those that it deleted,
    which return. ``kept`` says what stays as it is, and why.
    """

    restored: int = 0
    shown: list[tuple[str, list[ValueChange]]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.restored or self.created or self.deleted)


def plan_edit_undo(change: GroupedChange) -> EditUndo:
    """Return what ``undo_edit`` would do now. It reads, and writes nothing."""
    found, written = EditUndo(), _Written(change)
    for aggregate in CATALOGUE:
        for _ in _targets(aggregate, written, found):
            pass
        made = written.versions(aggregate, CREATED)
        unchanged = _as_made(aggregate, made)
        for version in made:
            if version.id in unchanged:
                found.created.append(name_of(version))
            else:
                found.kept += _changed_since(aggregate, version)
        found.deleted += map(name_of, written.versions(aggregate, DELETED))
    return found


def count_written(change: GroupedChange) -> int:
    """Return how many versions ``change`` and its undo have. A query a model."""
    return sum(aggregate.versions.filter(grouped_change=change).count() for aggregate in CATALOGUE)


def undo_edit(change: GroupedChange, user: AbstractBaseUser, progress: Progress = no_progress) -> EditUndo:
    """Undo ``change`` in one transaction, and return what was done. Raises UndoRefusedError."""
    try:
        return retry_on_deadlock(lambda: _undo(change.pk, user, progress))
    except RevertRefusedError as error:
        raise UndoRefusedError(f"{error} Nothing was undone.") from error
    except Error as error:
        raise UndoRefusedError(f"{explain(error)} Nothing was undone.") from error


def _undo(key: int, user: AbstractBaseUser, progress: Progress) -> EditUndo:
    change = GroupedChange.objects.select_for_update().get(pk=key)
    if change.kind not in UNDOABLE:
        raise UndoRefusedError("A change of this kind cannot be undone here.")
    if change.is_undone:
        raise UndoRefusedError("This change was undone already.")
    done, written = EditUndo(), _Written(change)
    of_undo = history.Change(ChangeType.REVERT, user, f"Undone: {change.summary}", group=change)
    # Before the undo itself changes them.
    unchanged = {one: _as_made(one, written.versions(one, CREATED), lock=True) for one in CATALOGUE}
    for aggregate in CATALOGUE:
        stage, total = f"Restoring {aggregate.model._meta.verbose_name_plural}", len(written.keys(aggregate, CHANGED))
        for number, targets in enumerate(_targets(aggregate, written, done, lock=True)):
            progress(stage, number * BATCH, total)
            keys = [target.id for target in targets]
            history.baseline(aggregate.model, keys)
            write_back(aggregate, targets)
            history.record_updates(aggregate.model, keys, of_undo)
        if deleted := written.versions(aggregate, DELETED):
            _free_aliases(aggregate, written)
        for version in deleted:
            restore_deleted(version, user)
            done.deleted.append(name_of(version))
    for aggregate in DELETION_ORDER:
        made = written.versions(aggregate, CREATED)
        for version in made:
            if version.id in unchanged[aggregate]:
                _delete(aggregate, version, of_undo, done)
            else:
                done.kept += _changed_since(aggregate, version)
        # Those that stay have lost aliases.
        history.record_updates(aggregate.model, [version.id for version in made], of_undo)
    change.undone_at, change.undone_by_id, change.left_behind = timezone.now(), user.pk, done.kept
    change.save(update_fields=["undone_at", "undone_by", "left_behind"])
    return done


class _Written:
    """The versions that a change wrote. One query a model finds them."""

    def __init__(self, change: GroupedChange) -> None:
        self._keys: dict[tuple[Aggregate, str], dict[int, int]] = {}
        for aggregate in CATALOGUE:
            found = aggregate.versions.filter(grouped_change=change).order_by("history_id")
            for kind, key, version in found.values_list("history_type", "id", "history_id"):
                self._keys.setdefault((aggregate, kind), {})[key] = version

    def keys(self, aggregate: Aggregate, history_type: str) -> dict[int, int]:
        """Return the keys of versions by those of their rows."""
        return self._keys.get((aggregate, history_type), {})

    def versions(self, aggregate: Aggregate, history_type: str) -> list[Any]:
        keys = self.keys(aggregate, history_type)
        return list(aggregate.versions.filter(history_id__in=keys.values()).order_by("history_id")) if keys else []

    def is_deleted(self, model: Any, key: int) -> bool:
        """Return whether the change deleted this row, which an undo brings back."""
        return any(key in keys for (one, kind), keys in self._keys.items() if one.model is model and kind == DELETED)


# --- Rows that the change changed --------------------------------------------------------------------------------


def _targets(aggregate: Aggregate, written: _Written, found: EditUndo, *, lock: bool = False) -> Iterator[list[Any]]:
    """Yield, in batches, the states to which rows return, as versions. ``found`` counts and shows them."""
    own = written.keys(aggregate, CHANGED)
    for batch in in_batches(sorted(own), BATCH):
        keys = [own[key] for key in batch]
        made = {version.id: version for version in aggregate.versions.filter(history_id__in=keys).order_by("id")}
        before = versions_before(aggregate, keys)
        rows = aggregate.model._default_manager.filter(pk__in=made).order_by("pk")
        states = current_states(aggregate, rows.select_for_update() if lock else rows)
        targets = []
        for key, version in made.items():
            if key not in states:
                found.kept.append(f"{named(version)} has been deleted since.")
            elif key not in before:
                found.kept.append(f"{named(version)}: the history no longer has what it was before.")
            elif target := _target(aggregate, before[key], version, states[key], found):
                targets.append(target)
        targets = _possible(aggregate, targets, written, found)
        names = Names([*targets, *(states[target.id] for target in targets[:MAX_SHOWN])])
        for target in targets[: max(0, MAX_SHOWN - len(found.shown))]:
            now = states[target.id]
            found.shown.append((name_of(now), differences(now, target, names)))
        found.restored += len(targets)
        if targets:
            yield targets


def _target(aggregate: Aggregate, before: Any, made: Any, now: Any, found: EditUndo) -> Any:
    """Return the state to which a row returns, and None where nothing of it can. Say what cannot."""
    target, changes, kept = copy(now), False, []
    names = [*(column.name for column in aggregate.columns), *(one.name for one in aggregate.child_relations)]
    together = {name: unit for unit in _TOGETHER for name in unit}
    units = dict.fromkeys(together.get(name, (name,)) for name in names)
    for unit in units:
        columns = [_stated_in(aggregate, name) for name in unit]
        was, became, is_now = ([getattr(version, column) for column in columns] for version in (before, made, now))
        if was == became or is_now == was:
            continue
        if is_now != became:
            field: Any = aggregate.model._meta.get_field(unit[0])
            kept.append(str(field.verbose_name))
            continue
        changes = True
        for column, value in zip(columns, was, strict=True):
            setattr(target, column, value)
    if aggregate.alias:
        aliases = without(now.aliases, without(made.aliases, before.aliases))
        aliases += [alias for alias in without(before.aliases, made.aliases) if alias not in aliases]
        changes = changes or bool(without(aliases, now.aliases) or without(now.aliases, aliases))
        target.aliases = aliases
    if kept:
        found.kept.append(f"{named(now)}: {', '.join(kept)} changed since.")
    return target if changes else None


def _stated_in(aggregate: Aggregate, name: str) -> str:
    return next((field.attname for field in aggregate.columns if field.name == name), name)


def _possible(aggregate: Aggregate, targets: list[Any], written: _Written, found: EditUndo) -> list[Any]:
    """Return the targets that the catalogue allows. Only where one is not allowed, each is asked about by itself."""
    names, own = Names(targets), written.keys(aggregate, CHANGED)
    gone = {
        target.id for target in targets if any(not written.is_deleted(*missing) for missing in names.missing(target))
    }
    if not gone and not any(_taken(aggregate, targets, own)):
        return targets
    possible = []
    for target in targets:
        reasons = list(missing_targets(target, names)) if target.id in gone else []
        reasons += _taken(aggregate, [target], own)
        if reasons:
            found.kept.append(f"{named(target)}: {' '.join(reasons)}")
        else:
            possible.append(target)
    return possible


def _taken(aggregate: Aggregate, targets: list[Any], own: Iterable[int]) -> Iterator[str]:
    yield from taken_values(aggregate, targets, own)
    yield from taken_aliases(aggregate, targets)


# --- Rows that the change created --------------------------------------------------------------------------------


def _as_made(aggregate: Aggregate, made: Sequence[Any], *, lock: bool = False) -> set[int]:
    """Return the keys of the rows that are as the change made them, whatever they have been in between."""
    if not made:
        return set()
    keys = [version.id for version in made]
    if lock:
        rows = aggregate.model._default_manager.select_for_update()
        keys = list(rows.filter(pk__in=keys).order_by("pk").values_list("pk", flat=True))
    versions = [version.history_id for version in made]
    return {row.pk for row in history.rows_as_recorded(aggregate, keys, history_id__in=versions)}


def _changed_since(aggregate: Aggregate, made: Any) -> Iterator[str]:
    """Yield what is said of a row that the change created and that is not as it was made, if it is still there."""
    if aggregate.model._default_manager.filter(pk=made.id).exists():
        yield f"{named(made)} has been changed since, so it stays."


def _delete(aggregate: Aggregate, made: Any, of_undo: history.Change, done: EditUndo) -> None:
    """Delete a row that the change created, unless something else uses it."""
    rows = aggregate.model._default_manager.filter(pk=made.id)
    pointing = (
        owner.model._default_manager.filter(**{column: made.id}).exists()
        for owner, column in aggregate.pointing_columns
    )
    if any(pointing) or any(use.owners_of([made.id]) for use in aggregate.uses):
        done.kept.append(f"{named(made)} is used by something else, so it stays.")
        return
    try:
        history.delete(rows, of_undo)
    except ProtectedError:
        done.kept.append(f"{named(made)} is used by something else, so it stays.")
    else:
        done.created.append(name_of(made))


def _free_aliases(aggregate: Aggregate, written: _Written) -> None:
    """Take from the rows that the change created the aliases that lead to what it deleted, and that returns."""
    if aggregate.alias is None:
        return
    made = {version.id: version.aliases for version in written.versions(aggregate, CREATED)}
    present = present_aliases(aggregate, made)
    delete_aliases(aggregate, [key for row, own in present.items() for key, alias in own if alias in made[row]])
