"""Repeat a transaction that the database broke off because two of them waited for each other."""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

from musicdb.db.errors import FailureKind, classify

MAX_TRIES = 3

Result = TypeVar("Result")


def retry_on_deadlock(work: Callable[[], Result]) -> Result:
    """Run ``work`` in a transaction and return its result. Raise the last error after MAX_TRIES deadlocks."""
    for _ in range(MAX_TRIES - 1):
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if classify(error) is not FailureKind.DEADLOCK:
                raise
    with transaction.atomic():
        return work()
