"""The shades of clusters on pages, in Markdown and over the API."""

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Membership, Run, Shade
from clusters.runs import Options, recluster
from musicdb.models import Genre
from tests.factories import clustered_genre, collection_of, runs_of
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

CLUSTERS = "/genres/korean-pop/clusters"


@pytest.fixture(scope="module")
def run(shared_seed_library: None) -> Run:
    genre = Genre.objects.get(name="korean pop")
    (outcome,) = recluster([collection_of(genre)], Params(), Options())
    assert outcome.status == "published"
    return runs_of(genre).get()


def test_the_halves_of_the_page_that_the_site_grew_from_are_stored(run: Run) -> None:
    for cluster in run.clusters.all():
        first, second = cluster.shades.all()
        assert {word for shade in (first, second) for word in shade.description.split(", ")} >= {"happier", "sadder"}
        assert [cluster.memberships.filter(shade=shade.position).count() for shade in (first, second)] == [
            first.size,
            second.size,
        ]
        assert first.size + second.size == cluster.size


def test_the_clusters_page_lists_them_with_examples(client: Client, run: Run) -> None:
    lists = parse(client.get(f"{CLUSTERS}/")).all("ul", class_="shades")
    assert len(lists) == 2
    for each in lists:
        assert [len(item.links) for item in each.all("li")] == [4, 4]


def test_the_page_of_a_cluster_has_the_tracks_of_one(client: Client, run: Run) -> None:
    shade = run.clusters.get(number=1).shades.get(position=2)
    page = parse(client.get(f"{CLUSTERS}/1/?shade=2"))
    assert len(page.one("table").one("tbody").all("tr")) == shade.size
    assert shade.firmness in page.one("h2", id="heading-shades").text
    assert client.get(f"{CLUSTERS}/1/?shade=9").status_code == 404
    assert client.get(f"{CLUSTERS}/1/?shade=x").status_code == 404


@pytest.mark.parametrize("address", ["clusters.md", "clusters/1.md"])
def test_markdown_lists_them(client: Client, run: Run, address: str) -> None:
    text = client.get(f"/genres/korean-pop/{address}").content.decode()
    for shade in run.clusters.get(number=1).shades.all():
        assert f"\n- {shade.description} · {shade.size} tracks" in text
        assert f"\nShades ({shade.firmness}), each compared with the cluster:\n" in text


def test_the_api_has_them(client: Client, run: Run) -> None:
    cluster = run.clusters.get(number=1)
    detail = client.get(f"/api/v1/clusters/{cluster.pk}/").json()
    assert [shade["position"] for shade in detail["shades"]] == [1, 2]
    tracks = client.get(detail["tracks_url"]).json()["results"]
    assert {track["shade"] for track in tracks} == {1, 2}


def test_a_track_says_which_shade_it_is_in(client: Client, run: Run) -> None:
    place = run.memberships.filter(cluster__number=1, shade=2).select_related("track", "cluster")[0]
    shade = place.cluster.shades.get(position=2)
    page = parse(client.get(place.track.get_absolute_url()))
    words = shade.description.replace(", ", " and ")
    assert page.one("p", class_="shade").text == (
        f"Within the cluster, it is in a shade that is {words} than the cluster as a whole ({shade.firmness})."
    )
    assert (words, f"{CLUSTERS}/1/?shade=2") in page.links


def test_a_track_of_a_cluster_without_shades_says_nothing_of_them(client: Client, run: Run) -> None:
    place = run.memberships.select_related("track")[0]
    Membership.objects.filter(pk=place.pk).update(shade=None)
    assert not parse(client.get(place.track.get_absolute_url())).all("p", class_="shade")


@pytest.mark.parametrize("clusters", [2, 4])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The run; clusters; memberships with tracks, artists, labels; shades, their examples; excluded tracks; the site
        # settings.
        ("clusters/", 8),
        ("clusters.md", 8),
        # The run; all clusters; its shades, count; memberships with tracks, artists, labels; the site settings.
        ("clusters/1/?shade=1", 8),
        ("clusters/1.md", 7),
    ],
)
def test_queries_do_not_grow_with_shades(
    client: Client, django_assert_num_queries, address: str, queries: int, clusters: int
) -> None:
    _genre, run = clustered_genre(tracks=6 * clusters, clusters=clusters, name="dub")
    Shade.objects.filter(cluster__run=run).delete()
    for cluster in run.clusters.all():
        for position in (1, 2):
            ranks = list(range(position, cluster.size + 1, 2))
            cluster.shades.create(
                position=position,
                size=len(ranks),
                description="sadder",
                stability=0.5,
                centroid={},
                example_ranks=ranks,
            )
            cluster.memberships.filter(rank__in=ranks).update(shade=position)
    with django_assert_num_queries(queries):
        page = client.get(f"/genres/dub/{address}").content.decode()
    assert "adder" in page
