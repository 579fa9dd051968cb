"""What an import does to the library, and what it never does."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.imports import BadRowsError, ImportOptions, ImportRefusedError, Outcome, Source, preview, run_import
from musicdb.imports.report import ValueChange, row_reports
from musicdb.imports.resolvers.tracks import COLUMNS
from musicdb.imports.undo import UndoRefusedError, undo
from musicdb.models import (
    Album,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Import,
    Label,
    LabelAlias,
    Track,
    TrackArtist,
)
from musicdb.models.aggregates import CATALOGUE
from tests.factories import ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import net_file, net_row, sample, track_id

pytestmark = pytest.mark.django_db
SAMPLES = ["exportify_net.csv", "exportify_app.csv", "kaggle.csv", "tidytuesday.csv"]


def library() -> str:
    """Everything in the catalogue, as one text."""
    models = (*(aggregate.model for aggregate in CATALOGUE), Import)
    rows = serializers.serialize("json", [row for model in models for row in model._default_manager.order_by("pk")])
    labels = AlbumLabel.objects.order_by("album", "position").values_list("album", "label", "position")
    artists = TrackArtist.objects.order_by("track", "position").values_list("track", "artist", "position")
    return f"{rows} {list(labels)} {list(artists)}"


def run(*sources: Source, **options: Any) -> Outcome:
    return run_import(sources, ImportOptions(**options), None)


def names(track: Track) -> list[str]:
    return [artist.name for artist in track.artists_in_order]


class TestWhole:
    def test_a_row_becomes_a_track_with_all_that_belongs_to_it(self) -> None:
        run(sample("exportify_net.csv"))
        track = Track.objects.get(spotify_id="musicdbSampleTrack0001")
        assert (track.title, track.slug, names(track)) == (
            "Paper Lanterns",
            "paper-lanterns",
            ["Mina Seo", "The Low Tides"],
        )
        assert (track.tempo, track.key, track.explicit, track.liked) == (155.948, 2, False, False)
        assert sorted(genre.name for genre in track.genres.all()) == ["dream pop", "k-indie"]
        album = track.album
        assert album is not None
        assert (album.title, album.released, album.slug) == ("Night Market", "2024-03-08", "night-market")
        assert [label.name for label in album.labels_in_order] == ["Harbour Light Records"]
        # Two rows of one album are one album; what is new is not public until somebody says so.
        assert album.tracks.count() == 2
        assert set(Artist.objects.values_list("visibility", flat=True)) == {"automatic"}

    @pytest.mark.parametrize("name", SAMPLES)
    def test_every_row_that_is_stored_is_valid(self, name: str) -> None:
        run(sample(name))
        for model in (Genre, Artist, Label, Album, Track):
            for row in model._default_manager.all():
                row.full_clean()

    @pytest.mark.parametrize("name", SAMPLES)
    def test_the_same_file_again_changes_nothing(self, name: str) -> None:
        run(sample(name))
        before = library()
        outcome = preview([sample(name)], ImportOptions())
        assert not outcome.changes_anything
        run(sample(name))
        Import.objects.order_by("-pk")[0].delete()
        assert library() == before

    def test_files_of_different_dialects_speak_of_the_same_things(self) -> None:
        run(sample("exportify_net.csv"))
        outcome = run(sample("exportify_app.csv"))
        # The app's file knows the ids of what the other knew by name.
        assert outcome.counts["Track"] == {"created": 2, "updated": 1, "unchanged": 0}
        assert outcome.counts["Artist"] == {"created": 2, "updated": 2, "unchanged": 0}
        assert Artist.objects.get(name="Mina Seo").spotify_id == "musicdbSampleArtist001"
        assert Album.objects.get(title="Night Market").spotify_id == "musicdbSampleAlbum0001"
        assert Track.objects.get(title="Paper Lanterns").isrc == "KRA402400001"

    def test_liked_and_a_genre_for_all(self) -> None:
        GenreFactory(name="Favourites")
        run(sample("kaggle.csv"), liked=True, genre="favourites")
        assert Track.objects.filter(liked=True, genres__name="Favourites").count() == 3

    def test_two_files_are_one_import(self) -> None:
        outcome = run(sample("kaggle.csv"), sample("tidytuesday.csv"))
        assert outcome.record.file_name == "kaggle.csv, tidytuesday.csv"
        assert Track.objects.count() == 6


class TestWhatIsThere:
    def test_a_file_that_says_less_erases_nothing(self) -> None:
        run(net_file(net_row(1)))
        before = library()
        blank = dict.fromkeys(["Release Date", "Record Label", "Genres", "Tempo", "Energy", "Explicit"], "")
        assert not preview([net_file(net_row(1, **blank))], ImportOptions()).changes_anything
        run(net_file(net_row(1, **blank)))
        Import.objects.order_by("-pk")[0].delete()
        assert library() == before

    def test_what_the_file_knows_better_is_taken_over(self) -> None:
        run(net_file(net_row(1)))
        outcome = run(net_file(net_row(1, **{"Tempo": "90", "Release Date": "2023", "Genres": "ballad"})))
        assert outcome.counts["Track"]["updated"] == outcome.counts["Album"]["updated"] == 1
        track = Track.objects.get()
        assert track.tempo == 90
        assert track.album is not None
        assert track.album.released == "2023"
        assert sorted(genre.name for genre in track.genres.all()) == ["ballad", "k-indie"]

    def test_artists_in_another_order(self) -> None:
        run(net_file(net_row(1, **{"Artist Name(s)": "A;B;C"})))
        run(net_file(net_row(1, **{"Artist Name(s)": "C;A;B"})))
        assert names(Track.objects.get()) == ["C", "A", "B"]

    def test_of_two_artists_of_one_name_the_tracks_own_stays(self) -> None:
        ArtistFactory(name="Crush")
        own = ArtistFactory(name="Crush")
        track = TrackFactory(spotify_id=track_id(1), title="Song 1", artists=[own])
        run(net_file(net_row(1, **{"Artist Name(s)": "Crush"})))
        assert [artist.pk for artist in track.artists.all()] == [own.pk]

    def test_albums_of_one_title_are_told_apart(self) -> None:
        same = {"Album Name": "Greatest Hits", "Record Label": "", "Release Date": ""}
        run(net_file(net_row(1, **same), net_row(2, **same), net_row(3, **same, **{"Artist Name(s)": "Singer 1"})))
        assert Album.objects.filter(title="Greatest Hits").count() == 2
        # A compilation, by many, is one album where the date and the label say so.
        both = {"Album Name": "Now 12"}
        run(net_file(net_row(4, **both), net_row(5, **both)))
        assert Album.objects.get(title="Now 12").tracks.count() == 2

    def test_an_alias_leads_to_what_it_stands_for(self) -> None:
        label, artist, genre = LabelFactory(), ArtistFactory(), GenreFactory()
        LabelAlias.objects.create(name="Harbour Light", target=label)
        ArtistAlias.objects.create(name="Singer 1", target=artist)
        GenreAlias.objects.create(name="K-Indie", target=genre)
        outcome = run(net_file(net_row(1)))
        assert [outcome.counts[name]["created"] for name in ("Label", "Artist", "Genre")] == [0, 0, 0]
        track = Track.objects.get()
        assert (names(track), list(track.genres.all())) == ([artist.name], [genre])
        assert track.labels_in_order == [label]

    def test_a_second_id_of_an_artist_is_an_alias_too(self) -> None:
        artist = ArtistFactory(name="Mina")
        ArtistAlias.objects.create(name="Mina Seo", spotify_id="musicdbSampleArtist001", target=artist)
        run(sample("exportify_app.csv"))
        assert names(Track.objects.get(title="Paper Lanterns")) == ["Mina", "The Low Tides"]

    def test_new_addresses_are_unique_beside_old_ones(self) -> None:
        TrackFactory(title="Song 1")
        rows = [net_row(number, **{"Track Name": "Song 1"}) for number in (1, 2, 3)]
        run(net_file(*rows))
        assert sorted(Track.objects.values_list("slug", flat=True)) == ["song-1", "song-1-2", "song-1-3", "song-1-4"]

    def test_nor_is_a_former_address_given_away(self) -> None:
        ArtistAlias.objects.create(name="Old", slug="singer-1", target=ArtistFactory())
        run(net_file(net_row(1)))
        assert Artist.objects.get(name="Singer 1").slug == "singer-1-2"

    def test_later_rows_can_still_be_added_by_hand(self) -> None:
        run(net_file(net_row(1)))
        assert Track.objects.create(title="By hand").pk > Track.objects.get(title="Song 1").pk

    def test_a_file_of_ones_own_is_found_by_its_names(self) -> None:
        run(sample("exportify_net.csv"))
        assert not preview([sample("exportify_net.csv")], ImportOptions()).changes_anything
        assert Track.objects.get(title="Take 2").spotify_id is None


class TestNothingWritten:
    def test_a_preview_writes_nothing(self) -> None:
        before = library()
        with CaptureQueriesContext(connection) as queries:
            outcome = preview([sample("exportify_net.csv")], ImportOptions())
        assert outcome.counts["Track"]["created"] == 7
        assert library() == before
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}

    def test_one_bad_row_refuses_all(self) -> None:
        before = library()
        with pytest.raises(BadRowsError, match="1 of 2 rows cannot be imported"):
            run(net_file(net_row(1), net_row(2, Energy="2")))
        assert library() == before

    def test_unless_bad_rows_are_skipped(self) -> None:
        outcome = run(net_file(net_row(1), net_row(2, Energy="2")), skip_bad=True)
        assert Track.objects.get().title == "Song 1"
        assert outcome.record.bad_rows == 1

    def test_an_open_question_refuses_all(self) -> None:
        with pytest.raises(ImportRefusedError, match="Which comes first"):
            run(net_file(net_row(1, **{"Release Date": "7/2/2021"})))
        assert not Track.objects.exists()

    def test_a_failure_half_way_leaves_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = library()

        def fail(*args: Any) -> None:
            raise RuntimeError("Killed.")

        monkeypatch.setattr("musicdb.history.record_creates", fail)
        with pytest.raises(RuntimeError):
            run(net_file(net_row(1)))
        monkeypatch.undo()
        assert library() == before


class TestReport:
    def test_what_changes_old_and_new_and_what_is_made(self) -> None:
        run(net_file(net_row(1)))
        outcome = preview([net_file(net_row(1, **{"Tempo": "90", "Artist Name(s)": "Other"}))], ImportOptions())
        (row,) = row_reports(outcome.plan)
        assert (row.ref.row, row.action, row.title) == (2, "changed", "Song 1")
        assert row.changes == (
            ValueChange("tempo", "155.948", "90"),
            ValueChange("artists", "Singer 1", "Other"),
        )
        assert row.creates == ("artist “Other”",)

    def test_what_several_rows_make_together_is_told_once(self) -> None:
        same = {"Album Name": "One", "Artist Name(s)": "Duo"}
        first, second = row_reports(preview([net_file(net_row(1, **same), net_row(2, **same))], ImportOptions()).plan)
        assert first.creates == ("album “One”", "label “Harbour Light”", "artist “Duo”", "genre “k-indie”")
        assert second.creates == ()


class TestRecordAndUndo:
    def test_who_when_what(self) -> None:
        user = User.objects.create(username="mina")
        outcome = run_import([sample("kaggle.csv")], ImportOptions(), user)
        record = Import.objects.get()
        assert outcome.record == record
        assert (record.user, record.file_name, record.file_format, record.rows) == (
            user,
            "kaggle.csv",
            "Kaggle “Spotify Tracks”",
            4,
        )
        assert record.counts["Track"] == {"created": 3, "updated": 0, "unchanged": 0}
        assert record.skipped == {"the track has a row already": 1}
        versions = [aggregate.versions.filter(source_import=record).count() for aggregate in CATALOGUE]
        assert sum(versions) == 3 + 3 + 4 + 4

    def test_undone_is_as_it_was(self) -> None:
        run(net_file(net_row(1), net_row(2)))
        before = library()
        changed = {"Tempo": "90", "Artist Name(s)": "Other;Singer 1", "Genres": "ballad", "Record Label": "New"}
        outcome = run(net_file(net_row(1, **changed), net_row(3)))
        undo(outcome.record, None)
        Import.objects.filter(pk=outcome.record.pk).delete()
        assert library() == before

    def test_not_twice(self) -> None:
        record = run(net_file(net_row(1))).record
        assert record is not None
        undo(record, None)
        with pytest.raises(UndoRefusedError, match="undone already"):
            undo(record, None)

    def test_the_last_of_two_can_be_undone_and_then_the_first(self) -> None:
        empty = library()
        first = run(net_file(net_row(1))).record
        second = run(net_file(net_row(1, Tempo="91"))).record
        assert first is not None
        assert second is not None
        undo(second, None)
        undo(first, None)
        Import.objects.all().delete()
        assert library() == empty


class TestQueries:
    def count(self, start: int, rows: int) -> tuple[int, int]:
        source = net_file(*(net_row(number) for number in range(start, start + rows)))
        with CaptureQueriesContext(connection) as looking:
            preview([source], ImportOptions())
        with CaptureQueriesContext(connection) as importing:
            run(source)
        return len(looking), len(importing)

    def test_their_number_does_not_grow_with_rows(self) -> None:
        self.count(0, 1)  # Which makes the label and the genre of all.
        assert self.count(50, 1) == self.count(100, 30)

    def test_nor_when_everything_changes(self) -> None:
        counts = []
        for start, rows in ((0, 1), (100, 30)):
            numbers = range(start, start + rows)
            run(net_file(*(net_row(number) for number in numbers)))
            with CaptureQueriesContext(connection) as queries:
                run(net_file(*(net_row(n, **{"Tempo": "99", "Artist Name(s)": f"New {n}"}) for n in numbers)))
            counts.append(len(queries))
        assert counts[0] == counts[1]


def test_the_columns_are_those_of_a_track() -> None:
    concrete = {field.name for field in Track._meta.concrete_fields}
    assert concrete - set(COLUMNS) == {"id", "search_key", "sort_key"}


def test_two_rows_of_an_album_know_more_than_one() -> None:
    same = {"Album Name": "One", "Artist Name(s)": "Duo"}
    run(net_file(net_row(1, **same, **{"Release Date": ""}), net_row(2, **same, **{"Record Label": ""})))
    album = Album.objects.get()
    assert album.release_date == date(2024, 3, 8)
    assert [label.name for label in album.labels_in_order] == ["Harbour Light"]


@pytest.mark.parametrize("do", [preview, lambda *asked: run_import(*asked, None)])
def test_a_file_that_is_deleted_meanwhile(do: Callable[..., object], tmp_path: Path) -> None:
    with pytest.raises(ImportRefusedError, match="could not be read or written: No such file"):
        do([Source("songs.csv", tmp_path / "deleted")], ImportOptions())
