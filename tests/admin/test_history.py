"""The history pages in the admin: what was changed, when, by whom and how; each version; deleted rows."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.editing import merge
from musicdb.imports import ImportOptions, run_import
from musicdb.imports.undo import undo
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.models.history import ChangeType
from tests.admin.helpers import (
    album_data,
    alias_rows,
    artist_rows,
    editor,
    page_of,
    rows,
    run_action,
    track_data,
)
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import net_file, net_row
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def entries(client: Client, thing: Any, key: int | None = None, **query: Any) -> list[Any]:
    response = client.get(page_of(type(thing), "history", key or thing.pk, **query))
    assert response.status_code == 200
    return response.context["entries"]


def changes(entry: Any) -> list[tuple[str, str, str]]:
    return [(change.what, change.old, change.new) for change in entry.changes]


def delete_history(thing: Any) -> None:
    thing.history.all().delete()


class TestEdits:
    def test_an_edit_with_its_child_rows_is_one_version(self, admin_client: Client, admin_user: User) -> None:
        one, two = ArtistFactory(name="One"), ArtistFactory(name="Two")
        genre = GenreFactory(name="pop")
        track = TrackFactory(title="Before", features=False, album=None, spotify_id=None, artists=[one])
        delete_history(track)
        data = track_data(
            title="After",
            genres=[genre.pk],
            **artist_rows((track.track_artists.get().pk, 2, one.pk), ("", 1, two.pk)),
        )
        assert admin_client.post(page_of(Track, "change", track.pk), data).status_code == 302
        edit, found = entries(admin_client, track)
        assert changes(edit) == [("title", "Before", "After"), ("artists", "One", "Two, One"), ("genres", "", "pop")]
        assert (edit.version.change_type, edit.version.history_user) == ("edit", admin_user)
        assert (found.what, found.version.history_user) == ("The first state on record.", None)

    def test_labels_of_an_album_and_aliases_are_part_of_a_version(self, admin_client: Client) -> None:
        label, album = LabelFactory(name="One"), AlbumFactory(title="Album", image_url="", spotify_id=None)
        data = album_data(title="Album", released="1983-05", **rows("album_labels", "label", ("", 1, label.pk)))
        assert admin_client.post(page_of(Album, "change", album.pk), data).status_code == 302
        assert changes(entries(admin_client, album)[0]) == [("release date", "", "1983-05"), ("labels", "", "One")]
        data = {"name": "One", "visibility": "automatic", **alias_rows({"name": "Uno"})}
        assert admin_client.post(page_of(Label, "change", label.pk), data).status_code == 302
        assert changes(entries(admin_client, label)[0]) == [("aliases", "", "Uno")]

    def test_a_save_that_changes_nothing_adds_no_version(self, admin_client: Client) -> None:
        label = LabelFactory(name="One")
        data = {"name": "One", "visibility": "automatic", **alias_rows()}
        assert admin_client.post(page_of(Label, "change", label.pk), data).status_code == 302
        assert label.history.count() == 1

    def test_the_first_version_of_a_new_row_is_complete(self, admin_client: Client, admin_user: User) -> None:
        artist = ArtistFactory()
        data = track_data(title="New", **artist_rows(("", 1, artist.pk)))
        assert admin_client.post(page_of(Track, "add"), data).status_code == 302
        track = Track.objects.get()
        (entry,) = entries(admin_client, track)
        assert (entry.what, entry.version.history_user, entry.version.artists) == ("Created.", admin_user, [artist.pk])

    def test_an_action_adds_a_version_to_each_changed_row(self, admin_client: Client, admin_user: User) -> None:
        labels = [
            LabelFactory(visibility="hidden"),
            LabelFactory(visibility="hidden"),
            LabelFactory(visibility="shown"),
        ]
        run_action(admin_client, "show", labels)
        for label in labels[:2]:
            entry = entries(admin_client, label)[0]
            assert (entry.version.change_type, entry.version.history_user) == ("action", admin_user)
            assert changes(entry) == [("visibility", "hidden", "shown")]
        assert labels[2].history.count() == 1

    def test_an_action_needs_a_constant_number_of_queries(self, admin_client: Client) -> None:
        counts = []
        for number in (1, 10):
            tracks = [TrackFactory() for _ in range(number)]
            with CaptureQueriesContext(connection) as queries:
                run_action(admin_client, "like", tracks)
            counts.append(sum("historical" in query["sql"] for query in queries))
        assert counts == [2, 2]

    @pytest.mark.parametrize("number", [1, 3])
    def test_deleting_from_a_list(self, admin_client: Client, admin_user: User, number: int) -> None:
        artists = [ArtistFactory() for _ in range(number)]
        keys = [artist.pk for artist in artists]
        with CaptureQueriesContext(connection) as queries:
            run_action(admin_client, "delete_selected", artists, post="yes")
        assert not Artist.objects.exists()
        assert sum("historical" in query["sql"] for query in queries) == 1
        gone = Artist.history.filter(history_type="-").order_by("id")
        assert [(version.id, version.change_type, version.history_user) for version in gone] == [
            (key, "deletion", admin_user) for key in keys
        ]

    def test_deleting_a_row_on_its_page(self, admin_client: Client, admin_user: User) -> None:
        genre = GenreFactory(name="Gone")
        track, key = TrackFactory(genres=[genre]), genre.pk
        admin_client.post(page_of(Genre, "delete", key), {"post": "yes"})
        entry = entries(admin_client, genre, key)[0]
        assert (entry.what, entry.version.change_type, entry.version.history_user) == (
            "Deleted.",
            "deletion",
            admin_user,
        )
        assert changes(entries(admin_client, track)[0]) == [("genres", "Gone", "")]


class TestPage:
    def test_it_shows_who_how_and_what(self, admin_client: Client, admin_user: User) -> None:
        record = run_import([net_file(net_row(1, Tempo="98"))], ImportOptions(), admin_user).record
        run_import([net_file(net_row(1, Tempo="99"))], ImportOptions(), None)
        track = Track.objects.get()
        page = admin_client.get(page_of(Track, "history", track.pk))
        assert record is not None
        assert f'Import of <a href="/admin/musicdb/import/{record.pk}/change/">' in page.text
        lines = [[cell.text for cell in row.all("td")] for row in parse(page).one("tbody").all("tr")]
        assert [line[:3] for line in lines] == [
            ["–", "Import of songs.csv", "Tempo 98 → changed to 99"],
            ["admin", "Import of songs.csv", "Created."],
        ]

    def test_values_are_escaped(self, admin_client: Client) -> None:
        label = LabelFactory(name="One")
        history.baseline(Label, [label.pk])
        label.name = "<script>alert(1)</script>"
        label.save()
        page = admin_client.get(page_of(Label, "history", label.pk)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_the_log_of_django_is_shown_too(self, admin_client: Client, admin_user: User) -> None:
        stays, goes = LabelFactory(name="Stays"), LabelFactory(name="Goes")
        key = goes.pk
        merge(stays, [goes], admin_user)
        delete_history(stays)
        page = admin_client.get(page_of(Label, "history", stays.pk))
        assert "This label has not changed since the history began." in page.text
        assert "Merged into this: “Goes” (goes)." in page.text
        assert [
            line.get_change_message() for line in admin_client.get(page_of(Label, "history", key)).context["log"]
        ] == ["Merged into “Stays” (stays)."]

    def test_a_long_history_is_paged_without_gaps(self, admin_client: Client) -> None:
        label = LabelFactory(name="Name 0")
        for number in range(1, 30):
            label.name = f"Name {number}"
            label.save()
        first, second = entries(admin_client, label), entries(admin_client, label, page=2)
        assert (len(first), len(second)) == (25, 5)
        assert changes(first[0]) == [("name", "Name 28", "Name 29")]
        assert changes(first[-1]) == [("name", "Name 4", "Name 5")]
        assert second[-1].what == "Created."

    @pytest.mark.parametrize("versions", [1, 3])
    def test_queries(self, admin_client: Client, django_assert_num_queries: Any, versions: int) -> None:
        track = TrackFactory()
        for _ in range(versions):
            track.album = AlbumFactory()
            track.track_artists.all().delete()
            track.track_artists.create(artist=ArtistFactory())
            track.genres.set([GenreFactory()])
            track.title += "!"
            track.save()
            LogEntry.objects.log_actions(User.objects.get().pk, [track], 2, "A log entry.")
        # Session, user, track; count, versions; albums, artists and genres by name; the admin's log.
        with django_assert_num_queries(9):
            admin_client.get(page_of(Track, "history", track.pk))
        # Session, user, track, version; its artists, genres, aliases now; albums, artists and genres by name.
        version = track.history.first().pk
        with django_assert_num_queries(10):
            admin_client.get(page_of(Track, "version", track.pk, version))

    def test_names_of_deleted_rows_need_one_query_for_each_model(
        self, admin_client: Client, django_assert_num_queries: Any
    ) -> None:
        genres = [GenreFactory(), GenreFactory(), GenreFactory()]
        track = TrackFactory(album=None, genres=genres)
        history.baseline(Track, [track.pk])
        for genre in genres:
            genre.delete()
        LogEntry.objects.log_actions(User.objects.get().pk, [track], 2, "A log entry.")
        # Session, user, track; count, versions; genres that are and that were; the admin's log.
        with django_assert_num_queries(8):
            admin_client.get(page_of(Track, "history", track.pk))

    def test_a_version_is_shown_beside_the_current_values(self, admin_client: Client) -> None:
        label = LabelFactory(name="One")
        version = label.history.get()
        Label.objects.update(name="Two")
        page = admin_client.get(page_of(Label, "version", label.pk, version.pk))
        assert page.context["rows"] == [
            ("name", "One", "Two"),
            ("address", label.slug, label.slug),
            ("visibility", "automatic", "automatic"),
            ("aliases", "", ""),
        ]
        assert "Revert to this version" in page.text

    def test_a_version_of_another_row_is_not_found(self, admin_client: Client) -> None:
        one, two = LabelFactory(), LabelFactory()
        assert admin_client.get(page_of(Label, "version", one.pk, two.history.get().pk)).status_code == 404

    @pytest.mark.parametrize("key", ["999999", "nothing", "9" * 30])
    def test_a_key_that_never_existed_has_no_history(self, admin_client: Client, key: str) -> None:
        response = admin_client.get(page_of(Label, "history", key), follow=True)
        assert "Perhaps it was deleted?" in response.text


class TestDeleted:
    def test_the_list_of_deleted_rows_links_to_their_histories(self, admin_client: Client) -> None:
        gone, key = TrackFactory(title="Gone"), None
        key = gone.pk
        gone.delete()
        TrackFactory(title="Stays")
        page = admin_client.get(page_of(Track, "deleted"))
        assert [name for _, name in page.context["deleted"]] == ["Gone"]
        assert page_of(Track, "history", key) in page.text
        assert page_of(Track, "deleted") in admin_client.get(page_of(Track)).text
        assert entries(admin_client, gone, key)[0].what == "Deleted."

    def test_rows_that_an_undo_deleted_have_a_list_of_their_own(self, admin_client: Client, admin_user: User) -> None:
        TrackFactory(title="Gone").delete()
        page = parse(admin_client.get(page_of(Track, "deleted")))
        assert not [link for link in page.all("a") if "undone" in link.attrs.get("href", "")]
        undo(run_import([net_file(net_row(1), net_row(2))], ImportOptions(), admin_user).record, admin_user)

        page = admin_client.get(page_of(Track, "deleted"))
        assert [name for _, name in page.context["deleted"]] == ["Gone"]
        (link,) = (link for link in parse(page).all("a") if "undone" in link.attrs.get("href", ""))
        assert link.text == "2 deleted when an import was undone"

        page = admin_client.get(page_of(Track, "deleted") + link.attrs["href"])
        assert {name for _, name in page.context["deleted"]} == {"Song 1", "Song 2"}
        (link,) = (link for link in parse(page).all("a") if link.text == "Other deleted tracks")
        assert link.attrs["href"] == page_of(Track, "deleted")

    def test_an_empty_list_says_so(self, admin_client: Client, admin_user: User) -> None:
        address = page_of(Track, "deleted")
        assert "No tracks have been deleted since the history began." in admin_client.get(address).text
        assert "No undo of an import has deleted any tracks." in admin_client.get(address, {"undone": "1"}).text
        undo(run_import([net_file(net_row(1))], ImportOptions(), admin_user).record, admin_user)
        page = parse(admin_client.get(address))
        assert "No other tracks have been deleted since the history began." in page.text
        assert "1 deleted when an import was undone" in page.text

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("query", [{}, {"undone": "1"}])
    def test_queries(
        self,
        admin_client: Client,
        admin_user: User,
        django_assert_num_queries: Any,
        number: int,
        query: dict[str, str],
    ) -> None:
        rows = [net_row(i) for i in range(number)]
        undo(run_import([net_file(*rows)], ImportOptions(), admin_user).record, admin_user)
        for _ in range(number):
            TrackFactory().delete()
        with django_assert_num_queries(4 if query else 5):  # Session, user; how many, how many undone; rows.
            page = admin_client.get(page_of(Track, "deleted"), query)
        assert len(page.context["deleted"]) == number


class TestPermissions:
    def test_a_viewer_sees_the_history_and_no_button(self) -> None:
        client, label = editor("view_label"), LabelFactory(name="One")
        version = label.history.get()
        Label.objects.update(name="Two")
        assert client.get(page_of(Label, "history", label.pk)).status_code == 200
        assert client.get(page_of(Label, "deleted")).status_code == 200
        page = client.get(page_of(Label, "version", label.pk, version.pk))
        assert (page.status_code, "Revert to this version" in page.text) == (200, False)

    def test_a_user_without_permission_sees_no_history(self) -> None:
        client, label = editor("view_artist"), LabelFactory()
        for view, args in (
            ("history", [label.pk]),
            ("version", [label.pk, label.history.get().pk]),
            ("deleted", []),
        ):
            assert client.get(page_of(Label, view, *args)).status_code == 403


def test_a_visitor_causes_no_query_of_the_history(client: Client, django_assert_num_queries: Any) -> None:
    label = LabelFactory()
    # The label, its albums, its aliases, the site settings.
    with django_assert_num_queries(4) as queries:
        client.get(label.get_absolute_url())
    assert not [query for query in queries if "historical" in query["sql"] or "auth_user" in query["sql"]]


def test_every_change_type_has_a_label() -> None:
    assert all(kind.label for kind in ChangeType)
