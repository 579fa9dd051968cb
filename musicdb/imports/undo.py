"""Undo an import: delete what it created and restore what it changed, where nothing has changed since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.contrib.auth.models import User
from django.db import Error, models
from django.db.models import Max, OuterRef, ProtectedError, Subquery
from django.utils import timezone
from django.utils.text import capfirst

from musicdb import history
from musicdb.db import count_cascade, explain, in_batches, retry_on_deadlock
from musicdb.history.diff import Names, format_time, name_of
from musicdb.history.write_back import missing_targets, taken_values, write_back
from musicdb.imports.lock import WEB_PATIENCE, ImportLockedError, Patience, lock_imports
from musicdb.models import Import
from musicdb.models.aggregates import CATALOGUE, DELETION_ORDER, Aggregate
from musicdb.models.history import CREATED, DELETED, ChangeType

# A deletion looks through all that points at a row, memberships in clusters too.
MAX_DELETED_AT_ONCE = 500
MAX_REASONS = 20


class UndoRefusedError(Exception):
    """An import cannot be undone. ``reasons`` says why, row by row: the first MAX_REASONS, and how many more."""

    def __init__(self, message: str, reasons: Sequence[str] = ()) -> None:
        super().__init__(message)
        more = len(reasons) - MAX_REASONS
        self.reasons = [*reasons[:MAX_REASONS], *([f"And {more:,} more."] if more > 0 else [])]


@dataclass
class _Rows:
    """The rows of a model that an import wrote.

    ``created`` are keys of rows, ``changed`` the keys of the import's versions by those of their rows.
    """

    aggregate: Aggregate
    created: list[int] = field(default_factory=list)
    changed: dict[int, int] = field(default_factory=dict)

    @property
    def keys(self) -> list[int]:
        return sorted([*self.created, *self.changed])


def undo(record: Import, user: User | None, patience: Patience = WEB_PATIENCE) -> None:
    """Delete what ``record`` created and restore what it changed, in one transaction.

    Raises UndoRefusedError, with nothing changed, where a row was edited, merged or deleted since, where something
    that came later uses one, and where what a row pointed at is gone or its former name is taken.
    """
    try:
        retry_on_deadlock(lambda: _undo(record, user, patience))
    except ProtectedError as error:
        users = [f"{capfirst(row._meta.verbose_name)} “{row}”" for row in islice(error.protected_objects, MAX_REASONS)]
        raise UndoRefusedError("Something that came later uses what this import created.", users) from None
    except ImportLockedError as error:
        raise UndoRefusedError(f"{error} Nothing was undone.") from None
    except Error as error:
        raise UndoRefusedError(f"{explain(error)} Nothing was undone.") from error
    record.refresh_from_db()


def _undo(record: Import, user: User | None, patience: Patience) -> None:
    lock_imports(f"undo of {record.file_name}", user, patience)
    locked = Import.objects.select_for_update().get(pk=record.pk)
    if locked.is_undone:
        raise UndoRefusedError("This import was undone already.")
    written = [_rows_of(locked, aggregate) for aggregate in CATALOGUE]
    _refuse_if_changed(locked, written)
    _refuse_if_in_the_way(written)
    _refuse_if_others_go_along(written)
    change = history.Change(ChangeType.UNDO, user, source_import=locked)
    for rows in written:
        _restore(rows, change)
    _delete({rows.aggregate.model: rows.created for rows in written}, change)
    locked.undone_at, locked.undone_by = timezone.now(), user
    locked.save(update_fields=["undone_at", "undone_by"])


def _rows_of(record: Import, aggregate: Aggregate) -> _Rows:
    """Return the rows that have a version of this import."""
    rows = _Rows(aggregate)
    versions = aggregate.versions.filter(source_import=record, change_type=ChangeType.IMPORT).order_by("history_id")
    for key, version, history_type in versions.values_list("id", "history_id", "history_type").iterator():
        if history_type == CREATED:
            rows.created.append(key)
        else:
            rows.changed[key] = version
    return rows


# --- What stands in the way --------------------------------------------------------------------------------------


def _refuse_if_changed(record: Import, written: Sequence[_Rows]) -> None:
    """Lock all rows, and refuse if any is not as the import left it."""
    reasons: list[str] = []
    for rows in written:
        for batch in in_batches(rows.keys):
            as_imported = history.rows_as_recorded(
                rows.aggregate, batch, source_import=record, change_type=ChangeType.IMPORT
            )
            locked = as_imported.select_for_update(of=("self",)).values_list("pk", flat=True)
            if differing := set(batch).difference(locked):
                reasons += _what_happened(rows.aggregate, sorted(differing))
    if reasons:
        raise UndoRefusedError("Rows of this import have changed since, so it was not undone.", reasons)


def _what_happened(aggregate: Aggregate, keys: Sequence[int]) -> Iterator[str]:
    """Yield what became of each row, by its last version."""
    last = aggregate.versions.filter(id__in=keys).order_by().values("id").annotate(last=Max("history_id"))
    versions = aggregate.versions.filter(history_id__in=last.values("last")).select_related("history_user")
    by_key = {version.id: version for version in versions}
    names = dict(aggregate.model._default_manager.filter(pk__in=keys).values_list("pk", aggregate.name_field))
    for key in keys:
        version = by_key.get(key)
        row = f"{aggregate.name} “{names.get(key) or (name_of(version) if version else key)}”"
        if key not in names:
            if version is not None and version.change_type == ChangeType.MERGE:
                yield f"{row} has been merged since: {version.history_change_reason}"
            else:
                yield f"{row} has been deleted since."
        elif version is None or version.change_type in (ChangeType.IMPORT, ChangeType.BASELINE):
            yield f"{row} has been changed since."
        else:
            user = f" by {version.history_user}" if version.history_user else ""
            how = f"{version.get_change_type_display()}{user}, {format_time(version)}"
            yield f"{row} has been changed since ({how})."


def _refuse_if_in_the_way(written: Sequence[_Rows]) -> None:
    """Refuse to restore rows that pointed at what is gone, and rows whose name or id another row has now."""
    reasons: list[str] = []
    for rows in written:
        own = rows.keys
        for versions in _versions_before(rows):
            names = Names(versions)
            reasons += (
                f"{rows.aggregate.name} “{name_of(version)}”: {reason}"
                for version in versions
                for reason in missing_targets(version, names)
            )
            reasons += taken_values(rows.aggregate, versions, own)
    if reasons:
        raise UndoRefusedError("What this import changed cannot be restored.", reasons)


def _refuse_if_others_go_along(written: Sequence[_Rows]) -> None:
    """Refuse to delete rows that other applications build upon, such as the runs of a genre: they would go too."""
    own_tables = {table for aggregate in CATALOGUE for table in aggregate.own_tables}
    going = {
        table
        for rows in written
        for batch in in_batches(rows.created)
        for table in count_cascade(rows.aggregate.model, batch)
    }
    if others := sorted(str(table._meta.verbose_name_plural) for table in going - own_tables):
        raise UndoRefusedError(
            "Something that came later was made of what this import created, and would be deleted with it. "
            "Delete it first.",
            [capfirst(kind) for kind in others],
        )


# --- The way back ------------------------------------------------------------------------------------------------


def _versions_before(rows: _Rows) -> Iterator[list[Any]]:
    """Yield, in batches, the version of each changed row before that of the import. Refuse where one is missing."""
    versions = rows.aggregate.versions
    earlier = versions.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).exclude(history_type=DELETED)
    before = Subquery(earlier.order_by("-history_id").values("history_id")[:1])
    for batch in in_batches(rows.changed.values()):
        keys = versions.filter(history_id__in=batch).order_by("id").values_list(before, flat=True)
        found = versions.in_bulk([key for key in keys if key is not None])
        if len(found) < len(batch):
            raise UndoRefusedError("The history no longer has what this import changed, so it cannot be restored.")
        yield list(found.values())


def _restore(rows: _Rows, change: history.Change) -> None:
    for versions in _versions_before(rows):
        write_back(rows.aggregate, versions)
        history.record_updates(rows.aggregate.model, [version.id for version in versions], change)


def _delete(created: dict[type[models.Model], list[int]], change: history.Change) -> None:
    """Delete through the ORM, which finds what other applications keep of a row: what they protect is not deleted."""
    for aggregate in DELETION_ORDER:
        for batch in in_batches(created[aggregate.model], MAX_DELETED_AT_ONCE):
            _refuse_if_used(aggregate, batch)
            history.delete(aggregate.model._default_manager.filter(pk__in=batch), change)


def _refuse_if_used(aggregate: Aggregate, keys: Sequence[int]) -> None:
    """Refuse to delete what owners would lose without an error, as tracks lose a genre."""
    for use in aggregate.unprotected_uses:
        if owners := use.owners_of(keys):
            owner = use.owner_model
            users = owner._default_manager.filter(pk__in=owners[:MAX_REASONS])
            raise UndoRefusedError(
                f"{capfirst(owner._meta.verbose_name_plural)} that came later use a "
                f"{aggregate.model._meta.verbose_name} that this import created.",
                [f"{capfirst(owner._meta.verbose_name)} “{row}”" for row in users],
            )
