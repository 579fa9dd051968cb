"""The box in every header, the page that it leads to, and what it suggests."""

import pytest
from django.test import Client

from tests.db.shared import once_for_the_module
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, PlaylistFactory, TrackFactory
from tests.pages.html import parse, parse_any

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("address", ["/", "/artists/", "/search/", "/nowhere/"])
def test_every_header_has_the_box_and_a_form_that_needs_no_script(client: Client, address: str) -> None:
    form = parse_any(client.get(address)).one("form", class_="search")
    box = form.one("input", name="q")
    assert (form.attrs["action"], form.attrs.get("method", "get")) == ("/search/", "get")
    assert form.one("label", for_=str(box.attrs["id"])).text == "Search"
    assert form.one("button", type="submit").text == "Search"


def test_the_page_groups_what_it_finds(client: Client) -> None:
    artist = ArtistFactory(name="Moon <b>", slug="moon")
    TrackFactory(title="Moonlight", slug="moonlight", artists=[artist], album=None)
    page = parse(client.get("/search/", {"q": "moon"}))
    assert [heading.text for heading in page.all("h2")] == ["Artists", "Tracks"]
    rows = [item for part in page.all("ul", class_="found") for item in part.all("li")]
    assert [(row.one("a").attrs["href"], row.text) for row in rows] == [
        ("/artists/moon/", "Moon <b> 1 track"),
        ("/tracks/moonlight/", "Moonlight Moon <b>"),
    ]
    assert page.one("input", id="search-box").attrs["value"] == "moon"
    assert page.one("meta", name="robots").attrs["content"] == "noindex, follow"


def test_more_than_a_page_shows_leads_to_the_list(client: Client) -> None:
    for number in range(21):
        ArtistFactory(name=f"Moon & {number}")
    page = parse(client.get("/search/", {"q": "moon &"}))
    links = [link.attrs["href"] for link in page.all("a") if link.text == "More artists than these 20"]
    assert links == ["/artists/?q=moon+%26"]


def test_without_a_hit_the_page_says_what_to_try(client: Client) -> None:
    for query in ({}, {"q": " "}, {"q": "nothing"}):
        page = parse(client.get("/search/", query))
        main = page.one("main")
        assert [link.text for link in main.all("a")] == ["artists", "labels", "genres", "playlists"]
        assert page.one("meta", name="robots").attrs["content"] == "noindex, follow"


def test_a_link_or_a_code_leads_straight_to_the_page(client: Client) -> None:
    TrackFactory(slug="x", spotify_id="3kiQOTlExsRTAQW0P0jcTH", isrc="USS1Z9900001", album=None)
    for typed in ("https://open.spotify.com/track/3kiQOTlExsRTAQW0P0jcTH?si=1", "USS1Z9900001"):
        answer = client.get("/search/", {"q": typed})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/tracks/x/")


def test_suggestions_are_options_in_named_groups(client: Client) -> None:
    for number in range(6):
        ArtistFactory(name=f"Moon {number}", slug=f"moon-{number}")
    fragment = parse(client.get("/search/suggest", {"q": "moon"}))
    (group,) = fragment.all("ul", role="group")
    assert group.attrs["aria-labelledby"] == "search-artist"
    options = group.all("li", role="option")
    assert [(one.attrs["id"], one.attrs["data-address"], one.text) for one in options] == [
        (f"search-artist-{number + 1}", f"/artists/moon-{number}/", f"Moon {number} 0 tracks") for number in range(5)
    ]
    assert client.get("/search/suggest", {"q": "nothing"}).content.strip() == b""


@pytest.mark.parametrize("typed", ["\0", "%", "_", '"', "\\", "a" * 10_000, "<script>", "\u202eabc", "가", "*"])
@pytest.mark.parametrize("address", ["/search/", "/search/suggest", "/api/v1/search/"])
def test_never_an_error(client: Client, address: str, typed: str) -> None:
    assert client.get(address, {"q": typed}).status_code == 200


def test_robots_are_told_to_stay_away(client: Client) -> None:
    assert "Disallow: /search/" in client.get("/robots.txt").content.decode().splitlines()


def make_library(rows: int) -> None:
    for number in range(rows):
        artists = [ArtistFactory(name=f"Moon {number} {each}") for each in range(rows)]
        album = AlbumFactory(title=f"Moon {number}", labels=[LabelFactory(name=f"Moon {number}")], artists=artists)
        track = TrackFactory(title=f"Moon {number}", album=album, artists=artists)
        track.genres.add(GenreFactory(name=f"Moon {number}"))
        PlaylistFactory(name=f"Moon {number}", tracks=[track])


rows = once_for_the_module(make_library, 1, 3)


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # One a kind, and the rows of six kinds; the artists of the albums and of the tracks; the version.
        ("/search/suggest", 16),
        ("/api/v1/search/", 16),
        ("/search/", 16),
    ],
)
@pytest.mark.usefixtures("rows")
def test_queries(client: Client, django_assert_num_queries, address: str, queries: int) -> None:
    with django_assert_num_queries(queries):
        client.get(address, {"q": "moon"})
