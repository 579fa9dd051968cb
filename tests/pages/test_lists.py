"""The lists of the catalogue: numbered pages, heads that sort, chips, columns, and the same elsewhere."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from musicdb.pages import views
from musicdb.pages.lists import filtered
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
)
from tests.pages.html import Node, parse, parse_any, table_rows

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>](javascript:1) | a | \u202e"


@pytest.fixture
def library() -> None:
    """Three albums of three years with a track each, and a track without one."""
    pop, jazz = GenreFactory(name="Korean Pop"), GenreFactory(name="jazz")
    zoe, ray = ArtistFactory(name="Zoë"), ArtistFactory(name="Ray")
    loud, quiet = LabelFactory(name="Loud"), LabelFactory(name="Quiet", visibility="hidden")
    for number, (title, artist, label, genres) in enumerate(
        (("Noël", zoe, loud, [pop]), ("One", zoe, quiet, [pop, jazz]), ("two", ray, loud, [jazz]))
    ):
        year = 1999 + number
        dated = {"release_date": f"{year}-01-01", "release_precision": "year"}
        album = AlbumFactory(title=f"Album {title}", labels=[label], **dated)
        TrackFactory(
            title=title,
            artists=[artist],
            album=album,
            genres=genres,
            score=number,
            liked=number == 1,
            energy=number / 2,
        )
    TrackFactory(title="Alone", album=None, features=False)
    PlaylistFactory(name="Mine")


def rows_of(page: Node) -> list[str]:
    """What a list shows: the names of its rows."""
    if page.all("table"):
        return [row[1].text for row in table_rows(page.one("table"))]
    found = [text for each in page.all("ul", class_="names") for text, _ in each.links]
    return found + [title.text for title in page.all("span", class_="album-title")]


QUERIES: list[tuple[str, dict[str, str], list[str]]] = [
    ("albums", {}, ["Album two", "Album One", "Album Noël"]),
    ("albums", {"min_year": "2000"}, ["Album two", "Album One"]),
    ("albums", {"max_year": "1999"}, ["Album Noël"]),
    ("albums", {"genre": "korean pop", "ordering": "title"}, ["Album Noël", "Album One"]),
    ("albums", {"artist": "ZOË"}, ["Album One", "Album Noël"]),
    ("albums", {"label": "loud", "q": "no"}, ["Album Noël"]),
    ("tracks", {"genre": "jazz"}, ["two", "One"]),
    ("tracks", {"ordering": "title", "has_features": "true"}, ["Noël", "One", "two"]),
    ("tracks", {"min_energy": "0.5"}, ["two", "One"]),
    ("tracks", {"min_energy": "0.5", "max_energy": "0.5"}, ["One"]),
    ("tracks", {"ordering": "energy", "label": "Loud"}, ["Noël", "two"]),
    ("tracks", {"ordering": "-release_date", "min_year": "2000"}, ["two", "One"]),
    ("tracks", {"liked": "true"}, ["One"]),
    ("tracks", {"min_score": "1", "max_score": "1"}, ["One"]),
    ("artists", {"label": "Loud", "ordering": "-track_count"}, ["Zoë", "Ray"]),
    ("labels", {"genre": "jazz"}, ["Loud"]),
    ("genres", {"ordering": "-name"}, ["Korean Pop", "jazz"]),
    ("playlists", {"q": "mi"}, ["Mine"]),
]


@pytest.mark.parametrize(("name", "query", "found"), QUERIES)
@pytest.mark.usefixtures("library")
def test_page_api_and_csv_have_the_same_rows(
    client: Client, name: str, query: dict[str, str], found: list[str]
) -> None:
    page = parse(client.get(f"/{name}/", query))
    assert rows_of(page) == found
    links = dict(page.one("main").links)
    answer = client.get(links["in the API"]).json()["results"]
    assert [row.get("title") or row["name"] for row in answer] == found
    # The list of tracks has its CSV among its files.
    text = b"".join(client.get(links["CSV"])).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row.get("title") or row["name"] for row in rows] == found


@pytest.mark.usefixtures("library")
def test_the_files_of_the_tracks_have_the_tracks_that_were_found(client: Client) -> None:
    page = parse(client.get("/tracks/?ordering=title&liked=true"))
    playlist = b"".join(client.get(dict(page.links)["M3U8"])).decode()
    assert "One" in playlist
    assert "Noël" not in playlist


def test_csv_is_safe_and_keeps_what_is_for_editors(client: Client) -> None:
    hidden = LabelFactory(name="Secret", visibility="hidden")
    album = AlbumFactory(title="=1+1", labels=[hidden])
    artist = ArtistFactory(name="@SUM(A1)", spotify_id=None)
    TrackFactory(album=album, artists=[artist])
    PlaylistFactory(name="+1", rule="artist=secret-artist")

    def read(name: str) -> list[dict[str, str]]:
        response = client.get(f"/{name}.csv")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{name}.csv"' in response.headers["Content-Disposition"]
        return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))

    (row,) = read("albums")
    assert (row["title"], row["labels"], row["track_count"]) == ("'=1+1", "Secret", "1")
    assert "label_slugs" not in row
    (row,) = read("artists")
    assert (row["name"], row["spotify_url"], row["track_count"]) == ("'@SUM(A1)", "", "1")
    assert "visibility" not in row
    (row,) = read("playlists")
    assert (row["name"], row["track_count"]) == ("'+1", "0")
    assert "rule" not in row
    assert read("labels") == []
    assert client.get("/albums.csv?min_year=soon").status_code == 400


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1", "1 2 3 … 15"),
        ("2", "1 2 3 4 … 15"),
        ("8", "1 … 6 7 8 9 10 … 15"),
        ("15", "1 … 13 14 15"),
    ],
)
def test_pages_have_numbers(client: Client, monkeypatch: pytest.MonkeyPatch, number: str, shown: str) -> None:
    monkeypatch.setattr(views.ArtistListView, "paginate_by", 2)
    for place in range(30):
        ArtistFactory(name=f"Ann {place}")
    nav = parse(client.get("/artists/", {"page": number, "q": "ann"})).one("nav", **{"aria-label": "Pages"})
    assert [item.text.removeprefix("Page ") for item in nav.all("li")] == shown.split()
    current = nav.one("a", **{"aria-current": "page"})
    assert current.text == f"Page {number}"
    assert all("q=ann" in target for _, target in nav.links)
    following = [target for text, target in nav.links if text == "Next →"]
    assert bool(following) == (number != "15")


@pytest.mark.parametrize("number", ["4", "99999999999999999999", "abc", "0", "-1", "²", "1.5"])
def test_a_page_that_is_not_there_leads_to_those_that_are(
    client: Client, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.setattr(views.ArtistListView, "paginate_by", 2)
    for place in range(6):
        ArtistFactory(name=f"Ann {place}")
    response = client.get("/artists/", {"q": "ann", "page": number})
    assert response.status_code == 404
    page = parse_any(response)
    assert page.one("p", class_="lead").text == "The list has 3 pages with these filters."
    links = dict(page.one("main").links)
    assert rows_of(parse(client.get(links["The last page"]))) == ["Ann 4", "Ann 5"]
    assert rows_of(parse(client.get(links["The first page"]))) == ["Ann 0", "Ann 1"]


@pytest.mark.usefixtures("library")
def test_the_heads_of_a_table_sort_it(client: Client) -> None:
    def heads(page: Node) -> dict[str, tuple[str | None, str]]:
        cells = page.one("thead").all("th")
        return {cell.text: (cell.attrs.get("aria-sort"), dict(cell.links).get(cell.text, "")) for cell in cells}

    first = heads(parse(client.get("/tracks/?has_features=true")))
    assert first["Score"][0] == "descending"
    assert first["Track"][0] is None
    by_title = parse(client.get(first["Track"][1]))
    assert rows_of(by_title) == ["Noël", "One", "two"]
    assert heads(by_title)["Track"][0] == "ascending"
    backwards = parse(client.get(heads(by_title)["Track"][1]))
    assert rows_of(backwards) == ["two", "One", "Noël"]
    assert heads(backwards)["Track"][0] == "descending"
    # What the list is sorted by has a column.
    by_energy = parse(client.get("/tracks/?ordering=-energy&has_features=true"))
    assert heads(by_energy)["Energy"][0] == "descending"
    place = list(heads(by_energy)).index("Energy")
    assert [row[place].text for row in table_rows(by_energy.one("table"))] == ["1.00", "0.50", "0.00"]


@pytest.mark.usefixtures("library")
def test_a_list_without_a_table_has_links_that_sort_it(client: Client) -> None:
    nav = parse(client.get("/artists/?genre=jazz")).one("nav", **{"aria-label": "Sort"})
    assert nav.one("a", **{"aria-current": "true"}).text == "name, ascending"
    sorted_by_count = dict(nav.links)["track count"]
    assert rows_of(parse(client.get(sorted_by_count))) == ["Zoë", "Ray"]


@pytest.mark.usefixtures("library")
def test_each_filter_has_a_chip_that_removes_it(client: Client) -> None:
    query = {"genre": "korean-pop", "liked": "true", "min_energy": "0.25", "ordering": "title", "page": "1"}
    page = parse(client.get("/tracks/", query))
    chips = {text.removeprefix("Remove the filter: "): to for text, to in page.one("ul", class_="chips").links}
    assert list(chips) == ["Genre Korean Pop ×", "Liked yes ×", "Energy from 0.25 ×"]
    assert rows_of(page) == ["One"]
    assert urlsplit(chips["Genre Korean Pop ×"]).query == "liked=true&ordering=title&min_energy=0.25"
    without = parse(client.get(chips["Energy from 0.25 ×"]))
    assert [link.text for link in without.one("ul", class_="chips").all("a")] == [
        "Remove the filter: Genre Korean Pop ×",
        "Remove the filter: Liked yes ×",
    ]


@pytest.mark.usefixtures("library")
def test_a_list_in_which_nothing_is_found_leads_on(client: Client) -> None:
    page = parse(client.get("/tracks/?min_year=2050"))
    assert "No track matches. Remove a filter above, or show all tracks." in page.text
    assert rows_of(parse(client.get(dict(page.links)["show all tracks"])))


@pytest.mark.parametrize(
    ("address", "query", "problem"),
    [
        ("/albums/", {"min_year": "soon"}, "Year of release from (min_year): Enter a whole number."),
        ("/albums/", {"max_year": "0"}, "Year of release up to (max_year): Ensure this value is greater"),
        ("/albums/", {"ordering": "pk"}, "Sort by (ordering): Use one or more of title, -title, release_date"),
        (
            "/tracks/",
            {"min_energy": "1.5"},
            "Energy from (min_energy): Ensure this value is less than or equal to 1.0.",
        ),
        ("/tracks/", {"max_tempo": "nan"}, "Tempo up to (max_tempo): Enter a number."),
        ("/tracks/", {"min_loudness": "1e400"}, "Loudness from (min_loudness): Enter a number."),
        ("/tracks/", {"genre": HOSTILE}, "Genre (genre): There is no genre with this slug or name."),
        ("/tracks/", {"artist": "\0"}, "Artist (artist): There is no artist with this slug or name."),
        ("/tracks.csv", {"liked": "maybe"}, "Liked (liked): Must be true or false."),
        ("/explore/", {"x": "key"}, "Left to right (x): Use one of danceability, energy"),
        ("/explore/", {"colour": "slug"}, "Colour (colour): Use one of genre, decade, liked"),
        ("/explore/", {"y": ["energy", "tempo"]}, "Bottom to top (y): Give only one value."),
        ("/explore/", {"min_valence": "-1"}, "Valence from (min_valence): Ensure this value is greater"),
    ],
)
def test_a_wrong_value_is_a_400_that_says_what_is_wrong(
    client: Client, address: str, query: dict[str, Any], problem: str
) -> None:
    response = client.get(address, query)
    assert response.status_code == 400
    assert parse_any(response).one("div", role="alert").text.startswith(problem)


def test_a_name_that_several_artists_have_asks_for_the_one(client: Client) -> None:
    for _ in range(2):
        ArtistFactory(name="Twin")
    page = parse_any(client.get("/tracks/?artist=Twin"))
    assert page.one("div", role="alert").text.endswith("such as twin or twin-2.")
    assert client.get("/tracks/?artist=twin-2").status_code == 200


def test_hostile_names_are_text(client: Client) -> None:
    artist, genre = ArtistFactory(name=HOSTILE), GenreFactory(name=HOSTILE)
    album = AlbumFactory(title=HOSTILE, image_url="")
    for number in range(20):
        TrackFactory(title=f"{HOSTILE} {number}", artists=[artist], album=album, genres=[genre])
    for address in ("/albums/", "/tracks/", f"/tracks/?genre={genre.slug}", "/explore/?colour=genre", "/artists/"):
        page = parse(client.get(address))
        assert {script.text for script in page.one("main").all("script")} <= {""}
        assert "<script>alert(1)</script>" in page.one("main").text


def heads_of(page: Node) -> list[str]:
    return [cell.text for cell in page.one("table").one("thead").all("th")]


def test_columns_without_a_value_are_left_out(client: Client) -> None:
    TrackFactory(title="Bare", album=None, spotify_id=None, features=False)
    assert heads_of(parse(client.get("/tracks/"))) == ["Track"]
    TrackFactory(
        title="Rich", album=AlbumFactory(labels=[LabelFactory()]), artists=[ArtistFactory()], score=0, liked=True
    )
    everything = ["Art", "Track", "Album", "Artists", "Label", "Score", "💚Liked", "🔗Listen"]
    assert heads_of(parse(client.get("/tracks/"))) == everything
    assert heads_of(parse(client.get("/tracks/?liked=false"))) == ["Track"]
    assert all(len(row) == len(everything) for row in table_rows(parse(client.get("/tracks/")).one("table")))


def test_top_tracks_need_something_that_ranks_them(client: Client) -> None:
    genre = GenreFactory(name="pop")
    TrackFactory(title="Plain", genres=[genre])
    page = parse(client.get("/genres/pop/"))
    assert "Top tracks" not in page.text
    assert rows_of(parse(client.get(dict(page.links)["All tracks of the genre"]))) == ["Plain"]
    TrackFactory(title="Known", genres=[genre], popularity=3)
    TrackFactory(title="Famous", genres=[genre], popularity=90)
    assert rows_of(parse(client.get("/genres/pop/"))) == ["Famous", "Known"]
    TrackFactory(title="Loved", genres=[genre], liked=True)
    TrackFactory(title="Played", genres=[genre], score=1)
    assert rows_of(parse(client.get("/genres/pop/"))) == ["Played", "Loved", "Famous", "Known"]


def test_an_album_says_by_whom_it_is(client: Client) -> None:
    own = AlbumFactory(title="Own", artists=[ArtistFactory(name="Ann")])
    TrackFactory(album=own, artists=[ArtistFactory(name="Guest")])
    TrackFactory(album=AlbumFactory(title="Plain"), artists=[ArtistFactory(name="Bea")])
    various = AlbumFactory(title="Various")
    for _ in range(4):
        TrackFactory(album=various, artists=[ArtistFactory()])
    page = parse(client.get("/albums/?ordering=title"))
    assert [each.text for each in page.all("span", class_="album-artists")] == ["Ann", "Bea", "various artists"]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("address", "queries"),
    [
        # The settings, the keys; the albums, their labels, artists, and those of their tracks.
        ("/albums/", 6),
        # The settings, the keys; the tracks, their artists and labels.
        ("/tracks/", 5),
        # Also the genre, the letters and the genres to choose from.
        ("/tracks/?genre=g&ordering=title", 8),
        # The settings, the genres to choose from, the count, the keys, the rows, their artists and genres.
        ("/explore/?colour=genre", 7),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries: Any, address: str, queries: int, rows: int
) -> None:
    genre = GenreFactory(name="g")
    for _ in range(rows):
        album = AlbumFactory(labels=[LabelFactory()], artists=[ArtistFactory()])
        TrackFactory(genres=[genre], artists=[ArtistFactory()], album=album, score=1)
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


def test_a_table_has_the_day_on_which_a_track_was_added_here(client: Client, settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Seoul"
    track = TrackFactory(title="Late", added_at=datetime(2024, 5, 1, 20, tzinfo=UTC))
    (row,) = table_rows(parse(client.get("/tracks/?ordering=added_at")).one("table"))
    assert "2024-05-02" in [cell.text for cell in row]
    assert parse(client.get(track.get_absolute_url())).one("time").text == "2024-05-02"


@pytest.mark.parametrize("most", [1, 2])
def test_a_field_names_a_list_of_genres_only_where_there_is_one(
    client: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(filtered, "MAX_SUGGESTED", most)
    GenreFactory(), GenreFactory()
    page = parse(client.get("/explore/"))
    lists = [each.attrs["id"] for each in page.all("datalist")]
    assert [each.attrs["list"] for each in page.all("input") if "list" in each.attrs] == lists
    assert lists == (["genre-names"] if most == 2 else [])
