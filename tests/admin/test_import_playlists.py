"""The preview of an import asks which playlist each file is, and says what becomes of it and which pages are new."""

from typing import Any

import pytest
from django.test import Client

from musicdb.models import Playlist, Track
from tests.admin.test_imports import CONFIRM, upload
from tests.imports.files import as_csv, net_file, net_row
from tests.imports.library import run, zipped

pytestmark = pytest.mark.django_db


def confirm(client: Client, looked: Any, button: str = "confirm", **data: Any) -> Any:
    """Send the form as a browser does, with the files that are playlists."""
    form = looked.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    files = list(looked.context["outcome"].parsed.playlist_files)
    return client.post(CONFIRM, {**sent, "playlist_file": files, button: "1", **data}, follow=True)


def playlists(response: Any) -> list[str]:
    return [str(playlist) for playlist in response.context["outcome"].plan.playlists]


def test_each_file_has_a_name_to_edit(admin_client: Client) -> None:
    looked = upload(admin_client, zipped(One=as_csv([net_row(1)]), Two=as_csv([net_row(2)])))
    assert playlists(looked) == ["Playlist “One”: new, 1 track", "Playlist “Two”: new, 1 track"]
    form = looked.context["form"]
    assert [(form[f"playlist_{n}"].label, form[f"playlist_{n}"].value()) for n in (0, 1)] == [
        ("Playlist of One.csv", "One"),
        ("Playlist of Two.csv", "Two"),
    ]
    again = confirm(admin_client, looked, "again", playlist_0="Uno", playlist_1="")
    assert playlists(again) == ["Playlist “Uno”: new, 1 track"]
    confirm(admin_client, again)
    assert list(Playlist.objects.values_list("name", flat=True)) == ["Uno"]
    assert Track.objects.count() == 2


def test_the_preview_says_what_is_added_removed_and_moved(admin_client: Client) -> None:
    run(net_file(*map(net_row, (1, 2, 3)), name="Mine.csv"))
    looked = upload(admin_client, net_file(*map(net_row, (3, 2, 4)), name="Mine.csv"))
    assert playlists(looked) == ["Playlist “Mine”: 1 added, 1 removed, 1 moved"]
    assert "<bdi>Mine</bdi>" in looked.content.decode()


def test_the_preview_names_the_new_pages(admin_client: Client) -> None:
    page = upload(admin_client, net_file(net_row(1), name="Mine.csv")).content.decode()
    assert "New pages on the site: 1 playlist (<bdi>Mine</bdi> at /playlists/mine/); 1 artist (" in page


def test_liked_songs_are_said_and_can_be_refused(admin_client: Client) -> None:
    looked = upload(admin_client, net_file(net_row(1), name="Lieblingssongs.csv"))
    assert "the tracks are marked as liked." in looked.content.decode()
    confirm(admin_client, looked, liked="no")
    assert not Track.objects.get().liked


def test_a_name_that_is_too_long_changes_nothing(admin_client: Client) -> None:
    looked = upload(admin_client, net_file(net_row(1), name="Mine.csv"))
    confirm(admin_client, looked, playlist_0="x" * 301)
    assert not Track.objects.exists()
