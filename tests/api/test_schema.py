"""The schema, the page that shows it, and what the API must not import."""

import subprocess
import sys

import pytest
from django.core.management import call_command
from django.test import Client

import musicdb


def test_the_schema_is_valid_and_raises_no_warning(tmp_path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(tmp_path / "schema.yml"))


def test_the_schema_names_every_endpoint_and_its_errors(client: Client) -> None:
    schema = client.get("/api/schema/?format=json").json()
    assert sorted(schema["paths"]) == [
        "/api/v1/albums/",
        "/api/v1/albums/{album_slug}/",
        "/api/v1/artists/",
        "/api/v1/artists/{artist_slug}/",
        "/api/v1/artists/{artist_slug}/clusters/",
        "/api/v1/artists/{artist_slug}/clusters/{number}/",
        "/api/v1/clusters/",
        "/api/v1/clusters/{id}/",
        "/api/v1/genres/",
        "/api/v1/genres/{genre_slug}/",
        "/api/v1/genres/{genre_slug}/clusters/",
        "/api/v1/genres/{genre_slug}/clusters/{number}/",
        "/api/v1/labels/",
        "/api/v1/labels/{label_slug}/",
        "/api/v1/labels/{label_slug}/clusters/",
        "/api/v1/labels/{label_slug}/clusters/{number}/",
        "/api/v1/library/clusters/",
        "/api/v1/library/clusters/{number}/",
        "/api/v1/playlists/",
        "/api/v1/playlists/{playlist_slug}/",
        "/api/v1/playlists/{playlist_slug}/clusters/",
        "/api/v1/playlists/{playlist_slug}/clusters/{number}/",
        "/api/v1/playlists/{playlist_slug}/entries/",
        "/api/v1/search/",
        "/api/v1/tracks/",
        "/api/v1/tracks/{track_slug}/",
        "/api/v1/tracks/{track_slug}/clusters/",
        "/api/v1/tracks/{track_slug}/similar/",
    ]
    for path, methods in schema["paths"].items():
        assert set(methods) == {"get"}
        more = {"410"} if path.endswith("/clusters/{number}/") else set()
        assert set(methods["get"]["responses"]) == {"200", "400", "404"} | more


def test_the_schema_has_the_version_of_the_site(client: Client) -> None:
    assert client.get("/api/schema/?format=json").json()["info"]["version"] == musicdb.__version__


def test_every_parameter_is_described(client: Client) -> None:
    paths = client.get("/api/schema/?format=json").json()["paths"]
    silent = {
        (path, parameter["name"])
        for path, methods in paths.items()
        for parameter in methods["get"].get("parameters", [])
        if parameter["in"] == "query" and not parameter.get("description")
    }
    assert silent == set()


@pytest.mark.django_db
def test_the_docs_come_from_this_site_alone_and_run_no_inline_script(client: Client) -> None:
    response = client.get("/api/docs/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "http" not in page.replace("http-equiv", "")
    assert page.count("<script") == page.count("<script src=") == 4
    policy = {name: values for name, *values in map(str.split, response.headers["Content-Security-Policy"].split(";"))}
    assert policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert policy["default-src"] == ["'self'"]
    assert "script-src" not in policy


def test_the_script_of_the_docs_is_served(client: Client) -> None:
    response = client.get("/api/docs/?script=")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/javascript")


def test_no_address_needs_the_numeric_libraries() -> None:
    """Two seconds and 150 MB that no visitor should pay for."""
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns; "
        "print([name for name in ('sklearn', 'scipy', 'matplotlib') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
