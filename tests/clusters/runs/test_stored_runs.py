"""What a recluster stores: the run with its figures, clusters, memberships, excluded tracks and plots."""

import hashlib
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from clusters.core.params import Params
from clusters.models import Cluster, ExcludedTrack, Membership, Run
from clusters.runs.inputs import read_inputs
from musicdb.models import Genre, Track
from tests.clusters.runs.helpers import FORCE, figures, files, plots, run
from tests.factories import GenreFactory, TrackFactory, collection_of, grouped_tracks, runs_of

pytestmark = pytest.mark.django_db


class TestPublished:
    def test_the_run_says_what_was_found(self, genre: Genre) -> None:
        TrackFactory(genres=[genre], tempo=None)
        outcome = run(genre, params=Params(seed=7))
        stored = Run.objects.get()

        assert outcome.status == "published"
        assert stored.is_published
        assert figures(outcome) == {
            "tracks": stored.track_count,
            "excluded": stored.excluded_count,
            "sizes": tuple(stored.clusters.order_by("number").values_list("number", "size")),
            "silhouette": stored.silhouette,
            "stability": stored.stability,
            "explained_variance": tuple(stored.explained_variance),
            "seed": stored.seed,
            "digest": stored.digest,
        }
        assert (stored.track_count, stored.excluded_count, stored.seed) == (12, 1, 7)
        assert stored.parameters == {"clusters": None, "seed": 7}
        assert stored.cluster_count == stored.clusters.count() == len(outcome.sizes)
        assert (stored.cluster_count, stored.previous_cluster_count) == (2, None)
        assert stored.evidence > 1
        assert stored.stabilities == {"2": stored.stability}
        assert list(stored.scores) == ["2"]
        assert stored.silhouettes[str(stored.cluster_count)] == stored.silhouette
        assert [sorted(axis) for axis in stored.axes] == [["high", "loadings", "low", "variance"]] * 2
        assert [axis["variance"] for axis in stored.axes] == stored.explained_variance[:2]
        assert set(stored.versions) == {"python", "numpy", "scikit-learn", "matplotlib"}
        assert outcome.seconds == pytest.approx(stored.seconds, abs=0.5)

    def test_every_track_has_its_place(self, genre: Genre) -> None:
        outcome = run(genre)
        table = read_inputs(collection_of(genre), Params()).table
        memberships = Membership.objects.order_by("cluster__number", "rank")

        assert sorted(memberships.values_list("track", flat=True)) == sorted(table.ids.tolist())
        assert {membership.run for membership in memberships} == {membership.cluster.run for membership in memberships}
        for cluster in Cluster.objects.all():
            assert list(cluster.memberships.order_by("rank").values_list("rank", flat=True)) == list(
                range(1, cluster.size + 1)
            )
            distances = list(cluster.memberships.order_by("rank").values_list("distance", flat=True))
            assert distances == sorted(distances)
        text = "".join(
            f"{membership.cluster.number}\t{membership.rank}\t{membership.track.spotify_id}\n"
            for membership in memberships
        )
        assert outcome.digest == hashlib.sha256(text.encode()).hexdigest()

    def test_the_plot_is_stored_as_two_files(self, genre: Genre) -> None:
        run(genre)
        stored = Run.objects.get()

        assert files() == {stored.plot_png.name, stored.plot_svg.name}
        assert stored.plot_png.name.startswith(f"plots/{genre.collection.pk}-genre-korean-pop-")
        assert stored.plot_png.name.endswith(".png")
        assert stored.plot_svg.name.endswith(".svg")
        assert [picture[:5] for picture in plots()] == [b"\x89PNG\r", b"<?xml"]

    def test_tracks_that_are_excluded_are_stored_with_the_reason(self, genre: Genre) -> None:
        silent = TrackFactory(genres=[genre], features=False)
        slow = TrackFactory(genres=[genre], tempo=None, valence=None)
        outcome = run(genre)

        assert (outcome.tracks, outcome.excluded) == (12, 2)
        assert set(ExcludedTrack.objects.values_list("run", "track", "reason")) == {
            (Run.objects.get().pk, silent.pk, "no audio features"),
            (Run.objects.get().pk, slow.pk, "no valence, tempo"),
        }

    def test_history_is_kept_and_one_run_is_published(self, genre: Genre) -> None:
        for _ in range(3):
            run(genre, FORCE)
        first, second, third = Run.objects.order_by("pk")

        assert [stored.is_published for stored in (first, second, third)] == [False, False, True]
        assert {stored.digest for stored in (first, second, third)} == {first.digest}
        assert len(files()) == 6
        assert [stored.memberships.count() for stored in (first, second, third)] == [12, 12, 12]

    def test_one_genre_is_no_other(self, genre: Genre) -> None:
        other = GenreFactory()
        grouped_tracks(12, genres=[other])
        run(genre)
        run(other)
        run(other, FORCE)

        assert [runs_of(each).published().count() for each in (genre, other)] == [1, 1]
        assert [runs_of(each).count() for each in (genre, other)] == [1, 2]

    def test_a_genre_by_the_name_of_an_emoji(self) -> None:
        genre = GenreFactory(name="🎹🎶")
        grouped_tracks(12, genres=[genre])
        outcome = run(genre)

        assert (outcome.status, outcome.collection) == ("published", "genre:musical-keyboard-multiple-musical-notes")
        assert Run.objects.get().plot_png.name.startswith(
            f"plots/{genre.collection.pk}-genre-musical-keyboard-multiple-musical-notes-"
        )
        assert len(files()) == 2


class TestAnyOrder:
    def test_tracks_inserted_in_another_order_fall_into_the_same_clusters(self, genre: Genre) -> None:
        TrackFactory(genres=[genre], tempo=None)
        # The same sound under two ids: only their Spotify ids can tell them apart.
        twin = genre.tracks.order_by("pk").first()
        twin.pk, twin.slug, twin.spotify_id = None, "", "a" * 22
        twin.save()
        twin.genres.add(genre)
        first = run(genre)
        pictures = plots()

        tracks = list(genre.tracks.order_by("pk"))
        random.Random(5).shuffle(tracks)
        genre.delete()
        Track.objects.all().delete()
        genre = GenreFactory(name="korean pop")
        for track in tracks:
            track.pk = None
            track.slug = ""
            track.save()
            track.genres.add(genre)
        second = run(genre)

        assert figures(second) == figures(first)
        assert plots() == pictures


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer; real processes test it")
@pytest.mark.django_db(transaction=True)
def test_two_at_once_publish_one_after_the_other() -> None:
    genre = GenreFactory()
    grouped_tracks(12, genres=[genre])

    def in_a_connection_of_its_own(_: int) -> str:
        try:
            return run(genre, FORCE).status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = list(threads.map(in_a_connection_of_its_own, range(4)))

    assert statuses == ["published"] * 4
    assert Run.objects.count() == 4
    assert Run.objects.published().count() == 1
