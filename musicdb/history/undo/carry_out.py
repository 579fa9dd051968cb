"""Carry out the plan of an undo. Must run in the transaction in which the plan was made with a lock."""

from collections.abc import Iterator
from copy import copy
from itertools import chain
from typing import Any

from musicdb.db import in_batches, insert
from musicdb.history.record import Change, baseline, delete, record_updates
from musicdb.history.undo.plan import UndoPlan
from musicdb.history.undo.reasons import Left
from musicdb.history.undo.written import versions_before
from musicdb.history.write_back import write_back, write_columns
from musicdb.models import Import, NotUndone
from musicdb.models.aggregates import CATALOGUE, DELETION_ORDER
from musicdb.models.history import ChangeType
from musicdb.progress import Progress, no_progress

# A deletion looks through all that points at a row.
MAX_DELETED_AT_ONCE = 500


def carry_out(plan: UndoPlan, record: Import, user: Any, progress: Progress = no_progress) -> None:
    """Restore and delete what ``plan`` says of ``record``, by ``user``, and store what is left with the reasons."""
    change = Change(ChangeType.UNDO, user, source_import=record)
    progress("Noting what is left", 0, None)
    _store_left(plan, record)
    renamed: dict[Any, list[Any]] = {}
    for aggregate in CATALOGUE:
        progress(f"Restoring {aggregate.model._meta.verbose_name_plural}", 0, None)
        changing = plan.claims.changing(aggregate.model)
        renamed[aggregate.model] = []
        baseline(aggregate.model, plan.partly_restored(aggregate.model))
        for targets in _targets(plan, aggregate.model):
            later = [target for target in targets if target.id in changing]
            renamed[aggregate.model] += later
            write_back(aggregate, _with_present_values(aggregate.model, targets, changing))
    for aggregate in DELETION_ORDER:
        going = plan.going(aggregate.model)
        for number, batch in enumerate(in_batches(going, MAX_DELETED_AT_ONCE)):
            stage = f"Deleting {aggregate.model._meta.verbose_name_plural}"
            progress(stage, number * MAX_DELETED_AT_ONCE, len(going))
            delete(aggregate.model._default_manager.filter(pk__in=batch), change)
    progress("Recording", 0, None)
    for aggregate in CATALOGUE:
        # The rows that had these names, ids and addresses are deleted by now.
        write_columns(aggregate, renamed[aggregate.model])
        restored = plan.restored(aggregate.model), plan.partly_restored(aggregate.model)
        record_updates(aggregate.model, sorted(chain(*restored)), change)


def _targets(plan: UndoPlan, model: Any) -> Iterator[list[Any]]:
    """Yield, in batches, versions that state what the changed rows shall be."""
    for batch in in_batches(plan.restored(model)):
        yield list(versions_before(plan.written[model], batch).values())
    for batch in in_batches(plan.partly_restored(model)):
        yield [way.target for way in plan.ways_back(model, batch).values()]


def _with_present_values(model: Any, targets: list[Any], changing: dict[int, list[str]]) -> list[Any]:
    """Return ``targets``, of which those that get another name, id or address keep the one that they have."""
    rows = model._default_manager.in_bulk([target.id for target in targets if target.id in changing])
    found = []
    for target in targets:
        if target.id in changing:
            target = copy(target)
            for name in changing[target.id]:
                setattr(target, name, getattr(rows[target.id], name))
        found.append(target)
    return found


def _store_left(plan: UndoPlan, record: Import) -> None:
    """Store what is left, in place of what an earlier undo of the same import left."""
    NotUndone.objects.filter(source_import=record).delete()
    rows = ((one.model_name, one.row, one.name, one.reason, record.pk) for one in Left(plan))
    insert(NotUndone, ["model_name", "row", "name", "reason", "source_import"], rows)
