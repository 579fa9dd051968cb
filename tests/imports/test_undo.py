"""Undo an import: all of it where nothing has changed since, else the part that nothing stands in the way of."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.editing import merge
from musicdb.editing.playlists import add_tracks
from musicdb.history.diff import format_time
from musicdb.history.undo import Left
from musicdb.imports import Source
from musicdb.imports.options import Existing
from musicdb.imports.undo import UndoRefusedError, plan_undo, undo
from musicdb.models import Album, AlbumLabel, Artist, Genre, Import, Label, NotUndone, Playlist, Track, TrackArtist
from musicdb.models.history import ChangeType
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    collection_of,
    stored_run,
)
from tests.imports.files import net_file, net_row, track_id
from tests.imports.library import run, state

# Foreign keys are checked when a transaction ends.
pytestmark = pytest.mark.django_db(transaction=True)


def told(left: Any) -> list[tuple[str, str, str]]:
    return [(one.kind, one.name, one.reason) for one in left]


def undone(record: Any) -> list[tuple[str, str, str]]:
    """Undo an import, and return what it left, having seen that the page before said the same."""
    before = told(Left(plan_undo(record)))
    plan = undo(record, None)
    assert told(record.not_undone.all()) == before
    assert len(before) == sum(count.left for count in plan.counts)
    assert record.is_undone
    return before


def refused(record: Any) -> str:
    """Return why the undo is refused, having seen that it changed nothing."""
    before = state()
    with pytest.raises(UndoRefusedError) as error:
        undo(record, None)
    assert state() == before
    assert not Import.objects.get(pk=record.pk).is_undone
    assert not NotUndone.objects.exists()
    return str(error.value)


def edited(row: Any, by: User, **columns: Any) -> str:
    """Let ``by`` edit a row, and return when they did."""
    type(row).objects.filter(pk=row.pk).update(**columns)
    history.record_updates(type(row), [row.pk], history.Change(ChangeType.EDIT, by))
    return format_time(row.history.first())


@pytest.fixture
def ann() -> User:
    return User.objects.create_user("ann")


class TestWhatWasChanged:
    """Rows that were there before. An undo restores them value by value."""

    def test_what_an_editor_changed_since_stays_and_the_rest_returns(self, ann: User) -> None:
        run(net_file(net_row(1)))
        outcome = run(net_file(net_row(1, Tempo="91", Energy="0.5")), existing=Existing.OVERWRITE)
        when = edited(Track.objects.get(), ann, tempo=92, liked=True)
        assert undone(outcome.record) == [("track", "Song 1", f"Tempo: changed by ann since (edit, {when}).")]
        track = Track.objects.get()
        assert (track.tempo, track.liked, track.energy) == (92, True, 0.705)
        assert [version.change_type for version in track.history.all()[:2]] == ["undo", "edit"]

    def test_a_later_import_is_named(self) -> None:
        run(net_file(net_row(1)))
        first = run(net_file(net_row(1, Tempo="91")), existing=Existing.OVERWRITE)
        run(net_file(net_row(1, Tempo="92"), name="later.csv"), existing=Existing.OVERWRITE)
        when = format_time(Track.objects.get().history.first())
        assert refused(first.record) == "Nothing of this import can be undone now."
        left = told(Left(plan_undo(first.record)))
        assert left == [("track", "Song 1", f"Tempo: changed since (import of later.csv, {when}).")]

    def test_several_values_by_several_people(self, ann: User) -> None:
        run(net_file(net_row(1)))
        outcome = run(net_file(net_row(1, Tempo="91", Key="3", Energy="0.5")), existing=Existing.OVERWRITE)
        first = edited(Track.objects.get(), ann, tempo=92, key=4)
        second = edited(Track.objects.get(), User.objects.create_user("bob"), key=5)
        assert undone(outcome.record)[0][2] == (
            f"Tempo: changed by ann since (edit, {first}). Key: changed by bob since (edit, {second})."
        )

    def test_each_genre_and_each_alias_by_itself(self) -> None:
        genre = GenreFactory(name="Of before", slug="before")
        track = TrackFactory(title="Song 1", spotify_id=track_id(1), genres=[genre])
        outcome = run(net_file(net_row(1, Genres="new")))
        labels = run(Source("genres.csv", b"slug,name,description,aliases\nbefore,Of before,,imported\n"))
        track.genres.add(GenreFactory(name="Since"))
        genre.aliases.create(name="by hand")
        assert undone(labels.record) == []
        assert undone(outcome.record) == []
        assert sorted(track.genres.values_list("name", flat=True)) == ["Of before", "Since"]
        assert list(genre.aliases.values_list("name", flat=True)) == ["by hand"]
        assert not Genre.objects.filter(name="new").exists()

    def test_a_date_keeps_its_precision(self, ann: User) -> None:
        album = AlbumFactory(title="First", slug="first", release_date=None, release_precision="")
        outcome = run(Source("albums.csv", b"slug,title,released,labels\nfirst,First,2001,Other\n"))
        when = edited(album, ann, release_date="2001-02-03", release_precision="day")
        reason = f"Release date: changed by ann since (edit, {when})."
        assert undone(outcome.record) == [("album", "First", reason)]
        album.refresh_from_db()
        assert album.released == "2001-02-03"
        assert not Label.objects.exists()

    def test_what_an_editor_deleted_since_stays_deleted(self, ann: User) -> None:
        run(net_file(net_row(1), net_row(2)))
        outcome = run(net_file(net_row(1, Tempo="91"), net_row(2, Tempo="91")), existing=Existing.OVERWRITE)
        with transaction.atomic():
            history.delete(Track.objects.filter(title="Song 1"), history.Change(ChangeType.DELETION, ann))
        assert undone(outcome.record) == [("track", "Song 1", "Deleted by ann since.")]
        assert [track.tempo for track in Track.objects.all()] == [155.948]

    def test_a_name_that_is_anothers_by_now(self) -> None:
        LabelFactory(name="Old", slug="old", visibility="shown")
        outcome = run(Source("labels.csv", b"slug,name,visibility\nold,New,hidden\n"), existing=Existing.OVERWRITE)
        Label.objects.get().aliases.all().delete()
        Label.objects.create(name="Old")
        assert undone(outcome.record) == [("label", "New", "Name “Old” is taken by “Old” (old-2).")]
        assert Label.objects.get(slug="old").visibility == "shown"

    def test_a_genres_name_whatever_its_case(self) -> None:
        GenreFactory(name="Old", slug="old")
        outcome = run(Source("genres.csv", b"slug,name,description\nold,New,text\n"), existing=Existing.OVERWRITE)
        Genre.objects.get().aliases.all().delete()
        Genre.objects.create(name="OLD")
        assert undone(outcome.record) == [("genre", "New", "Name “Old” is taken by “OLD” (old-2).")]
        assert Genre.objects.get(slug="old").description == ""

    def test_a_name_that_a_row_of_the_import_has_is_free_again(self) -> None:
        LabelFactory(name="Old", slug="old")
        outcome = run(Source("labels.csv", b"slug,name,visibility\nold,New,hidden\n"), existing=Existing.OVERWRITE)
        # As if the import had made it.
        Label.objects.get().aliases.all().delete()
        other = Label.objects.create(name="Old")
        other.history.all().delete()
        history.record_creates(Label, [other.pk], history.Change(ChangeType.IMPORT, source_import=outcome.record))
        assert undone(outcome.record) == []
        assert list(Label.objects.values_list("name", "slug")) == [("Old", "old")]

    @pytest.mark.parametrize("what", ["artist", "album"])
    def test_what_a_track_had_is_gone(self, what: str) -> None:
        artist, album = ArtistFactory(), AlbumFactory(title="Of before")
        TrackFactory(title="Song 1", spotify_id=track_id(1), artists=[artist], album=album, tempo=90)
        outcome = run(net_file(net_row(1)), existing=Existing.OVERWRITE)
        {"artist": artist, "album": album}[what].delete()
        gone = {"artist": f"Artist “{artist}”", "album": f"Album “{album}”"}[what]
        left = undone(outcome.record)
        assert left[-1] == ("track", "Song 1", f"{gone} has been deleted since. Restore it first.")
        track = Track.objects.get()
        assert track.tempo == 90
        # What took its place is still needed.
        assert Artist.objects.filter(name="Singer 1").exists() is (what == "artist")
        assert Album.objects.filter(title="Album 1").exists() is (what == "album")

    def test_a_label_that_an_album_had_is_gone(self) -> None:
        label = LabelFactory()
        AlbumFactory(title="First", slug="first", labels=[label])
        outcome = run(
            Source("albums.csv", b"slug,title,released,labels\nfirst,First,2001,Other\n"), existing=Existing.OVERWRITE
        )
        label.delete()
        assert undone(outcome.record) == [
            ("label", "Other", "Used by album “First”, which stays."),
            ("album", "First", f"Label “{label}” has been deleted since. Restore it first."),
        ]

    def test_a_history_that_was_cut_short_cannot_restore(self) -> None:
        run(net_file(net_row(1)))
        outcome = run(net_file(net_row(1, Tempo="91")), existing=Existing.OVERWRITE)
        Track.objects.get().history.exclude(source_import=outcome.record).delete()
        assert refused(outcome.record) == "Nothing of this import can be undone now."
        reason = "The history no longer has what it was before, so it cannot be restored."
        assert told(Left(plan_undo(outcome.record))) == [("track", "Song 1", reason)]


class TestWhatWasCreated:
    """Rows that the import made. An undo deletes each, unless it was changed or something that stays uses it."""

    def test_an_edited_track_stays_with_what_it_uses(self, ann: User) -> None:
        outcome = run(net_file(net_row(1), net_row(2)))
        when = edited(Track.objects.get(title="Song 1"), ann, score=5)
        assert undone(outcome.record) == [
            ("genre", "k-indie", "Used by track “Song 1”, which stays."),
            ("artist", "Singer 1", "Used by track “Song 1”, which stays."),
            ("label", "Harbour Light", "Used by album “Album 1”, which stays."),
            ("album", "Album 1", "Used by track “Song 1”, which stays."),
            ("track", "Song 1", f"Changed by ann since (edit, {when})."),
        ]
        assert list(Track.objects.values_list("title", "score")) == [("Song 1", 5)]
        assert list(Artist.objects.values_list("name", flat=True)) == ["Singer 1"]

    @pytest.mark.parametrize(
        ("touch", "kept"),
        [
            (lambda: Artist.objects.update(visibility="shown"), ("artist", "Singer 1", "Changed since.")),
            (
                lambda: AlbumLabel.objects.create(album=Album.objects.get(), label=LabelFactory(), position=1),
                ("album", "Album 1", "Changed since."),
            ),
            (
                lambda: TrackArtist.objects.create(track=Track.objects.get(), artist=ArtistFactory(), position=1),
                ("track", "Song 1", "Changed since."),
            ),
            (lambda: Track.objects.get().genres.add(GenreFactory()), ("track", "Song 1", "Changed since.")),
            (lambda: Track.objects.all().delete(), ("track", "Song 1", "Deleted since.")),
            (
                lambda: TrackFactory(title="Later", album=Album.objects.get()),
                ("album", "Album 1", "Used since by track “Later”."),
            ),
            (
                lambda: [TrackFactory(title=title, genres=[Genre.objects.get()]) for title in ("Later", "Last")],
                ("genre", "k-indie", "Used since by track “Later” and 1 more."),
            ),
            (
                lambda: TrackFactory(title="Later", artists=[Artist.objects.get()]),
                ("artist", "Singer 1", "Used since by track “Later”."),
            ),
            (
                lambda: AlbumFactory(title="Later", labels=[Label.objects.get()]),
                ("label", "Harbour Light", "Used since by album “Later”."),
            ),
            (
                lambda: AlbumFactory(title="Later", artists=[Artist.objects.get()]),
                ("artist", "Singer 1", "Used since by album “Later”."),
            ),
            (
                lambda: PlaylistFactory(name="Later", tracks=[*Track.objects.all(), *Track.objects.all()]),
                ("track", "Song 1", "Used since by playlist “Later”."),
            ),
        ],
        ids=[
            *("artist edited", "label added", "artist added", "genre added", "track deleted", "on the album"),
            *("in the genre", "by the artist", "by the label", "by the album artist", "in a playlist"),
        ],
    )
    def test_what_was_touched_since(self, touch: Callable[[], Any], kept: tuple[str, str, str]) -> None:
        # The playlist goes, whatever becomes of the track.
        record = run(net_file(net_row(1), name="x.csv"), playlist="Mix").record
        touch()
        assert kept in undone(record)
        kind, name, reason = kept
        models = {"genre": Genre, "artist": Artist, "label": Label, "album": Album, "track": Track}
        rows = models[kind].objects.filter(**{models[kind].slug_source: name})
        assert rows.exists() is not reason.startswith("Deleted")
        assert not Playlist.objects.filter(name="Mix").exists()

    def test_runs_that_were_made_of_it_since(self) -> None:
        outcome = run(net_file(net_row(1, Genres="new"), net_row(2, Genres="other")))
        genre = Genre.objects.get(name="new")
        stored = stored_run(genre, {1: list(genre.tracks.all())}, is_published=True)
        left = undone(outcome.record)
        assert left[0] == ("genre", "new", "Used by track “Song 1”, which stays.")
        assert left[-1] == ("track", "Song 1", "Used since by memberships. Delete these first.")
        assert list(Track.objects.values_list("title", flat=True)) == ["Song 1"]
        # Once they are gone, the rest can be undone too.
        stored.delete()
        assert undone(outcome.record) == []
        assert not Genre.objects.exists()
        with pytest.raises(UndoRefusedError, match="undone already"):
            undo(outcome.record, None)

    def test_a_genre_with_a_run_alone(self) -> None:
        outcome = run(Source("genres.csv", b"slug,name,description\nnew,New,\nother,Other,\n"))
        stored_run(Genre.objects.get(name="New"), {1: [TrackFactory()]}, is_published=True)
        assert undone(outcome.record) == [("genre", "New", "Used since by runs. Delete these first.")]

    def test_a_genre_that_was_never_clustered_goes(self) -> None:
        outcome = run(Source("genres.csv", b"slug,name,description\nnew,New,\n"))
        collection_of(Genre.objects.get())
        assert undone(outcome.record) == []
        assert not Genre.objects.exists()

    def test_what_a_row_was_merged_into_is_named(self, ann: User) -> None:
        outcome = run(net_file(net_row(1), net_row(2)))
        kept = ArtistFactory(name="Kept")
        merge(kept, [Artist.objects.get(name="Singer 1")], ann)
        left = undone(outcome.record)
        assert ("artist", "Singer 1", "Merged since: Merged into “Kept” (kept).") in left
        assert left[-1][2].startswith("Changed by ann since (merge, ")
        assert list(Track.objects.values_list("title", "artists__name")) == [("Song 1", "Kept")]

    def test_what_was_changed_and_changed_back_goes(self) -> None:
        outcome = run(net_file(net_row(1)))
        track = Track.objects.get()
        for score in (5, None):
            track.score = score
            track.save()
        assert undone(outcome.record) == []
        assert not Track.objects.exists()

    def test_an_edited_playlist_stays_with_its_tracks(self, ann: User) -> None:
        outcome = run(net_file(net_row(1), net_row(2), name="Road_trip.csv"))
        add_tracks(Playlist.objects.get(), [TrackFactory(title="Hers").pk], ann)
        left = told(Left(plan_undo(outcome.record)))
        assert ("track", "Song 2", "Used by playlist “Road trip”, which stays.") in left
        assert refused(outcome.record) == "Nothing of this import can be undone now."
        entries = Playlist.objects.get().entries.order_by("position")
        assert [entry.track.title for entry in entries] == ["Song 1", "Song 2", "Hers"]

    def test_a_playlist_that_was_there_before_keeps_what_an_editor_arranged(self, ann: User) -> None:
        run(net_file(net_row(1), net_row(2), name="Mix.csv"))
        outcome = run(net_file(net_row(1), net_row(2), net_row(3), net_row(4), name="Mix.csv"))
        playlist = Playlist.objects.get()
        playlist.entries.filter(track__title="Song 4").delete()
        history.record_updates(Playlist, [playlist.pk], history.Change(ChangeType.EDIT, ann))
        left = undone(outcome.record)
        assert left[-1][2].startswith("Tracks: changed by ann since (edit, ")
        assert ("track", "Song 3", "Used by playlist “Mix”, which stays.") in left
        assert sorted(Track.objects.values_list("title", flat=True)) == ["Song 1", "Song 2", "Song 3"]


def test_the_genre_for_all_is_written_as_any_name_is() -> None:
    GenreFactory(name="Pop Fran\u00e7ais")
    run(net_file(net_row(1, Genres="")), genre="Pop  Franc\u0327ais")
    assert list(Genre.objects.values_list("name", flat=True)) == ["Pop Fran\u00e7ais"]


@pytest.mark.parametrize("start", [0, 100])
def test_its_queries_grow_with_batches_not_with_rows(start: int, ann: User) -> None:
    """With rows that go, rows that stay, and rows that are restored in part."""
    counts = []
    for first, rows in ((start + 1, 3), (start + 50, 30)):
        numbers = range(first, first + rows)
        run(net_file(*(net_row(number) for number in numbers)))
        more = range(first + rows, first + 2 * rows)
        source = net_file(
            *(net_row(number, Tempo="91", Energy="0.5") for number in numbers), *(net_row(number) for number in more)
        )
        record = run(source, existing=Existing.OVERWRITE).record
        keys = list(
            Track.objects.filter(spotify_id__in=[track_id(n) for n in (*numbers, *more)][::2]).values_list("pk")
        )
        touched = [key for (key,) in keys]
        Track.objects.filter(pk__in=touched).update(tempo=92)
        history.record_updates(Track, touched, history.Change(ChangeType.EDIT, ann))
        with CaptureQueriesContext(connection) as looking:
            assert len(Left(plan_undo(record))[:100]) > rows
        with CaptureQueriesContext(connection) as undoing:
            undo(record, None)
        counts.append((len(looking), len(undoing)))
    assert counts[0] == counts[1]
