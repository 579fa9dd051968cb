"""Tell the errors of a database apart by the driver's code, and explain them to people."""

import logging
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from django.db import Error, InterfaceError, OperationalError

logger = logging.getLogger(__name__)


class FailureKind(Enum):
    """What went wrong at the database."""

    BUSY = auto()
    # The database broke off one of two transactions that waited for each other or saw each other's changes.
    DEADLOCK = auto()
    CONSTRAINT = auto()
    DISK_FULL = auto()
    CONNECTION_LOST = auto()
    READ_ONLY = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Failure:
    """What went wrong, as a sentence, and what to do about it."""

    kind: FailureKind
    message: str
    advice: str


# SQLSTATE codes, or their first two characters where a whole class means one thing.
_BY_SQLSTATE = {
    "55P03": FailureKind.BUSY,  # lock_not_available
    "53300": FailureKind.BUSY,  # too_many_connections
    "40P01": FailureKind.DEADLOCK,  # deadlock_detected
    "40001": FailureKind.DEADLOCK,  # serialization_failure
    "23": FailureKind.CONSTRAINT,  # integrity_constraint_violation
    "53100": FailureKind.DISK_FULL,  # disk_full
    "08": FailureKind.CONNECTION_LOST,  # connection_exception
    "57P01": FailureKind.CONNECTION_LOST,  # admin_shutdown
    "57P02": FailureKind.CONNECTION_LOST,  # crash_shutdown
    "57P03": FailureKind.CONNECTION_LOST,  # cannot_connect_now
    "57P05": FailureKind.CONNECTION_LOST,  # idle_session_timeout
    "25006": FailureKind.READ_ONLY,  # read_only_sql_transaction
}
# The names of SQLite's primary result codes; those of its extended codes begin like them.
_BY_SQLITE_NAME = {
    "SQLITE_BUSY": FailureKind.BUSY,
    "SQLITE_LOCKED": FailureKind.BUSY,
    "SQLITE_CONSTRAINT": FailureKind.CONSTRAINT,
    "SQLITE_FULL": FailureKind.DISK_FULL,
    "SQLITE_CANTOPEN": FailureKind.CONNECTION_LOST,
    "SQLITE_READONLY": FailureKind.READ_ONLY,
}
_TEXTS = {
    FailureKind.BUSY: (
        "The database was busy with another change for too long.",
        "Try again in a moment.",
    ),
    FailureKind.DEADLOCK: (
        "Another change to the same rows was made at the same time.",
        "Try again.",
    ),
    FailureKind.CONSTRAINT: (
        "The change conflicts with what the library holds now: {detail}",
        "Somebody may have changed the library in the meantime. Look again, then try again.",
    ),
    FailureKind.DISK_FULL: (
        "The disk that holds the database is full.",
        "Free some space on it, then try again.",
    ),
    FailureKind.CONNECTION_LOST: (
        "The database could not be reached.",
        "Check that it is running, then try again.",
    ),
    FailureKind.READ_ONLY: (
        "The database accepts no changes: it is read-only.",
        "Ask the person who runs the site to make it writable.",
    ),
    FailureKind.OTHER: (
        "The database reported an error: {detail}",
        "The log of the site has the details.",
    ),
}


def classify(error: BaseException) -> FailureKind:
    """Return what kind of failure an error of Django's database layer is."""
    cause: Any = error.__cause__
    if hasattr(cause, "sqlstate"):
        code = cause.sqlstate
        if code is None:
            # The driver itself noticed that the server has gone.
            is_connection = isinstance(error, OperationalError | InterfaceError)
            return FailureKind.CONNECTION_LOST if is_connection else FailureKind.OTHER
        return _BY_SQLSTATE.get(code) or _BY_SQLSTATE.get(code[:2]) or FailureKind.OTHER
    name = getattr(cause, "sqlite_errorname", "")
    kinds = (kind for prefix, kind in _BY_SQLITE_NAME.items() if name == prefix or name.startswith(f"{prefix}_"))
    return next(kinds, FailureKind.OTHER)


def failure_of(error: Error) -> Failure:
    """Return what went wrong, in words for people."""
    kind = classify(error)
    message, advice = _TEXTS[kind]
    return Failure(kind, message.format(detail=_detail(error)), advice)


def explain(error: Error) -> str:
    """Log ``error`` with its traceback, and return what happened and what to do about it, as sentences."""
    failure = failure_of(error)
    logger.error("Database failure: %s", failure.kind.name, exc_info=error)
    return f"{failure.message} {failure.advice}"


def _detail(error: Error) -> str:
    """Return what the driver says, as a sentence. PostgreSQL tells the values that conflict apart from the rest."""
    diagnosis = getattr(error.__cause__, "diag", None)
    lines = (getattr(diagnosis, "message_detail", None) or str(error)).strip().splitlines()
    text = lines[0] if lines else type(error).__name__
    return text if text.endswith(".") else f"{text}."
