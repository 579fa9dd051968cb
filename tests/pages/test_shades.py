"""The shades of clusters on pages, in Markdown and over the API."""

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, recluster
from musicdb.models import Genre
from tests.factories import collection_of, runs_of
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
