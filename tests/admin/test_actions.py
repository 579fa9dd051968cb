"""Links to the site, actions on selected rows, and deletion."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from musicdb import __version__
from musicdb.models import Album, Artist, Genre, Label, Track
from tests.admin.helpers import editor, messages_of, page_of, rich_track, run_action, track_data
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_only_rows_with_a_page_link_to_the_site(admin_client: Client, factory: Any) -> None:
    for visibility, has_page in (("shown", True), ("automatic", True), ("hidden", False)):
        row = factory(visibility=visibility)
        text = admin_client.get(page_of(type(row), "change", row.pk)).text
        assert (f'<a href="{row.get_absolute_url()}" class="viewsitelink">' in text) is has_page


@pytest.mark.parametrize("factory", [GenreFactory, AlbumFactory, TrackFactory])
def test_genres_albums_and_tracks_always_link_to_the_site(admin_client: Client, factory: Any) -> None:
    row = factory()
    text = admin_client.get(page_of(type(row), "change", row.pk)).text
    assert f'<a href="{row.get_absolute_url()}" class="viewsitelink">' in text


def test_a_viewer_sees_a_track_and_cannot_save_it() -> None:
    track = TrackFactory(artists=[ArtistFactory(name="Zoë")])
    client = editor("view_track", "view_trackartist", "view_album")
    response = client.get(page_of(Track, "change", track.pk))
    assert response.status_code == 200
    assert '<input type="submit"' not in response.text
    assert "Zoë" in response.text
    assert client.post(page_of(Track, "change", track.pk), track_data()).status_code == 403
    album = AlbumFactory(release_date="1983-05-01", release_precision="month")
    assert "1983-05<" in client.get(page_of(Album, "change", album.pk)).text


def test_the_library_comes_first_on_the_index(admin_client: Client) -> None:
    response = admin_client.get(reverse("admin:index"))
    assert [app["app_label"] for app in response.context["app_list"]] == ["musicdb", "clusters", "auth", "axes"]
    assert "<title>The library | musicdb</title>" in response.text


def test_the_footer_names_the_version(admin_client: Client) -> None:
    assert f"<p>musicdb {__version__}</p></footer>" in admin_client.get(reverse("admin:index")).text


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_selected_rows_are_shown_or_hidden_and_the_log_says_who_did_it(admin_client: Client, factory: Any) -> None:
    rows = [factory(visibility="hidden"), factory(visibility="hidden"), factory(visibility="shown")]
    model, left_alone = type(rows[0]), factory(visibility="hidden")
    response = run_action(admin_client, "show", rows)
    assert messages_of(response) == [("success", f"2 {model._meta.model_name}s are now shown.")]
    assert set(model.objects.visible()) == set(rows)
    left_alone.refresh_from_db()
    assert left_alone.visibility == "hidden"
    entries = LogEntry.objects.order_by("object_id")
    assert {entry.object_id for entry in entries} == {str(row.pk) for row in rows[:2]}
    assert {entry.get_change_message() for entry in entries} == {"Changed Visibility."}
    run_action(admin_client, "hide", rows[:1])
    assert set(model.objects.visible()) == set(rows[1:])
    run_action(admin_client, "leave_to_rule", rows)
    assert set(model.objects.filter(visibility="automatic")) == set(rows)


def test_tracks_found_by_a_search_are_liked_and_unliked(admin_client: Client) -> None:
    found = TrackFactory(artists=[ArtistFactory(name="Kim A"), ArtistFactory(name="Kim B")])
    other = TrackFactory()
    data = {"action": "like", "_selected_action": [found.pk, other.pk], "index": 0}
    response = admin_client.post(page_of(Track, q="kim"), data)
    assert messages_of(response) == [("success", "1 track is now liked.")]
    assert list(Track.objects.filter(liked=True)) == [found]
    assert messages_of(run_action(admin_client, "like", [found])) == [
        ("info", "Everything you selected is already liked.")
    ]
    run_action(admin_client, "unlike", [found])
    assert not Track.objects.filter(liked=True).exists()


def test_a_viewer_can_export_and_change_norow() -> None:
    client, artist = editor("view_artist"), ArtistFactory(visibility="hidden")
    form = client.get(page_of(Artist)).context["action_form"]
    assert [name for name, _ in form.fields["action"].choices] == ["", "export_admin_action"]
    run_action(client, "show", [artist])
    artist.refresh_from_db()
    assert artist.visibility == "hidden"


def rows_in_use() -> list[tuple[Any, list[Any]]]:
    """Return an artist, a label and an album, each with the rows that use it."""
    artist, label = ArtistFactory(), LabelFactory()
    album = AlbumFactory(labels=[label])
    tracks = [TrackFactory(title="One", artists=[artist], album=album), TrackFactory(title="Two", artists=[artist])]
    return [(artist, tracks), (label, [album]), (album, tracks[:1])]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["artist", "label", "album"])
def test_a_row_in_use_is_not_deleted_and_the_page_says_what_uses_it(admin_client: Client, which: int) -> None:
    row, users = rows_in_use()[which]
    address = page_of(type(row), "delete", row.pk)
    response = admin_client.get(address)
    assert f"<title>Cannot delete {row._meta.verbose_name}" in response.text
    assert response.context["protected"] == [
        f"{user._meta.verbose_name.capitalize()}: "
        f'<a href="{page_of(type(user), "change", user.pk)}"><bdi>{user.title}</bdi></a>'
        for user in users
    ]
    kind = row._meta.verbose_name
    assert f"The {kind} “<bdi>{row}</bdi>” cannot be deleted, because these still use it:" in response.text
    admin_client.post(address, {"post": "yes"})
    response = run_action(admin_client, "delete_selected", [row], post="yes")
    assert f"The selected {kind} cannot be deleted, because these still use them:" in response.text
    assert type(row).objects.filter(pk=row.pk).exists()


def test_a_long_list_of_dependents_is_cut(admin_client: Client) -> None:
    artist = ArtistFactory()
    for _ in range(22):
        TrackFactory(artists=[artist])
    protected = admin_client.get(page_of(Artist, "delete", artist.pk)).context["protected"]
    assert (len(protected), protected[-1]) == (21, "and 2 more tracks")


def test_rows_that_norow_uses_are_deleted(admin_client: Client) -> None:
    track = rich_track(GenreFactory())
    admin_client.post(page_of(Track, "delete", track.pk), {"post": "yes"})
    assert not Track.objects.exists()
    for model in (Album, Artist, Label, Genre):
        run_action(admin_client, "delete_selected", list(model.objects.all()), post="yes")
        assert not model.objects.exists(), model
