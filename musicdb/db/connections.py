"""Connections to the database: those that may have been lost, and how long they wait for others."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, connections


def close_lost_connections() -> None:
    """Close each connection that no longer works, so that the next query opens a new one.

    Django does this between two web requests. A command that runs for long must do it between two tasks. Otherwise
    every query after the loss fails. A connection inside a transaction stays open, since the code
    that began the transaction must end it.
    """
    for one in connections.all(initialized_only=True):
        if not one.in_atomic_block:
            one.close_if_unusable_or_obsolete()


@contextmanager
def not_waiting() -> Iterator[None]:
    """Let SQLite fail at once, as busy, where another connection writes. On PostgreSQL this does nothing."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (milliseconds,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(milliseconds)}")
