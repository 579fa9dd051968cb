"""What stands in the way of an undo: it is said, and nothing changes."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import merge
from musicdb.history.diff import format_time
from musicdb.imports import Source
from musicdb.imports.undo import UndoRefusedError, undo
from musicdb.models import Artist, Genre, Import, Label, Track
from musicdb.models.history import ChangeType
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, stored_run
from tests.imports.files import net_file, net_row, track_id
from tests.imports.library import run, state

# Foreign keys are checked when a transaction ends.
pytestmark = pytest.mark.django_db(transaction=True)


def refused(record: Any) -> tuple[str, list[str]]:
    """Return why the undo is refused, having seen that it changed nothing."""
    before = state()
    with pytest.raises(UndoRefusedError) as error:
        undo(record, None)
    assert state() == before
    assert not Import.objects.get(pk=record.pk).is_undone
    return str(error.value), error.value.reasons


def test_a_name_that_is_anothers_by_now() -> None:
    LabelFactory(name="Old", slug="old")
    outcome = run(Source("labels.csv", b"slug,name,visibility\nold,New,hidden\n"))
    Label.objects.create(name="Old")
    assert refused(outcome.record)[1] == ["Name “Old” is taken by “Old” (old-2)."]


def test_a_genres_name_whatever_its_case() -> None:
    GenreFactory(name="Old", slug="old")
    outcome = run(Source("genres.csv", b"slug,name,description\nold,New,\n"))
    Genre.objects.create(name="OLD")
    assert refused(outcome.record) == (
        "What this import changed cannot be restored.",
        ["Name “Old” is taken by “OLD” (old-2)."],
    )


@pytest.mark.parametrize("what", ["artist", "album"])
def test_what_a_track_had_is_gone(what: str) -> None:
    artist, album = ArtistFactory(), AlbumFactory(title="Of before")
    TrackFactory(title="Song 1", spotify_id=track_id(1), artists=[artist], album=album)
    outcome = run(net_file(net_row(1)))
    {"artist": artist, "album": album}[what].delete()
    gone = {"artist": f"Artist “{artist}”", "album": f"Album “{album}”"}[what]
    reason = f"Track “Song 1”: {gone} has been deleted since. Restore it first."
    assert refused(outcome.record)[1] == [reason]


def test_a_label_that_an_album_had_is_gone() -> None:
    label = LabelFactory()
    AlbumFactory(title="First", slug="first", labels=[label])
    outcome = run(Source("albums.csv", b"slug,title,released,labels\nfirst,First,2001,Other\n"))
    label.delete()
    assert refused(outcome.record)[1] == [f"Album “First”: Label “{label}” has been deleted since. Restore it first."]


def test_the_genre_for_all_is_written_as_any_name_is() -> None:
    GenreFactory(name="Pop Fran\u00e7ais")
    run(net_file(net_row(1, Genres="")), genre="Pop  Franc\u0327ais")
    assert list(Genre.objects.values_list("name", flat=True)) == ["Pop Fran\u00e7ais"]


def test_runs_that_were_made_of_it_since() -> None:
    outcome = run(net_file(net_row(1, Genres="new")))
    genre = Genre.objects.get(name="new")
    stored = stored_run(genre, {1: list(genre.tracks.all())}, is_published=True)
    assert refused(outcome.record) == (
        "Something that came later was made of what this import created, and would be deleted with it. "
        "Delete it first.",
        ["Clusters", "Memberships", "Runs"],
    )
    stored.delete()
    undo(outcome.record, None)
    assert not Genre.objects.exists()


def test_who_changed_a_row_since_is_named() -> None:
    outcome = run(net_file(net_row(1)))
    track = Track.objects.get()
    editor = User.objects.create_user("ann")
    Track.objects.update(score=5)
    history.record_updates(Track, [track.pk], history.Change(ChangeType.EDIT, editor))
    (reason,) = refused(outcome.record)[1]
    assert reason == f"Track “Song 1” has been changed since (edit by ann, {format_time(track.history.first())})."


def test_what_a_row_was_merged_into_is_named() -> None:
    outcome = run(net_file(net_row(1)))
    merge(ArtistFactory(name="Kept"), [Artist.objects.get(name="Singer 1")], User.objects.create_user("ann"))
    reasons = refused(outcome.record)[1]
    assert reasons[0] == "Artist “Singer 1” has been merged since: Merged into “Kept” (kept)."
    assert reasons[1].startswith("Track “Song 1” has been changed since (merge by ann, ")


def test_what_was_changed_and_changed_back_does_not_stand_in_the_way() -> None:
    outcome = run(net_file(net_row(1)))
    track = Track.objects.get()
    for score in (5, None):
        track.score = score
        track.save()
    undo(outcome.record, None)
    assert not Track.objects.exists()


def test_a_history_that_was_cut_short_cannot_restore() -> None:
    run(net_file(net_row(1)))
    outcome = run(net_file(net_row(1, Tempo="91")))
    track = Track.objects.get()
    track.history.exclude(source_import=outcome.record).delete()
    assert refused(outcome.record)[0] == (
        "The history no longer has what this import changed, so it cannot be restored."
    )
