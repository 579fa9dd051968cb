"""Undo an import: delete what it created and restore what it changed, where nothing has changed or uses it since."""

from django.contrib.auth.models import User
from django.db import Error
from django.utils import timezone

from musicdb.db import explain, retry_on_deadlock
from musicdb.history.undo import UndoPlan, carry_out, make_plan
from musicdb.imports.lock import WEB_PATIENCE, ImportLockedError, Patience, lock_imports
from musicdb.models import Import
from musicdb.models.history import ChangeType
from musicdb.progress import Progress, no_progress

UNDONE_ALREADY = "This import was undone already."


class UndoRefusedError(Exception):
    """An import cannot be undone. The message says why, and nothing was changed."""


def plan_undo(record: Import, progress: Progress = no_progress) -> UndoPlan:
    """Return what an undo of ``record`` would do now. Changes nothing."""
    return make_plan(_versions_of(record), progress)


def undo(
    record: Import, user: User | None, progress: Progress = no_progress, patience: Patience = WEB_PATIENCE
) -> UndoPlan:
    """Delete what ``record`` created and restore what it changed, in one transaction. Return what was done.

    A value that somebody has changed since stays. So does a row that was created, where somebody has changed it or
    something that stays uses it. ``record.not_undone`` has what stays, with the reasons. Once nothing stands in the
    way any more, the rest can be undone by another call.

    Raises UndoRefusedError, with nothing changed, where there is nothing to undo.
    """
    try:
        plan = retry_on_deadlock(lambda: _undo(record, user, progress, patience))
    except ImportLockedError as error:
        raise UndoRefusedError(f"{error} Nothing was undone.") from None
    except Error as error:
        raise UndoRefusedError(f"{explain(error)} Nothing was undone.") from error
    record.refresh_from_db()
    return plan


def _undo(record: Import, user: User | None, progress: Progress, patience: Patience) -> UndoPlan:
    lock_imports(f"undo of {record.file_name}", user, patience)
    locked = Import.objects.select_for_update().get(pk=record.pk)
    if locked.is_undone and not locked.not_undone.exists():
        raise UndoRefusedError(UNDONE_ALREADY)
    plan = make_plan(_versions_of(locked), progress, lock=True)
    if plan.does_nothing and plan.leaves_something:
        raise UndoRefusedError("Nothing of this import can be undone now.")
    carry_out(plan, locked, user, progress)
    locked.undone_at, locked.undone_by = timezone.now(), user
    locked.save(update_fields=["undone_at", "undone_by"])
    return plan


def _versions_of(record: Import) -> dict[str, object]:
    return {"source_import_id": record.pk, "change_type": ChangeType.IMPORT}
