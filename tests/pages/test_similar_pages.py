"""The page of similar tracks, its files, and the same in the API."""

from typing import Any

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Collection
from clusters.runs import Options, recluster
from musicdb.models import Genre
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, grouped_tracks
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def library(rows: int) -> Genre:
    """A clustered library: a track, and so many similar ones in its genre, each with artists and labels."""
    genre: Genre = GenreFactory(name="dub")
    for number in range(rows + 1):
        album = AlbumFactory(labels=[LabelFactory(), LabelFactory()])
        TrackFactory(
            title=f"t{number}", group=(0, 2), genres=[genre, GenreFactory()], artists=[ArtistFactory()], album=album
        )
    grouped_tracks(12)
    (outcome,) = recluster([Collection.objects.library()], Params(), Options())
    assert outcome.status == "published"
    return genre


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The track; the run; which of the nearest are in its genres; tracks, artists, labels; the version.
        ("/tracks/t0/similar/", 7),
        ("/api/v1/tracks/t0/similar/", 7),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries: Any, address: str, queries: int, rows: int
) -> None:
    library(rows)
    with django_assert_num_queries(queries):
        answer = client.get(address)
    assert sum(answer.text.count(f"Track t{n}") or f"/tracks/t{n}/" in answer.text for n in range(1, rows + 1)) == rows


def test_page_files_and_api_have_the_same_tracks_in_the_same_order(client: Client) -> None:
    library(3)
    rows = client.get("/api/v1/tracks/t0/similar/").json()
    assert [row["is_in_genre"] for row in rows] == [True] * 3 + [False] * 10
    assert set(rows[0]) == {"is_in_genre", "distance", "in_common", "difference", "reason", "track"}
    named = [row["track"]["title"] for row in rows]
    page = parse(client.get("/tracks/t0/similar/"))
    assert page.one("h1").text == "Similar to t0"
    assert [section.one("h2").text for section in page.all("section")][:2] == ["In its genres", "Beyond its genres"]
    headings = [head for table in page.all("table") for head in table.all("th", class_="title")]
    assert [head.one("bdi").text for head in headings] == named
    assert [head.one("span", class_="reason").text for head in headings] == [row["reason"] for row in rows]
    links = b"".join(client.get("/tracks/t0/similar.txt").streaming_content).decode().split()
    assert links == [row["track"]["spotify_url"] for row in rows]


def test_the_page_of_a_track_leads_to_them_only_where_they_are_known(client: Client) -> None:
    link = ("Similar tracks", "/tracks/t0/similar/")
    library(3)
    assert link in parse(client.get("/tracks/t0/")).links
    Collection.objects.update(is_off=True)
    assert link not in parse(client.get("/tracks/t0/")).links
    for address in ("/tracks/t0/similar/", "/tracks/t0/similar.csv", "/api/v1/tracks/t0/similar/"):
        assert client.get(address).status_code == 404


def test_what_is_unknown_is_not_found(client: Client) -> None:
    for slug in ("nothing", "x" * 10_000):
        assert client.get(f"/tracks/{slug}/similar/").status_code == 404
        assert client.get(f"/api/v1/tracks/{slug}/similar/").status_code == 404
    library(1)
    assert client.get("/api/v1/tracks/t0/similar/?page=2").status_code == 400
