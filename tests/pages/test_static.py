"""The pages as they are served in production: every static file they name is in the manifest."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client
from django.views.defaults import server_error

from tests.factories import clustered_genre


@pytest.fixture
def _collected(settings: LazySettings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.mark.usefixtures("_collected", "db")
def test_every_page_renders_with_hashed_static_files(client: Client, rf) -> None:
    _genre, run = clustered_genre(name="dub")
    track = run.memberships.first().track
    addresses = [
        "/",
        "/genres/",
        "/genres/dub/",
        "/genres/dub/clusters/",
        "/genres/dub/clusters/how/",
        "/genres/dub/clusters/1/",
        "/artists/",
        track.artists_in_order[0].get_absolute_url(),
        "/labels/",
        track.labels_in_order[0].get_absolute_url(),
        track.album.get_absolute_url(),
        track.get_absolute_url(),
        "/api/docs/",
        "/admin/login/",
    ]
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    stylesheet = staticfiles_storage.url("musicdb/site.css")
    assert stylesheet != "/static/musicdb/site.css"
    assert stylesheet in client.get("/").content.decode()
    assert client.get("/nowhere/").status_code == 404
    # The page for a fault of ours has no context to lean on.
    broken = server_error(rf.get("/"))
    assert broken.status_code == 500
    assert stylesheet in broken.content.decode()
