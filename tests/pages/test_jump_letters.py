"""The letters above the lists of artists, labels and playlists lead to the right page, in any script."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from musicdb.pages.views import (
    AlbumListView,
    AllTracksView,
    ArtistListView,
    GenreListView,
    LabelListView,
    PlaylistListView,
)
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, PlaylistFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
NAMES = [
    "ABBA",
    "Édith Piaf",
    "Eels",
    "The Beatles",
    "2 Unlimited",
    "!!!",
    "Кино",
    "가인",
    "까치",
    "나비",
    "アウ",
    "愛",
    "東京",
]
LETTERS = ["#", "A", "B", "E", "К", "ㄱ", "ㄴ", "あ", "漢"]


LISTS: dict[str, Any] = {
    "artists": (ArtistFactory, ArtistListView),
    "labels": (LabelFactory, LabelListView),
    "playlists": (PlaylistFactory, PlaylistListView),
}


@pytest.fixture(params=LISTS)
def address(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A list of two names a page."""
    factory, view = LISTS[request.param]
    for name in NAMES:
        factory(name=name)
    factory(name="Zoë hidden", visibility="hidden")
    monkeypatch.setattr(view, "paginate_by", 2)
    return f"/{request.param}/"


def letters_of(client: Client, address: str, **query: str) -> dict[str, str]:
    navs = parse(client.get(address, query)).all("nav", class_="jump-letters")
    return {text: target for nav in navs for text, target in nav.links}


@pytest.mark.parametrize("query", [{}, {"ordering": "name"}, {"ordering": "-name"}])
def test_each_letter_leads_to_the_page_and_the_row_where_it_begins(
    client: Client, address: str, query: dict[str, str]
) -> None:
    letters = letters_of(client, address, **query)
    assert list(letters) == (LETTERS[::-1] if query.get("ordering") == "-name" else LETTERS)
    listed: list[Any] = []
    for number in range(1, 8):
        listed += client.get(address, {**query, "page": number}).context["object_list"]
    for letter, target in letters.items():
        assert parse_qs(urlsplit(target).query).get("ordering", []) == list(query.values())
        page = client.get(address + target)
        first = next(row for row in listed if row.jump_letter == letter)
        assert first in page.context["object_list"]
        (row,) = [one for one in parse(page).all("li") if one.attrs.get("id") == unquote(urlsplit(target).fragment)]
        assert first.name in row.text


def test_there_are_none_where_they_would_not_help(client: Client, address: str) -> None:
    assert letters_of(client, address, q="e") == {}


@pytest.mark.parametrize(
    ("factory", "view", "address", "order"),
    [
        (AlbumFactory, AlbumListView, "/albums/", "title"),
        (TrackFactory, AllTracksView, "/tracks/", "title"),
        (GenreFactory, GenreListView, "/genres/", "name"),
    ],
)
def test_lists_that_can_be_sorted_by_name_have_them_then(
    client: Client, monkeypatch: pytest.MonkeyPatch, factory: Any, view: Any, address: str, order: str
) -> None:
    monkeypatch.setattr(view, "paginate_by", 2)
    for name in NAMES:
        factory(**{order: name, **({"album": None} if factory is TrackFactory else {})})
    assert letters_of(client, address) == {}
    letters = letters_of(client, address, ordering=order)
    assert list(letters) == LETTERS
    page = parse(client.get(address + letters["ㄴ"]))
    rows = [each for tag in ("li", "tr") for each in page.all(tag) if each.attrs.get("id") == "letter-ㄴ"]
    assert "나비" in rows[0].text
    assert len(rows) == 1


@pytest.mark.parametrize(("address", "ordering"), [("/artists/", "track_count"), ("/labels/", "album_count")])
def test_there_are_none_where_the_list_is_not_sorted_by_name(client: Client, address: str, ordering: str) -> None:
    for factory in (ArtistFactory, LabelFactory):
        factory(name="Abe")
        factory(name="Zoë")
    assert list(letters_of(client, address)) == ["A", "Z"]
    assert letters_of(client, address, ordering=ordering) == {}


def test_only_letters_of_the_rows_that_a_filter_leaves(client: Client) -> None:
    pop = GenreFactory(name="pop")
    TrackFactory(artists=[ArtistFactory(name="Abe"), ArtistFactory(name="Zoë")], genres=[pop])
    ArtistFactory(name="Mia")
    assert list(letters_of(client, "/artists/", genre="pop")) == ["A", "Z"]
    assert list(letters_of(client, "/artists/", q="i", ordering="name")) == []
    assert list(letters_of(client, "/artists/")) == ["A", "M", "Z"]


@pytest.mark.parametrize("rows", [1, 3])
def test_they_take_one_query(client: Client, django_assert_num_queries: Any, rows: int) -> None:
    for number in range(rows):
        ArtistFactory(name=f"{chr(65 + number)} name")
    with django_assert_num_queries(4):  # the letters, the count, the page; the site settings
        client.get("/artists/")
