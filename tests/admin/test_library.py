"""The download of the whole library from the admin, and its import from that file."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from musicdb.imports import Source
from tests.admin.test_imports import confirm, messages_of, upload
from tests.factories import GenreFactory
from tests.imports.library import awkward_library, state, wipe

pytestmark = pytest.mark.django_db
IMPORTS = reverse("admin:musicdb_import_changelist")
VIEW = [f"view_{name}" for name in ("genre", "artist", "label", "album", "track", "playlist", "playlistentry")]


def address(kind: str) -> str:
    return reverse("admin:musicdb_import_library", args=[kind])


def reader(*permissions: str) -> Client:
    user = User.objects.create(username="reader", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("kind", ["zip", "xlsx"])
def test_an_exported_library_can_be_imported_again(admin_client: Client, kind: str) -> None:
    awkward_library()
    before = state()
    response: Any = admin_client.get(address(kind))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="library-20')
    source = Source(f"library.{kind}", b"".join(response.streaming_content))
    wipe()
    looked = upload(admin_client, source)
    assert ("Track", 10, 0, 0) in looked.context["counts"]
    assert not state()
    done = confirm(admin_client, looked)
    assert messages_of(done) == [f"Imported library.{kind}: 10 tracks new, 0 changed, 0 as they were."]
    assert state() == before
    looked = upload(admin_client, source)
    assert looked.context["counts"] == [
        ("Genre", 0, 0, 2),
        ("Artist", 0, 0, 3),
        ("Label", 0, 0, 2),
        ("Album", 0, 0, 4),
        ("Track", 0, 0, 10),
        ("Playlist", 0, 0, 2),
    ]
    assert "The library already has everything in this file." in looked.content.decode()


def test_the_preview_names_the_kind_of_each_row(admin_client: Client) -> None:
    GenreFactory(name="pop", description="old")
    page = upload(admin_client, Source("genres.csv", b"slug,name,description\npop,pop,<b>new</b>\n")).content.decode()
    assert '<span class="action">genre</span> <bdi>pop</bdi>' in page
    assert "description: <del><bdi>old</bdi></del> → <ins><bdi>&lt;b&gt;new&lt;/b&gt;</bdi></ins>" in page


def test_the_summary_counts_the_rows_that_the_file_has(admin_client: Client) -> None:
    looked = upload(admin_client, Source("genres.csv", b"slug,name,description\npop,pop,\njazz,jazz,\n"))
    assert messages_of(confirm(admin_client, looked)) == [
        "Imported genres.csv: 2 genres new, 0 changed, 0 as they were."
    ]


def test_a_user_who_can_view_the_whole_catalogue_can_export_it(client: Client) -> None:
    allowed = reader("view_import", *VIEW)
    page = allowed.get(IMPORTS).content.decode()
    assert address("zip") in page
    assert address("xlsx") in page
    response: Any = allowed.get(address("zip"))
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert allowed.get(address("json")).status_code == 404


@pytest.mark.parametrize("lacking", VIEW)
def test_a_user_who_cannot_view_one_model_cannot_export(lacking: str) -> None:
    refused = reader("view_import", *(name for name in VIEW if name != lacking))
    assert address("zip") not in refused.get(IMPORTS).content.decode()
    assert refused.get(address("zip")).status_code == 403


def test_an_export_that_does_not_fit_the_format_is_refused(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    GenreFactory(name="Long", description="x" * 40_000)
    refused = admin_client.get(address("xlsx"), follow=True)
    assert refused.redirect_chain == [(IMPORTS, 302)]
    assert messages_of(refused) == ["The description of “Long” is longer than a workbook's cell can be. Export a .zip."]
