"""The page that confirms a deletion: it lists all related rows, or counts them if there are too many to read."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from clusters.models import Run
from musicdb.models import Genre, Track
from tests.admin.helpers import page_of, run_action
from tests.factories import GenreFactory, many_tracks, stored_run
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def genre() -> Genre:
    """A genre of 150 tracks, with one run that has them all."""
    made = GenreFactory(name="dub")
    assert isinstance(made, Genre)
    made.aliases.create(name="Old", slug="old")
    tracks = many_tracks(150)
    made.tracks.set(tracks)
    stored_run(made, {1: tracks[:100], 2: tracks[100:]})
    return made


def listed_lines(response: Any) -> list[str]:
    return [item.text for item in parse(response).one("div", id="content").all("li")]


def test_a_few_related_rows_are_listed(admin_client: Client) -> None:
    genre = GenreFactory(name="dub")
    genre.tracks.set(many_tracks(2))
    page = listed_lines(admin_client.get(page_of(Genre, "delete", genre.pk)))
    assert page.count("Genre: dub") == 0  # This item also contains the items below it.
    assert sum(item.startswith("Track-genre relationship: ") for item in page) == 2


def test_many_related_rows_are_counted(admin_client: Client, genre: Genre) -> None:
    page = listed_lines(admin_client.get(page_of(Genre, "delete", genre.pk)))
    assert {
        "Genre: dub",
        "Track-genre relationship: 150",
        "Membership: 150",
        "Cluster: 2",
        "Run: 1",
        "Alias of a genre: 1",
    } <= set(page)
    assert admin_client.post(page_of(Genre, "delete", genre.pk), {"post": "yes"}).status_code == 302
    assert (Genre.objects.count(), Run.objects.count(), Track.objects.count()) == (0, 0, 150)


def test_some_of_many_selected_rows_are_named(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.admin.deletion.MAX_NAMED", 120)
    tracks = many_tracks(250)
    page = listed_lines(run_action(admin_client, "delete_selected", tracks))
    assert sum(item.startswith("Track: Mass ") for item in page) == 120
    assert {"and 130 more tracks", "Artist of the track: 250"} <= set(page)
    run_action(admin_client, "delete_selected", tracks, post="yes")
    assert Track.objects.count() == 0


def test_counting_needs_one_query_a_model(admin_client: Client, genre: Genre, django_assert_num_queries: Any) -> None:
    # Session, user; the genre; one count for each related model.
    with django_assert_num_queries(16):
        admin_client.get(page_of(Genre, "delete", genre.pk))


def test_deleting_needs_the_permission_to_delete_the_related_rows(client: Client, genre: Genre) -> None:
    user = User.objects.create(username="editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_genre", "delete_genre"]))
    client.force_login(user)
    address = page_of(Genre, "delete", genre.pk)
    assert "your account doesn't have permission" in client.get(address).text.replace("&#x27;", "'")
    assert client.post(address, {"post": "yes"}).status_code == 403
    assert Genre.objects.count() == 1
    user.user_permissions.add(Permission.objects.get(codename="delete_run"))
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert Genre.objects.count() == 0
