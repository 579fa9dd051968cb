"""The library's version while several transactions change the library."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from musicdb.db import library_version
from tests.factories import ArtistFactory, GenreFactory
from tests.models.test_library_version import numbers, version

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer"),
]


def in_another_connection(work: Callable[[], Any]) -> Any:
    found: list[Any] = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    return found[0]


def test_neither_waits_and_each_commit_shows_a_version_of_its_own() -> None:
    GenreFactory()
    seen = [version()]
    with transaction.atomic():
        GenreFactory()
        # It neither waits for the open transaction nor hides what that one changes later.
        in_another_connection(GenreFactory)
        seen.append(in_another_connection(version))
        in_another_connection(ArtistFactory)
        seen.append(in_another_connection(version))
    seen.append(version())
    GenreFactory()
    seen.append(version())
    assert len(set(seen)) == len(seen)
    assert seen == sorted(seen, key=numbers)


def test_a_transaction_sees_its_own_changes_and_others_do_not() -> None:
    before = version()
    with transaction.atomic():
        GenreFactory()
        within = [version()]
        with transaction.atomic():
            GenreFactory()
            within.append(version())
            transaction.set_rollback(True)
        assert version() == within[0]
        assert in_another_connection(version) == before
    assert len({before, *within, version()}) == 4


def test_many_writers_share_few_rows() -> None:
    for _ in range(5):
        in_another_connection(GenreFactory)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {library_version.TABLE}")  # noqa: S608
        (rows,) = cursor.fetchone()
    assert rows <= 3


def test_emptied_tables_raise_it() -> None:
    GenreFactory()
    before = version()
    call_command("flush", interactive=False, verbosity=0)
    assert version() != before
