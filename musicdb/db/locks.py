"""Locks between processes that share a database."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLiteDatabase

# Any number that no other advisory lock of this database uses.
MIGRATION_LOCK = 5_270_001
POLL_SECONDS = 0.2


@contextmanager
def migration_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until no other process migrates this database, and keep the others waiting until the end."""
    if connection.vendor == "postgresql":
        with _advisory_lock(connection):
            yield
    elif isinstance(connection, SQLiteDatabase) and not connection.is_in_memory_db():
        with folder_lock(Path(connection.settings_dict["NAME"]).resolve().parent):
            yield
    else:
        yield


@contextmanager
def _advisory_lock(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # A statement that waits keeps its snapshot, and CREATE INDEX CONCURRENTLY waits for all snapshots: the two would
    # wait for each other. So this one asks again and again.
    while not _ask(connection, "pg_try_advisory_lock"):
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        # A lost connection has given up its lock already.
        if connection.is_usable():
            _ask(connection, "pg_advisory_unlock")


def _ask(connection: BaseDatabaseWrapper, function: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [MIGRATION_LOCK])
        (answer,) = cursor.fetchone()
    return bool(answer)


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Lock a folder, such as that of an SQLite file, which leaves no lock file behind."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
