"""Does the work of a transfer, once, and stores what came of it. Workers and ``manage.py runtransfer`` call ``run``."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import connection
from django.db.models.functions import Now

from musicdb.models import Import, Transfer
from musicdb.transfers.files import TakenError, TransferFiles
from musicdb.transfers.progress import Cancelled, Reporter

# An import of a million rows takes minutes. Those who come after it wait, and nobody sits in front of a request.
WAIT_SECONDS = 3600
# Tasks are sent by name: importing them would import Celery.
RUN_TRANSFER = "musicdb.run_transfer"
State = Transfer.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Done:
    """What came of a transfer: the import, if there was one, and what its user should know."""

    record: Import | None = None
    message: str = ""


class TransferFailedError(Exception):
    """What was asked for is not possible. The message says why, and what to do."""


Work = Callable[[Transfer, Reporter, TransferFiles], Done]
_works: dict[str, Work] = {}


def register(kind: str, work: Work) -> None:
    """Have ``work`` do all transfers of a kind. It raises TransferFailedError."""
    _works[kind] = work


def done_with_commit(transfer: Transfer, record: Import | None = None, message: str = "") -> None:
    """Store that ``transfer`` is done. Work that changes the library calls this in its transaction, as the last of it.

    So what was written and that it was written are one, whenever the process dies.
    """
    _finish(transfer, State.DONE, Done(record, message))


def run(key: int) -> bool:
    """Do the transfer with this key. Return False if it is not to be done: cancelled, finished, or another's work."""
    try:
        files = TransferFiles(key)
        with files.locked():
            _wait_for_other_writers()
            transfer = _claim(key)
            if transfer is None:
                return False
            state, done = _outcome(transfer, files)
            _finish(transfer, state, done)
            files.tidy()
    except TakenError as error:
        logger.warning("Transfer %s is left to others: %s", key, error)
        return False
    return True


def _wait_for_other_writers() -> None:
    """Let SQLite wait for as long as another import may take. PostgreSQL's imports wait for a lock of their own."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {WAIT_SECONDS * 1000}")


def _claim(key: int) -> Transfer | None:
    claimed = Transfer.objects.filter(pk=key, state=State.WAITING).update(state=State.RUNNING, started_at=Now())
    return Transfer.objects.select_related("user").get(pk=key) if claimed else None


def _outcome(transfer: Transfer, files: TransferFiles) -> tuple[State, Done]:
    try:
        _check_permissions(transfer)
        report = Reporter(files, lambda: _check_permissions(transfer))
        return State.DONE, _works[transfer.kind](transfer, report, files)
    except Cancelled:
        return State.CANCELLED, Done(message=transfer.nothing_done)
    except TransferFailedError as error:
        return State.FAILED, Done(message=str(error))
    except Exception as error:  # Nobody watches this process, so the page must show any error.
        logger.exception("%s failed", transfer)
        reason = f"{type(error).__name__}: {error}"
        return State.FAILED, Done(message=f"An error stopped it. The site’s log has more about it. {reason}")


def _check_permissions(transfer: Transfer) -> None:
    """Stop the work of a user who may not ask for it any more: it can wait for an hour, and take minutes.

    Raises TransferFailedError.
    """
    # Anew, since a user remembers the permissions that they had.
    user = User.objects.filter(pk=transfer.user_id, is_active=True, is_staff=True).first()
    if user is None or not user.has_perms(transfer.permissions):
        raise TransferFailedError(f"{transfer.user} has no permission for this any more. {transfer.nothing_done}")


def _finish(transfer: Transfer, state: State, done: Done) -> None:
    Transfer.objects.filter(pk=transfer.pk, state=State.RUNNING).update(
        state=state, record=done.record, message=done.message, finished_at=Now()
    )
