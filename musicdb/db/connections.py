"""Connections to the database that may have been lost."""

from django.db import connections


def close_lost_connections() -> None:
    """Close each connection that no longer works, so that the next query opens a new one.

    Django does this between two web requests. A long-running command must do it between two units of work; otherwise
    every query after the loss fails. A connection inside a transaction is left alone: whoever began it must end it.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
