"""The pages of playlists, and where other pages link them."""

from typing import Any

import pytest
from django.test import Client

from musicdb.models import Playlist, PlaylistEntry, Visibility
from tests.factories import GenreFactory, PlaylistFactory, TrackFactory
from tests.pages.html import parse, table_rows

pytestmark = pytest.mark.django_db


def test_a_playlist_is_shown_in_its_order_with_its_length(client: Client) -> None:
    first = TrackFactory(title="First", duration_ms=3_600_000, score=None)
    second = TrackFactory(title="Second", duration_ms=240_000, score=9)
    PlaylistFactory(name="Mine", description="For the road", tracks=[first, second, first])
    page = parse(client.get("/playlists/mine/"))
    assert page.one("h1").text == "Mine"
    assert "For the road" in page.text
    assert page.one("p", class_="lead").text == "3 tracks · 2 h 4 min"
    assert [row[1].text for row in table_rows(page.one("table"))] == ["First", "Second", "First"]


def test_a_length_that_is_not_known_in_full_says_so(client: Client) -> None:
    PlaylistFactory(name="Mine", tracks=[TrackFactory(duration_ms=60_000), TrackFactory(duration_ms=None)])
    PlaylistFactory(name="Empty")
    assert parse(client.get("/playlists/mine/")).one("p", class_="lead").text == "2 tracks · 1 min, as far as known"
    assert parse(client.get("/playlists/empty/")).one("p", class_="lead").text == "0 tracks"


def test_a_playlist_with_a_rule_is_live(client: Client) -> None:
    PlaylistFactory(name="Loved", rule="liked=true&ordering=title")
    assert not parse(client.get("/playlists/loved/")).all("table")
    TrackFactory(title="B", liked=True, duration_ms=None)
    TrackFactory(title="A", liked=True, duration_ms=None)
    page = parse(client.get("/playlists/loved/"))
    assert [row[1].text for row in table_rows(page.one("table"))] == ["A", "B"]
    assert page.one("p", class_="lead").text == "2 tracks · kept up to date by a rule"
    assert parse(client.get("/playlists/")).one("ul", class_="names").text == "Loved 2 tracks"


def test_a_long_playlist_has_pages_and_filters(client: Client) -> None:
    tracks = [TrackFactory(title=f"T{number:03}", liked=number == 60) for number in range(70)]
    PlaylistFactory(name="Long", tracks=tracks[::-1])
    first, second = parse(client.get("/playlists/long/")), parse(client.get("/playlists/long/?page=2"))
    assert table_rows(first.one("table"))[0][1].text == "T069"
    assert table_rows(second.one("table"))[-1][1].text == "T000"
    liked = parse(client.get("/playlists/long/?liked=true"))
    assert [row[1].text for row in table_rows(liked.one("table"))] == ["T060"]
    by_title = parse(client.get("/playlists/long/?ordering=title"))
    assert table_rows(by_title.one("table"))[0][1].text == "T000"


def test_playlists_are_linked_from_the_navigation_the_home_page_and_their_tracks(client: Client) -> None:
    track = TrackFactory(liked=True)
    PlaylistFactory(name="Mine", tracks=[track])
    PlaylistFactory(name="Loved", rule="liked=true")
    home = parse(client.get("/"))
    assert ("Playlists", "/playlists/") in home.links
    assert ("Mine", "/playlists/mine/") in home.links
    links = parse(client.get(track.get_absolute_url())).links
    assert {("Mine", "/playlists/mine/"), ("Loved", "/playlists/loved/")} <= set(links)


def test_a_hidden_playlist_leaks_nowhere(client: Client) -> None:
    track = TrackFactory(liked=True, genres=[GenreFactory(name="dub")])
    for name, rule in (("Secret", None), ("Secret rule", "liked=true")):
        PlaylistFactory(name=name, rule=rule, visibility=Visibility.HIDDEN, tracks=[] if rule else [track])
    former = PlaylistFactory(name="Former")
    Playlist.objects.get(name="Secret").aliases.create(name="Old", slug="old")  # type: ignore[attr-defined]
    former.aliases.create(name="Old too", slug="old-too")  # type: ignore[attr-defined]
    for address in ("/playlists/secret/", "/playlists/secret-rule/", "/playlists/old/", "/playlists/none/"):
        assert client.get(address).status_code == 404, address
    assert client.get("/playlists/old-too/")["Location"] == "/playlists/former/"
    for address in ("/", "/playlists/", "/playlists/?q=secret", track.get_absolute_url(), "/genres/dub/"):
        assert (
            "secret"
            not in client.get(address)
            .content.decode()
            .replace("?q=secret", "")
            .replace('value="secret"', "")
            .replace("<bdi>secret</bdi>", "")
            .lower()
        ), address
    assert client.get("/genres/dub/", {"playlist": "secret"}).status_code == 200
    assert client.get("/artists/", {"playlist": "secret"}).status_code == 200


def test_who_added_a_track_is_not_public(client: Client) -> None:
    playlist = PlaylistFactory(name="Mine", tracks=[TrackFactory()])
    PlaylistEntry.objects.update(added_by="ann.private")
    for address in (
        playlist.get_absolute_url(),
        "/api/v1/playlists/mine/",
        "/api/v1/playlists/mine/entries/",
        "/api/v1/tracks/?playlist=mine",
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert "ann.private" not in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    # Each page also reads the site settings.
    [
        # Their first letters, how many, the playlists, the number of their entries, what their rules find.
        ("/playlists/", 6),
        # The playlist, how many tracks, their length; the tracks with their albums, artists, labels; the run.
        ("/playlists/mine/", 7),
        # The same: a rule needs no query of its own.
        ("/playlists/ruled/", 7),
    ],
)
def test_pages_ask_as_much_for_three_rows_as_for_one(
    client: Client, rows: int, address: str, queries: int, django_assert_num_queries: Any
) -> None:
    genre = GenreFactory(name="dub")
    for number in range(rows):
        tracks = [TrackFactory(genres=[genre]) for _ in range(rows)]
        PlaylistFactory(name="mine" if not number else f"m{number}", tracks=tracks)
        PlaylistFactory(name="ruled" if not number else f"r{number}", rule="genre=dub")
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
