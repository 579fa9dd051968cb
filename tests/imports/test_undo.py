"""What stands in the way of an undo: it is said, and nothing changes."""

from typing import Any

import pytest

from musicdb.imports import Source
from musicdb.imports.undo import UndoRefusedError, undo
from musicdb.models import Genre, Import, Label
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
    outcome = run(Source("labels.csv", b"slug,name,is_public\nold,New,no\n"))
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
    artist, album = ArtistFactory(), AlbumFactory()
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
