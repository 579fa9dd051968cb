"""Data sets of tracks that people have published, with their headings."""

from typing import Any

import pytest

from musicdb.imports import Source
from musicdb.imports.parsed import Parsed
from tests.imports.files import as_csv, records_of, track_id


def read(usual: dict[str, str], **cells: str) -> Parsed:
    row = {**usual, **{name.replace("_", " ") if name not in usual else name: text for name, text in cells.items()}}
    return records_of(Source("data.csv", as_csv([list(row.values())], list(row)).encode()))


def record(parsed: Parsed) -> Any:
    (row,) = parsed.tracks
    return row.record


def names(parsed: Parsed) -> list[str]:
    return [artist.name for artist in record(parsed).artists]


class TestPopularitySets:
    ROW = {
        "energy": "0.592",
        "track_artist": "Lady Gaga, Bruno Mars",
        "track_href": "",
        "uri": f"spotify:track:{track_id(1)}",
        "track_album_name": "Die With A Smile",
        "analysis_url": "",
        "track_id": track_id(1),
        "track_name": "Die With A Smile",
        "track_popularity": "100",
        "track_album_id": track_id(9),
        "playlist_genre": "pop",
    }

    def test_commas_separate_artists_and_the_preview_says_so(self) -> None:
        parsed = read(self.ROW)
        assert names(parsed) == ["Lady Gaga", "Bruno Mars"]
        assert "Artists are split at commas, as in “Lady Gaga, Bruno Mars”." in " ".join(map(str, parsed.notes))
        assert record(parsed).values["popularity"] == 100

    def test_tidytuesday_s_own_set_has_one_artist_a_track(self) -> None:
        row = {name: text for name, text in self.ROW.items() if name not in ("track_href", "analysis_url", "uri")}
        parsed = read(row, track_artist="Tyler, The Creator")
        assert parsed.file_formats == ["tidytuesday “spotify_songs”"]
        assert names(parsed) == ["Tyler, The Creator"]


class TestMusicGenre:
    ROW = {
        "instance_id": "32894.0",
        "artist_name": "Queen",
        "track_name": "Bohemian Rhapsody",
        "popularity": "27.0",
        "danceability": "0.652",
        "duration_ms": "-1.0",
        "key": "A#",
        "mode": "Minor",
        "tempo": "?",
        "obtained_date": "4-Apr",
        "music_genre": "Electronic",
    }

    def test_letters_words_and_signs_for_the_unknown(self) -> None:
        found = record(read(self.ROW))
        assert (found.values["key"], found.values["mode"], found.values["popularity"]) == (10, 0, 27)
        assert found.values.keys().isdisjoint({"tempo", "duration_ms"})
        assert found.genres == ("Electronic",)

    @pytest.mark.parametrize(
        ("cells", "value"),
        [
            ({"key": "Db"}, ("key", 1)),
            ({"mode": "Major"}, ("mode", 1)),
            ({"tempo": "120.5"}, ("tempo", 120.5)),
            ({"duration_ms": "251668.0"}, ("duration_ms", 251668)),
        ],
    )
    def test_what_is_known(self, cells: dict[str, str], value: tuple[str, float]) -> None:
        assert value in record(read(self.ROW, **cells)).values.items()

    def test_an_artist_that_the_set_does_not_know(self) -> None:
        assert names(read(self.ROW, artist_name="empty_field")) == []

    @pytest.mark.parametrize("cells", [{"key": "H"}, {"mode": "lydian"}, {"tempo": "fast"}])
    def test_what_no_value_can_be_is_a_bad_row(self, cells: dict[str, str]) -> None:
        (problem,) = read(self.ROW, **cells).problems
        assert problem.column in cells


class TestTopHits:
    ROW = {
        "artist": "Eminem",
        "song": "Without Me",
        "duration_ms": "290320",
        "explicit": "True",
        "year": "2002",
        "popularity": "82",
        "energy": "0.669",
        "genre": "hip hop, Dance/Electronic",
    }

    def test_genres_by_comma(self) -> None:
        found = record(read(self.ROW))
        assert found.genres == ("hip hop", "Dance/Electronic")
        assert (found.title, found.values["explicit"], found.values["duration_ms"]) == ("Without Me", True, 290_320)

    def test_no_genre_as_python_writes_it(self) -> None:
        assert record(read(self.ROW, genre="set()")).genres == ()

    def test_one_artist_whatever_the_name_has_in_it(self) -> None:
        assert names(read(self.ROW, artist="Earth, Wind & Fire")) == ["Earth, Wind & Fire"]


class TestOrganizeYourMusic:
    ROW = {
        "": "1",
        "title": "Find U Again",
        "artist": "Mark Ronson",
        "top genre": "dance pop",
        "year": "2019",
        "bpm": "104",
        "nrgy": "66",
        "dnce": "61",
        "dB": "-7",
        "live": "20",
        "val": "16",
        "dur": "176",
        "acous": "1",
        "spch": "3",
        "pop": "75",
    }

    def test_percent_and_seconds(self) -> None:
        found = record(read(self.ROW))
        assert found.values == {
            "tempo": 104.0,
            "energy": 0.66,
            "danceability": 0.61,
            "loudness": -7.0,
            "liveness": 0.2,
            "valence": 0.16,
            "duration_ms": 176_000,
            "acousticness": 0.01,
            "speechiness": 0.03,
            "popularity": 75,
            "features_source": "Spotify (Organize Your Music)",
        }
        assert found.genres == ("dance pop",)

    def test_more_than_all_of_it_is_a_bad_row(self) -> None:
        (problem,) = read(self.ROW, nrgy="101").problems
        assert (problem.column, problem.message) == ("nrgy", "“101” is not a number from 0 to 100.")
