"""Rows that nothing uses are found and deleted; rows of one name that nothing tells apart are found and merged."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from musicdb.editing import dismiss, homonyms
from musicdb.models import Album, Artist, Genre, Label
from tests.admin.helpers import editor, listed, messages_of, page_of
from tests.admin.screens import boxes
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:data_quality")
UNUSED = {
    Album: "Albums without tracks",
    Artist: "Artists without tracks or albums",
    Label: "Labels without albums",
    Genre: "Genres without tracks",
}


def check(client: Client, title: str) -> tuple[int, str]:
    (result,) = (one for one in client.get(PAGE).context["results"] if one.check.title == title)
    return result.count, result.url


@pytest.fixture
def unused() -> dict[Any, Any]:
    """A row of each model that nothing uses, beside those of a track and of an album that has no tracks."""
    TrackFactory(album=AlbumFactory(labels=[LabelFactory()]), artists=[ArtistFactory()], genres=[GenreFactory()])
    album = AlbumFactory(labels=[LabelFactory()])
    album.album_artists.create(artist=ArtistFactory(), position=0)
    return {Album: album, Artist: ArtistFactory(), Label: LabelFactory(), Genre: GenreFactory()}


@pytest.mark.parametrize("model", UNUSED, ids=lambda model: model.__name__)
def test_what_nothing_uses_is_counted_listed_and_deleted(
    admin_client: Client, unused: dict[Any, Any], model: Any
) -> None:
    number, url = check(admin_client, UNUSED[model])
    assert (number, listed(admin_client.get(url))) == (1, [unused[model]])
    before = model.objects.count()
    asked = confirmation(admin_client, url, unused[model])
    assert any(str(unused[model]) in item.text for item in asked.all("li"))
    admin_client.post(url, boxes(asked.one("div", id="content").one("form")))
    assert model.objects.count() == before - 1
    assert model.history.filter(id=unused[model].pk, change_type="deletion").count() == 1
    assert check(admin_client, UNUSED[model])[0] == 0


def confirmation(client: Client, url: str, first: Any) -> Any:
    """Select the whole list, and return the page that asks whether to delete it."""
    sent = {"action": "delete_selected", "_selected_action": [first.pk], "select_across": "1", "index": "0"}
    return parse(client.post(url, sent))


def test_when_an_empty_album_is_deleted_its_label_and_artist_are_found(
    admin_client: Client, unused: dict[Any, Any]
) -> None:
    unused[Album].delete()
    assert [check(admin_client, UNUSED[model])[0] for model in (Artist, Label)] == [2, 2]


def test_a_whole_list_is_deleted_however_long_it_is(admin_client: Client) -> None:
    GenreFactory(name="kept").tracks.add(TrackFactory())
    # More than the fields that a form may have.
    Genre.objects.bulk_create(
        Genre(name=f"genre {number}", slug=f"genre-{number}", name_key=f"genre {number}") for number in range(2_100)
    )
    number, url = check(admin_client, UNUSED[Genre])
    assert number == 2_100
    asked = confirmation(admin_client, url, Genre.objects.unused()[0])
    lines = [item.text for item in asked.one("div", id="content").all("li")]
    assert (lines.count("Genre: genre 7"), "and 1,600 more genres" in lines) == (1, True)
    admin_client.post(url, boxes(asked.one("div", id="content").one("form")))
    assert [genre.name for genre in Genre.objects.all()] == ["kept"]


def test_a_list_that_has_grown_since_is_not_deleted(admin_client: Client) -> None:
    first = GenreFactory()
    url = page_of(Genre, unused="yes")
    form = confirmation(admin_client, url, first).one("div", id="content").one("form")
    GenreFactory()
    response = admin_client.post(url, boxes(form))
    assert response.status_code == 302
    ((level, text),) = messages_of(response)
    assert (level, text.startswith("The list has 2 rows now.")) == ("warning", True)
    assert Genre.objects.count() == 2


class TestHomonyms:
    def test_artists(self) -> None:
        one, two = ArtistFactory(name="Beyoncé"), ArtistFactory(name="BEYONCE", spotify_id=None)
        ArtistFactory(name="IU", spotify_id="1" * 22)
        ArtistFactory(name="IU", spotify_id="2" * 22)
        ArtistFactory(name="Beyond")
        assert homonyms(Artist) == [[one.pk, two.pk]]

    def test_an_artist_without_an_id_may_be_either(self) -> None:
        artists = [ArtistFactory(name="IU", spotify_id=key) for key in ("1" * 22, "2" * 22, None)]
        assert homonyms(Artist) == [[artist.pk for artist in artists]]

    def test_labels_and_genres(self) -> None:
        labels = [LabelFactory(name=name) for name in ("Motown", "MOTOWN", "Motown Records")]
        genres = [GenreFactory(name=name) for name in ("chanson française", "chanson francaise")]
        assert homonyms(Label) == [[label.pk for label in labels[:2]]]
        assert homonyms(Genre) == [[genre.pk for genre in genres]]

    @pytest.mark.parametrize(
        ("fields", "are_one"),
        [
            ({}, True),
            ({"spotify_id": "2" * 22}, False),
            ({"spotify_id": None}, True),
            ({"upc": "00000000"}, False),
            ({"upc": ""}, True),
            ({"release_date": date(1984, 1, 1), "release_precision": "year"}, False),
            ({"release_date": date(1983, 1, 1), "release_precision": "year"}, True),
            ({"release_date": date(1983, 5, 13), "release_precision": "day"}, False),
            ({"release_date": None, "release_precision": ""}, True),
        ],
    )
    def test_albums(self, fields: dict[str, Any], are_one: bool) -> None:
        known = {
            "spotify_id": "1" * 22,
            "upc": "12345678",
            "release_date": date(1983, 5, 12),
            "release_precision": "day",
        }
        # The database has a Spotify id once only, so the second has none unless the case says so.
        second = {**known, "spotify_id": None, **fields}
        albums = [AlbumFactory(title="Synchronicity", **known), AlbumFactory(title="SYNCHRONICITY", **second)]
        assert homonyms(Album) == ([[album.pk for album in albums]] if are_one else [])

    def test_the_artists_tell_albums_apart(self) -> None:
        nothing: dict[str, Any] = {"release_date": None, "release_precision": "", "spotify_id": None, "upc": ""}
        first, second, third, fourth = (AlbumFactory(title="Greatest Hits", **nothing) for _ in range(4))
        abba, queen = ArtistFactory(), ArtistFactory()
        TrackFactory(album=first, artists=[abba])
        TrackFactory(album=second, artists=[queen])
        third.album_artists.create(artist=queen, position=0)
        assert homonyms(Album) == [[first.pk, second.pk, third.pk, fourth.pk]]
        fourth.delete()
        assert homonyms(Album) == [[second.pk, third.pk]]

    @pytest.mark.parametrize(
        ("model", "title", "fields"),
        [
            (Artist, "Artists of one name", {"name": "IU", "spotify_id": None}),
            (Label, "Labels of one name", {"name": "Motown"}),
            (Album, "Albums of one title", {"title": "Eight", "spotify_id": None}),
            (Genre, "Genres of one name", {"name": "café"}),
        ],
    )
    def test_each_group_can_be_merged_or_dismissed(
        self, admin_client: Client, admin_user: User, model: Any, title: str, fields: dict[str, Any]
    ) -> None:
        (column, name), *rest = fields.items()
        factory = {Artist: ArtistFactory, Label: LabelFactory, Album: AlbumFactory, Genre: GenreFactory}[model]
        rows = [factory(**dict(rest), **{column: text}) for text in (name, name.upper().replace("É", "E"))]
        # Similar, and not the same.
        factory(**{column: f"{name[0]}-{name[1:]}"})
        number, url = check(admin_client, title)
        (group,) = admin_client.get(url).context["groups"]
        assert (number, {row.pk for row in group}) == (1, {row.pk for row in rows})
        dismiss(model, [row.pk for row in rows], admin_user)
        assert check(admin_client, title)[0] == 0
        page = parse(admin_client.get(url))
        assert ("1 dismissed group", "?same=1&dismissed=1") in page.links

    def test_who_may_not_merge_is_not_shown_them(self) -> None:
        client = editor("view_artist", "change_artist")
        titles = {result.check.title for result in client.get(PAGE).context["results"]}
        assert titles == {"Artists without tracks or albums"}
