"""Releases of one song: they count once when tracks are clustered, and once among those that introduce a cluster."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Membership
from clusters.runs import Options, recluster
from clusters.runs.inputs import read_inputs
from clusters.runs.representatives import Candidate, choose, representatives_of
from musicdb.models import Genre, Track
from tests.factories import ArtistFactory, GenreFactory, TrackFactory, collection_of
from tests.pages.html import parse, table_rows

pytestmark = pytest.mark.django_db


def copy(track: Track, **changes: object) -> Track:
    """Create another release of ``track``: the same sound, title and artists, unless ``changes`` says otherwise."""
    features = {name: getattr(track, name) for name in ("energy", "valence", "danceability", "speechiness")}
    features |= {name: getattr(track, name) for name in ("acousticness", "instrumentalness", "liveness")}
    features |= {name: getattr(track, name) for name in ("tempo", "loudness")}
    shared = {"title": track.title, "artists": list(track.artists.all()), "genres": list(track.genres.all())}
    created: Track = TrackFactory(**{**shared, **features, **changes})
    return created


@pytest.fixture
def genre(db: None) -> Genre:
    created: Genre = GenreFactory(name="dub")
    for number in range(24):
        TrackFactory(group=(number % 2, 2), genres=[created], artists=[ArtistFactory()])
    return created


def recordings(genre: Genre) -> list[list[str]]:
    """The titles of the tracks of each recording that has several."""
    table = read_inputs(collection_of(genre), Params()).table
    titles = dict(Track.objects.values_list("pk", "title"))
    groups: dict[int, list[str]] = {}
    for track, recording in zip(table.ids.tolist(), table.recordings.tolist(), strict=True):
        groups.setdefault(recording, []).append(titles[track])
    return [sorted(group) for group in groups.values() if len(group) > 1]


def run(genre: Genre) -> None:
    (outcome,) = recluster([collection_of(genre)], Params(), Options())
    assert outcome.status == "published", outcome


class TestWhatIsOneRecording:
    def test_the_same_sound_title_and_artists(self, genre: Genre) -> None:
        track = genre.tracks.first()
        Track.objects.filter(pk=track.pk).update(title="Undo")
        track.refresh_from_db()
        copy(track, title="UNDO")
        copy(track, title="Undo (Remastered 2011)")

        assert recordings(genre) == [["UNDO", "Undo"]]

    @pytest.mark.parametrize(
        "changes", [{"title": "Another"}, {"title": "Undo - Live"}, {"energy": 0.123}, {"artists": []}]
    )
    def test_what_differs_in_one_of_them_is_another(self, genre: Genre, changes: dict[str, object]) -> None:
        track = genre.tracks.first()
        Track.objects.filter(pk=track.pk).update(title="Undo")
        track.refresh_from_db()
        copy(track, **changes)

        assert recordings(genre) == []

    @pytest.mark.parametrize(("releases", "queries"), [(0, 1), (1, 3), (5, 3)])
    def test_only_tracks_that_sound_the_same_cost_queries(
        self, genre: Genre, releases: int, queries: int, django_assert_num_queries: Callable
    ) -> None:
        for _ in range(releases):
            copy(genre.tracks.first())
        collection = collection_of(genre)
        with django_assert_num_queries(queries):
            read_inputs(collection, Params())


class TestRuns:
    def test_more_releases_change_neither_the_clusters_nor_how_they_were_chosen(self, genre: Genre) -> None:
        run(genre)
        before = genre.collection.runs.published().get()
        places = dict(before.memberships.values_list("track", "cluster__number"))
        song = genre.tracks.first()
        releases = [copy(song) for _ in range(9)]
        run(genre)
        after = genre.collection.runs.published().get()
        found = dict(after.memberships.values_list("track", "cluster__number"))

        assert after.pk != before.pk
        assert {track: found[track] for track in places} == places
        assert {found[release.pk] for release in releases} == {places[song.pk]}
        assert (after.silhouette, after.evidence, after.stability) == pytest.approx(
            (before.silhouette, before.evidence, before.stability)
        )
        assert after.track_count == sum(after.clusters.values_list("size", flat=True)) == 33

    def test_a_song_introduces_its_cluster_once_and_the_page_says_how_many_more_there_are(
        self, genre: Genre, client: Client
    ) -> None:
        run(genre)
        song = Membership.objects.representatives().first().track
        releases = [song, *(copy(song) for _ in range(9))]
        run(genre)
        places = Membership.objects.representatives().filter(track__in=releases, run__is_published=True)

        assert [place.more_releases for place in places] == [9]
        page = parse(client.get("/genres/dub/clusters/"))
        assert [
            row[1].text for table in page.all("table") for row in table_rows(table) if song.title in row[1].text
        ] == [f"{song.title} and 9 more releases"]

    def test_ten_releases_of_one_song_are_too_few(self, db: None) -> None:
        lonely: Genre = GenreFactory(name="dub")
        song = TrackFactory(genres=[lonely])
        for _ in range(9):
            copy(song)
        (outcome,) = recluster([collection_of(lonely)], Params(), Options())

        assert outcome.reason == "only 1 of 10 tracks are different recordings, and 6 are needed"

    def test_each_track_says_how_surely_it_stands_where_it_does(self, genre: Genre) -> None:
        run(genre)
        sureness = np.array(Membership.objects.values_list("sureness", flat=True))

        # Two clear groups: halves of the tracks always find them.
        assert sureness.tolist() == [1.0] * 24


class TestArtists:
    def test_no_artist_has_more_than_three_where_others_are_as_near(self) -> None:
        candidates = [Candidate(track, 1 + track / 100, 0) for track in range(20)]
        # The first eight are by one artist, and the track after them by nobody.
        artists = {track: 1 if track < 8 else track for track in range(20) if track != 8}

        assert [candidate.track for candidate in choose(candidates, artists)] == [0, 1, 2, *range(8, 15)]

    def test_where_there_are_no_others_all_are_theirs(self, db: None) -> None:
        genre, artist = GenreFactory(name="dub"), ArtistFactory()
        for number in range(24):
            TrackFactory(group=(number % 2, 2), genres=[genre], artists=[artist])
        run(genre)

        places = Membership.objects.representatives().values_list("cluster__number", "place", "rank")
        assert sorted(places) == [(number, place, place) for number in (1, 2) for place in range(1, 11)]

    def test_a_track_that_is_farther_away_does_not_take_the_place_of_a_nearer_one(self) -> None:
        clustering = SimpleNamespace(
            ids=np.arange(1, 13),
            numbers=np.ones(12, dtype=np.int64),
            recordings=np.arange(12),
            distances=np.array([*np.linspace(1, 2, 10), 2.19, 2.21]),
        )
        artist = ArtistFactory()
        for key in range(1, 11):
            TrackFactory(pk=key, artists=[artist])

        # Eleven is within a tenth of the tenth, twelve is not.
        assert list(representatives_of(clustering)) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]
