"""Every file format's sample reads as what it means, down to its traps."""

from datetime import date

import pytest

from musicdb.imports import ImportRefusedError, ParseOptions, Source
from musicdb.imports.parse import Parsed
from musicdb.imports.records import AlbumRecord, ArtistRecord, TrackRecord
from tests.imports.files import NET, as_csv, net_file, net_row, records_of, sample, track_id


def records(*sources: Source, **options: object) -> list[TrackRecord]:
    parsed = records_of(*sources, **options)
    assert not parsed.problems
    return [row.record for row in parsed.tracks]


def messages(parsed: Parsed) -> list[str]:
    return [str(problem) for problem in parsed.problems]


class TestExportifyNet:
    def test_a_whole_row(self) -> None:
        (first, *_) = records(sample("exportify_net.csv"))
        assert first == TrackRecord(
            title="Paper Lanterns",
            spotify_id="musicdbSampleTrack0001",
            artists=(ArtistRecord("Mina Seo"), ArtistRecord("The Low Tides")),
            album=AlbumRecord("Night Market", None, (date(2024, 3, 8), "day"), "", ("Harbour Light Records",)),
            genres=("k-indie", "dream pop"),
            values={
                "duration_ms": 201000,
                "explicit": False,
                "danceability": 0.714,
                "energy": 0.705,
                "key": 2,
                "loudness": -4.721,
                "mode": 1,
                "speechiness": 0.063,
                "acousticness": 0.295,
                "instrumentalness": 0.0,
                "liveness": 0.102,
                "valence": 0.362,
                "tempo": 155.948,
                "time_signature": 4,
                "features_source": "Spotify",
            },
        )

    def test_commas_are_part_of_artists_and_labels(self) -> None:
        track = records(sample("exportify_net.csv"))[2]
        assert [artist.name for artist in track.artists] == ["Ana, Ben & Co", "Mina Seo"]
        assert track.album == AlbumRecord("Equations", None, (date(2019, 11, 1), "month"), "", ("Million Market,Inc",))
        assert track.title == "=Sum of Us"

    def test_undefined_a_short_row_and_a_file_of_ones_own_leave_things_unknown(self) -> None:
        tracks = {track.title: track for track in records(sample("exportify_net.csv"))}
        assert tracks["Rain in Gdańsk"].values == {"explicit": False}
        assert tracks["Rain in Gdańsk"].album == AlbumRecord("Stories", released=(date(1983, 1, 1), "year"))
        assert tracks["A Short Row"].values == {}
        assert tracks["Take 2"].spotify_id is None

    def test_an_analysis_that_failed_is_unknown_and_not_zero(self) -> None:
        tracks = {track.title: track for track in records(sample("exportify_net.csv"))}
        known = tracks["Quiet Hours"].values
        assert {"danceability", "valence", "speechiness", "tempo", "time_signature", "key"}.isdisjoint(known)
        assert (known["energy"], known["liveness"]) == (0.02, 0.1)

    def test_a_zero_beside_a_tempo_is_a_zero(self) -> None:
        (track,) = records(net_file(net_row(Valence="0", Danceability="0")))
        assert (track.values["valence"], track.values["danceability"]) == (0.0, 0.0)

    @pytest.mark.parametrize("added_at", ["2025-06-30T10:00:00Z", "2019-01-01T00:00:00Z"])
    def test_before_july_2025_a_comma_stood_between_artists(self, added_at: str) -> None:
        row = net_row(**{"Artist Name(s)": "IU,SUGA", "Added At": added_at})
        parsed = records_of(net_file(row))
        assert [artist.name for artist in parsed.tracks[0].record.artists] == ["IU", "SUGA"]
        (note,) = parsed.notes
        assert (note.code, note.file) == ("artists_by_comma", "liked.csv")
        assert [option.name for option in note.options] == ["semicolon"]
        assert "Artists are split at commas" in note.text
        (kept,) = records(net_file(row), parse_options=ParseOptions(artists_by_comma=False))
        assert [artist.name for artist in kept.artists] == ["IU,SUGA"]

    def test_one_semicolon_shows_that_commas_are_part_of_names(self) -> None:
        rows = [
            net_row(1, **{"Artist Name(s)": "Tyler, The Creator", "Added At": "2025-06-30T10:00:00Z"}),
            net_row(2, **{"Artist Name(s)": "IU;SUGA"}),
        ]
        first, second = records(net_file(*rows))
        assert [artist.name for artist in first.artists] == ["Tyler, The Creator"]
        assert [artist.name for artist in second.artists] == ["IU", "SUGA"]

    @pytest.mark.parametrize("heading", ["Track ID", "Spotify ID", "track_uri", "\tTRACK  URI "])
    def test_headings_are_folded(self, heading: str) -> None:
        text = as_csv([net_row()], [heading, *NET[1:]])
        (track,) = records(Source("a.csv", text.encode()))
        assert track.spotify_id == track_id(1)

    @pytest.mark.parametrize("address", [track_id(1), f"https://open.spotify.com/track/{track_id(1)}?si=x"])
    def test_an_id_by_itself_or_in_a_link(self, address: str) -> None:
        (track,) = records(net_file(net_row(**{"Track URI": address})))
        assert track.spotify_id == track_id(1)

    def test_an_episode_is_skipped_and_said(self) -> None:
        parsed = records_of(net_file(net_row(1), net_row(2, **{"Track URI": f"spotify:episode:{track_id(2)}"})))
        assert len(parsed.tracks) == 1
        assert parsed.skipped == {"a podcast’s episode, not a track": 1}


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
        assert (question.code, question.file) == ("day_first", "liked.csv")
        assert [option.value for option in question.options] == [True, False]
        found, parsed = self.dates("7/2/2021", parse_options=ParseOptions(day_first=True))
        assert not parsed.questions
        assert found == [(date(2021, 2, 7), "day")]

    def test_no_day_of_the_calendar_is_the_rows_problem(self) -> None:
        _, parsed = self.dates("30/2/2021", "31/12/2021")
        assert messages(parsed) == ["liked.csv, row 2, Release Date: “2021-2-30” is no day of the calendar."]


class TestExportifyApp:
    def test_names_with_commas_keep_them_and_their_ids(self) -> None:
        first, second, third = records(sample("exportify_app.csv"))
        assert second.artists == (
            ArtistRecord("Marlon, The Maker", "musicdbSampleArtist003"),
            ArtistRecord("Mina Seo", "musicdbSampleArtist001"),
        )
        assert (first.values["isrc"], second.values["isrc"]) == ("KRA402400001", "USABC2200017")
        assert first.genres == ("k-indie", "dream pop")
        assert third.album == AlbumRecord(
            "窓", "musicdbSampleAlbum0003", (date(1998, 7, 1), "month"), "https://images.example/3.jpg", ()
        )

    def test_names_and_ids_that_do_not_match_are_refused(self) -> None:
        text = sample("exportify_app.csv").data.decode().replace("Marlon\\, The Maker", "Marlon, The Maker")
        parsed = records_of(Source("app.csv", text.encode()))
        assert messages(parsed) == [
            "app.csv, row 3, Artist Name(s): has 3 names, but Artist URI(s) has 2 ids.",
        ]


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
        assert messages(records_of(Source("t.csv", text.encode()))) == [
            "t.csv, row 3, track_name: is NA, like artist and album: the row has no names."
        ]


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
        assert messages(parsed) == [f"liked.csv, row 3, {heading}: {complaint}"]
        assert len(parsed.tracks) == 1

    def test_an_address_that_would_run_is_refused(self) -> None:
        text = sample("exportify_app.csv").data.decode().replace("https://images.example/1.jpg", "javascript:alert(1)")
        (message,) = messages(records_of(Source("app.csv", text.encode())))
        assert message.startswith("app.csv, row 2, Album Image URL: “javascript:alert(1)”")

    def test_a_long_row_is_refused_and_blanks_at_its_end_are_not(self) -> None:
        parsed = records_of(net_file([*net_row(1), "", " "], [*net_row(2), "", "more"]))
        assert messages(parsed) == ["liked.csv, row 3: has 26 cells, but the header has 24."]

    def test_two_rows_that_contradict_each_other(self) -> None:
        parsed = records_of(net_file(net_row(1), net_row(1, **{"Track Name": "Another"})))
        assert messages(parsed) == [
            "liked.csv, row 3: is the same track as liked.csv, row 2, but its title differs: "
            "“Song 1” there, “Another” here."
        ]


class TestWhatItIsNot:
    def test_the_nearest_format_and_what_is_missing(self) -> None:
        header = [name for name in NET if name not in ("Album Name", "Track Name")]
        with pytest.raises(ImportRefusedError) as refused:
            records_of(Source("x.csv", as_csv([], header).encode()))
        assert str(refused.value) == (
            "x.csv has no format that musicdb knows. The nearest is Exportify (exportify.net), "
            "but the file lacks “Track Name”, “Album Name”."
        )

    def test_the_format_that_was_asked_for(self) -> None:
        with pytest.raises(ImportRefusedError, match=r"is not in the format Kaggle.*“track_genre”"):
            records_of(sample("exportify_net.csv"), file_format="kaggle")

    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf \r\n", as_csv([]).encode()])
    def test_nothing_in_it(self, data: bytes) -> None:
        with pytest.raises(ImportRefusedError, match=r"is empty|no rows"):
            records_of(Source("x.csv", data))
