"""What the hash of a genre's tracks depends on, in Python and in PostgreSQL."""

import pytest

from clusters.core.features import FEATURE_NAMES
from clusters.core.params import Params
from clusters.runs.input_hash import Row, hash_of, hashes_of
from clusters.runs.inputs import current_input_hashes, read_inputs
from musicdb.models import Track
from tests.clusters.core.tables import noise
from tests.factories import GenreFactory, TrackFactory, collections_of

ROWS: list[Row] = [(number, "abcdefgh"[number], *values) for number, values in enumerate(noise(8).tolist())]


def changed(row: int, place: int, value: object) -> list[Row]:
    rows = list(ROWS)
    rows[row] = (*rows[row][:place], value, *rows[row][place + 1 :])
    return rows


def test_all_of_a_row_is_an_ingredient() -> None:
    hashes = [
        hash_of([ROWS]),
        hash_of([ROWS[1:]]),
        hash_of([[*ROWS, (9, "i", *[None] * 9)]]),
        hash_of([changed(3, 0, 100)]),
        hash_of([changed(3, 1, "other")]),
        hash_of([changed(3, 4, ROWS[3][4] + 1e-12)]),
        hash_of([changed(3, 4, None)]),
        hash_of([changed(3, 5, None)]),
        hash_of([]),
    ]

    assert len(set(hashes)) == len(hashes)
    assert {len(text) for text in hashes} == {64}


def test_a_value_counts_not_how_it_came_to_be() -> None:
    """Each read makes objects of its own; equal ones must hash alike, shared or not."""
    text = "".join(["key", " of a track"])
    shared = [(1, text, 0.5), (2, text, 0.5)]
    apart = [(1, "key of a track", 0.5), (2, "".join(["key of", " a track"]), 1 / 2)]

    assert hash_of([shared]) == hash_of([apart])


@pytest.mark.django_db
def test_a_look_and_a_read_agree_for_every_genre() -> None:
    genres = GenreFactory.create_batch(3)
    collections = collections_of(genres)
    TrackFactory.create_batch(3, genres=genres[:2])
    TrackFactory(genres=genres[:1], features=False, spotify_id=None, title="코어 ♡")
    TrackFactory(genres=genres[1:2], tempo=None, **dict.fromkeys(FEATURE_NAMES[:7], 0.0))
    TrackFactory(genres=genres[1:2], energy=5e-324, valence=0.1 + 0.2)
    look = current_input_hashes(collections, Params(seed=3))

    assert [look(each) for each in collections] == [
        read_inputs(each, Params(seed=3)).input_hash for each in collections
    ]
    assert len({look(each) for each in collections}) == 3


@pytest.mark.django_db
def test_the_database_is_asked_once_for_all_genres(django_assert_num_queries: object) -> None:
    genres = GenreFactory.create_batch(3)
    TrackFactory.create_batch(2, genres=genres)
    collections = collections_of(genres)
    with django_assert_num_queries(1):  # type: ignore[operator]
        hashes = hashes_of(collections)
    assert set(hashes) == {each.pk for each in collections}
    Track.objects.filter(pk=Track.objects.first().pk).update(energy=0.123)
    assert hashes_of(collections[:1]) != {collections[0].pk: hashes[collections[0].pk]}
