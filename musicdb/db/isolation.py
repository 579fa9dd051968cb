"""Read the database as it is at one moment, however long that takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def repeatable_read() -> Iterator[None]:
    """Show the same state to every query within, without making others wait.

    Within a transaction this does nothing: the transaction decides what its queries see.
    """
    if connection.in_atomic_block:
        yield
        return
    # A connection takes its mode from the settings when it is opened.
    connection.ensure_connection()
    mode = getattr(connection, "transaction_mode", None)
    if connection.vendor == "sqlite":
        # The settings let every transaction lock out other writers. One that only reads need not.
        connection.transaction_mode = "DEFERRED"  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            if connection.vendor == "sqlite":
                connection.transaction_mode = mode  # type: ignore[attr-defined]
            elif connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    finally:
        if connection.vendor == "sqlite":
            connection.transaction_mode = mode  # type: ignore[attr-defined]


def data_version() -> int | None:
    """Return a number that is another one once another connection has written anything, and None where there is none.

    Only SQLite has it. Within a transaction it is that of the data which the transaction sees. What this connection
    writes itself does not count.
    """
    if connection.vendor != "sqlite":
        return None
    with connection.cursor() as cursor:
        (version,) = cursor.execute("PRAGMA data_version").fetchone()
    return int(version)
