"""Exportify at exportify.app: the sample, every language of its page, names and ids of artists; and removed tracks."""

import unicodedata
from datetime import date

import pytest

from musicdb.imports import Source
from musicdb.imports.formats.base import heading_key
from musicdb.imports.formats.exportify.app import ExportifyApp
from musicdb.imports.formats.exportify.headings import HEADINGS
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import AlbumRecord, ArtistRecord, TrackRecord
from tests.imports.files import as_csv, net_file, net_row, records_of, sample, track_id


def records(*sources: Source, **options: object) -> list[TrackRecord]:
    parsed = records_of(*sources, **options)
    assert not parsed.problems
    return [row.record for row in parsed.tracks]


def messages(parsed: Parsed) -> list[str]:
    return [str(problem) for problem in parsed.problems]


FIRST, SECOND = "058thnz6odaxoAN4n3cMBN", "2TwOrUcYnAlIiKmVQkkoSZ"
APP = (
    *("spotify_id", "title", "artist_ids", "artists", "album_id", "album", "album_artist_ids", "album_artists"),
    *("released", "image_url", "disc_number", "track_number", "duration_ms", "preview_url", "explicit", "popularity"),
    *("isrc", "added_by", "added_at", "genres", "danceability", "energy", "key", "loudness", "mode", "speechiness"),
    *("acousticness", "instrumentalness", "liveness", "valence", "tempo", "time_signature", "album_genres", "labels"),
)


def app_row(**cells: str) -> list[str]:
    """A row of exportify.app's with all that it can have."""
    usual = {
        "spotify_id": f"spotify:track:{track_id(1)}",
        "title": "A Title",
        "artist_ids": f"spotify:artist:{FIRST}, spotify:artist:{SECOND}",
        "artists": "First, Second",
        "album_id": f"spotify:album:{track_id(3)}",
        "album": "An Album",
        "released": "2022-09-23",
        "image_url": "https://images.example/1.jpg",
        "duration_ms": "216453",
        "explicit": "false",
        "isrc": "ITUM72201169",
        "genres": "k-indie",
        "album_genres": "dream pop",
        "labels": "Harbour Light",
        "danceability": "0.1",
        "energy": "0.2",
        "key": "3",
        "loudness": "-4.5",
        "mode": "1",
        "speechiness": "0.05",
        "acousticness": "0.06",
        "instrumentalness": "0.07",
        "liveness": "0.08",
        "valence": "0.09",
        "tempo": "100.5",
        "time_signature": "4",
    }
    return [{**usual, **cells}.get(column, "") for column in APP]


def app_file(rows: list[list[str]], language: str = "de") -> Source:
    header = [HEADINGS[language].get(column, column.upper()) for column in APP]
    return Source("app.csv", as_csv(rows, header).encode())


class TestLanguagesOfExportifyApp:
    @pytest.mark.parametrize("language", HEADINGS)
    def test_a_whole_row_in_each_language(self, language: str) -> None:
        parsed = records_of(app_file([app_row()], language))
        assert parsed.file_formats == ["Exportify (exportify.app)"]
        assert [row.record for row in parsed.tracks] == [
            TrackRecord(
                title="A Title",
                spotify_id=track_id(1),
                artists=(ArtistRecord("First", FIRST), ArtistRecord("Second", SECOND)),
                album=AlbumRecord(
                    "An Album",
                    track_id(3),
                    (date(2022, 9, 23), "day"),
                    "https://images.example/1.jpg",
                    ("Harbour Light",),
                ),
                genres=("k-indie", "dream pop"),
                values={
                    "isrc": "ITUM72201169",
                    "duration_ms": 216453,
                    "explicit": False,
                    "danceability": 0.1,
                    "energy": 0.2,
                    "key": 3,
                    "loudness": -4.5,
                    "mode": 1,
                    "speechiness": 0.05,
                    "acousticness": 0.06,
                    "instrumentalness": 0.07,
                    "liveness": 0.08,
                    "valence": 0.09,
                    "tempo": 100.5,
                    "time_signature": 4,
                    "features_source": "Spotify",
                },
            )
        ]

    def test_all_languages_are_there_besides_english(self) -> None:
        assert {"ar", "de", "el", "es", "fr", "it", "ja", "nl", "pt", "sv", "tr"} <= HEADINGS.keys()

    def test_no_heading_stands_for_two_columns(self) -> None:
        of_heading: dict[str, str] = {}
        for name, column in ExportifyApp.columns().items():
            for heading in column.headings:
                assert of_heading.setdefault(heading, name) == name

    def test_a_header_in_decomposed_letters_as_a_mac_writes_them(self) -> None:
        source = app_file([app_row()])
        text = unicodedata.normalize("NFD", source.data.decode())
        assert text.encode() != source.data
        assert records(Source("app.csv", text.encode())) == records(source)

    def test_wide_parentheses_and_narrow_ones_are_one(self) -> None:
        assert heading_key("トラックの長さ（ミリ秒）") == heading_key("トラックの長さ(ミリ秒)")
        assert heading_key("ＩＳＲＣ") == heading_key("isrc")


class TestNamesAndIdsOfExportifyApp:
    def artists(self, *cells: tuple[str, str]) -> Parsed:
        rows = [
            app_row(spotify_id=track_id(number), artists=names, artist_ids=ids)
            for number, (names, ids) in enumerate(cells, start=1)
        ]
        return records_of(app_file(rows))

    @pytest.mark.parametrize(
        ("cell", "name"),
        [
            ("Earth, Wind & Fire", "Earth, Wind & Fire"),
            ("Earth\\, Wind & Fire", "Earth, Wind & Fire"),
            ("10,000 Maniacs", "10,000 Maniacs"),
            ("Crosby, Stills, Nash & Young", "Crosby, Stills, Nash & Young"),
        ],
    )
    def test_one_id_is_one_artist(self, cell: str, name: str) -> None:
        (row,) = self.artists((cell, f"spotify:artist:{FIRST}")).tracks
        assert row.record.artists == (ArtistRecord(name, FIRST),)

    def test_a_name_that_another_row_shows_whole_is_known_among_several(self) -> None:
        both = f"spotify:artist:{FIRST}, spotify:artist:{SECOND}"
        parsed = self.artists(("Earth, Wind & Fire, The Emotions", both), ("The Emotions", f"spotify:artist:{SECOND}"))
        assert parsed.tracks[0].record.artists == (
            ArtistRecord("Earth, Wind & Fire", FIRST),
            ArtistRecord("The Emotions", SECOND),
        )
        parsed = self.artists(("The Emotions, 10,000 Maniacs", both), ("10,000 Maniacs", f"spotify:artist:{SECOND}"))
        assert [artist.name for artist in parsed.tracks[0].record.artists] == ["The Emotions", "10,000 Maniacs"]

    def test_names_that_could_end_anywhere_are_refused(self) -> None:
        both = f"spotify:artist:{FIRST}, spotify:artist:{SECOND}"
        parsed = self.artists(("Marlon, The Maker, Mina Seo", both))
        assert messages(parsed) == ["app.csv, row 2, Künstlername(n): has 3 names, but Künstler-URI(s) has 2 ids."]
        many = ", ".join(f"Name {number}" for number in range(60))
        assert "has 60 names" in messages(self.artists((many, both)))[0]

    def test_more_ids_than_names_are_refused(self) -> None:
        parsed = self.artists(("Solo", f"spotify:artist:{FIRST}, spotify:artist:{SECOND}"))
        assert messages(parsed) == ["app.csv, row 2, Künstlername(n): has 1 names, but Künstler-URI(s) has 2 ids."]


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
            "窓",
            "musicdbSampleAlbum0003",
            (date(1998, 7, 1), "month"),
            "https://images.example/3.jpg",
            artists=(ArtistRecord("高橋 Trio", "musicdbSampleArtist004"),),
            copyrights="℗ 2024",
        )

    def test_names_and_ids_that_do_not_match_are_refused(self) -> None:
        text = sample("exportify_app.csv").data.decode().replace("Marlon\\, The Maker", "Marlon, The Maker")
        parsed = records_of(Source("app.csv", text.encode()))
        assert messages(parsed) == [
            "app.csv, row 3, Artist Name(s): has 3 names, but Artist URI(s) has 2 ids.",
        ]


class TestRemovedTracks:
    """A row with an id and no names: the service does not know the track any more."""

    GONE = {"Track Name": "", "Album Name": "", "Artist Name(s)": "", "Release Date": "0000", "Duration (ms)": "0"}

    def test_it_is_skipped_and_counted(self) -> None:
        parsed = records_of(
            net_file(net_row(1, **self.GONE), net_row(2), net_row(3, **{**self.GONE, "Album Name": " "}))
        )
        assert [row.record.title for row in parsed.tracks] == ["Song 2"]
        assert parsed.skipped == {"no longer on Spotify: the row has no names": 2}
        assert not parsed.problems

    def test_a_row_that_lacks_only_its_title_or_its_id_is_bad(self) -> None:
        parsed = records_of(net_file(net_row(1, **{"Track Name": ""}), net_row(2, **{**self.GONE, "Track URI": ""})))
        assert messages(parsed) == [
            "songs.csv, row 2, Track Name: is empty. A track needs a title.",
            "songs.csv, row 3, Track Name: is empty. A track needs a title.",
        ]

    def test_in_the_files_of_exportify_app_too(self) -> None:
        row = app_row(title="", artists="", artist_ids="", album="", album_id="")
        parsed = records_of(app_file([row, app_row(spotify_id=track_id(2))]))
        assert (len(parsed.tracks), parsed.skipped.total()) == (1, 1)

    def test_in_kaggles_too(self) -> None:
        header = "track_id,artists,album_name,track_name,duration_ms,track_genre"
        parsed = records_of(Source("k.csv", f"{header}\n{track_id(1)},,,,0,k-pop\n{track_id(2)},A,B,C,1,pop".encode()))
        assert (len(parsed.tracks), parsed.skipped.total()) == (1, 1)
