"""Reverting to a version and restoring a deleted row in the admin: the button, its permission, its refusals."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from musicdb.models import Genre, Label, Track
from tests.admin.helpers import editor, messages_of, page_of
from tests.factories import ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


def renamed(label: Label, name: str) -> str:
    """Rename ``label``, and return the URL of the version before."""
    version = label.history.get()
    label.name = name
    label.save()
    return page_of(Label, "version", label.pk, version.pk)


def test_messages_use_the_date_format_of_the_site(admin_client: Client) -> None:
    label = LabelFactory(name="One")
    page = renamed(label, "Two")
    label.history.update(history_date=datetime(2026, 5, 12, 16, 8, tzinfo=UTC))
    response = admin_client.post(page)
    assert label.history.first().history_change_reason == "Reverted to the version of 12 May 2026, 16:08."
    assert messages_of(response)[0][1].endswith("</a> to the version of 12 May 2026, 16:08.")


def test_reverting_says_what_it_did_and_who(admin_client: Client, admin_user: User) -> None:
    label = LabelFactory(name="One")
    response = admin_client.post(renamed(label, "Two"))
    assert (response.status_code, response.url) == (302, page_of(Label, "history", label.pk))
    label.refresh_from_db()
    assert label.name == "One"
    ((level, message),) = messages_of(response)
    assert (level, message.startswith("Reverted <a href=") and "<bdi>One</bdi></a> to the version of " in message) == (
        "success",
        True,
    )
    last = label.history.first()
    assert (last.change_type, last.history_user) == ("revert", admin_user)
    assert LogEntry.objects.get().get_change_message().startswith("Reverted to the version of ")


def test_a_refusal_says_why_and_changes_nothing(admin_client: Client) -> None:
    label = LabelFactory(name="One")
    page = renamed(label, "Two")
    LabelFactory(name="One", slug="another")
    response = admin_client.post(page)
    assert (response.status_code, response.url) == (302, page)
    assert messages_of(response) == [
        ("error", "Nothing was changed.<ul><li>Name “One” is taken by “One” (another).</li></ul>")
    ]
    label.refresh_from_db()
    assert (label.name, label.history.count()) == ("Two", 2)
    assert not LogEntry.objects.exists()


def test_names_in_the_reasons_are_escaped(admin_client: Client) -> None:
    artist = ArtistFactory(name="<b>Ann</b>")
    track = TrackFactory(artists=[artist])
    track.title = "Renamed"
    track.save()
    version = track.history.first()
    track.track_artists.all().delete()
    artist.delete()
    ((_, message),) = messages_of(admin_client.post(page_of(Track, "version", track.pk, version.pk)))
    assert "Artist “&lt;b&gt;Ann&lt;/b&gt;” has been deleted since." in message


def test_restoring_a_deleted_row(admin_client: Client) -> None:
    genre = GenreFactory(name="pop")
    track, key = TrackFactory(genres=[genre]), genre.pk
    genre.delete()
    page = page_of(Genre, "version", key, Genre.history.get(history_type="-").pk)
    assert "Restore this version" in admin_client.get(page).text
    response = admin_client.post(page)
    assert response.url == page_of(Genre, "history", key)
    assert Genre.objects.get(pk=key).name == "pop"
    assert [genre.name for genre in track.genres.all()] == ["pop"]
    ((level, message),) = messages_of(response)
    assert (level, message.startswith("Restored <a href=")) == ("success", True)


def test_restoring_is_refused_if_the_address_is_taken(admin_client: Client) -> None:
    label = LabelFactory(name="One")
    label.delete()
    LabelFactory(name="One")
    version = Label.history.get(history_type="-")
    ((level, message),) = messages_of(admin_client.post(page_of(Label, "version", version.id, version.pk)))
    assert (level, "The address “one” is that of “One” now." in message) == ("error", True)
    assert Label.objects.count() == 1


def test_reverting_needs_the_change_permission_and_restoring_the_add_permission() -> None:
    label = LabelFactory(name="One")
    page = renamed(label, "Two")
    client = editor("view_label", "add_label")
    assert client.post(page).status_code == 403
    label.refresh_from_db()
    assert label.name == "Two"
    label.delete()
    assert client.post(page).status_code == 302
    assert Label.objects.get().name == "One"
    Label.objects.all().delete()
    User.objects.all().delete()
    assert editor("view_label", "change_label").post(page).status_code == 403
    assert not Label.objects.exists()


def test_the_form_needs_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("admin"))
    label = LabelFactory(name="One")
    assert client.post(renamed(label, "Two")).status_code == 403
    label.refresh_from_db()
    assert label.name == "Two"
