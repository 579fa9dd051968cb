"""Exportify at exportify.net: the sample, and what separates artists."""

from datetime import UTC, date, datetime

import pytest

from musicdb.imports import ParseOptions, Source
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import AlbumRecord, ArtistRecord, EntryRecord, TrackRecord
from tests.imports.files import NET, as_csv, net_file, net_row, records_of, sample, track_id
from tests.imports.library import zipped


def records(*sources: Source, **options: object) -> list[TrackRecord]:
    parsed = records_of(*sources, **options)
    assert not parsed.problems
    return [row.record for row in parsed.tracks]


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
                "popularity": 48,
                "added_at": datetime(2026, 1, 4, 10, tzinfo=UTC),
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
            entry=EntryRecord(datetime(2026, 1, 4, 10, tzinfo=UTC)),
        )

    def test_commas_are_part_of_artists_and_labels(self) -> None:
        track = records(sample("exportify_net.csv"))[2]
        assert [artist.name for artist in track.artists] == ["Ana, Ben & Co", "Mina Seo"]
        assert track.album == AlbumRecord("Equations", None, (date(2019, 11, 1), "month"), "", ("Million Market,Inc",))
        assert track.title == "=Sum of Us"

    def test_undefined_a_short_row_and_a_file_of_ones_own_leave_things_unknown(self) -> None:
        tracks = {track.title: track for track in records(sample("exportify_net.csv"))}
        assert tracks["Rain in Gdańsk"].values == {
            "explicit": False,
            "popularity": 3,
            "added_at": datetime(2026, 1, 5, 9, 31, tzinfo=UTC),
        }
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


def with_artists(*cells: str, first: int = 1) -> str:
    """A file of exportify.net's with these cells of artists, each of another track."""
    return as_csv([net_row(number, **{"Artist Name(s)": cell}) for number, cell in enumerate(cells, start=first)])


def artists_of(parsed: Parsed) -> list[list[str]]:
    return [[artist.name for artist in row.record.artists] for row in parsed.tracks]


def read(*cells: str, **options: object) -> Parsed:
    return records_of(Source("songs.csv", with_artists(*cells).encode()), **options)


class TestSeparatorOfArtists:
    """Before September 2025 a comma without a blank, since then a semicolon: the cells of an upload decide."""

    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("Drake,Yebba", ["Drake", "Yebba"]),
            ("Tyler, The Creator,Kali Uchis", ["Tyler, The Creator", "Kali Uchis"]),
            ("Crosby, Stills, Nash & Young,Neil Young", ["Crosby, Stills, Nash & Young", "Neil Young"]),
            ("10,000 Maniacs,Natalie Merchant", ["10,000 Maniacs", "Natalie Merchant"]),
            ("Natalie Merchant,10,000 Maniacs", ["Natalie Merchant", "10,000 Maniacs"]),
            ("311,702", ["311", "702"]),
            ("blink-182,311", ["blink-182", "311"]),
            (
                "Earth, Wind & Fire,Tyler\\, The Creator,Kali\\,Uchis",
                ["Earth, Wind & Fire", "Tyler, The Creator", "Kali,Uchis"],
            ),
            ("고래,Нойз МС,ЯмыМ", ["고래", "Нойз МС", "ЯмыМ"]),
        ],
    )
    def test_a_comma_without_a_blank_separates_where_there_is_no_semicolon(self, cell: str, names: list[str]) -> None:
        parsed = read(cell, "Earth, Wind & Fire")
        assert artists_of(parsed) == [names, ["Earth, Wind & Fire"]]
        assert not parsed.questions
        (note,) = parsed.notes
        assert (note.code, note.file) == ("artists_by_comma", "songs.csv")
        assert [option.name for option in note.options] == ["semicolon"]
        assert f"as in “{cell}”" in note.text

    @pytest.mark.parametrize("added_at", ["1970-01-01T00:00:00Z", "2019-01-01T00:00:00Z", "2026-01-01T00:00:00Z", ""])
    def test_the_date_shows_nothing(self, added_at: str) -> None:
        rows = [
            net_row(1, **{"Artist Name(s)": "Nujabes,Shing02", "Added At": added_at}),
            net_row(2, **{"Artist Name(s)": "IU;SUGA", "Added At": added_at}),
        ]
        assert artists_of(records_of(net_file(rows[0]))) == [["Nujabes", "Shing02"]]
        assert artists_of(records_of(net_file(rows[1]))) == [["IU", "SUGA"]]

    @pytest.mark.parametrize(
        "name", ["Tyler, The Creator", "Crosby, Stills, Nash & Young", "10,000 Maniacs", "Ana, Ben & Co", "Comma,"]
    )
    def test_commas_that_separate_nothing_need_no_note(self, name: str) -> None:
        parsed = read(name)
        assert artists_of(parsed) == [[name]]
        assert not parsed.notes
        assert not parsed.questions

    def test_one_semicolon_decides(self) -> None:
        parsed = read("Million Market,Inc", "IU;SUGA", "Tyler, The Creator;Kali Uchis")
        assert artists_of(parsed) == [["Million Market,Inc"], ["IU", "SUGA"], ["Tyler, The Creator", "Kali Uchis"]]
        (note,) = parsed.notes
        assert note.text == (
            "Artists are split at semicolons. A comma is part of a name, even in “Million Market,Inc”."
        )
        assert [option.name for option in note.options] == ["comma"]

    def test_a_name_with_a_semicolon_does_not_outweigh_many_commas(self) -> None:
        pairs = [f"Singer {number},Guest {number}" for number in range(20)]
        parsed = read("Steins;Gate", *pairs)
        assert artists_of(parsed)[0] == ["Steins;Gate"]
        assert artists_of(parsed)[1:] == [pair.split(",") for pair in pairs]
        # One artist with many tracks shows no more than with one.
        assert artists_of(read("Steins;Gate", *["Singer,Guest"] * 20))[0] == ["Steins", "Gate"]

    def test_all_files_of_a_zip_are_read_alike_and_the_note_is_said_once(self) -> None:
        new = {"a": with_artists("Million Market,Inc"), "b": with_artists("IU;SUGA", first=2)}
        assert artists_of(records_of(zipped(**new))) == [["Million Market,Inc"], ["IU", "SUGA"]]
        old = {"a": with_artists("IU,SUGA"), "b": with_artists("Drake,Yebba", first=2)}
        parsed = records_of(zipped(**old))
        assert artists_of(parsed) == [["IU", "SUGA"], ["Drake", "Yebba"]]
        assert [note.file for note in parsed.notes] == ["2 files"]

    def test_old_and_new_files_in_one_upload_are_a_question(self) -> None:
        old = [f"Singer {number},Guest {number}" for number in range(9)]
        new = [f"Singer {number};Guest {number}" for number in range(9)]
        parsed = records_of(zipped(old=with_artists(*old), new=with_artists(*new, first=10)))
        (question,) = parsed.questions
        assert (question.code, [option.name for option in question.options]) == (
            "artists_by_comma",
            ["semicolon", "comma"],
        )
        assert question.file == "2 files"
        assert "such as “Singer 0,Guest 0”" in question.text
        assert "such as “Singer 0;Guest 0”" in question.text
        assert artists_of(parsed)[-1] == ["Singer 8", "Guest 8"]
        answered = read(*old, *new, parse_options=ParseOptions(artists_by_comma=True))
        assert not answered.questions
        assert artists_of(answered)[0] == ["Singer 0", "Guest 0"]

    def test_one_comma_among_hundreds_of_soloists_is_a_question(self) -> None:
        soloists = [f"Singer {number}" for number in range(200)]
        parsed = read("Hello,Goodbye", *soloists)
        assert [question.code for question in parsed.questions] == ["artists_by_comma"]
        assert artists_of(parsed)[0] == ["Hello", "Goodbye"]
        assert not read("Hello,Goodbye", *soloists[:150]).questions

    def test_the_reader_has_the_last_word(self) -> None:
        for by_comma, names in ((False, ["IU,SUGA"]), (True, ["IU", "SUGA"])):
            parsed = read("IU,SUGA", parse_options=ParseOptions(artists_by_comma=by_comma))
            assert artists_of(parsed) == [names]
            assert not parsed.notes
