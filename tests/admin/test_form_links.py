"""The line above a form: its counts are right, and each leads to the list of exactly these rows."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from clusters.models import Run
from musicdb.admin.linked.forms import form_links
from musicdb.models import Album, Artist, Genre, Label, Playlist, PlaylistEntry, Track, Visibility
from tests.admin.helpers import editor, listed, page_of, rich_track
from tests.admin.test_imports import logged_in
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
MODELS = (Genre, Artist, Label, Album, Track, Playlist)


@pytest.fixture
def library() -> dict[Any, Any]:
    """A row of each model to which others belong, and rows of each that belong to nothing here."""
    genre, artist, label = GenreFactory(), ArtistFactory(), LabelFactory()
    first, own, second = AlbumFactory(labels=[label]), AlbumFactory(labels=[label]), AlbumFactory()
    own.album_artists.create(artist=artist, position=0)
    tracks = [
        TrackFactory(album=first, artists=[artist], genres=[genre]),
        TrackFactory(album=first, artists=[artist, ArtistFactory()], genres=[genre]),
        TrackFactory(album=second, artists=[artist], genres=[genre]),
    ]
    # The first track twice.
    playlist = PlaylistFactory(tracks=[*tracks[:2], tracks[0]])
    other = rich_track(GenreFactory())
    PlaylistFactory(tracks=[other])
    stored_run(other.genres.get(), {1: [other]}, is_published=True)
    stored_run(genre, {1: tracks})
    stored_run(genre, {1: tracks}, is_published=True)
    return {Genre: genre, Artist: artist, Label: label, Album: first, Track: tracks[0], Playlist: playlist}


def line(client: Client, row: Any) -> Any:
    return parse(client.get(page_of(type(row), "change", row.pk))).one("p", class_="form-links")


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (Genre, "3 tracks · 2 albums · 1 playlist · 2 runs · on the site"),
        (Artist, "3 tracks · 3 albums · 1 playlist · 1 published run · on the site · split …"),
        (Label, "2 tracks · 2 albums · 1 playlist · 1 published run · on the site"),
        (Album, "2 tracks · 1 playlist · 1 published run · on the site"),
        (Track, "1 playlist · 1 published run · on the site"),
        (Playlist, "2 tracks · 1 album · 1 published run · on the site"),
    ],
)
def test_each_number_leads_to_exactly_these_rows(
    admin_client: Client, library: dict[Any, Any], model: Any, text: str
) -> None:
    shown = line(admin_client, library[model])
    assert shown.text == text
    links = shown.links
    if model is Artist:
        assert links.pop() == ("split …", page_of(Artist, "split", library[Artist].pk))
    *lists, page = links
    for label, url in lists:
        assert len(listed(admin_client.get(url))) == int(label.split()[0])
    assert page == ("on the site", library[model].get_absolute_url())


def test_a_list_names_what_it_is_filtered_by(admin_client: Client, library: dict[Any, Any]) -> None:
    artist = library[Artist]
    for model in (Track, Album, Playlist, Run):
        page = parse(admin_client.get(page_of(model, artist_id=artist.pk)))
        assert artist.name in page.one("nav", id="changelist-filter").text
        assert "By artist of the tracks" not in admin_client.get(page_of(model)).text


def test_a_row_that_nothing_belongs_to_has_no_links(admin_client: Client) -> None:
    artist = ArtistFactory(visibility=Visibility.HIDDEN)
    shown = line(admin_client, artist)
    assert shown.text == "0 tracks · 0 albums · 0 playlists · 0 published runs · not on the site · split …"
    assert [label for label, _ in shown.links] == ["split …"]


def test_a_playlist_with_a_rule_counts_its_tracks_elsewhere(admin_client: Client) -> None:
    assert line(admin_client, PlaylistFactory(rule="liked=true")).text == "0 published runs · on the site"


def test_only_lists_that_the_user_may_view_are_counted(library: dict[Any, Any]) -> None:
    client = editor("view_artist", "view_album")
    assert line(client, library[Artist]).text == "3 albums · on the site"


@pytest.mark.parametrize("value", ["", "x", "-1", "9" * 30])
def test_what_is_no_key_is_not_a_filter(admin_client: Client, value: str) -> None:
    for model in (Track, Run):
        response = admin_client.get(page_of(model, artist_id=value))
        assert (response.status_code, response.get("Location", "").rpartition("?")[2]) == (302, "e=1")


def test_a_deleted_row_has_an_empty_list(admin_client: Client) -> None:
    TrackFactory()
    assert listed(admin_client.get(page_of(Track, artist_id=999))) == []


# One for each list.
QUERIES = {Genre: 4, Artist: 4, Label: 4, Album: 3, Track: 2, Playlist: 3}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_the_line_needs_a_query_for_each_list(
    admin_client: Client, library: dict[Any, Any], model: Any, django_assert_num_queries: Any, rf: Any, admin_user: Any
) -> None:
    request = rf.get("/")
    request.user = admin_user
    PlaylistEntry.objects.create(playlist=PlaylistFactory(), track=library[Track], position=7)
    # As the form reads it.
    row = admin.site.get_model_admin(model).get_queryset(request).get(pk=library[model].pk)
    with django_assert_num_queries(QUERIES[model]):
        form_links(row, request)


@pytest.mark.parametrize("model", [Track, Album])
def test_a_list_is_filtered_by_a_playlist_for_those_alone_who_may_see_it(
    client: Client, library: dict[Any, Any], model: Any
) -> None:
    playlist = library[Playlist]
    Playlist.objects.update(visibility=Visibility.HIDDEN)
    address = page_of(model, playlist_id=playlist.pk)
    mina = logged_in(client, "mina", f"view_{model._meta.model_name}")
    assert mina.get(page_of(model)).status_code == 200
    assert mina.get(address).status_code == 403
    otto = logged_in(Client(), "otto", f"view_{model._meta.model_name}", "view_playlist")
    assert playlist.name in parse(otto.get(address)).text
