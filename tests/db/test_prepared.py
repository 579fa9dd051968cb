"""A statement that is compiled once writes what it is given each time."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.db import Parameter, PreparedInsert
from musicdb.history import Change
from musicdb.models import Genre, GenreAlias
from musicdb.models.history import ChangeType
from tests.factories import GenreFactory

pytestmark = pytest.mark.django_db


def test_each_run_has_its_own_values() -> None:
    first, second = GenreFactory(name="rock"), GenreFactory(name="folk")
    fields = ["target", "name", "name_key", "search_key", "sort_key", "slug"]
    facts = {f"stated_{name}": Parameter(name, GenreAlias._meta.get_field(name)) for name in fields[1:]}
    genre = Genre.objects.filter(pk=Parameter("key", Genre._meta.pk)).annotate(**facts)
    statement = PreparedInsert(GenreAlias, fields, genre.values_list("pk", *facts))

    statement.run(
        {
            "key": first.pk,
            "name": "a 'name' of 100 %s",
            "name_key": "a",
            "search_key": "a",
            "sort_key": "a",
            "slug": "a",
        }
    )
    statement.run({"key": second.pk, "name": "b", "name_key": "b", "search_key": "b", "sort_key": "b", "slug": None})

    assert list(GenreAlias.objects.order_by("pk").values_list("target", "name", "slug")) == [
        (first.pk, "a 'name' of 100 %s", "a"),
        (second.pk, "b", None),
    ]


def test_the_facts_of_one_version_are_not_those_of_the_next() -> None:
    genre, user = GenreFactory(), User.objects.create_user("editor")
    changes = [Change(ChangeType.ACTION, user, "why"), Change(ChangeType.PROGRAM), Change(ChangeType.ACTION, user)]
    started = datetime.now(UTC)
    for number, change in enumerate(changes):
        Genre.objects.filter(pk=genre.pk).update(description=str(number))
        history.record_updates(Genre, [genre.pk], change)
    found: list[Any] = list(Genre.history.filter(history_date__gte=started).order_by("history_id"))

    assert [(one.description, one.change_type, one.history_user, one.history_change_reason) for one in found] == [
        ("0", ChangeType.ACTION, user, "why"),
        ("1", ChangeType.PROGRAM, None, ""),
        ("2", ChangeType.ACTION, user, ""),
    ]
    assert found[0].history_date < found[1].history_date < found[2].history_date


def test_rows_in_sequence_and_others_are_written_by_one_statement() -> None:
    genres = [GenreFactory() for _ in range(4)]
    for keys in ([one.pk for one in genres], [genres[0].pk, genres[2].pk]):
        Genre.history.all().delete()
        with CaptureQueriesContext(connection) as queries:
            history.record_creates(Genre, keys, Change(ChangeType.PROGRAM))

        assert len(queries) == 1
        assert list(Genre.history.order_by("id").values_list("id", flat=True)) == keys
