"""Transactions that may meet: what the database breaks off because two waited for each other is tried again."""

from collections.abc import Callable
from itertools import count
from typing import TypeVar

from django.db import OperationalError, transaction

TRIES = 3
DEADLOCK = "40P01"

Result = TypeVar("Result")


def retry_on_deadlock(work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns, done whole in a transaction. After TRIES deadlocks the last one is raised."""
    for attempt in count(1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if attempt == TRIES or getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
    raise AssertionError
