"""The files of TuneMyMusic, Soundiiz and Skiley, with the headings that these programs write."""

from typing import Any

import pytest

from musicdb.imports import Source
from musicdb.imports.options import ParseOptions
from musicdb.imports.parsed import Parsed
from musicdb.models import Playlist, Track
from tests.imports.files import as_csv, records_of, track_id
from tests.imports.library import run

TUNE = ("Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC", "Spotify - id")
SONG = ("Bohemian Rhapsody", "Queen", "A Night at the Opera", "Favorite Songs", "Favorite", "GBUM71029604", track_id(1))


def tune(*rows: tuple[str, ...], header: tuple[str, ...] = TUNE, **options: Any) -> Parsed:
    return records_of(Source("My Spotify Library.csv", as_csv(rows, header).encode()), **options)


class TestTuneMyMusic:
    def test_favourites_are_liked_and_albums_and_artists_are_counted(self) -> None:
        parsed = tune(
            SONG,
            (SONG[2], "Queen", SONG[2], "Favorite Albums", "Album", "602527644172", "1GbtB4zTqAsyfZEsm1RZfx"),
            ("Queen", "", "", "Favorite Artists", "Artist", "", "1dfeR4HaWDbWqFHLkxsg1d"),
        )
        (row,) = parsed.tracks
        record = row.record
        assert parsed.file_formats == ["TuneMyMusic"]
        assert (record.title, record.spotify_id) == ("Bohemian Rhapsody", track_id(1))
        assert record.values == {"isrc": "GBUM71029604", "liked": True}
        assert parsed.skipped == {"an album, not a track": 1, "an artist, not a track": 1}
        assert parsed.problems == []

    @pytest.mark.parametrize("header", [TUNE[:6], (*TUNE[:6], "Apple - id")])
    def test_without_spotify_s_ids(self, header: tuple[str, ...]) -> None:
        (row,) = tune(SONG[: len(header)], header=header).tracks
        assert (row.record.spotify_id, row.record.values["isrc"]) == (None, "GBUM71029604")

    @pytest.mark.parametrize(
        ("cell", "title", "artist"),
        [
            ("FIFTY FIFTY - Cupid", "Cupid", "FIFTY FIFTY"),
            ("A - B - C", "B - C", "A"),
            ("A-ha", "A-ha", None),
            ("Untitled -", "Untitled -", None),
        ],
    )
    def test_a_video_has_its_artist_in_the_title(self, cell: str, title: str, artist: str | None) -> None:
        (row,) = tune((cell, "", "", "Liked videos", "Favorite", "", "")).tracks
        assert row.record.title == title
        assert [one.name for one in row.record.artists] == ([artist] if artist else [])

    def test_a_row_without_a_title_and_an_artist_is_skipped(self) -> None:
        assert tune(SONG, ("", "", "", "Liked videos", "Favorite", "", "")).skipped == {"no title and no artist": 1}

    @pytest.mark.django_db
    def test_each_playlist_of_the_file_is_one_of_the_library(self) -> None:
        other = ("Other", "Queen", "", "Road trip", "Playlist", "", track_id(2))
        again = (*SONG[:3], "Road trip", "Playlist", *SONG[5:])
        source = Source("My Library.csv", as_csv([SONG, other, again], TUNE).encode())
        outcome = run(source)
        assert outcome.problems == []
        tracks = {
            playlist.name: [entry.track.title for entry in playlist.entries.order_by("position")]
            for playlist in Playlist.objects.all()
        }
        assert tracks == {"Favorite Songs": ["Bohemian Rhapsody"], "Road trip": ["Other", "Bohemian Rhapsody"]}
        assert [track.title for track in Track.objects.filter(liked=True)] == ["Bohemian Rhapsody"]
        assert not run(source).changes_anything
        Playlist.objects.all().delete()
        run(source, no_playlist=True)
        assert not Playlist.objects.exists()


class TestSoundiiz:
    @pytest.mark.parametrize("delimiter", [",", ";"])
    @pytest.mark.parametrize("index", [True, False])
    def test_with_either_separator_with_or_without_an_index(self, delimiter: str, index: bool) -> None:
        header = ["index"] * index + ["title", "artist", "album", "isrc"]
        cells = ["0"] * index + ["THE 1", '"Rell Moore, Saint Meadow"', "MIXTAPE", "QZTAZ2464735"]
        text = "\n".join(delimiter.join(line) for line in (header, cells))
        parsed = records_of(Source("gym.csv", text.encode()))
        (row,) = parsed.tracks
        assert parsed.file_formats == ["Soundiiz"]
        assert [artist.name for artist in row.record.artists] == ["Rell Moore", "Saint Meadow"]
        assert row.record.values == {"isrc": "QZTAZ2464735"}
        assert list(parsed.playlist_files.values()) == ["gym"]

    def test_the_reader_can_say_that_commas_are_parts_of_names(self) -> None:
        source = Source("gym.csv", b'title,artist,album,isrc\nSong,"Tyler, The Creator",Igor,\n')
        split, whole = records_of(source), records_of(source, parse_options=ParseOptions(artists_by_comma=False))
        assert [artist.name for artist in split.tracks[0].record.artists] == ["Tyler", "The Creator"]
        assert [artist.name for artist in whole.tracks[0].record.artists] == ["Tyler, The Creator"]
        assert "Choose the semicolon" in " ".join(map(str, split.notes))


class TestSkiley:
    HEADER = (
        *("addedAt", "albumName", "albumRecordLabel", "albumReleaseDate", "artistName", "artistUri"),
        *("secondaryArtistsNames", "isLikedByUser", "trackDuration", "trackFeatureDanceability", "trackFeatureTempo"),
        *("trackName", "trackIsrc", "trackUrl"),
    )

    def read(self, **cells: str) -> Any:
        usual = {
            "addedAt": "2024-01-01T00:00:00Z",
            "albumName": "Album One",
            "albumRecordLabel": "Some Label",
            "albumReleaseDate": "2021-04-22",
            "artistName": "Earth, Wind & Fire",
            "artistUri": f"spotify:artist:{track_id(8)}",
            "secondaryArtistsNames": "David Bowie, Prince",
            "isLikedByUser": "true",
            "trackDuration": "244000",
            "trackFeatureDanceability": "0.5",
            "trackFeatureTempo": "120.1",
            "trackName": "Under Pressure",
            "trackIsrc": "GBUM71029605",
            "trackUrl": f"https://open.spotify.com/track/{track_id(1)}",
        }
        row = [{**usual, **cells}[name] for name in self.HEADER]
        (parsed,) = records_of(Source("Mix.csv", as_csv([row], self.HEADER).encode())).tracks
        return parsed.record

    def test_all_that_a_row_says(self) -> None:
        record = self.read()
        assert (record.title, record.spotify_id) == ("Under Pressure", track_id(1))
        assert [(one.name, one.spotify_id) for one in record.artists] == [
            ("Earth, Wind & Fire", track_id(8)),
            ("David Bowie", None),
            ("Prince", None),
        ]
        assert (record.album.title, record.album.labels) == ("Album One", ("Some Label",))
        values = {name: record.values[name] for name in ("duration_ms", "danceability", "tempo", "isrc", "liked")}
        assert values == {
            "duration_ms": 244_000,
            "danceability": 0.5,
            "tempo": 120.1,
            "isrc": "GBUM71029605",
            "liked": True,
        }

    def test_a_duration_as_a_clock_shows_it(self) -> None:
        assert self.read(trackDuration="03:29").values["duration_ms"] == 209_000

    def test_a_track_that_the_service_does_not_list_as_liked_may_be_liked_here(self) -> None:
        assert "liked" not in self.read(isLikedByUser="false").values
