"""What the lists of runs, clusters and their tracks ask of the database."""

from typing import Any

import pytest
from django.test import Client

from clusters.models import Cluster, ExcludedTrack, Membership, Run
from musicdb.models import Genre
from tests.admin.helpers import listed, page_of
from tests.db.shared import once_for_the_module
from tests.factories import clustered_genre

pytestmark = pytest.mark.django_db


def make_genres(number: int) -> None:
    for place in range(number):
        genre, run = clustered_genre(name=f"genre {place}", clusters=2)
        ExcludedTrack.objects.create(run=run, track=genre.tracks.first(), reason="no tempo")


genres = once_for_the_module(make_genres, 1, 3)


@pytest.mark.parametrize(
    ("model", "queries"),
    [
        (Genre, 5),  # session, user, count, rows with their runs, saved filters
        (Run, 5 + 1),  # how many wait for review
        (Cluster, 5),
        (ExcludedTrack, 5),
        (Membership, 5),
    ],
)
def test_a_list_asks_as_much_for_three_rows_as_for_one(
    admin_client: Client, django_assert_num_queries: Any, model: Any, queries: int, genres: int
) -> None:
    with django_assert_num_queries(queries):
        response = admin_client.get(page_of(model))
    assert len(listed(response)) == genres * {Cluster: 2, Membership: 12}.get(model, 1)
