"""The names that a run suggests for its clusters are stored with it."""

from typing import Any

import pytest

from clusters.core.results import ClusterSummary
from clusters.models import Cluster, RetiredCluster
from clusters.runs.cluster_names import suggest_names
from clusters.runs.publishing import publish
from clusters.runs.traits import TraitCounts
from musicdb.models import Genre
from tests.clusters.runs.helpers import FORCE, add, run
from tests.factories import GenreFactory, TrackFactory, stored_run

pytestmark = pytest.mark.django_db


def test_each_cluster_has_a_name_that_no_other_of_its_run_has() -> None:
    genre = GenreFactory(name="dub")
    add(genre, 0.0, 12)
    add(genre, 1.0, 12)
    run(genre)
    assert sorted(Cluster.objects.values_list("suggested_name", flat=True)) == ["Energetic", "Mellow"]
    Cluster.objects.filter(suggested_name="Mellow").update(name="Late nights")
    run(genre, FORCE)
    shown = sorted(cluster.shown_name for cluster in Cluster.objects.filter(run__is_published=True))
    assert shown == ["Energetic", "Late nights"]


@pytest.mark.parametrize("tracks", [12, 40])
def test_the_genre_of_most_tracks_is_in_the_name_at_a_fixed_number_of_queries(
    tracks: int, django_assert_num_queries: Any
) -> None:
    genre, other = GenreFactory(name="dub"), GenreFactory(name="ska")
    first = [TrackFactory(genres=[genre, other]) for _ in range(tracks)]
    second = [TrackFactory(genres=[genre]) for _ in range(tracks)]
    stored = stored_run(genre, {1: first, 2: second})
    clusters = list(stored.clusters.order_by("number"))
    summaries = [ClusterSummary(number, tracks, {}, {}, "") for number in (1, 2)]
    # Genres, decades and labels; the names.
    with django_assert_num_queries(4):
        suggest_names(stored, clusters, summaries, TraitCounts.of(stored))
    assert list(stored.clusters.order_by("number").values_list("suggested_name", flat=True)) == ["Mostly ska", ""]


def test_a_cluster_that_retires_keeps_the_name_that_visitors_saw() -> None:
    genre: Genre = GenreFactory(name="dub")
    tracks = [TrackFactory(genres=[genre]) for _ in range(4)]
    stored_run(genre, {1: tracks[:2], 2: tracks[2:]}, is_published=True)
    Cluster.objects.filter(number=2).update(suggested_name="Mellow")
    publish(stored_run(genre, {1: tracks}))
    assert RetiredCluster.objects.get().name == "Mellow"
