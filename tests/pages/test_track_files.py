"""The files that visitors take from the pages that list tracks."""

import csv
import json
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client

from clusters.models import Collection
from musicdb.models import Genre, Visibility
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

MEDIA_TYPES = {
    "m3u8": "audio/x-mpegurl; charset=utf-8",
    "xspf": "application/xspf+xml",
    "jspf": "application/jspf+json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}


def body(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content).decode()


def titles(client: Client, address: str) -> list[str]:
    return [track["title"] for track in json.loads(body(client.get(address)))["playlist"]["track"]]


@pytest.fixture
def genre() -> Genre:
    """Three tracks in a genre, on an album, by an artist, on a label, in a playlist, and in clusters."""
    made: Genre = GenreFactory(name="dub")
    artist = ArtistFactory(name="Zoe")
    album = AlbumFactory(title="Red", labels=[LabelFactory(name="Stone")])
    first, second, third = [
        TrackFactory(title=title, score=score, track_number=number, genres=[made], artists=[artist], album=album)
        for title, score, number in (("A", 1, 2), ("B", 3, 3), ("C", 2, 1))
    ]
    PlaylistFactory(name="Mine", tracks=[first, third, first])
    stored_run(made, {1: [third, first], 2: [second]}, is_published=True)
    stored_run(Collection.objects.library(), {1: [second, first], 2: [third]}, is_published=True)
    return made


LISTS = {
    "/genres/dub/tracks": ["B", "C", "A"],
    "/artists/zoe/tracks": ["B", "C", "A"],
    "/labels/stone/tracks": ["B", "C", "A"],
    "/albums/red/tracks": ["C", "A", "B"],
    "/playlists/mine/tracks": ["A", "C", "A"],
    "/genres/dub/clusters/1": ["C", "A"],
    "/clusters/1": ["B", "A"],
}


@pytest.mark.usefixtures("genre")
def test_files_have_the_order_of_their_pages_and_the_pages_lead_to_them(client: Client) -> None:
    for start, expected in LISTS.items():
        assert titles(client, f"{start}.jspf") == expected, start
        page = parse(client.get(f"{start.removesuffix('tracks').rstrip('/')}/"))
        addresses = [f"{start}.{extension}" for extension in MEDIA_TYPES]
        section = page.one("section", class_="take-with-you")
        assert [address for _, address in section.links] == addresses
        alternates = {link.attrs["href"]: link.attrs["type"] for link in page.all("link", rel="alternate")}
        assert {address: alternates[address] for address in addresses} == {
            f"{start}.{extension}": media_type.split(";")[0] for extension, media_type in MEDIA_TYPES.items()
        }


@pytest.mark.usefixtures("genre")
@pytest.mark.parametrize("extension", MEDIA_TYPES)
def test_a_file_has_its_type_a_name_and_an_etag(client: Client, extension: str) -> None:
    response = client.get(f"/genres/dub/tracks.{extension}")
    assert response["Content-Type"] == MEDIA_TYPES[extension]
    kind = "inline" if extension == "txt" else "attachment"
    assert response["Content-Disposition"] == f'{kind}; filename="dub.{extension}"'
    assert len(body(response).encode()) == int(response["Content-Length"])
    again = client.get(f"/genres/dub/tracks.{extension}", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("한국 발라드", "한국 발라드"),
        ("AC/DC: live?", "AC DC live"),
        ("💃", "💃"),
        ("..", "tracks"),
        ("ü" * 200, "ü" * 100),
    ],
)
def test_a_file_is_named_in_any_script(client: Client, name: str, expected: str) -> None:
    genre = GenreFactory(name=name)
    response = client.get(f"/genres/{genre.slug}/tracks.m3u8")
    assert body(response).startswith("#EXTM3U\n")
    header = response["Content-Disposition"]
    assert unquote(header).removeprefix("attachment; ") in (
        f"filename*=utf-8''{expected}.m3u8",
        f'filename="{expected}.m3u8"',
    )


@pytest.mark.usefixtures("genre")
def test_the_filters_of_a_page_hold_for_its_files(client: Client) -> None:
    assert titles(client, "/artists/zoe/tracks.jspf?min_score=2&ordering=title&page=2") == ["B", "C"]
    assert client.get("/artists/zoe/tracks.jspf?min_score=many").status_code == 400
    page = parse(client.get("/artists/zoe/?min_score=2&q=&page=1&utm=x"))
    links = [address for _, address in page.one("section", class_="take-with-you").links]
    assert links[0] == "/artists/zoe/tracks.m3u8?min_score=2"


@pytest.mark.usefixtures("genre")
def test_what_has_no_page_has_no_files(client: Client) -> None:
    ArtistFactory(name="Secret", visibility=Visibility.HIDDEN)
    PlaylistFactory(name="Own", visibility=Visibility.HIDDEN)
    for start in ("/artists/secret/tracks", "/playlists/own/tracks", "/genres/none/tracks", "/genres/dub/clusters/9"):
        assert client.get(f"{start}.xspf").status_code == 404, start
    assert client.get("/genres/dub/tracks.exe").status_code == 404
    Genre.objects.get().aliases.create(name="dubs", slug="dubs")  # type: ignore[attr-defined]
    assert client.get("/genres/dubs/tracks.csv")["Location"] == "/genres/dub/tracks.csv"


def test_a_hidden_artist_is_a_name_without_an_address(client: Client) -> None:
    genre = GenreFactory(name="dub")
    TrackFactory(genres=[genre], artists=[ArtistFactory(name="Hidden One", visibility=Visibility.HIDDEN)])
    for extension in MEDIA_TYPES:
        text = body(client.get(f"/genres/dub/tracks.{extension}"))
        assert "hidden-one" not in text
        assert ("Hidden One" in text) == (extension != "txt")


def test_of_nothing_there_are_files_but_no_section(client: Client) -> None:
    GenreFactory(name="dub")
    assert not parse(client.get("/genres/dub/")).all("section", class_="take-with-you")
    assert titles(client, "/genres/dub/tracks.jspf") == []
    assert list(csv.DictReader(body(client.get("/genres/dub/tracks.csv")).splitlines())) == []


@pytest.mark.usefixtures("genre")
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The genre, when it was created, the name of the site; the order; the tracks with their albums, the artists.
        ("/genres/dub/tracks.xspf", 6),
        ("/playlists/mine/tracks.m3u8", 6),
        # Without when it was created; but the run, the cluster, its shades.
        ("/genres/dub/clusters/1.txt", 7),
        ("/clusters/1.txt", 7),
    ],
)
def test_files_take_as_many_queries(client: Client, django_assert_num_queries: Any, address: str, queries: int) -> None:
    with django_assert_num_queries(queries):
        body(client.get(address))
