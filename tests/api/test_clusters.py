"""Published runs, their clusters and their tracks over REST."""

import math

import pytest
from django.test import Client
from django.utils import timezone

from clusters.core.params import Params
from clusters.models import Cluster, RetiredCluster, Run
from clusters.models.runs import UNDIVIDED
from clusters.runs import Options, recluster
from musicdb.models import Track
from tests.api.conftest import Get
from tests.db.shared import once_for_the_module
from tests.factories import GenreFactory, TrackFactory, clustered_genre, collection_of, runs_of, undivided_genre

SITE = "http://testserver"
API = f"{SITE}/api/v1"
COLLECTION = {
    "key": "genre:dream-pop",
    "kind": "genre",
    "name": "dream pop",
    "slug": "dream-pop",
    "url": f"{API}/genres/dream-pop/clusters/",
    "page_url": f"{SITE}/genres/dream-pop/clusters/",
}


# A genre of thirty tracks in two clusters, so that one at least has more than represent it.
_genre_and_run = once_for_the_module(lambda: clustered_genre(30, clusters=2, groups=4, name="dream pop"))


@pytest.fixture
def run(_genre_and_run: None, db: None) -> Run:
    return Run.objects.get(collection__genre__slug="dream-pop")


def cluster_of(cluster: Cluster) -> dict[str, object]:
    return {
        "id": cluster.pk,
        "url": f"{API}/clusters/{cluster.pk}/",
        "page_url": f"{SITE}/genres/dream-pop/clusters/{cluster.number}/",
        "tracks_url": f"{API}/genres/dream-pop/clusters/{cluster.number}/",
        "collection": COLLECTION,
        "number": cluster.number,
        "name": cluster.name or None,
        "suggested_name": cluster.suggested_name or None,
        "shown_name": cluster.name or cluster.suggested_name or None,
        "description": cluster.description or None,
        "size": cluster.size,
    }


def track_of(track: Track) -> dict[str, object]:
    (artist,) = track.artists_in_order
    (label,) = track.labels_in_order
    assert track.album
    return {
        "title": track.title,
        "slug": track.slug,
        "url": f"{API}/tracks/{track.slug}/",
        "page_url": f"{SITE}/tracks/{track.slug}/",
        "album": {
            "title": track.album.title,
            "slug": track.album.slug,
            "url": f"{API}/albums/{track.album.slug}/",
            "art": track.album.image_url,
        },
        "artists": [{"name": artist.name, "slug": artist.slug, "url": f"{API}/artists/{artist.slug}/"}],
        "labels": [{"name": label.name, "slug": label.slug, "url": f"{API}/labels/{label.slug}/"}],
        "score": None,
        "liked": False,
        "spotify_url": f"https://open.spotify.com/track/{track.spotify_id}",
    }


def memberships_of(cluster: Cluster) -> list[dict[str, object]]:
    return [
        {
            "rank": row.rank,
            "place": row.place,
            "more_releases": 0,
            "distance": row.distance,
            "sureness": row.sureness,
            "shade": row.shade,
            "x": row.x,
            "y": row.y,
            "track": track_of(row.track),
        }
        for row in cluster.memberships.order_by("rank")
    ]


def detail_of(cluster: Cluster) -> dict[str, object]:
    nearest = memberships_of(cluster)[:10]
    shades = list(cluster.shades.values("position", "size", "description", "stability", "centroid"))
    return {**cluster_of(cluster), "centroid": cluster.centroid, "shades": shades, "representatives": nearest}


def iso(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")


def test_a_genre_shows_its_published_run(get: Get, run: Run) -> None:
    assert get("genres/dream-pop/clusters/") == (
        200,
        {
            "collection": COLLECTION,
            "page_url": f"{SITE}/genres/dream-pop/clusters/",
            "started_at": iso(run.started_at),
            "finished_at": iso(run.finished_at),
            "seconds": run.seconds,
            "seed": 0,
            "parameters": {"clusters": 2, "seed": 0},
            "versions": run.versions,
            "input_hash": run.input_hash,
            "digest": run.digest,
            "track_count": 30,
            "excluded_count": 0,
            "cluster_count": 2,
            "previous_cluster_count": None,
            "divides": True,
            "undivided_note": "",
            "evidence": None,
            "silhouette": run.silhouette,
            "silhouettes": run.silhouettes,
            "stability": run.stability,
            "stabilities": run.stabilities,
            "scores": {},
            "smallest_shares": run.smallest_shares,
            "features": run.features,
            "dropped_features": [],
            "weights": run.weights,
            "loadings": run.loadings,
            "explained_variance": run.explained_variance,
            "axes": run.axes,
            "plot_png": f"{SITE}{run.plot_png.url}",
            "plot_svg": f"{SITE}{run.plot_svg.url}",
            "plot_alt": run.plot_alt,
            "clusters": [detail_of(cluster) for cluster in run.clusters.order_by("number")],
        },
    )


def test_a_genre_that_does_not_divide(get: Get) -> None:
    genre = undivided_genre(name="ambient")
    list(recluster([collection_of(genre)], Params(), Options()))
    run = runs_of(genre).get()
    _, body = get("genres/ambient/clusters/")
    assert {name: body[name] for name in ("cluster_count", "divides", "undivided_note", "evidence")} == {
        "cluster_count": 1,
        "divides": False,
        "undivided_note": UNDIVIDED,
        "evidence": run.evidence,
    }
    assert body["evidence"] < 1
    assert (body["silhouette"], body["stability"], body["stabilities"], body["scores"]) == (0, None, {}, {})
    assert list(body["silhouettes"]) == ["2", "3"]
    assert [(cluster["number"], cluster["size"]) for cluster in body["clusters"]] == [(1, 40)]


def test_the_plot_is_where_the_run_says(get: Get, client: Client) -> None:
    clustered_genre(name="dub")
    _, body = get("genres/dub/clusters/")
    response = client.get(body["plot_png"])
    assert b"".join(response)[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_cluster_has_ten_representatives_at_most(get: Get, run: Run) -> None:
    _, body = get("genres/dream-pop/clusters/")
    assert [len(cluster["representatives"]) for cluster in body["clusters"]] == [
        min(cluster.size, 10) for cluster in run.clusters.order_by("number")
    ]
    assert max(cluster.size for cluster in run.clusters.all()) > 10


def test_a_track_excluded_is_counted(get: Get) -> None:
    genre, _ = clustered_genre(name="dub")
    TrackFactory(genres=[genre], features=False)
    list(recluster([collection_of(genre)], Params(), Options()))
    _, body = get("genres/dub/clusters/")
    assert (body["track_count"], body["excluded_count"]) == (12, 1)


@pytest.mark.parametrize("path", ["genres/jazz/clusters/", "genres/jazz/clusters/1/"])
def test_a_genre_without_a_published_run_says_so(get: Get, path: str) -> None:
    GenreFactory(name="jazz")
    assert get(path) == (404, {"detail": "The tracks of jazz have not been grouped into clusters yet."})


@pytest.mark.parametrize("path", ["genres/no-such/clusters/", "genres/no-such/clusters/1/"])
def test_an_unknown_genre_is_404(get: Get, path: str) -> None:
    assert get(path) == (404, {"detail": "No Genre matches the given query."})


@pytest.mark.parametrize("number", [0, 3, 10**30])
@pytest.mark.usefixtures("run")
def test_an_unknown_cluster_is_404(get: Get, number: int) -> None:
    gone = (404, {"detail": "No Cluster matches the given query."})
    assert get(f"genres/dream-pop/clusters/{number}/") == gone
    assert get(f"clusters/{10**30}/") == gone


def test_clusters_of_published_runs(get: Get, run: Run) -> None:
    Cluster.objects.filter(run=run, number=2).update(name="The slow ones")
    clusters = list(run.clusters.order_by("number"))
    assert get("clusters/") == (
        200,
        {"count": 2, "next": None, "previous": None, "results": [cluster_of(cluster) for cluster in clusters]},
    )
    for cluster in clusters:
        assert get(f"clusters/{cluster.pk}/") == (200, detail_of(cluster))


def test_a_run_that_is_no_longer_published_is_not_shown(get: Get, run: Run) -> None:
    old = list(run.clusters.values_list("pk", flat=True))
    list(recluster([collection_of(run.collection.genre)], Params(clusters=3), Options()))
    _, body = get("clusters/")
    assert [cluster["number"] for cluster in body["results"]] == [1, 2, 3]
    assert [get(f"clusters/{pk}/")[0] for pk in old] == [404, 404]


def test_clusters_of_one_genre(get: Get, run: Run) -> None:
    clustered_genre(name="jazz")
    _, body = get("clusters/", genre="dream-pop", ordering="-size")
    sizes = sorted((cluster.size for cluster in run.clusters.all()), reverse=True)
    assert [(row["collection"]["slug"], row["size"]) for row in body["results"]] == [
        ("dream-pop", size) for size in sizes
    ]


def test_every_track_of_a_cluster_nearest_first(get: Get, run: Run) -> None:
    cluster = run.clusters.order_by("-size")[0]
    rows = memberships_of(cluster)
    path = f"genres/dream-pop/clusters/{cluster.number}/"
    assert get(path) == (200, {"count": cluster.size, "next": None, "previous": None, "results": rows})
    assert get(path, page_size=2, page=2)[1]["results"] == rows[2:4]


def test_the_places_of_a_track(get: Get, run: Run) -> None:
    place = run.memberships.order_by("pk")[0]
    other = run.clusters.exclude(pk=place.cluster_id).get()
    way = {name: getattr(place.track, name) - other.centroid[name] for name in run.weights}
    steps = [sum(loading[name] * run.weights[name] * way[name] for name in way) for loading in run.loadings]
    figures = {
        "rank": place.rank,
        "distance": place.distance,
        "sureness": place.sureness,
        "shade": place.shade,
        "x": place.x,
        "y": place.y,
    }
    nearest = {"number": other.number, "distance": pytest.approx(math.hypot(*steps))}
    assert get(f"tracks/{place.track.slug}/clusters/") == (
        200,
        [{**figures, "cluster": cluster_of(place.cluster), "next_nearest": nearest}],
    )


def test_the_next_nearest_is_unknown_where_a_feature_was_edited_since(get: Get, run: Run) -> None:
    track = run.memberships.order_by("pk")[0].track
    Track.objects.filter(pk=track.pk).update(energy=None)
    (place,) = get(f"tracks/{track.slug}/clusters/")[1]
    assert place["next_nearest"] is None


def former(run: Run, number: int, *successors: tuple[int, int]) -> None:
    RetiredCluster.objects.create(
        collection=run.collection,
        number=number,
        size=10,
        successors=successors,
        retired_at=timezone.now(),
        name="Night drive",
    )


def test_a_cluster_that_no_longer_exists_says_where_to_look(get: Get, run: Run) -> None:
    former(run, 7, (8, 6), (1, 4))
    former(run, 8, (2, 5), (1, 5))
    former(run, 9)
    place = "genres/dream-pop/clusters/2/"
    successor = {"number": 2, "url": f"{API}/{place}", "page_url": f"{SITE}/{place}"}
    assert get("genres/dream-pop/clusters/7/") == (
        410,
        {
            "detail": "Cluster #7 of dream pop no longer exists. The largest part of its tracks is now in cluster #2.",
            "successor": successor,
        },
    )
    assert get("genres/dream-pop/clusters/9/") == (
        410,
        {
            "detail": "Cluster #9 of dream pop no longer exists. None of its tracks went to another cluster.",
            "successor": None,
        },
    )
    assert get("genres/dream-pop/clusters/10/")[0] == 404
    assert get("genres/dream-pop/clusters/7/", size="many")[0] == 400


def test_a_track_in_no_run_has_no_places(get: Get) -> None:
    TrackFactory(slug="alone")
    assert get("tracks/alone/clusters/") == (200, [])
    assert get("tracks/no-such/clusters/")[0] == 404
