"""A name that runs from right to left stands apart, so that its neighbours keep their places."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from tests.admin.helpers import page_of
from tests.admin.screens import Screen, saved
from tests.admin.test_imports import upload
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    stored_run,
)
from tests.imports.files import net_file, net_row, track_id
from tests.imports.library import run
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
ARABIC = "فيروز"
# Where there is no HTML, or where one name fills the element.
APART = {"bdi", "title", "option", "textarea", "script"}


@pytest.fixture
def addresses() -> list[str]:
    """The address of each page of a library in which every name is Arabic."""
    genre, label = GenreFactory(name=ARABIC), LabelFactory(name=ARABIC)
    artists = [ArtistFactory(name=ARABIC), ArtistFactory(name=ARABIC, visibility="hidden")]
    album = AlbumFactory(title=ARABIC, labels=[label])
    tracks = [TrackFactory(title=ARABIC, album=album, artists=artists, genres=[genre], score=1) for _ in range(8)]
    run = stored_run(genre, {1: tracks[:4], 2: tracks[4:]}, is_published=True)
    run.clusters.update(name=ARABIC)
    playlist = PlaylistFactory(name=ARABIC, tracks=tracks[:2])
    pages = [playlist, genre, label, artists[0], album, tracks[0], *run.clusters.all()]
    lists = ["/", "/genres/", "/artists/", "/labels/", "/playlists/", f"/genres/{genre.slug}/clusters/"]
    return [*lists, *(page.get_absolute_url() for page in pages)]


def loose(node: Node) -> Iterator[str]:
    """Yield the texts with an Arabic name in them that are not set apart."""
    for child in node.children:
        if isinstance(child, Node):
            if child.tag not in APART:
                yield from loose(child)
        elif ARABIC in child:
            yield f"<{node.tag}>{child.strip()}"


def test_on_every_page(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        page = parse(response)
        assert list(loose(page)) == [], address
        assert [bdi for bdi in page.all("bdi") if bdi.text == ARABIC], address


@pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track, Playlist])
def test_in_every_list_of_the_admin(admin_client: Client, addresses: list[str], model: Any) -> None:
    page = parse(admin_client.get(reverse(f"admin:musicdb_{model._meta.model_name}_changelist")))
    table = page.one("table", id="result_list")
    assert list(loose(table)) == []
    assert len([bdi for bdi in table.all("bdi") if bdi.text == ARABIC]) >= model.objects.count()


def test_old_and_new_values_in_previews_and_histories(admin_client: Client) -> None:
    new = f"{ARABIC} {ARABIC}"
    title = {"Track Name": ARABIC, "Album Name": ARABIC, "Artist Name(s)": ARABIC, "Record Label": ARABIC}
    run(net_file(net_row(1, **title), net_row(2, **title)))
    kept = Track.objects.get(spotify_id=track_id(2))
    row = Screen(admin_client, kept)
    row.type(title=f"{ARABIC} 2")
    saved(row)
    later = net_file(net_row(1, **title | {"Track Name": new}), net_row(2, **title | {"Track Name": new}))
    preview = upload(admin_client, later)
    changes = reverse("admin:musicdb_import_changes")
    asked = [{"token": preview.context["form"]["token"].value(), "part": part} for part in ("changed", "kept")]
    pages = [preview, *(admin_client.get(changes, query) for query in asked)]
    pages.append(admin_client.get(page_of(Track, "history", kept.pk)))
    version = kept.history.earliest().history_id
    pages.append(admin_client.get(page_of(Track, "version", kept.pk, version)))
    for page in pages:
        tables = parse(page).all("table")
        assert tables
        assert [text for table in tables for text in loose(table) if "“" not in text] == [], page.request["PATH_INFO"]


def test_an_unclosed_override_is_no_part_of_a_name(client: Client) -> None:
    artist = ArtistFactory(name="\u202eevil")
    assert "\u202e" not in client.get(artist.get_absolute_url()).text
