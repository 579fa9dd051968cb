"""What a search finds: however it is typed, and the best first."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clusters.models import Cluster, Membership, Run
from musicdb.models import Album, Artist, Genre, Label, SavedFilter, Track
from tests.admin.helpers import listed, page_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, stored_run

pytestmark = pytest.mark.django_db
TYPED = {
    "beyonce": "Beyoncé",
    "motorhead": "Motörhead",
    "BJORK": "Björk",
    "don't": "Don’t",
    "don´t": "Don’t",
    "strasse": "Straße",
    "mo": "MØ",
    "istanbul": "İstanbul",
    "ａｂｂａ": "ABBA",
    "ｶﾞｰﾙ": "ガール",
    "k-pop": "K‐Pop",
    "“heroes”": '"Heroes"',
    "사랑": "사랑",
}


@pytest.mark.parametrize(("typed", "name"), TYPED.items())
class TestEveryDoorFindsIt:
    def test_in_the_admin(self, admin_client: Client, typed: str, name: str) -> None:
        artist = ArtistFactory(name=name)
        alias = ArtistFactory(name="Of another name")
        alias.aliases.create(name=name)
        label, genre, album = LabelFactory(name=name), GenreFactory(name=name), AlbumFactory(title=name)
        tracks = {
            TrackFactory(title=name, album=None),
            TrackFactory(album=album),
            TrackFactory(artists=[artist]),
            TrackFactory(artists=[alias]),
        }
        TrackFactory()
        for model, found in ((Artist, [artist, alias]), (Label, [label]), (Genre, [genre]), (Album, [album])):
            assert listed(admin_client.get(page_of(model, q=typed))) == found
        assert set(listed(admin_client.get(page_of(Track, q=typed)))) == tracks

    def test_in_an_autocomplete_box(self, admin_client: Client, typed: str, name: str) -> None:
        artist = ArtistFactory(name=name)
        ArtistFactory()
        query = {"app_label": "musicdb", "model_name": "trackartist", "field_name": "artist", "term": typed}
        answer = admin_client.get(reverse("admin:autocomplete", query=query)).json()
        assert [one["id"] for one in answer["results"]] == [str(artist.pk)]

    def test_on_the_pages_and_in_the_api(self, client: Client, typed: str, name: str) -> None:
        track = TrackFactory(
            title=name,
            artists=[ArtistFactory(name=name)],
            album=AlbumFactory(title=name, labels=[LabelFactory(name=name)]),
            genres=[GenreFactory(name=name)],
        )
        TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()])
        for kind in ("genres", "artists", "labels", "albums", "tracks"):
            (row,) = client.get(f"/api/v1/{kind}/", {"q": typed}).json()["results"]
            assert row["title" if kind in ("albums", "tracks") else "name"] == name
        for address in ("genres", "artists", "labels"):
            assert [row.name for row in client.get(f"/{address}/", {"q": typed}).context["object_list"]] == [name]
        page = client.get(track.artists_in_order[0].get_absolute_url(), {"q": typed})
        assert list(page.context["object_list"]) == [track]


@pytest.fixture
def sias() -> list[Any]:
    """Artists found by "sia", as they are to be listed."""
    wanted = [("Sia", 3), ("SÍA", 1), ("Other", 0), ("Siamés", 4), ("Sian", 2), ("Asia", 9), ("Alsia", 5)]
    made = {}
    for name, tracks in sorted(wanted):
        made[name] = ArtistFactory(name=name)
        for _ in range(tracks):
            TrackFactory(artists=[made[name]])
    made["Other"].aliases.create(name="Sia")
    return [made[name] for name, _ in wanted]


class TestTheBestComesFirst:
    def test_in_an_autocomplete_box(self, admin_client: Client, sias: list[Any]) -> None:
        query = {"app_label": "musicdb", "model_name": "trackartist", "field_name": "artist", "term": "sia"}
        answer = admin_client.get(reverse("admin:autocomplete", query=query)).json()
        assert [one["id"] for one in answer["results"]] == [str(artist.pk) for artist in sias]

    def test_in_the_admins_list_unless_a_column_is_chosen(self, admin_client: Client, sias: list[Any]) -> None:
        page = admin_client.get(page_of(Artist, q="sia"))
        assert listed(page) == sias
        assert page.context["cl"].get_ordering_field_columns() == {}
        keys = [artist.sort_key for artist in listed(admin_client.get(page_of(Artist, q="sia", o="1")))]
        assert keys == sorted(artist.sort_key for artist in sias)

    def test_on_the_page_and_in_the_api_unless_an_order_is_chosen(self, client: Client, sias: list[Any]) -> None:
        # These look for the text in names alone.
        found = [artist for artist in sias if artist.name != "Other"]
        assert list(client.get("/artists/", {"q": "sia"}).context["object_list"]) == found
        answer = client.get("/api/v1/artists/", {"q": "sia"}).json()
        assert [row["slug"] for row in answer["results"]] == [artist.slug for artist in found]
        by_name = sorted(found, key=lambda artist: (artist.sort_key, artist.pk))
        answer = client.get("/api/v1/artists/", {"q": "sia", "ordering": "name"}).json()
        assert [row["slug"] for row in answer["results"]] == [artist.slug for artist in by_name]

    def test_of_labels_genres_and_albums_too(self) -> None:
        big, small = LabelFactory(name="A Pop"), LabelFactory(name="1 Pop")
        exact = LabelFactory(name="POP")
        album = AlbumFactory(title="Pop Two", labels=[big])
        other = AlbumFactory(title="Pop One", labels=[small])
        genres = [GenreFactory(name=name) for name in ("a pop", "b pop")]
        for _ in range(3):
            TrackFactory(album=album, genres=genres[1:])
        TrackFactory(album=other)
        assert list(Label.objects.search("pop").by_relevance("pop")) == [exact, big, small]
        assert list(Album.objects.search("pop").by_relevance("pop")) == [album, other]
        assert list(Genre.objects.search("pop").by_relevance("pop")) == genres[::-1]

    def test_of_tracks_the_list_keeps_its_order_otherwise(self, admin_client: Client) -> None:
        artist = ArtistFactory(name="Love")
        named = [TrackFactory(title=title) for title in ("Love", "Love Me", "Loved", "A Love")]
        by_love = TrackFactory(title="An L", artists=[artist])
        assert listed(admin_client.get(page_of(Track, q="love"))) == [*named[:3], by_love, named[3]]
        # A short term finds so many that they are listed as they come.
        assert listed(admin_client.get(page_of(Track, q="lo"))) == [by_love, named[0], named[3], *named[1:3]]


def test_pages_of_what_a_search_found_follow_each_other(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.site.get_model_admin(Artist), "list_per_page", 2)
    wanted = [ArtistFactory(name=name) for name in ("Sia", "Sian", "Siap", "Asia", "Bsia")]
    pages = [listed(admin_client.get(page_of(Artist, q="sia", p=number))) for number in (1, 2, 3)]
    assert [artist for page in pages for artist in page] == wanted


@pytest.mark.parametrize("typed", ["\u200b", "\u00ad", "\u3164"])
def test_nothing_visible_is_no_text_to_look_for(client: Client, admin_client: Client, typed: str) -> None:
    artist = ArtistFactory()
    assert client.get("/api/v1/artists/", {"q": typed}).status_code == 400
    assert client.get("/artists/", {"q": typed}).status_code == 400
    assert listed(admin_client.get(page_of(Artist, q=typed))) == [artist]


def test_other_lists_of_the_admin_find_names_in_the_same_way(admin_client: Client, admin_user: User) -> None:
    genre = GenreFactory(name="Électro")
    track = TrackFactory(title="Don’t")
    run = stored_run(genre, {1: [track], 2: [TrackFactory()]})
    run.clusters.filter(number=1).update(name="Éclairs")
    SavedFilter.objects.create(owner=admin_user, model_label="musicdb.track", name="Jahrgänge", query="liked=1")
    for model, typed, found in (
        (Run, "ELECTRO", [run]),
        (Cluster, "eclairs", [run.clusters.get(number=1)]),
        (Cluster, "electro", list(run.clusters.all())),
        (Membership, "don't", [run.memberships.get(track=track)]),
        (SavedFilter, "jahrgange", list(SavedFilter.objects.all())),
    ):
        assert listed(admin_client.get(page_of(model, q=typed))) == found, typed
