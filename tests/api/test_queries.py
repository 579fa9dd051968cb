"""What each answer asks of the database: as much for three rows as for one."""

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.runs import Options, recluster
from musicdb.models import Track
from tests.db.shared import once_for_the_module
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    TrackFactory,
    clustered_genre,
    collections_of,
)

pytestmark = pytest.mark.django_db

# And one more each: the version of the library.
LISTS = {
    "genres": 2,  # how many, the genres
    "artists": 2,  # how many, the artists
    "labels": 2,  # how many, the labels
    "albums": 4,  # how many, the albums, their labels, their artists
    "tracks": 4,  # how many, the tracks with their albums, artists, labels
    "clusters": 2,  # how many, the clusters with run and genre
}
DETAILS = {
    "genres/genre": 1,
    "artists/artist": 1,
    "labels/label": 1,
    "albums/album": 3,  # the album, its labels, its artists
    "tracks/track": 4,  # the track with its album, artists, labels; the genres
    "tracks/track/clusters": 3,  # the track, its places with cluster, run and genre, all clusters of these runs
    # the run, the clusters, the memberships nearest to each with their tracks, artists, labels; the shades
    "genres/genre/clusters": 6,
    # the run, the cluster, how many, the memberships with their tracks, artists, labels
    "genres/genre/clusters/1": 6,
}


def make_library(rows: int) -> None:
    """``rows`` of everything, each with ``rows`` of all that it can have; the first have the plainest slugs."""
    genres = [GenreFactory(name=name) for name in numbered("genre", rows)]
    artists = [ArtistFactory(name=name) for name in numbered("artist", rows)]
    labels = [LabelFactory(name=name) for name in numbered("label", rows)]
    for album in numbered("album", rows):
        AlbumFactory(title=album, labels=labels)
    for number, track in enumerate(numbered("track", 6 * rows)):
        TrackFactory(
            group=(number % 2, 2), title=track, album=AlbumFactory(labels=labels), artists=artists, genres=genres
        )
    outcomes = recluster(collections_of(genres), Params(clusters=2), Options())
    assert {outcome.status for outcome in outcomes} == {"published"}


rows = once_for_the_module(make_library, 1, 3)


def numbered(name: str, rows: int) -> list[str]:
    return [name, *(f"{name} {number}" for number in range(2, rows + 1))]


@pytest.mark.parametrize(("name", "queries"), LISTS.items())
def test_lists(client: Client, django_assert_num_queries, name: str, queries: int, rows: int) -> None:
    with django_assert_num_queries(1 + queries):
        response = client.get(f"/api/v1/{name}/")
    assert len(response.json()["results"]) >= rows


@pytest.mark.parametrize(("path", "queries"), DETAILS.items())
def test_details(client: Client, django_assert_num_queries, path: str, queries: int, rows: int) -> None:
    with django_assert_num_queries(1 + queries):
        response = client.get(f"/api/v1/{path}/")
    assert response.status_code == 200


def test_a_filter_by_slug_costs_one_more(client: Client, django_assert_num_queries, rows: int) -> None:
    with django_assert_num_queries(8):
        response = client.get("/api/v1/tracks/?genre=genre&artist=artist&label=label")
    assert response.json()["count"] == Track.objects.count()


@pytest.mark.parametrize("clusters", [2, 4])
def test_a_cluster(client: Client, django_assert_num_queries, clusters: int) -> None:
    _, run = clustered_genre(clusters=clusters)
    cluster = run.clusters.order_by("-size")[0]
    # the cluster with run and genre, its nearest memberships with their tracks, artists, labels; its shades;
    # the version
    with django_assert_num_queries(6):
        response = client.get(f"/api/v1/clusters/{cluster.pk}/")
    assert len(response.json()["representatives"]) == min(10, cluster.size)


def test_an_error_costs_no_more_than_the_version(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        response = client.get("/api/v1/tracks/?gnere=genre")
    assert response.status_code == 400
