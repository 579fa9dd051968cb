"""Starts transfers and cancels them, notices those whose process has died, and deletes old ones."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from musicdb.db import FailureKind, classify, not_waiting
from musicdb.models import GroupedChange, Import, Transfer
from musicdb.transfers.files import PRIVATE, TransferFiles, private_folder

# A user who has so many under way waits for one of them.
MAX_UNFINISHED = 3
STOPPED = (
    "The process that worked on it was stopped before the end, for example because the server was restarted or had too "
    "little memory."
)
State = Transfer.State

# Gives the key of a transfer to a worker, and returns whether there is one to take it.
Sender = Callable[[int], bool]
_senders: list[Sender] = []


class TooManyTransfersError(Exception):
    """The user has enough under way. The message says so."""


def register_sender(sender: Sender) -> None:
    """Have ``sender`` give transfers to workers."""
    _senders.append(sender)


def start(
    kind: str,
    user: User,
    name: str,
    asked: dict[str, Any],
    permissions: Sequence[str],
    *,
    upload: str = "",
    given: bytes | None = None,
) -> Transfer:
    """Start a transfer and return it. If the user asks for one that is under way already, that one is returned.

    ``given`` is the part of what is asked for that is too long for the database, such as the keys of rows. ``asked``
    then has a digest of it as ``given``, since all that tells two transfers apart must be there.

    Raises TooManyTransfersError, and OSError where the folder of uploads cannot be written.
    """
    purge()
    unfinished = [one for one in Transfer.objects.unfinished().filter(user=user) if not settle(one).is_finished]
    if same := next((one for one in unfinished if (one.kind, one.asked) == (kind, asked)), None):
        return same
    if len(unfinished) >= MAX_UNFINISHED:
        raise TooManyTransfersError(
            f"{len(unfinished)} of your imports and exports are under way. Wait until one of them has finished, or "
            "cancel one."
        )
    wanted = Transfer(kind=kind, user=user, name=name[:300], asked=asked, permissions=list(permissions), upload=upload)
    try:
        with transaction.atomic():
            wanted.save()
    except IntegrityError:
        return Transfer.objects.unfinished().get(kind=kind, upload=upload)
    try:
        # Before a worker hears of it.
        TransferFiles(wanted.pk).create(given)
    except OSError:
        wanted.delete()
        raise
    if not any(send(wanted.pk) for send in _senders):
        start_here(wanted)
    return wanted


def again(transfer: Transfer) -> Transfer:
    """Start what ``transfer`` did not finish once more. Raises as ``start`` does."""
    return start(
        transfer.kind,
        transfer.user,
        transfer.name,
        transfer.asked,
        transfer.permissions,
        upload=transfer.upload,
        given=TransferFiles(transfer.pk).read_given(),
    )


def start_here(transfer: Transfer) -> None:
    """Do the transfer in a process of its own, which outlives the request and the web server's worker.

    If a worker takes it first, this process finds nothing to do.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 (the key is a number)
            [sys.executable, "manage.py", "runtransfer", str(transfer.pk)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        reason = f"The server could not start a process for it ({error.strerror})."
        Transfer.objects.filter(pk=transfer.pk, state=State.WAITING).update(
            state=State.FAILED, message=reason, finished_at=Now()
        )
        return
    # Somebody must ask how it ended, or the system keeps it as a zombie.
    threading.Thread(target=process.wait, daemon=True).start()


def settle(transfer: Transfer) -> Transfer:
    """Return ``transfer`` as it is now: failed, if the process that worked on it has died.

    Pages ask this. Where another import writes to SQLite they do not wait, and the state is stored another time.
    """
    if transfer.state != State.RUNNING or TransferFiles(transfer.pk).is_locked:
        return transfer
    # It may have finished between the two looks.
    transfer.refresh_from_db()
    if transfer.state == State.RUNNING:
        state, message, record = State.FAILED, f"{STOPPED} {transfer.nothing_done}", None
        if _is_written(transfer):
            state, message = State.DONE, ""
            record = Import.objects.get(pk=transfer.asked["import"]) if transfer.kind == Transfer.Kind.UNDO else None
        try:
            with not_waiting():
                Transfer.objects.filter(pk=transfer.pk, state=State.RUNNING).update(
                    state=state, record=record, message=message, finished_at=Now()
                )
        except OperationalError as error:
            if classify(error) is not FailureKind.BUSY:
                raise
            transfer.state, transfer.record, transfer.message = state, record, message
            return transfer
        TransferFiles(transfer.pk).tidy()
        transfer.refresh_from_db()
    return transfer


def _is_written(transfer: Transfer) -> bool:
    """Return whether the process of ``transfer`` wrote its file, or undid what it was to undo, and could not say so.

    Imports and edits say so in the transaction that writes.
    """
    if transfer.kind == Transfer.Kind.UNDO:
        undone = Import.objects.filter(pk=transfer.asked["import"], undone_by=transfer.user)
        return undone.filter(undone_at__gte=transfer.started_at).exists()
    if transfer.kind == Transfer.Kind.UNDO_EDIT:
        return GroupedChange.objects.filter(pk=transfer.asked["change"], undone_at__gte=transfer.started_at).exists()
    return transfer.kind == Transfer.Kind.EXPORT and TransferFiles(transfer.pk).result.exists()


def cancel(transfer: Transfer) -> None:
    """Cancel the transfer at once where nothing works on it, and else as soon as its process reports how far it is."""
    files = TransferFiles(transfer.pk)
    # A process learns it from a file: while it writes to SQLite, or waits for another that does, the database takes
    # no word.
    if not files.is_locked:
        waiting = Transfer.objects.filter(pk=transfer.pk, state=State.WAITING)
        if waiting.update(state=State.CANCELLED, message="It had not begun.", finished_at=Now()):
            files.tidy()
            return
        transfer.refresh_from_db()
    if not settle(transfer).is_finished:
        files.cancelled.touch(PRIVATE)


def purge() -> None:
    """Delete transfers that are too old, with their files."""
    kept = timedelta(hours=settings.TRANSFER_HOURS)
    Transfer.objects.filter(created_at__lt=timezone.now() - kept).delete()
    oldest = time.time() - kept.total_seconds()
    for path in private_folder().glob("transfer-*"):
        with suppress(OSError):  # Another process may delete it first.
            if path.stat().st_mtime < oldest:
                path.unlink()
