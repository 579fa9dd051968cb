"""Bulk edits of albums, artists and dates, what a preview says of them, and their undo."""

from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import (
    BulkEditError,
    Edit,
    Members,
    Search,
    UndoRefusedError,
    bulk_edit,
    bulk_preview,
    find_replace,
    plan_edit_undo,
    plan_replacements,
    preview_bulk_edit,
    undo_edit,
)
from musicdb.models import Album, GroupedChange, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, TrackFactory
from tests.imports.files import net_file, net_row
from tests.imports.library import run

# The package exports the function of this name.
module = import_module("musicdb.editing.bulk_edit")

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_user("zoë")


def names_of(row: Any) -> list[str]:
    return [artist.name for artist in type(row).objects.get(pk=row.pk).artists_in_order]


# --- Albums of tracks --------------------------------------------------------------------------------------------


def test_tracks_move_to_another_album_and_the_one_that_is_empty_now_is_named(user: User) -> None:
    old, other, new = AlbumFactory(title="Old"), AlbumFactory(title="Other"), AlbumFactory(title="New")
    moving = [TrackFactory(album=old, disc_number=1, track_number=3), TrackFactory(album=other)]
    TrackFactory(album=other)
    TrackFactory(album=new)
    edit, tracks = Edit({"album_id": new.pk}), Track.objects.filter(pk__in=[track.pk for track in moving])

    shown = preview_bulk_edit(tracks, edit)
    edited = bulk_edit(tracks, edit, user)

    assert [(change.what, change.old, change.new) for row in shown.rows for change in row.changes] == [
        ("Album", "Old", "New"),
        ("Album", "Other", "New"),
    ]
    assert [album.title for album in shown.emptied] == [album.title for album in edited.emptied] == ["Old"]
    assert Album.objects.filter(title="Old").exists()
    assert new.tracks.count() == 3
    moving[0].refresh_from_db()
    assert (moving[0].disc_number, moving[0].track_number) == (1, 3)


def test_tracks_move_to_a_new_album_and_an_undo_deletes_it_again(user: User) -> None:
    old = AlbumFactory(title="Old")
    tracks = [TrackFactory(album=old), TrackFactory(album=None)]
    AlbumFactory(title="New")
    shown = preview_bulk_edit(Track.objects.all(), Edit(new_album="New"))
    assert [album.slug for album in shown.same_title] == ["new"]
    assert [change.new for row in shown.rows for change in row.changes] == ["New (new)", "New (new)"]

    edited = bulk_edit(Track.objects.all(), Edit(new_album="New"), user)

    made = Album.objects.get(slug="new-2")
    assert made.tracks.count() == 2
    assert made.history.get().history_user == user
    assert edited.change
    assert str(edited.change) == "Edited 2 tracks: album."

    assert plan_edit_undo(edited.change).created == ["New"]
    assert undo_edit(edited.change, user).created == ["New"]

    assert not Album.objects.filter(pk=made.pk).exists()
    assert [Track.objects.get(pk=track.pk).album for track in tracks] == [old, None]


def test_a_new_album_stays_where_something_else_uses_it(user: User) -> None:
    TrackFactory()
    edited = bulk_edit(Track.objects.all(), Edit(new_album="New"), user)
    made = Album.objects.get(title="New")
    later = TrackFactory(album=made)
    assert edited.change
    done = undo_edit(edited.change, user)
    assert done.kept == ["Album “New” is used by something else, so it stays."]
    later.refresh_from_db()
    assert later.album == made


def test_no_new_album_is_made_where_nothing_is_left_to_move(user: User) -> None:
    assert bulk_edit(Track.objects.all(), Edit(new_album="New"), user).change is None
    assert not Album.objects.exists()
    assert not GroupedChange.objects.exists()


def test_an_album_that_is_gone_moves_nothing(user: User) -> None:
    gone, track = AlbumFactory(), TrackFactory()
    edit = Edit({"album_id": gone.pk})
    Album.objects.filter(pk=gone.pk).delete()
    with pytest.raises(BulkEditError, match="no longer exist"):
        preview_bulk_edit(Track.objects.all(), edit)
    with pytest.raises(BulkEditError, match="no longer exist"):
        bulk_edit(Track.objects.all(), edit, user)
    assert Track.objects.get().album == track.album


# --- Artists and dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({"add": ["C", "A"]}, ["A", "B", "C"]),
        ({"remove": ["A"]}, ["B"]),
        ({"only": ["C", "B"]}, ["C", "B"]),
        ({"only": ["B", "A"]}, ["B", "A"]),
    ],
)
@pytest.mark.parametrize("factory", [TrackFactory, AlbumFactory])
def test_artists_keep_their_order(user: User, factory: Any, members: dict[str, list[str]], expected: list[str]) -> None:
    artists = {name: ArtistFactory(name=name) for name in "ABC"}
    row = factory(artists=[artists["A"], artists["B"]])
    rows = type(row).objects.all()
    edit = Edit(members={"artists": Members(**{how: [artists[one].pk for one in of] for how, of in members.items()})})
    (shown,) = preview_bulk_edit(rows, edit).rows
    edited = bulk_edit(rows, edit, user)
    assert [(change.old, change.new) for change in shown.changes] == [("A, B", ", ".join(expected))]
    assert names_of(row) == expected
    assert edited.change
    undo_edit(edited.change, user)
    assert names_of(row) == ["A", "B"]


def test_dates_and_explicit(user: User) -> None:
    TrackFactory(explicit=None)
    AlbumFactory(title="Dated", release_date=date(1999, 5, 1), release_precision="month")
    added = datetime(2024, 5, 12, tzinfo=UTC)
    bulk_edit(Track.objects.all(), Edit({"explicit": False, "added_at": added}), user)
    assert Track.objects.values_list("explicit", "added_at").get() == (False, added)
    edit = Edit({"release_date": date(1998, 1, 1), "release_precision": "year", "album_type": "ep"})
    albums = Album.objects.filter(title="Dated")
    (shown,) = preview_bulk_edit(albums, edit).rows
    assert [(change.what, change.old, change.new) for change in shown.changes] == [
        ("Released", "1999-05", "1998"),
        ("Type", "", "EP"),
    ]
    bulk_edit(albums, edit, user)
    assert albums.get().released == "1998"


# --- The preview -------------------------------------------------------------------------------------------------


def test_a_preview_counts_what_changes_and_writes_nothing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_preview, "MAX_ROWS_SHOWN", 2)
    monkeypatch.setattr(bulk_preview, "BATCH", 2)
    jazz = GenreFactory(name="jazz")
    for liked in (True, False, False, False, True):
        TrackFactory(liked=liked, genres=[jazz] if liked else [])
    shown = preview_bulk_edit(Track.objects.all(), Edit({"liked": True}, {"genres": Members(add=[jazz.pk])}))
    assert (shown.number, shown.changed, len(shown.rows)) == (5, 3, 2)
    assert [(change.what, change.old, change.new) for change in shown.rows[0].changes] == [
        ("Liked", "no", "yes"),
        ("genres", "", "jazz"),
    ]
    assert not GroupedChange.objects.exists()
    assert Track.objects.filter(liked=True).count() == 2


@pytest.mark.parametrize("number", [1, 3])
def test_a_preview_needs_a_constant_number_of_queries(user: User, django_assert_num_queries: Any, number: int) -> None:
    album, artist = AlbumFactory(), ArtistFactory()
    for _ in range(number):
        TrackFactory(artists=[ArtistFactory()])
    edit = Edit({"album_id": album.pk}, {"artists": Members(add=[artist.pk])})
    # Keys; the artist and the album exist; rows and their artists; the artists of those shown, as they are and as they
    # change, names of artists and albums; tracks of the albums, the albums that become empty.
    with django_assert_num_queries(11):
        preview = preview_bulk_edit(Track.objects.all(), edit)
        assert all(one.row.artists_in_order for one in preview.rows)


def test_too_many_rows_are_refused(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 2)
    for _ in range(3):
        TrackFactory(liked=False)
    edit, too_many = Edit({"liked": True}), "at most 2 tracks at once, and these are 3"
    with pytest.raises(BulkEditError, match=too_many):
        preview_bulk_edit(Track.objects.all(), edit)
    with pytest.raises(BulkEditError, match=too_many):
        bulk_edit(Track.objects.all(), edit, user)
    assert not Track.objects.filter(liked=True).exists()


# --- The undo ----------------------------------------------------------------------------------------------------


def test_an_undo_keeps_what_others_have_set_since(user: User) -> None:
    one, two = TrackFactory(title="One", score=1, liked=False), TrackFactory(title="Two", score=2, liked=False)
    edited = bulk_edit(Track.objects.all(), Edit({"score": 5, "liked": True}), user)
    two.refresh_from_db()
    two.score, two.title = 7, "Second"
    two.save()
    assert edited.change
    plan, done = plan_edit_undo(edited.change), undo_edit(edited.change, user)
    assert plan.kept == done.kept == ["Track “Second”: score changed since."]
    assert plan.restored == done.restored == 2
    assert list(Track.objects.order_by("pk").values_list("title", "score", "liked")) == [
        ("One", 1, False),
        ("Second", 7, False),
    ]
    last = one.history.first()
    assert (last.history_change_reason, last.history_user) == ("Undone: Edited 2 tracks: score and liked.", user)
    edited.change.refresh_from_db()
    assert edited.change.undone_by == user
    with pytest.raises(UndoRefusedError, match="undone already"):
        undo_edit(edited.change, user)


def test_an_undo_names_what_is_gone(user: User) -> None:
    old, new, artist = AlbumFactory(title="Old"), AlbumFactory(), ArtistFactory()
    track, deleted = TrackFactory(title="Stays", album=old, artists=[artist]), TrackFactory(title="Deleted", album=old)
    edited = bulk_edit(Track.objects.all(), Edit({"album_id": new.pk, "explicit": True}), user)
    deleted.delete()
    old.delete()
    assert edited.change
    done = undo_edit(edited.change, user)
    assert done.kept == [
        "Track “Deleted” has been deleted since.",
        "Track “Stays”: Album “Old” has been deleted since. Restore it first.",
    ]
    track.refresh_from_db()
    assert (track.album, track.explicit) == (new, True)


@pytest.mark.parametrize("number", [1, 3])
def test_an_undo_needs_a_constant_number_of_queries(user: User, django_assert_num_queries: Any, number: int) -> None:
    for _ in range(number):
        TrackFactory(artists=[ArtistFactory()])
    edited = bulk_edit(Track.objects.all(), Edit({"score": 5}), user)
    assert edited.change
    # Of each of six models, the versions that the change wrote; of the tracks the rest.
    with django_assert_num_queries(29):
        undo_edit(edited.change, user)


@pytest.mark.parametrize(("undone", "title"), [(True, "From the second file"), (False, "From the file, edited")])
def test_after_an_undo_an_import_updates_again_what_only_imports_had_set(user: User, undone: bool, title: str) -> None:
    run(net_file(net_row(1, **{"Track Name": "From the file"})))
    plan = plan_replacements(Track.objects.all(), ["title"], Search("file", "file, edited"))
    shown = {row.key: row.digest for row in plan.possible}
    change = find_replace(plan, shown, user, keeps_former_names=False).change
    if undone and change:
        undo_edit(change, user)
    run(net_file(net_row(1, **{"Track Name": "From the second file"})))
    assert Track.objects.get().title == title


def test_after_an_undo_what_a_person_had_set_before_is_theirs_again(user: User) -> None:
    track = TrackFactory()
    bulk_edit(Track.objects.all(), Edit({"score": 5}), user)
    second = bulk_edit(Track.objects.all(), Edit({"score": 7, "liked": True}), user).change
    assert second
    undo_edit(second, user)
    assert history.set_by_people(Track, [track.pk])[track.pk].values == {"score"}


def test_an_album_that_an_undo_deletes_may_come_back_with_an_import(user: User) -> None:
    TrackFactory()
    change = bulk_edit(Track.objects.all(), Edit(new_album="New"), user).change
    assert change
    assert undo_edit(change, user).created == ["New"]
    assert list(history.deleted_by_people(Album)) == []


def test_an_album_that_was_changed_and_changed_back_goes_with_the_undo(user: User) -> None:
    TrackFactory()
    made = bulk_edit(Track.objects.all(), Edit(new_album="New"), user).change
    later = bulk_edit(Album.objects.filter(title="New"), Edit({"album_type": "ep"}), user).change
    assert made
    assert later
    undo_edit(later, user)
    assert undo_edit(made, user).kept == []
    assert not Album.objects.filter(title="New").exists()


def test_an_album_that_was_changed_stays(user: User) -> None:
    TrackFactory()
    made = bulk_edit(Track.objects.all(), Edit(new_album="New"), user).change
    bulk_edit(Album.objects.filter(title="New"), Edit({"album_type": "ep"}), user)
    assert made
    assert plan_edit_undo(made).created == []
    assert undo_edit(made, user).kept == ["Album “New” has been changed since, so it stays."]
    assert Album.objects.get(title="New").album_type == "ep"
