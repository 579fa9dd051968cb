"""Which tracks are similar to one, by the library's published run, and what becomes of its file."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage

from clusters.core.features import FEATURE_NAMES
from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.runs import Options, recluster, remove, similar, unpublish
from clusters.runs.similar import Similar, similar_to
from musicdb.models import Genre, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, TrackFactory, grouped_tracks

pytestmark = pytest.mark.django_db


def cluster_library(*, force: bool = False) -> Run:
    (outcome,) = recluster([Collection.objects.library()], Params(), Options(force=force))
    assert outcome.status in {"published", "waiting"}, outcome
    return Run.objects.latest()


def titles(found: Similar | None) -> tuple[list[str], list[str]]:
    assert found is not None
    return [each.track.title for each in found.in_genre], [each.track.title for each in found.beyond]


def near(track: Track, by: float, **fields: object) -> Track:
    """A track that sounds like ``track``, less energetic by so much."""
    names = ("danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness")
    features = {name: getattr(track, name) for name in (*names, "valence", "tempo", "loudness")}
    made: Track = TrackFactory(**{**features, "energy": track.energy - by, **fields})
    return made


class Remote(Storage):
    """A storage that is no file system and has one file."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        return ContentFile(self.content)


@pytest.fixture
def dub() -> Genre:
    genre: Genre = GenreFactory(name="dub")
    return genre


@pytest.fixture
def track(dub: Genre) -> Track:
    grouped_tracks(12)
    made: Track = TrackFactory(title="One", genres=[dub], artists=[ArtistFactory()], energy=0.9)
    return made


def test_in_its_genres_and_beyond_the_nearest_first(track: Track, dub: Genre) -> None:
    for place in (3, 1, 2):
        near(track, place / 100, title=f"In {place}", genres=[dub, GenreFactory()])
        near(track, place / 100, title=f"Out {place}", genres=[GenreFactory()])
    cluster_library()
    inside, beyond = titles(similar_to(track))
    assert inside == ["In 1", "In 2", "In 3"]
    assert (beyond[:3], len(beyond)) == (["Out 1", "Out 2", "Out 3"], 10)


def test_where_the_nearest_are_all_in_its_genre_and_where_none_is(
    track: Track, dub: Genre, monkeypatch: pytest.MonkeyPatch
) -> None:
    near(track, 0.3, title="Far in", genres=[dub])
    for place in range(15):
        near(track, place / 100, title=f"Out {place:02}")
    cluster_library()
    expected = titles(similar_to(track))
    monkeypatch.setattr(similar, "NEAREST", 5)
    assert titles(similar_to(track)) == expected == (["Far in"], [f"Out {place:02}" for place in range(10)])
    track.genres.clear()
    assert titles(similar_to(track)) == ([], expected[1])


def test_one_song_stands_once_and_never_the_track_itself(track: Track, dub: Genre) -> None:
    artists = list(track.artists.all())
    near(track, 0.0, title="One", artists=artists, genres=[dub])
    # A release whose analysis differs a little.
    near(track, 0.01, title="One - Remastered 2011", artists=artists, genres=[dub])
    other = ArtistFactory()
    for number in (2, 3):
        near(track, number / 100, title="Another", artists=[other], album=AlbumFactory(), genres=[dub])
    cluster_library()
    assert titles(similar_to(track))[0] == ["Another"]


def test_it_follows_what_has_changed_since_the_run(track: Track, dub: Genre) -> None:
    gone, stays, edited = (near(track, n / 100, title=f"In {n}", genres=[dub]) for n in (1, 2, 3))
    cluster_library()
    gone.delete()
    Track.objects.filter(pk=edited.pk).update(energy=None)
    assert titles(similar_to(track))[0] == ["In 2"]
    # It is new since, and found nowhere; but what is similar to it is known.
    new = near(track, 0.02, title="New", genres=[dub])
    assert titles(similar_to(new))[0] == ["In 2", "One"]
    assert titles(similar_to(track))[0] == ["In 2"]
    stays.genres.clear()
    assert titles(similar_to(track))[0] == []


def test_a_reason_says_what_is_unusual_about_both(track: Track, dub: Genre) -> None:
    others = TrackFactory.create_batch(20, tempo=120, valence=0.5)
    # All else about it is usual.
    usual = {name: sorted(getattr(other, name) for other in others)[10] for name in FEATURE_NAMES}
    Track.objects.filter(pk=track.pk).update(**{**usual, "tempo": 200, "valence": 0.01})
    track.refresh_from_db()
    near(track, 0.0, title="In", genres=[dub])
    cluster_library()
    found = similar_to(track)
    assert found is not None
    assert {"fast", "sad"} <= set(found.in_genre[0].in_common)
    assert found.in_genre[0].reason.startswith("Both ")


def test_it_is_unknown_without_a_published_run_of_a_library_that_is_clustered(track: Track) -> None:
    assert similar_to(track) is None
    run = cluster_library()
    assert similar_to(track) is not None
    Collection.objects.update(is_off=True)
    assert similar_to(track) is None
    Collection.objects.update(is_off=False)
    Track.objects.filter(pk=track.pk).update(tempo=None)
    assert similar_to(Track.objects.get(pk=track.pk)) is None
    assert similar_to(track) is not None
    unpublish(run)
    assert similar_to(track) is None


@pytest.mark.parametrize("content", [b"", b"half a table", None])
def test_a_file_that_is_missing_or_cut_short_leaves_it_unknown(track: Track, content: bytes | None) -> None:
    path = Path(default_storage.path(cluster_library().neighbours.name))
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert similar_to(track) is None


def test_a_storage_that_is_no_file_system_is_read_into_memory(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    name = str(cluster_library().neighbours.name)
    expected = titles(similar_to(track))
    remote = Remote(Path(default_storage.path(name)).read_bytes())
    default_storage.delete(name)
    monkeypatch.setattr(similar, "default_storage", remote)
    assert titles(similar_to(track)) == expected


def test_the_file_goes_with_its_run_and_not_before(track: Track) -> None:
    first = cluster_library()
    second = cluster_library(force=True)
    assert default_storage.exists(first.neighbours.name)
    assert remove([first]) == 1
    assert not default_storage.exists(first.neighbours.name)
    assert default_storage.exists(second.neighbours.name)


def test_only_the_library_has_such_a_file(track: Track, dub: Genre) -> None:
    grouped_tracks(12, genres=[dub])
    list(recluster([Collection.objects.of(dub)], Params(), Options()))
    assert Run.objects.get().neighbours.name == ""
