"""Playlists in the admin: the form with its rule, the page of tracks, and playlists made from the list of tracks."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from musicdb import history
from musicdb.editing import add_tracks, edit_entries, seen_order
from musicdb.imports import ImportOptions, run_import
from musicdb.models import Playlist, PlaylistEntry, Track, Visibility
from tests.admin.helpers import alias_rows, editor, errors_of, messages_of, page_of, run_action
from tests.factories import ArtistFactory, GenreFactory, PlaylistFactory, TrackFactory
from tests.imports.files import net_file, net_row
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def form(**fields: Any) -> dict[str, Any]:
    return {"name": "Mine", "visibility": "automatic", "kind": "hand", **alias_rows(), **fields}


def order(playlist: Playlist) -> list[str]:
    return list(playlist.entries.order_by("position").values_list("track__title", flat=True))


def entry_of(playlist: Playlist, place: int) -> PlaylistEntry:
    return playlist.entries.order_by("position")[place - 1]


@pytest.fixture
def letters() -> Playlist:
    return PlaylistFactory(name="Letters", tracks=[TrackFactory(title=title) for title in "ABCDE"])


class TestForm:
    def test_a_playlist_by_hand(self, admin_client: Client) -> None:
        response = admin_client.post(page_of(Playlist, "add"), form(description="For the road", source="mine.csv"))
        assert response.status_code == 302, errors_of(response)
        playlist = Playlist.objects.get()
        assert (playlist.name, playlist.rule, playlist.visibility) == ("Mine", None, Visibility.AUTOMATIC)
        version = playlist.history.get()
        assert (version.history_type, version.change_type) == ("+", "edit")

    def test_a_rule_is_the_query_of_the_filters_that_were_filled_in(self, admin_client: Client) -> None:
        GenreFactory(name="dub")
        ArtistFactory(name="Shy", visibility="hidden")
        fields = {"rule_genre": "dub", "rule_liked": "true", "rule_min_energy": "0.5", "rule_artist": "shy"}
        response = admin_client.post(page_of(Playlist, "add"), form(kind="rule", **fields))
        assert response.status_code == 302, errors_of(response)
        playlist = Playlist.objects.get()
        assert playlist.rule == "genre=dub&artist=shy&liked=true&min_energy=0.5"
        page = admin_client.get(page_of(Playlist, "change", playlist.pk))
        shown = page.context["adminform"].form
        assert {name: shown[name].value() for name in (*fields, "kind")} == {**fields, "kind": "rule"}

    @pytest.mark.parametrize(
        ("fields", "wrong"),
        [
            ({"rule_genre": "none"}, "rule_genre"),
            ({"rule_min_energy": "7"}, "rule_min_energy"),
            ({"rule_ordering": "loudest"}, "rule_ordering"),
            ({}, "__all__"),
        ],
    )
    def test_a_wrong_rule_is_refused_at_its_field(
        self, admin_client: Client, fields: dict[str, str], wrong: str
    ) -> None:
        assert set(errors_of(admin_client.post(page_of(Playlist, "add"), form(kind="rule", **fields)))) == {wrong}

    def test_it_says_how_many_tracks_a_rule_finds_now(self, admin_client: Client) -> None:
        playlist = PlaylistFactory(rule="liked=true")
        TrackFactory(liked=True)
        page = admin_client.get(page_of(Playlist, "change", playlist.pk)).content.decode()
        assert f'1: <a href="/admin/musicdb/playlist/{playlist.pk}/tracks/">see them</a>' in page

    def test_the_rule_can_be_given_up_and_the_entries_return(self, admin_client: Client) -> None:
        playlist = PlaylistFactory(name="Mine", rule="liked=true", tracks=[TrackFactory(title="A")])
        admin_client.post(page_of(Playlist, "change", playlist.pk), form(rule_liked="true"))
        playlist.refresh_from_db()
        assert playlist.rule is None
        assert order(playlist) == ["A"]

    def test_a_viewer_reads_the_rule_in_words(self) -> None:
        playlist = PlaylistFactory(rule="liked=true&min_energy=0.5")
        page = editor("view_playlist").get(page_of(Playlist, "change", playlist.pk)).content.decode()
        assert "Liked: true; Energy from: 0.5" in page
        assert 'name="rule_liked"' not in page


class TestTracks:
    def test_tracks_are_moved_and_removed(self, admin_client: Client, letters: Playlist) -> None:
        keys = [entry.pk for entry in letters.entries.order_by("position")]
        posted = {f"place-{key}": number for number, key in enumerate(keys, start=1)}
        posted |= {f"was-{key}": number for number, key in enumerate(keys, start=1)}
        posted |= {f"place-{keys[4]}": 1, f"place-{keys[0]}": 99, "remove": [keys[2]], "save": "Save"}
        response = admin_client.post(page_of(Playlist, "tracks", letters.pk), posted)
        assert response.status_code == 302
        assert order(letters) == ["E", "B", "D", "A"]
        assert list(letters.entries.order_by("position").values_list("position", flat=True)) == [0, 1, 2, 3]
        assert letters.entries.filter(pk=keys[4]).exists()
        version = letters.history.first()  # type: ignore[attr-defined]
        assert [row["track"] for row in version.tracks] == [entry_of(letters, place).track_id for place in (1, 2, 3, 4)]

    def test_tracks_are_added_in_the_order_of_choice(self, admin_client: Client, letters: Playlist) -> None:
        new = [TrackFactory(title=title) for title in "XY"]
        address = page_of(Playlist, "tracks", letters.pk)
        admin_client.post(address, {"add": "Add", "tracks": [new[1].pk, new[0].pk], "place": "2"})
        assert order(letters) == ["A", "Y", "X", "B", "C", "D", "E"]
        admin_client.post(address, {"add": "Add", "tracks": [new[0].pk]})
        assert order(letters)[-1] == "X"
        added = letters.entries.order_by("position").last()
        assert (added.added_by, added.added_at is None) == ("admin", False)

    @pytest.mark.parametrize("sent", [{}, {"tracks": ["x"]}, {"tracks": ["999"]}, {"tracks": ["1"], "place": "0"}])
    def test_what_cannot_be_added_changes_nothing(
        self, admin_client: Client, letters: Playlist, sent: dict[str, Any]
    ) -> None:
        response = admin_client.post(page_of(Playlist, "tracks", letters.pk), {"add": "Add", **sent})
        assert response.status_code == 200
        assert response.context["form"].errors
        assert order(letters) == list("ABCDE")

    def test_an_entry_that_somebody_else_removed_is_not_moved(self, admin_client: Client, letters: Playlist) -> None:
        gone = entry_of(letters, 1).pk
        PlaylistEntry.objects.filter(pk=gone).delete()
        response = admin_client.post(page_of(Playlist, "tracks", letters.pk), {f"place-{gone}": 3, "save": "Save"})
        ((level, text),) = messages_of(response)
        assert level == "error"
        assert "no longer in this playlist" in text

    @pytest.mark.parametrize("sent", [{"save": "Save", "remove": ["1"]}, {"add": "Add"}])
    def test_who_edits_tracks_of_a_playlist_that_somebody_gave_a_rule_is_told_so(
        self, admin_client: Client, letters: Playlist, sent: dict[str, Any]
    ) -> None:
        Playlist.objects.update(rule="liked=true")
        posted = {**sent, "tracks": [TrackFactory().pk]}
        response = admin_client.post(page_of(Playlist, "tracks", letters.pk), posted)
        assert messages_of(response) == [
            ("error", "A rule finds the tracks of “Letters”, so they are not edited one by one.")
        ]
        assert order(letters) == list("ABCDE")

    def test_what_two_editors_do_stays_unless_they_move_tracks(self, admin_client: Client, letters: Playlist) -> None:
        keys = {entry.track.title: entry.pk for entry in letters.entries.select_related("track")}
        address = page_of(Playlist, "tracks", letters.pk)
        seen = admin_client.get(address).context["seen"]
        history.baseline(Playlist, [letters.pk])
        ann = User.objects.create_user("ann")
        edit_entries(letters, [keys["A"]], {keys["E"]: 1}, ann, seen_order(letters))
        add_tracks(letters, [TrackFactory(title="New").pk], ann)
        # A removal conflicts with nothing, and what is gone already needs no removal.
        posted = {"seen": seen, "remove": [keys["A"], keys["C"]], "save": "Save"}
        assert admin_client.post(address, posted).status_code == 302
        assert order(letters) == ["E", "B", "D", "New"]

    def test_a_place_that_was_meant_for_another_order_is_asked_again(
        self, admin_client: Client, letters: Playlist
    ) -> None:
        keys = {entry.track.title: entry.pk for entry in letters.entries.select_related("track")}
        address = page_of(Playlist, "tracks", letters.pk)
        seen = admin_client.get(address).context["seen"]
        history.baseline(Playlist, [letters.pk])
        ann = User.objects.create_user("ann")
        edit_entries(letters, [keys["A"]], {keys["E"]: 1}, ann, seen_order(letters))
        add_tracks(letters, [TrackFactory(title="New").pk], ann)
        posted = {
            "seen": seen,
            "save": "Save",
            "remove": [keys["B"]],
            f"place-{keys['D']}": 1,
            f"was-{keys['D']}": 4,
        }
        asked = admin_client.post(address, posted)
        assert order(letters) == ["E", "B", "C", "D", "New"]
        note = parse(asked).one("div", role="alert").text
        assert "ann changed the tracks of this playlist since you opened the page." in note
        assert "Tracks removed: A" in note
        assert "Tracks added: New" in note
        assert "Tracks moved: 1" in note
        lines = {line.track.title: (line.number, line.place, line.is_removed) for line in asked.context["lines"]}
        assert lines["D"] == (4, 1, False)
        assert lines["B"] == (2, 2, True)
        # Sent again as it is shown, it is done.
        posted["seen"] = asked.context["seen"]
        assert admin_client.post(address, posted).status_code == 302
        assert order(letters) == ["D", "E", "C", "New"]

    def test_what_is_typed_while_an_import_changes_the_playlist_is_not_lost(
        self, admin_client: Client, letters: Playlist
    ) -> None:
        """Of three entries two are of one track."""
        first, second = (net_row(number) for number in (1, 2))

        def imported(*rows: Any) -> None:
            run_import([net_file(*rows, name="Mine.csv")], ImportOptions(), None)

        imported(first, second, first)
        playlist = Playlist.objects.get(name="Mine")
        address = page_of(Playlist, "tracks", playlist.pk)
        shown = admin_client.get(address).context
        keys = [line.row.pk for line in shown["lines"]]
        imported(net_row(3), first, second, first)
        assert order(playlist) == ["Song 3", "Song 1", "Song 2", "Song 1"]
        places = {f"place-{keys[1]}": 1, f"was-{keys[1]}": 2}
        asked = admin_client.post(address, {"seen": shown["seen"], "save": "Save", "remove": [keys[2]], **places})
        assert asked.status_code == 200
        lines = [(line.track.title, line.place, line.is_removed) for line in asked.context["lines"]]
        assert lines == [("Song 3", 1, False), ("Song 1", 2, False), ("Song 2", 1, False), ("Song 1", 4, True)]
        assert (
            admin_client.post(address, {"seen": shown["seen"], "save": "Save", "remove": [keys[2]]}).status_code == 302
        )
        assert order(playlist) == ["Song 3", "Song 1", "Song 2"]

    def test_a_change_that_is_none_of_the_order_asks_nothing(self, admin_client: Client, letters: Playlist) -> None:
        address = page_of(Playlist, "tracks", letters.pk)
        seen = admin_client.get(address).context["seen"]
        letters.description = "Since"
        letters.save()
        last = entry_of(letters, 5).pk
        admin_client.post(address, {"seen": seen, f"place-{last}": 1, "save": "Save"})
        assert order(letters) == ["E", "A", "B", "C", "D"]

    def test_a_rule_has_tracks_to_look_at_and_none_to_move(self, admin_client: Client) -> None:
        TrackFactory(title="Loved", liked=True)
        playlist = PlaylistFactory(rule="liked=true")
        address = page_of(Playlist, "tracks", playlist.pk)
        page = admin_client.get(address).content.decode()
        assert "Loved" in page
        assert 'name="remove"' not in page

    def test_three_thousand_entries_are_a_page_at_a_time(
        self, admin_client: Client, django_assert_max_num_queries: Any
    ) -> None:
        tracks = Track.objects.bulk_create(Track(title=f"T{n}", slug=f"t-{n}") for n in range(3_000))
        playlist = PlaylistFactory()
        PlaylistEntry.objects.bulk_create(
            PlaylistEntry(playlist=playlist, track=track, position=number) for number, track in enumerate(tracks)
        )
        with django_assert_max_num_queries(8):
            page = admin_client.get(page_of(Playlist, "tracks", playlist.pk, page=30))
        assert page.content.decode().count('name="remove"') == 100
        last = entry_of(playlist, 3_000)
        with django_assert_max_num_queries(30):
            admin_client.post(page_of(Playlist, "tracks", playlist.pk), {f"place-{last.pk}": 1, "save": "Save"})
        assert order(playlist)[:2] == ["T2999", "T0"]

    def test_a_playlist_as_csv(self, admin_client: Client) -> None:
        track = TrackFactory(title="=A")
        playlist = PlaylistFactory(name="Mine", tracks=[track, track])
        PlaylistEntry.objects.update(added_by="ann")
        response: Any = admin_client.get(page_of(Playlist, "csv", playlist.pk))
        text = response.getvalue().decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        assert [(row["number"], row["title"], row["slug"]) for row in rows] == [
            ("1", "'=A", track.slug),
            ("2", "'=A", track.slug),
        ]
        assert "ann" not in text


class TestFromTracks:
    def test_a_playlist_of_the_selected_tracks(self, admin_client: Client) -> None:
        tracks = [TrackFactory(title=title) for title in "BA"]
        asked = run_action(admin_client, "make_playlist", tracks)
        assert asked.status_code == 200
        done = run_action(admin_client, "make_playlist", tracks, apply="1", name="Mine")
        assert done.status_code == 302
        playlist = Playlist.objects.get()
        assert sorted(order(playlist)) == ["A", "B"]
        more = TrackFactory(title="C")
        run_action(admin_client, "make_playlist", [more], apply="1", playlist=playlist.pk)
        assert order(playlist)[-1] == "C"

    def test_the_name_must_be_free_and_only_one_thing_asked_for(self, admin_client: Client) -> None:
        playlist, track = PlaylistFactory(name="Mine"), TrackFactory()
        for sent in ({"name": "MINE"}, {}, {"name": "New", "playlist": playlist.pk}):
            response = run_action(admin_client, "make_playlist", [track], apply="1", **sent)
            assert response.context["form"].errors, sent
        assert not PlaylistEntry.objects.exists()

    def test_the_filters_of_the_list_become_a_rule(self, admin_client: Client) -> None:
        GenreFactory(name="dub")
        page = admin_client.get(page_of(Track, genre="dub", liked__exact="1", gap="isrc", o="1"))
        url = page.context["playlist_by_rule_url"]
        opened = admin_client.get(url)
        shown = opened.context["adminform"].form
        assert [shown[name].value() for name in ("kind", "rule_genre", "rule_liked")] == ["rule", "dub", "true"]
        assert "left out: missing." in opened.content.decode()
        assert admin_client.get(page_of(Track)).context["playlist_by_rule_url"] == ""


def test_playlists_are_merged(admin_client: Client) -> None:
    kept = PlaylistFactory(name="One", tracks=[TrackFactory(title="A")])
    other = PlaylistFactory(name="Two", tracks=[TrackFactory(title="B")])
    page = page_of(Playlist, "merge", id=[kept.pk, other.pk])
    assert admin_client.get(page).status_code == 200
    response = admin_client.post(page, {"survivor": kept.pk})
    assert order(kept) == ["A", "B"]
    ((_, text),) = messages_of(response)
    assert "1 track moved" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_asks_as_much_for_three_rows_as_for_one(
    admin_client: Client, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        PlaylistFactory(tracks=[TrackFactory()])
        PlaylistFactory(rule="liked=true")
    with django_assert_num_queries(5):
        assert admin_client.get(page_of(Playlist)).status_code == 200
