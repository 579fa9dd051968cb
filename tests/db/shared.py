"""Rows that several tests share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker


def once_for_the_module(make: Callable[..., Any], *sizes: int) -> Any:
    """Return a fixture of the rows that ``make`` makes, once for all the tests of a module.

    Each test may change the rows: that is undone after it. A test that changes one in memory reads it from the database
    first. All tests of the module see the rows, and none may need real transactions. With ``sizes``, tests run once for
    each of them: ``make`` and the tests get it.
    """

    @pytest.fixture(scope="module", params=sizes or None)
    def rows(
        request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[Any]:
        with django_db_blocker.unblock(), transaction.atomic():
            if sizes:
                make(request.param)
                yield request.param
            else:
                yield make()
            transaction.set_rollback(True)

    return rows
