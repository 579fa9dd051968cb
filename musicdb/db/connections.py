"""Connections to the database that may have been lost."""

from django.db import connections


def close_lost_connections() -> None:
    """Close each connection that no longer works, so that the next query opens a new one.

    Django does this between two web requests. A command that runs for long must do it between two tasks. Otherwise
    every query after the loss fails. A connection inside a transaction stays open, since the code
    that began the transaction must end it.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
