"""The invariants of runs, which the database keeps whatever the code says."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from clusters.models import Cluster, ExcludedTrack, Membership, Run
from musicdb.models import Genre, Track
from tests.factories import GenreFactory, TrackFactory, clustered_genre, collection_of, runs_of, stored_run
from tests.models.refusals import change_refused, refused

pytestmark = pytest.mark.django_db


def a_run(genre: Genre, **values: Any) -> Run:
    moment = datetime(2024, 5, 1, 12, tzinfo=UTC)
    return Run(
        collection=collection_of(genre),
        **{
            "started_at": moment,
            "finished_at": moment,
            "seed": 0,
            "parameters": {},
            "versions": {},
            "input_hash": "0" * 64,
            "digest": "0" * 64,
            "track_count": 6,
            "excluded_count": 0,
            "cluster_count": 2,
            "features": [],
            "dropped_features": [],
            "axes": [],
            "explained_variance": [],
            "silhouette": 0.0,
            "silhouettes": {},
            **values,
        },
    )


class TestRun:
    def test_one_published_run_a_collection(self) -> None:
        genre, other = GenreFactory.create_batch(2)
        Run.objects.bulk_create([a_run(genre, is_published=True), a_run(genre), a_run(other, is_published=True)])

        refused(a_run(genre, is_published=True))
        change_refused(runs_of(genre).get(is_published=False), is_published=True)

    @pytest.mark.parametrize(
        "values",
        [
            {"silhouette": 1.001},
            {"silhouette": -1.001},
            {"finished_at": datetime(2024, 5, 1, 11, 59, tzinfo=UTC)},
            {"seed": -1},
            {"track_count": -1},
            {"excluded_count": -1},
        ],
    )
    def test_impossible_figures(self, values: dict[str, Any]) -> None:
        genre = GenreFactory()
        refused(a_run(genre, **values))
        run = a_run(genre)
        run.save()
        change_refused(run, **values)

    def test_no_silhouette_that_is_no_number(self) -> None:
        with pytest.raises(ValueError, match=r"^silhouette is nan"), transaction.atomic():
            Run.objects.bulk_create([a_run(GenreFactory(), silhouette=math.nan)])

        assert not Run.objects.exists()

    def test_the_largest_seed_is_stored(self) -> None:
        a_run(GenreFactory(), seed=2**32 - 1).save()

        assert Run.objects.get().seed == 2**32 - 1

    def test_clusters_and_memberships_stand_once(self) -> None:
        genre, run = clustered_genre(name="korean pop")
        first, second = run.clusters.order_by("number")[:2]
        member, neighbour = first.memberships.order_by("rank")[:2]
        stranger = TrackFactory(genres=[genre])

        refused(Cluster(run=run, number=first.number, size=1, centroid={}))
        refused(Cluster(run=run, number=0, size=1, centroid={}))
        refused(Cluster(run=run, number=99, size=0, centroid={}))
        place = {"run": run, "distance": 0.0, "x": 0.0, "y": 0.0}
        refused(Membership(**place, cluster=second, track=member.track, rank=999))
        refused(Membership(**place, cluster=first, track=stranger, rank=1))
        refused(Membership(**place, cluster=first, track=stranger, rank=0))
        refused(Membership(**{**place, "distance": -0.1}, cluster=first, track=stranger, rank=999))
        refused(Membership(**place, cluster=first, track_id=stranger.pk + 1000, rank=999))
        change_refused(neighbour, rank=1)
        ExcludedTrack.objects.create(run=run, track=stranger, reason="no tempo")
        refused(ExcludedTrack(run=run, track=stranger, reason="no key"))
        for name in ("distance", "x", "y"):
            with pytest.raises(ValueError, match=f"^{name} is inf"), transaction.atomic():
                Membership.objects.filter(pk=member.pk).update(**{name: math.inf})

    def test_words(self) -> None:
        _, run = clustered_genre(name="korean pop")
        cluster = run.clusters.get(number=1)
        assert str(run) == f"korean pop, {run.finished_at:%Y-%m-%d %H:%M}"
        cluster.suggested_name = ""
        assert str(cluster) == "Cluster #1"
        cluster.suggested_name = "Mellow"
        assert str(cluster) == "Cluster #1: Mellow"
        cluster.name = "Ballads"
        assert str(cluster) == "Cluster #1: Ballads"
        membership = cluster.memberships.get(rank=1)
        assert str(membership) == f"{membership.track.title} at 1 in Cluster #1: Ballads"
        assert str(ExcludedTrack(run=run, track=membership.track, reason="no tempo")) == (
            f"{membership.track.title}: no tempo"
        )
        (across, up) = run.axes
        assert run.plot_alt == (
            f"Scatter plot of 12 tracks in {run.cluster_count} clusters; across from {across['low']} to "
            f"{across['high']}; up from {up['low']} to {up['high']}."
        )

    def test_words_for_one_cluster(self) -> None:
        one, other = TrackFactory.create_batch(2)
        run, several = (stored_run(GenreFactory(), places) for places in ({1: [one, other]}, {1: [one], 2: [other]}))

        assert (run.divides, run.clusters_in_words) == (False, "1 cluster")
        assert run.undivided_note.startswith("These tracks do not divide into clusters: ")
        assert run.plot_alt.startswith("Scatter plot of 2 tracks in 1 cluster; ")
        assert (several.divides, several.clusters_in_words, several.undivided_note) == (True, "2 clusters", "")

    @pytest.mark.parametrize(
        ("previous", "scores", "kept"),
        [
            (3, {"2": 1.6, "3": 1.55}, True),
            (3, {"2": 1.5, "3": 1.55}, False),
            (2, {"2": 1.6, "3": 1.55}, False),
            (None, {"2": 1.6, "3": 1.55}, False),
            (3, {}, False),
        ],
    )
    def test_whether_the_number_of_clusters_is_that_of_the_run_before(
        self, previous: int | None, scores: dict[str, float], kept: bool
    ) -> None:
        run = a_run(GenreFactory(), cluster_count=3, previous_cluster_count=previous, scores=scores)

        assert run.kept_cluster_count is kept

    def test_deleting_a_genre_takes_its_runs_and_no_track(self) -> None:
        genre, _ = clustered_genre()
        genre.delete()

        assert not Run.objects.exists()
        assert not Membership.objects.exists()
        assert Track.objects.count() == 12
