"""Undoes imports, and finds out what an undo would do: small ones in the request, large ones as a transfer."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User

from musicdb.admin.base import counted
from musicdb.db import repeatable_read
from musicdb.history.undo import Left, UndoCounts
from musicdb.imports.lock import WEB_PATIENCE, Patience
from musicdb.imports.undo import UndoRefusedError, plan_undo, undo
from musicdb.models import Import, NotUndone, Transfer
from musicdb.progress import Progress, no_progress
from musicdb.transfers import WAIT_SECONDS, Done, TransferFailedError, TransferFiles, register, start

PERMISSION = "musicdb.change_import"
_LEFT = ["model_name", "row", "name", "reason"]


class UndoPreviewGoneError(Exception):
    """What a transfer has found out about an undo was deleted: it is too old, or the import was undone since."""


def is_large(record: Import) -> bool:
    """Return whether ``record`` wrote so many rows that no request should wait for its undo."""
    written = sum(count["created"] + count["updated"] for count in record.counts.values())
    return bool(written > settings.TRANSFER_ROWS)


def undo_import(record: Import, user: User, progress: Progress = no_progress, patience: Patience = WEB_PATIENCE) -> int:
    """Undo an import, log it, and return how many rows were left. Raises UndoRefusedError."""
    left = len(Left(undo(record, user, progress, patience)))
    message = f"Undone, but for {counted(left, 'row')}." if left else "Undone."
    LogEntry.objects.log_actions(user.pk, [record], CHANGE, message, single_object=True)
    return left


def success(record: Import, left: int) -> str:
    """Return what the user is told after an undo."""
    if left:
        return f"The import of {record} was undone in part. Below is what was left, and why."
    return f"The import of {record} was undone."


# --- What an undo would do -------------------------------------------------------------------------------------------


class _StoredLeft:
    """The rows that an undo would leave, as a preview has stored them."""

    def __init__(self, rows: list[list[Any]]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, wanted: slice) -> list[NotUndone]:
        return [NotUndone(**dict(zip(_LEFT, row, strict=True))) for row in self._rows[wanted]]


@dataclass(frozen=True)
class UndoPreview:
    """What an undo would do: the counts, and what it would leave. Of ``left`` a page can be sliced."""

    counts: list[UndoCounts]
    left: Left | _StoredLeft

    @classmethod
    def of(cls, record: Import) -> "UndoPreview":
        """Find it out. Call it where queries see one moment, and slice ``left`` there."""
        plan = plan_undo(record)
        return cls(plan.counts, Left(plan))

    @classmethod
    def stored(cls, transfer: Transfer) -> "UndoPreview":
        """Return what ``transfer`` has found out. Raises UndoPreviewGoneError."""
        try:
            found = json.loads(TransferFiles(transfer.pk).result.read_bytes())
        except FileNotFoundError:
            raise UndoPreviewGoneError from None
        return cls([UndoCounts(**count) for count in found["counts"]], _StoredLeft(found["left"]))

    @property
    def does_nothing(self) -> bool:
        """Whether all that the import wrote would be left."""
        return any(count.left for count in self.counts) and not any(
            count.deleted or count.restored for count in self.counts
        )


# --- As a transfer ---------------------------------------------------------------------------------------------------


def start_transfer(kind: str, record: Import, user: User) -> Transfer:
    """Start the undo of ``record`` or its preview. Raises TooManyTransfersError and OSError."""
    return start(kind, user, record.file_name, {"import": record.pk}, [PERMISSION])


def _preview(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    with repeatable_read():
        plan = plan_undo(Import.objects.get(pk=transfer.asked["import"]), progress)
        rows: list[list[Any]] = []
        left = Left(plan)
        for row in left:
            progress("Listing what would be left", len(rows), len(left))
            rows.append([getattr(row, name) for name in _LEFT])
    found = {"counts": [asdict(count) for count in plan.counts], "left": rows}
    with files.writing() as file:
        file.write(json.dumps(found).encode())
    return Done()


def _undo(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    patience = Patience(WAIT_SECONDS, lambda words: progress(words, 0, None), seconds_between_notices=1)
    record = Import.objects.get(pk=transfer.asked["import"])
    try:
        left = undo_import(record, transfer.user, progress, patience)
    except UndoRefusedError as error:
        raise TransferFailedError(str(error)) from error
    for preview in Transfer.objects.filter(kind=Transfer.Kind.UNDO_PREVIEW, asked=transfer.asked):
        # It says what is not so any more.
        TransferFiles(preview.pk).result.unlink(missing_ok=True)
    return Done(record, success(record, left))


register(Transfer.Kind.UNDO_PREVIEW, _preview)
register(Transfer.Kind.UNDO, _undo)
