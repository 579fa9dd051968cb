"""The address of a cluster that no longer exists: it says so, and where its tracks went."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from clusters.models import Cluster, RetiredCluster, Run
from clusters.runs import publish, unpublish
from musicdb.models import Genre
from tests.db.shared import once_for_the_module
from tests.factories import clustered_genre, runs_of
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db


_genre_and_run = once_for_the_module(lambda: clustered_genre(clusters=2, name="dub"))


@pytest.fixture
def dub(_genre_and_run: None, db: None) -> Genre:
    """A genre whose published run has clusters 1 and 2, without names."""
    Cluster.objects.update(suggested_name="")
    return Genre.objects.get(slug="dub")


def former(genre: Genre, number: int, size: int, *successors: tuple[int, int], name: str = "") -> None:
    RetiredCluster.objects.create(
        collection=genre.collection,
        number=number,
        size=size,
        successors=successors,
        name=name,
        retired_at=timezone.now(),
    )


def gone(client: Client, number: int) -> Node:
    response = client.get(f"/genres/dub/clusters/{number}/")
    assert response.status_code == 410
    response.status_code = 200
    return parse(response)


def words(page: Node) -> tuple[str, str]:
    """Where to look now, and where the tracks went."""
    lead, story = page.one("main").all("p")[:2]
    return lead.text, story.text.partition(" was published on ")[2].partition(", ")[2]


def test_says_what_it_was_and_where_its_tracks_went(client: Client, dub: Genre) -> None:
    former(dub, 7, 21, (2, 12), (1, 6), name="Night drive")
    page = gone(client, 7)
    assert page.one("h1").text == "Cluster #7: Night drive in dub no longer exists"
    assert words(page) == (
        "Most of its tracks are now in cluster #2.",
        "12 of its 21 tracks went to cluster #2, 6 to cluster #1; 3 are in no cluster.",
    )
    assert page.one("main").links[3:] == [
        ("#2", "/genres/dub/clusters/2/"),
        ("cluster #2", "/genres/dub/clusters/2/"),
        ("cluster #1", "/genres/dub/clusters/1/"),
        ("All clusters in dub", "/genres/dub/clusters/"),
    ]


def test_shows_the_editors_name_of_the_successor(client: Client, dub: Genre) -> None:
    runs_of(dub).get().clusters.filter(number=2).update(name="Dawn")
    former(dub, 7, 5, (2, 5))
    assert words(gone(client, 7)) == (
        "Most of its tracks are now in cluster #2: Dawn.",
        "5 of its 5 tracks went to cluster #2.",
    )


def test_follows_successors_that_are_retired_too(client: Client, dub: Genre) -> None:
    former(dub, 3, 5, (5, 4), (2, 1))
    former(dub, 5, 10, (8, 9))
    former(dub, 8, 10, (1, 6), (2, 4))
    page = gone(client, 3)
    assert words(page) == (
        "Most of its tracks are now in cluster #1.",
        "4 of its 5 tracks went to cluster #5, 1 to cluster #2.",
    )
    assert ("cluster #5", "/genres/dub/clusters/5/") in page.links
    assert words(gone(client, 5))[0] == "Most of its tracks are now in cluster #1."


def test_does_not_call_half_of_the_tracks_most(client: Client, dub: Genre) -> None:
    former(dub, 3, 10, (5, 10))
    former(dub, 5, 10, (1, 5), (2, 5))
    assert words(gone(client, 3))[0] == "The largest part of its tracks is now in cluster #1."


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # In a circle; to itself; to a number of which nothing is known, and so without a link.
        ([(3, 4, (5, 4)), (5, 4, (3, 4))], "4 of its 4 tracks went to cluster #5."),
        ([(3, 4, (3, 4))], "4 of its 4 tracks went to cluster #3."),
        ([(3, 4, (99, 3))], "3 of its 4 tracks went to cluster #99; 1 is in no cluster."),
    ],
)
def test_says_if_nobody_knows_where_the_tracks_are(client: Client, dub: Genre, rows: list[Any], expected: str) -> None:
    for number, size, *successors in rows:
        former(dub, number, size, *successors)
    page = gone(client, 3)
    assert words(page) == ("It is not known which clusters have its tracks now.", expected)
    assert all("99" not in href for _, href in page.links)


def test_a_cluster_whose_tracks_are_now_in_no_cluster(client: Client, dub: Genre) -> None:
    former(dub, 3, 1)
    assert words(gone(client, 3)) == ("None of its tracks went to another cluster.", "its 1 track went to no cluster.")


def test_a_cluster_of_the_published_run_is_shown_even_if_its_number_was_retired(client: Client, dub: Genre) -> None:
    former(dub, 2, 9, (1, 9))
    assert parse(client.get("/genres/dub/clusters/2/")).one("h1").text == "Cluster #2 in dub"
    assert client.get("/genres/dub/clusters/2.md").status_code == 200


def test_other_numbers_other_genres_and_genres_without_a_run_are_404(client: Client, dub: Genre) -> None:
    clustered_genre(name="ska")
    former(dub, 7, 9, (1, 9))
    for address in ("dub/clusters/8", "ska/clusters/7"):
        assert client.get(f"/genres/{address}/").status_code == client.get(f"/genres/{address}.md").status_code == 404
    unpublish(runs_of(dub).get())
    assert client.get("/genres/dub/clusters/7/").status_code == 404
    assert client.get("/genres/dub/clusters/7.md").status_code == 404


def test_markdown_says_the_same(client: Client, dub: Genre) -> None:
    former(dub, 7, 21, (2, 12), (99, 6), name="Night *drive*")
    former(dub, 8, 1)
    response = client.get("/genres/dub/clusters/7.md")
    assert (response.status_code, response["Content-Type"]) == (410, "text/markdown; charset=utf-8")
    assert response.content.decode().splitlines() == [
        "# Cluster #7: Night \\*drive\\* in dub no longer exists",
        "",
        "Most of its tracks are now in cluster [#2](http://testserver/genres/dub/clusters/2.md).",
        "",
        "It had 21 tracks.",
        "",
        "- 12 went to [cluster #2](http://testserver/genres/dub/clusters/2.md)",
        "- 6 went to cluster #99",
        "- 3 went to no cluster",
    ]
    assert client.get("/genres/dub/clusters/8.md").content.decode().splitlines()[2:] == [
        "None of its tracks went to another cluster.",
        "",
        "It had 1 track.",
        "",
        "- 1 went to no cluster",
    ]


@pytest.mark.parametrize("more", [0, 5])
# The run; no such cluster, the former one; the clusters, all former ones; the version with the site settings.
@pytest.mark.parametrize(("address", "queries"), [("7/", 6), ("7.md", 6)])
def test_queries_do_not_grow_with_what_was_before(
    client: Client, django_assert_num_queries, dub: Genre, address: str, queries: int, more: int
) -> None:
    for number in range(7, 8 + more):
        former(dub, number, 5 + more, (number + 1, 5), *((1, 1) for _ in range(more)))
    former(dub, 8 + more, 5, (1, 5))
    with django_assert_num_queries(queries):
        assert client.get(f"/genres/dub/clusters/{address}").status_code == 410


def test_a_cluster_that_vanishes_as_a_run_is_published_has_such_a_page(client: Client, dub: Genre) -> None:
    first = runs_of(dub).get()
    second = Run.objects.get(pk=first.pk)
    second.pk, second.is_published = None, False
    second.save()
    cluster = first.clusters.get(number=1)
    tracks = list(first.memberships.filter(cluster__number=2).values_list("track", flat=True))
    cluster.pk, cluster.run, cluster.size = None, second, len(tracks)
    cluster.save()
    for rank, track in enumerate(tracks, start=1):
        second.memberships.create(cluster=cluster, track_id=track, rank=rank, distance=rank, x=0, y=0)
    publish(second)
    assert words(gone(client, 2))[1] == f"{len(tracks)} of its {len(tracks)} tracks went to cluster #1."
