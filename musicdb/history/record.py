"""Record versions of rows: many at a time, in the transaction of the change.

A change calls ``baseline`` before it writes and ``record_updates`` after. The first records what no version states
yet, so that the second version differs from the one before it by this change alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Q, QuerySet
from django.utils import timezone

from musicdb.db import Parameter, PreparedInsert, in_batches
from musicdb.history.expressions import belonging_columns, belongings_of, last_version_matches, lost_rows
from musicdb.models import GroupedChange, Import
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.history import CHANGED, CREATED, DELETED, ChangeType

# The columns of a version that say how it came about.
FACTS = (
    "history_date",
    "history_type",
    "history_change_reason",
    "history_user",
    "change_type",
    "source_import",
    "grouped_change",
)
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
    stated = {
        "history_date": timezone.now(),
        "history_type": history_type,
        "history_change_reason": change.reason,
        "history_user": change.user.pk if change.user else None,
        "change_type": change.type.value,
        "source_import": change.source_import.pk if change.source_import else None,
        "grouped_change": change.group.pk if change.group else None,
    }
    is_deletion = history_type == DELETED
    for batch in in_batches(keys):
        first, last = min(batch), max(batch)
        if last - first + 1 == len(batch) == len(set(batch)):
            # One row, or new rows, which have keys in sequence.
            statement = _insert_of_sequence(model, is_deletion, unless_recorded, connection.vendor)
        else:
            statement = _insert(model, is_deletion, unless_recorded, Q(pk__in=batch))
        statement.run({**stated, "first": first, "last": last})


@cache
def _insert_of_sequence(
    model: type[models.Model], is_deletion: bool, unless_recorded: bool, vendor: str
) -> PreparedInsert:
    """Return the insert of the versions of all rows from the key ``first`` to ``last``, for databases of ``vendor``."""
    key = model._meta.pk
    among = Q(pk__range=(Parameter("first", key), Parameter("last", key)))
    return _insert(model, is_deletion, unless_recorded, among)


def _insert(model: type[models.Model], is_deletion: bool, unless_recorded: bool, among: Q) -> PreparedInsert:
    """Return the insert of a version of each row ``among`` those of ``model``. Its parameters are ``FACTS``."""
    aggregate = aggregate_of(model)
    history = aggregate.versions.model
    columns = ["id", *(field.name for field in aggregate.columns)]
    belongings = belongings_of(aggregate)
    if is_deletion:
        belongings |= {use.reverse_name: lost_rows(use) for use in aggregate.unprotected_uses}
    belonging = belonging_columns(belongings)
    facts = {f"stated_{name}": Parameter(name, history._meta.get_field(name)) for name in FACTS}
    rows = model._default_manager.filter(among).order_by("pk").annotate(**facts, **belonging)
    if unless_recorded:
        rows = rows.alias(is_recorded=last_version_matches(aggregate)).filter(is_recorded=False)
    return PreparedInsert(history, [*columns, *FACTS, *belongings], rows.values_list(*columns, *facts, *belonging))


def rows_as_recorded(aggregate: Aggregate, keys: Sequence[int], **lookups: Any) -> QuerySet[Any]:
    """Return those rows that are as their last version states them. ``lookups`` narrow the versions."""
    belonging = belonging_columns(belongings_of(aggregate))
    rows = aggregate.model._default_manager.filter(pk__in=keys).order_by("pk").alias(**belonging)
    return rows.alias(is_recorded=last_version_matches(aggregate, **lookups)).filter(is_recorded=True)
