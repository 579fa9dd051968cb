"""Imports, exports, edits and undos that take too long for a request: a worker or another process does them."""

from musicdb.transfers.files import TransferFiles, private_folder
from musicdb.transfers.progress import Cancelled, Report
from musicdb.transfers.running import (
    RUN_TRANSFER,
    WAIT_SECONDS,
    Done,
    TransferFailedError,
    done_with_commit,
    register,
    run,
)
from musicdb.transfers.service import (
    TooManyTransfersError,
    again,
    cancel,
    purge,
    register_sender,
    settle,
    start,
    start_here,
)

__all__ = [
    "RUN_TRANSFER",
    "WAIT_SECONDS",
    "Cancelled",
    "Done",
    "Report",
    "TooManyTransfersError",
    "TransferFailedError",
    "TransferFiles",
    "again",
    "cancel",
    "done_with_commit",
    "private_folder",
    "purge",
    "register",
    "register_sender",
    "run",
    "settle",
    "start",
    "start_here",
]
