from collections.abc import Callable

import pytest

from clusters.core.features import FEATURE_NAMES
from clusters.extract import LeftOutTrack, extract
from musicdb.models import Track
from tests.factories import GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db


def test_the_tracks_of_the_genre_in_order_of_their_keys() -> None:
    genre, other = GenreFactory.create_batch(2)
    tracks = TrackFactory.create_batch(3, genres=[genre])
    TrackFactory(genres=[other])
    tracks.append(TrackFactory(genres=[genre, other]))
    table, left_out = extract(genre)

    assert table.ids.tolist() == [track.pk for track in tracks]
    assert table.keys == tuple(track.spotify_id for track in tracks)
    assert table.values.tolist() == [[getattr(track, name) for name in FEATURE_NAMES] for track in tracks]
    assert left_out == ()


@pytest.mark.parametrize("count", [1, 3])
def test_one_query(count: int, django_assert_num_queries: Callable) -> None:
    genre = GenreFactory()
    TrackFactory.create_batch(count, genres=[genre])
    TrackFactory.create_batch(count, genres=[genre], features=False)

    with django_assert_num_queries(1):
        table, left_out = extract(genre)
    assert (len(table), len(left_out)) == (count, count)


@pytest.mark.parametrize(
    ("unknown", "reason"),
    [
        (["tempo"], "no tempo"),
        (["loudness", "energy"], "no energy, loudness"),
        (FEATURE_NAMES, "no audio features"),
    ],
)
def test_a_track_that_lacks_a_feature_is_left_out_and_says_which(unknown: list[str], reason: str) -> None:
    genre = GenreFactory()
    TrackFactory(genres=[genre])
    track = TrackFactory(genres=[genre], **dict.fromkeys(unknown))
    table, left_out = extract(genre)

    assert left_out == (LeftOutTrack(track.pk, track.spotify_id, reason),)
    assert len(table) == 1


def test_zero_is_a_value_and_key_mode_and_time_signature_are_not_asked_for() -> None:
    genre = GenreFactory()
    zeros = {name: 0.0 for name in FEATURE_NAMES if name != "tempo"}
    TrackFactory(genres=[genre], **zeros, tempo=120.0, key=None, mode=None, time_signature=None)
    table, left_out = extract(genre)

    assert table.values.tolist() == [[120.0 if name == "tempo" else 0.0 for name in FEATURE_NAMES]]
    assert left_out == ()


def test_a_track_without_a_spotify_id_goes_by_its_slug() -> None:
    genre = GenreFactory()
    TrackFactory(
        genres=[genre], title="Hmm BOP", spotify_id=None, **dict.fromkeys(FEATURE_NAMES, 0.5) | {"tempo": 99.0}
    )
    TrackFactory(genres=[genre], title="Undo", spotify_id=None, features=False)
    table, left_out = extract(genre)

    assert table.keys == ("hmm-bop",)
    assert [track.key for track in left_out] == ["undo"]


def test_no_track() -> None:
    table, left_out = extract(GenreFactory())

    assert (len(table), table.values.shape, left_out) == (0, (0, 9), ())
    assert not Track.objects.exists()
