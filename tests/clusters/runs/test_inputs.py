from collections.abc import Callable

import pytest

from clusters.core.features import FEATURE_NAMES, FeatureTable
from clusters.core.params import Params
from clusters.runs import rows as module
from clusters.runs.inputs import Exclusion, current_input_hashes, read_inputs
from musicdb.models import Genre, Track
from tests.factories import GenreFactory, TrackFactory, collection_of

pytestmark = pytest.mark.django_db


def read(genre: Genre) -> tuple[FeatureTable, tuple[Exclusion, ...]]:
    collection = collection_of(genre)
    found = read_inputs(collection, Params())
    assert found.input_hash == current_input_hashes([collection], Params())(collection)
    return found.table, found.excluded


def test_the_tracks_of_the_genre_in_order_of_their_keys() -> None:
    genre, other = GenreFactory.create_batch(2)
    tracks = TrackFactory.create_batch(3, genres=[genre])
    TrackFactory(genres=[other])
    tracks.append(TrackFactory(genres=[genre, other]))
    table, excluded = read(genre)

    assert table.ids.tolist() == [track.pk for track in tracks]
    assert table.keys == tuple(track.spotify_id for track in tracks)
    assert table.values.tolist() == [[getattr(track, name) for name in FEATURE_NAMES] for track in tracks]
    assert excluded == ()


@pytest.mark.parametrize("count", [1, 3])
def test_one_query(count: int, django_assert_num_queries: Callable) -> None:
    genre = GenreFactory()
    TrackFactory.create_batch(count, genres=[genre])
    TrackFactory.create_batch(count, genres=[genre], features=False)

    collection = collection_of(genre)
    with django_assert_num_queries(1):
        found = read_inputs(collection, Params())
    with django_assert_num_queries(1):
        assert current_input_hashes([collection], Params())(collection) == found.input_hash
    assert (len(found.table), len(found.excluded)) == (count, count)


def test_more_tracks_than_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    genre = GenreFactory()
    tracks = TrackFactory.create_batch(7, genres=[genre])
    silent = TrackFactory(genres=[genre], features=False)
    whole = read_inputs(collection_of(genre), Params())
    monkeypatch.setattr(module, "CHUNK", 3)
    table, excluded = read(genre)

    assert table.ids.tolist() == whole.table.ids.tolist() == [track.pk for track in tracks]
    assert (table.values == whole.table.values).all()
    assert excluded == whole.excluded == (Exclusion(silent.pk, "no audio features"),)


@pytest.mark.parametrize(
    ("unknown", "reason"),
    [
        (["tempo"], "no tempo"),
        (["loudness", "energy"], "no energy, loudness"),
        (FEATURE_NAMES, "no audio features"),
    ],
)
def test_a_track_that_lacks_a_feature_is_excluded_and_says_which(unknown: list[str], reason: str) -> None:
    genre = GenreFactory()
    TrackFactory(genres=[genre])
    track = TrackFactory(genres=[genre], **dict.fromkeys(unknown))
    table, excluded = read(genre)

    assert excluded == (Exclusion(track.pk, reason),)
    assert len(table) == 1


def test_zero_is_a_value_and_key_mode_and_time_signature_are_not_asked_for() -> None:
    genre = GenreFactory()
    zeros = {name: 0.0 for name in FEATURE_NAMES if name != "tempo"}
    TrackFactory(genres=[genre], **zeros, tempo=120.0, key=None, mode=None, time_signature=None)
    table, excluded = read(genre)

    assert table.values.tolist() == [[120.0 if name == "tempo" else 0.0 for name in FEATURE_NAMES]]
    assert excluded == ()


def test_a_track_without_a_spotify_id_goes_by_its_slug() -> None:
    genre = GenreFactory()
    TrackFactory(
        genres=[genre], title="Hmm BOP", spotify_id=None, **dict.fromkeys(FEATURE_NAMES, 0.5) | {"tempo": 99.0}
    )
    TrackFactory(genres=[genre], title="Undo", spotify_id=None, features=False)
    table, excluded = read(genre)

    assert table.keys == ("hmm-bop",)
    assert [track.id for track in excluded] == [genre.tracks.get(title="Undo").pk]


def test_no_track() -> None:
    table, excluded = read(GenreFactory())

    assert (len(table), table.values.shape, excluded) == (0, (0, 9), ())
    assert not Track.objects.exists()
