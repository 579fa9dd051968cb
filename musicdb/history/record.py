"""Record versions of rows: many at a time, in the transaction of the change.

A change calls ``baseline`` before it writes and ``record_updates`` after. The first records what no version states
yet, so that the second version differs from the one before it by this change alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from musicdb.db import in_batches, insert_from
from musicdb.history.expressions import belonging_columns, belongings_of, last_version_matches, lost_rows
from musicdb.models import GroupedChange, Import
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.history import CHANGED, CREATED, DELETED, ChangeType

_signals_enabled: ContextVar[bool] = ContextVar("signals_enabled", default=True)


@dataclass(frozen=True)
class Change:
    """Who changes rows, in what way, and why. ``group`` is the change that rows of several kinds belong to."""

    type: ChangeType
    user: Any = None
    reason: str = ""
    source_import: Import | None = None
    group: GroupedChange | None = None


BASELINE = Change(ChangeType.BASELINE)


def signals_enabled() -> bool:
    """Return whether saving or deleting a single row records it."""
    return _signals_enabled.get()


@contextmanager
def signals_disabled() -> Iterator[None]:
    """Do not record rows that are saved or deleted within: the caller records them."""
    token = _signals_enabled.set(False)
    try:
        yield
    finally:
        _signals_enabled.reset(token)


def baseline(model: type[models.Model], keys: Iterable[int]) -> None:
    """Record, before a change, those rows that have no version or differ from their last one."""
    _write(model, keys, BASELINE, CHANGED, unless_recorded=True)


def record_creates(model: type[models.Model], keys: Iterable[int], change: Change) -> None:
    """Record rows that ``change`` created."""
    _write(model, keys, change, CREATED)


def record_updates(model: type[models.Model], keys: Iterable[int], change: Change) -> None:
    """Record those rows that differ from their last version."""
    _write(model, keys, change, CHANGED, unless_recorded=True)


@dataclass(frozen=True)
class LostMember:
    """Owners that lose a member when it is deleted, as tracks lose a genre. The database reports none of them."""

    owners: Mapping[ChildRelation, Sequence[int]]
    change: Change

    def record(self) -> None:
        """Record the owners, after the deletion. Where their rows are ordered, close the gaps first."""
        for use, keys in self.owners.items():
            if use.is_ordered:
                use.close_gaps(keys)
            record_updates(use.owner_model, keys, self.change)


def record_deletes(model: type[models.Model], keys: Sequence[int], change: Change) -> LostMember:
    """Record rows that are about to be deleted. Call ``record`` of the result after the deletion."""
    uses = aggregate_of(model).unprotected_uses
    owners = {use: found for use in uses if (found := use.owners_of(keys))}
    for use, found in owners.items():
        baseline(use.owner_model, found)
    _write(model, keys, change, DELETED)
    names = ", ".join(f"“{row}”" for row in model._default_manager.filter(pk__in=keys)) if owners else ""
    return LostMember(owners, replace(change, reason=f"Lost {names}, deleted."))


def delete(rows: QuerySet[Any], change: Change) -> None:
    """Delete ``rows`` through the ORM and record it. Must run in a transaction."""
    # By key from here on: other rows may come to match the query in the meantime.
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    lost = record_deletes(rows.model, keys, change)
    with signals_disabled():
        for batch in in_batches(keys):
            rows.model._default_manager.filter(pk__in=batch).delete()
    lost.record()


def _write(
    model: type[models.Model], keys: Iterable[int], change: Change, history_type: str, unless_recorded: bool = False
) -> None:
    """Write a version of each row as the database has it. One statement a batch."""
    aggregate = aggregate_of(model)
    history = aggregate.versions.model
    columns = ["id", *(field.name for field in aggregate.columns)]
    belongings = belongings_of(aggregate)
    facts: dict[str, Any] = {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": change.reason,
        "history_user": change.user.pk if change.user else None,
        "change_type": change.type.value,
        "source_import": change.source_import.pk if change.source_import else None,
        "grouped_change": change.group.pk if change.group else None,
    }
    stated = {f"stated_{name}": Value(value, history._meta.get_field(name)) for name, value in facts.items()}
    if history_type == DELETED:
        belongings |= {use.reverse_name: lost_rows(use) for use in aggregate.unprotected_uses}
    belonging = belonging_columns(belongings)
    fields = [*columns, *facts, *belongings]
    for batch in in_batches(keys):
        rows = model._default_manager.filter(_among(batch)).order_by("pk").annotate(**stated, **belonging)
        if unless_recorded:
            rows = rows.alias(is_recorded=last_version_matches(aggregate)).filter(is_recorded=False)
        insert_from(history, fields, rows.values_list(*columns, *stated, *belonging))


def _among(keys: Sequence[int]) -> Q:
    """Return the condition that a row has one of ``keys``. New rows have keys in sequence, which need no list."""
    first, last = min(keys), max(keys)
    is_sequence = last - first + 1 == len(keys) == len(set(keys))
    return Q(pk__range=(first, last)) if is_sequence else Q(pk__in=keys)


def rows_as_recorded(aggregate: Aggregate, keys: Sequence[int], **lookups: Any) -> QuerySet[Any]:
    """Return those rows that are as their last version states them. ``lookups`` narrow the versions."""
    belonging = belonging_columns(belongings_of(aggregate))
    rows = aggregate.model._default_manager.filter(pk__in=keys).order_by("pk").alias(**belonging)
    return rows.alias(is_recorded=last_version_matches(aggregate, **lookups)).filter(is_recorded=True)
