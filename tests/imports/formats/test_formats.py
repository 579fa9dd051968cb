"""Every file format's sample reads as what it means, down to its traps."""

from datetime import date

import pytest

from musicdb.imports import ImportRefusedError, ParseOptions, Source
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import ArtistRecord, TrackRecord
from tests.imports.files import as_csv, net_file, net_row, records_of, sample, track_id


def records(*sources: Source, **options: object) -> list[TrackRecord]:
    parsed = records_of(*sources, **options)
    assert not parsed.problems
    return [row.record for row in parsed.tracks]


def messages(parsed: Parsed) -> list[str]:
    return [str(problem) for problem in parsed.problems]


class TestKaggle:
    def test_a_track_repeated_once_a_genre_is_one_track(self) -> None:
        parsed = records_of(sample("kaggle.csv"))
        assert [row.record.genres for row in parsed.tracks] == [("acoustic", "k-pop"), ("sleep",), ("punk-rock",)]
        assert sum(parsed.skipped.values()) == 1
        assert parsed.tracks[1].record.artists == (ArtistRecord("Field Recordings"),)


class TestTidyTuesday:
    def test_genres_of_both_playlists_and_dates_of_all_precisions(self) -> None:
        first, second, third = records(sample("tidytuesday.csv"))
        assert first.genres == ("pop", "dance pop", "edm", "electro house")
        assert first.artists == (ArtistRecord("Neon, Inc."),)
        assert [track.album and track.album.released for track in (first, second, third)] == [
            (date(2019, 6, 14), "day"),
            (date(2011, 3, 1), "month"),
            (date(1974, 1, 1), "year"),
        ]

    def test_na_is_a_name_unless_there_is_no_other(self) -> None:
        assert records(sample("tidytuesday.csv"))[1].title == "NA"
        text = sample("tidytuesday.csv").data.decode().replace("NA,Sodium", "NA,NA").replace("Periodic", "NA")
        parsed = records_of(Source("t.csv", text.encode()))
        assert parsed.skipped["no longer on Spotify: the row has no names"] == 1
        assert not parsed.problems


class TestDatesOfASpreadsheet:
    def dates(self, *texts: str, **options: object) -> tuple[list[object], Parsed]:
        rows = [net_row(number, **{"Release Date": text}) for number, text in enumerate(texts)]
        parsed = records_of(net_file(*rows), **options)
        return [row.record.album and row.record.album.released for row in parsed.tracks], parsed

    def test_a_13th_month_decides_for_the_whole_file(self) -> None:
        found, parsed = self.dates("7/2/2021", "2/26/2024", "1999", "2003-04")
        assert found == [
            (date(2021, 7, 2), "day"),
            (date(2024, 2, 26), "day"),
            (date(1999, 1, 1), "year"),
            (date(2003, 4, 1), "month"),
        ]
        (note,) = parsed.notes
        assert note.code == "day_first"
        assert "month first" in note.text
        found, _ = self.dates("7/2/2021", "26.2.2024")
        assert found == [(date(2021, 2, 7), "day"), (date(2024, 2, 26), "day")]

    @pytest.mark.parametrize("texts", [("7/2/2021",), ("26/2/2024", "2/26/2024")])
    def test_where_nothing_decides_it_asks(self, texts: tuple[str, ...]) -> None:
        _, parsed = self.dates(*texts)
        (question,) = parsed.questions
        assert (question.code, question.file) == ("day_first", "songs.csv")
        assert [option.value for option in question.options] == [True, False]
        found, parsed = self.dates("7/2/2021", parse_options=ParseOptions(day_first=True))
        assert not parsed.questions
        assert found == [(date(2021, 2, 7), "day")]

    def test_other_forms_that_spreadsheets_write(self) -> None:
        found, parsed = self.dates("13/2/68", "2-Jul-21", "2-jul-1983", "Jul-83", "2021/07/02", "2021.07.02", "Feb-69")
        assert messages(parsed) == []
        assert found == [
            (date(1968, 2, 13), "day"),
            (date(2021, 7, 2), "day"),
            (date(1983, 7, 2), "day"),
            (date(1983, 7, 1), "month"),
            (date(2021, 7, 2), "day"),
            (date(2021, 7, 2), "day"),
            (date(1969, 2, 1), "month"),
        ]

    @pytest.mark.parametrize(
        "text", ["2021-02-30", "2021-13-01", "2021-00-10", "30-Feb-21", "0-Jul-21", "31/4/21", "13/13/2021", "Foo-21"]
    )
    def test_an_invented_day_is_a_fault_and_no_guess(self, text: str) -> None:
        _, parsed = self.dates(text, parse_options=ParseOptions(day_first=True))
        (problem,) = parsed.problems
        assert problem.column == "Release Date"
        assert text in problem.message

    def test_no_day_of_the_calendar_is_the_rows_problem(self) -> None:
        _, parsed = self.dates("30/2/2021", "31/12/2021")
        assert messages(parsed) == ["songs.csv, row 2, Release Date: “30/2/2021” is no day of the calendar."]


class TestBadRows:
    @pytest.mark.parametrize(
        ("heading", "cell", "complaint"),
        [
            ("Track Name", " \t", "is empty. A track needs a title."),
            ("Track Name", "x" * 501, "has 501 characters, and at most 500 can be stored."),
            ("Track URI", "3kiQOTl", "“3kiQOTl” is not a Spotify id. An id has 22 letters and digits."),
            ("Track URI", f"spotify:album:{track_id(1)}", "is the link of an album on Spotify, not of a track."),
            ("Energy", "1.2", "“1.2” is not between 0 and 1."),
            ("Energy", "inf", "“inf” is not a finite number."),
            ("Energy", "loud", "“loud” is not a number."),
            ("Mode", "0.5", "“0.5” is not a whole number."),
            ("Duration (ms)", "-1", "“-1” is not a whole number from 0 to 2,147,483,647."),
            ("Explicit", "maybe", "“maybe” is neither true nor false."),
            ("Release Date", "soon", "“soon” is no release date: write 1983, 1983-05 or 1983-05-12."),
            ("Artist Name(s)", "x" * 301, "has 301 characters, and at most 300 can be stored."),
        ],
    )
    def test_a_bad_cell_is_named_by_row_and_column(self, heading: str, cell: str, complaint: str) -> None:
        parsed = records_of(net_file(net_row(1), net_row(2, **{heading: cell})))
        assert messages(parsed) == [f"songs.csv, row 3, {heading}: {complaint}"]
        assert len(parsed.tracks) == 1

    def test_an_address_that_would_run_is_refused(self) -> None:
        text = sample("exportify_app.csv").data.decode().replace("https://images.example/1.jpg", "javascript:alert(1)")
        (message,) = messages(records_of(Source("app.csv", text.encode())))
        assert message.startswith("app.csv, row 2, Album Image URL: “javascript:alert(1)”")

    def test_a_long_row_is_refused_and_blanks_at_its_end_are_not(self) -> None:
        parsed = records_of(net_file([*net_row(1), "", " "], [*net_row(2), "", "more"]))
        assert messages(parsed) == ["songs.csv, row 3: has 26 cells, but the header has 24."]

    def test_two_rows_that_contradict_each_other(self) -> None:
        parsed = records_of(net_file(net_row(1), net_row(1, **{"Track Name": "Another"})))
        assert messages(parsed) == [
            "songs.csv, row 3: is the same track as songs.csv, row 2, but its title differs: "
            "“Song 1” there, “Another” here."
        ]


class TestWhatItIsNot:
    def test_the_columns_that_are_understood_and_what_is_missing(self) -> None:
        header = ["Track URI", "Artist Name(s)", "Danceability", "Energy", "Mood"]
        with pytest.raises(ImportRefusedError) as refused:
            records_of(Source("x.csv", as_csv([], header).encode()))
        assert str(refused.value) == (
            "x.csv has no format that musicdb knows. Understood: “Track URI” as the Spotify id, “Artist Name(s)” as "
            "the artists, “Danceability” and “Energy” as audio features. Not understood: “Mood”. A track needs a "
            "title and an artist; no column looks like a title. Export the tracks with Exportify (exportify.net) or "
            "from musicdb, or make a table with the columns “title”, “artist”, “album” and “isrc”, or say what each of "
            "its columns is."
        )

    def test_the_format_that_was_asked_for(self) -> None:
        with pytest.raises(ImportRefusedError, match=r"is not in the format Kaggle.*“track_genre”"):
            records_of(sample("exportify_net.csv"), file_format="kaggle")

    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf \r\n", as_csv([]).encode()])
    def test_nothing_in_it(self, data: bytes) -> None:
        with pytest.raises(ImportRefusedError, match=r"is empty|no rows"):
            records_of(Source("x.csv", data))
