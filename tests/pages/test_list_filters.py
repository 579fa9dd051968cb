"""The lists of the pages take the query parameters of the API's lists, and refuse the same values."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.pages.html import Node, parse, parse_any, table_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def library() -> None:
    """Three tracks by one artist on one label, each on an album of its own, and some more artists."""
    pop, jazz = GenreFactory(name="pop"), GenreFactory(name="jazz")
    zoe, loud = ArtistFactory(name="Zoë"), LabelFactory(name="Loud")
    for title, genres, score, liked in (
        ("Noël", [pop], 10, True),
        ("One", [pop, jazz], 5, False),
        ("Two", [], 0, True),
    ):
        album = AlbumFactory(title=f"Album {title}", labels=[loud])
        TrackFactory(title=title, artists=[zoe], album=album, genres=genres, score=score, liked=liked)
    TrackFactory(title="Other", artists=[ArtistFactory(name="Ray")], album=None, genres=[jazz])
    LabelFactory(name="Quiet")


def names(page: Node) -> list[str]:
    return [text for found in page.all("ul", class_="names") for text, _ in found.links]


def titles(page: Node) -> list[str]:
    return [row[1].text for row in table_rows(page.one("table"))] if page.all("table") else []


@pytest.mark.parametrize(
    ("address", "api", "query", "found"),
    [
        ("genres", "genres", {"q": "JA"}, ["jazz"]),
        ("genres", "genres", {"ordering": "-name"}, ["pop", "jazz"]),
        ("artists", "artists", {"q": "noe\u0308l"}, []),
        ("artists", "artists", {"genre": "jazz"}, ["Ray", "Zoë"]),
        ("artists", "artists", {"genre": "pop", "ordering": "-track_count"}, ["Zoë"]),
        ("labels", "labels", {"genre": "pop"}, ["Loud"]),
        ("labels", "labels", {"ordering": "album_count"}, ["Quiet", "Loud"]),
    ],
)
@pytest.mark.usefixtures("library")
def test_lists_of_names(client: Client, address: str, api: str, query: dict[str, str], found: list[str]) -> None:
    assert names(parse(client.get(f"/{address}/", query))) == found
    assert [row["name"] for row in client.get(f"/api/v1/{api}/", query).json()["results"]] == found


@pytest.mark.parametrize("owner", [("artist", "zoe"), ("label", "loud"), ("album", "album-noel")])
@pytest.mark.parametrize(
    "query",
    [
        {"q": "noe\u0308l"},
        {"genre": "pop"},
        {"liked": "true"},
        {"liked": "false"},
        {"min_score": "5"},
        {"max_score": "5"},
        {"has_features": "false"},
        {"album": "album-noel"},
        {"ordering": "title"},
        {"ordering": "-score,title", "min_score": "1"},
    ],
)
@pytest.mark.usefixtures("library")
def test_tracks_of_an_artist_a_label_and_an_album(
    client: Client, owner: tuple[str, str], query: dict[str, str]
) -> None:
    name, slug = owner
    page = parse(client.get(f"/{name}s/{slug}/", query))
    rows = client.get("/api/v1/tracks/", {**query, name: slug}).json()["results"]
    assert titles(page) == [row["title"] for row in rows]
    assert len(rows) < 3 or "ordering" in query


@pytest.mark.parametrize("address", ["/artists/", "/labels/loud/"])
@pytest.mark.usefixtures("library")
def test_a_blank_field_and_a_parameter_of_another_site_filter_nothing(client: Client, address: str) -> None:
    query = {"q": "", "genre": " ", "ordering": "", "min_score": "", "liked": "", "utm_source": "elsewhere"}
    found: Callable[[Node], list[str]] = names if address == "/artists/" else titles
    assert found(parse(client.get(address, query))) == found(parse(client.get(address)))


@pytest.mark.parametrize(
    ("address", "query", "problem"),
    [
        (
            "/genres/",
            {"ordering": "pk"},
            "Sort by (ordering): Use one or more of name, -name, track_count, ",
        ),
        ("/genres/", {"q": "a" * 101}, "Name contains (q): Ensure this value has at most 100 characters"),
        ("/genres/", {"q": "a\0b"}, "Name contains (q): Null characters are not allowed."),
        ("/genres/", {"q": ["a", "b"]}, "Name contains (q): Give only one value."),
        ("/artists/", {"genre": "none"}, "Genre (genre): There is no genre with this slug or name."),
        ("/labels/", {"genre": "a\0b"}, "Genre (genre): There is no genre with this slug or name."),
        ("/artists/zoe/", {"min_score": "1e400"}, "Score from (min_score): Enter a whole number."),
        ("/labels/loud/", {"liked": "maybe"}, "Liked (liked): Must be true or false."),
        ("/albums/album-one/", {"artist": "nobody"}, "Artist (artist): There is no artist with"),
        (
            "/artists/",
            {"genre": "none", "page": "2"},
            "Genre (genre): There is no genre with this slug or name.",
        ),
    ],
)
@pytest.mark.usefixtures("library")
def test_a_wrong_value_is_a_400_that_says_what_is_wrong(
    client: Client, address: str, query: dict[str, Any], problem: str
) -> None:
    response = client.get(address, query)
    assert response.status_code == 400
    page = parse_any(response)
    assert page.one("h1").text == "This list cannot be shown"
    assert page.one("div", role="alert").text.startswith(problem)
    assert ("Show all", address) in page.links


def test_a_wrong_value_on_a_page_that_is_not_there_is_a_404(client: Client) -> None:
    assert client.get("/artists/nobody/?liked=maybe").status_code == 404


def test_the_next_page_keeps_the_filters(client: Client) -> None:
    for number in range(101):
        ArtistFactory(name=f"Ann {number}")
    page = parse(client.get("/artists/?q=ann&ordering=-name"))
    assert page.one("p", class_="lead").text == "101 artists found."
    (following,) = [href for text, href in page.links if text == "Next →"]
    assert names(parse(client.get(f"/artists/{following}"))) == ["Ann 0"]


def test_the_form_shows_what_is_filtered_and_keeps_what_it_does_not_show(client: Client) -> None:
    artist, genre = ArtistFactory(name="Zoë"), GenreFactory(name="pop")
    for number in range(20):
        TrackFactory(title=f"T{number}", artists=[artist], genres=[genre])
    form = parse(client.get("/artists/zoe/?genre=pop&liked=true&q=T1")).one("form", class_="filters")
    values = {field.attrs["name"]: field.attrs.get("value") for field in form.all("input")}
    assert {name: value for name, value in values.items() if value} == {"q": "T1", "genre": "pop"}
    assert {"min_score", "max_score", "min_energy", "max_tempo"} <= values.keys()
    chosen = {option.text for option in form.all("option") if "selected" in option.attrs}
    assert chosen == {"yes", "the usual order"}


def test_a_short_list_has_no_form_unless_it_is_filtered(client: Client) -> None:
    TrackFactory(artists=[ArtistFactory(name="Zoë")])
    assert not parse(client.get("/artists/zoe/")).one("main").all("form")
    assert parse(client.get("/artists/zoe/?q=x")).one("main").one("form").links == [("Show all", "/artists/zoe/")]


def test_a_list_in_which_nothing_is_found_says_so(client: Client) -> None:
    TrackFactory(artists=[ArtistFactory(name="Zoë")])
    assert "No artist matches." in parse(client.get("/artists/?q=x")).text
    assert "No track matches." in parse(client.get("/artists/zoe/?q=none")).text


@pytest.mark.usefixtures("library")
def test_a_genre_links_to_its_artists_and_labels(client: Client) -> None:
    links = dict(parse(client.get("/genres/pop/")).links)
    for noun, found in (("artists", ["Zoë"]), ("labels", ["Loud"])):
        assert names(parse(client.get(links[f"All {noun} of this genre that have a page"]))) == found


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    # Each page also reads the site settings.
    [
        ("/genres/?q=g&ordering=-name", 4),
        # The genre, the count, the rows, the genres to choose from.
        ("/artists/?genre=g&q=a", 5),
        ("/labels/?genre=g&q=l", 5),
        # The artist, the genre, the count; tracks, their artists and labels; the artist's genres; the run.
        ("/artists/a/?genre=g&min_score=0&liked=false&ordering=title", 8),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries: Any, address: str, queries: int, rows: int
) -> None:
    genre, artist, label = GenreFactory(name="g"), ArtistFactory(name="a"), LabelFactory(name="l")
    for _ in range(rows):
        album = AlbumFactory(labels=[label, LabelFactory(name=f"l{_}")])
        TrackFactory(genres=[genre], artists=[artist, ArtistFactory(name=f"a{_}")], album=album, score=1)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200
