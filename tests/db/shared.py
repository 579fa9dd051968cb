"""Rows that several tests share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


@contextmanager
def undone_afterwards(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a fixture write rows for all the tests of a module. Each test may change them: that is undone after it.

    All tests of the module see the rows, and none may need real transactions.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def once_for_the_module(make: Callable[..., Any], *sizes: int) -> Any:
    """Return a fixture of the rows that ``make`` makes, as with ``undone_afterwards``.

    A test that changes one of these in memory reads it from the database first. With ``sizes``, tests run once for each
    of them: ``make`` and the tests get it.
    """

    @pytest.fixture(scope="module", params=sizes or None)
    def rows(
        request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[Any]:
        with undone_afterwards(django_db_blocker):
            if sizes:
                make(request.param)
                yield request.param
            else:
                yield make()

    return rows
