"""Which column of an unknown table is guessed to be which field."""

import pytest

from musicdb.imports import Source
from musicdb.imports.formats import guess_columns
from musicdb.imports.tables import read_sources
from tests.imports.files import track_id


def guess(text: str) -> dict[str, str]:
    """Return the field of each column, with its reading behind a colon where it has one."""
    (table,) = read_sources([Source("x.csv", text.encode())])
    return {
        column.heading: f"{column.field}:{column.reading}" if column.reading else column.field
        for column in guess_columns(table).columns
    }


def guess_one(heading: str, *cells: str) -> str:
    """Return the guess for one column beside a title."""
    text = "\n".join(["Song\t" + heading, *(f"One\t{cell}" for cell in cells)])
    return guess(text)[heading]


def test_features_under_other_names() -> None:
    assert guess(
        "Track ID,Track Name,Artist(s),Album,Danceability Rating,Energy Rating,Tempo Rating\n"
        f'{track_id(1)},One,"A, B",Ram,0.59,0.721,105.757\n'
    ) == {
        "Track ID": "spotify_id",
        "Track Name": "title",
        "Artist(s)": "artists:comma",
        "Album": "album",
        "Danceability Rating": "danceability:0-1",
        "Energy Rating": "energy:0-1",
        "Tempo Rating": "tempo",
    }


def test_the_table_of_a_german_dj() -> None:
    assert guess(
        "Nr;Titel;Interpret;Jahr;Länge;BPM;Tonart;Genre;❤;Plays;Kommentar\n"
        "1;Blau;A;1999;3:45;128;8A;House | Techno;x;12;laut\n"
        "2;Rot;Sia;2001;4:05;124,5;F#m;House;;3;\n"
    ) == {
        "Nr": "ignore",
        "Titel": "title",
        "Interpret": "artists:one",
        "Jahr": "released",
        "Länge": "duration_ms:clock",
        "BPM": "tempo",
        "Tonart": "key",
        "Genre": "genres:bar",
        "❤": "liked:mark",
        "Plays": "score",
        "Kommentar": "ignore",
    }


def test_one_share_in_percent_shows_that_the_others_are() -> None:
    found = guess("track_name,artist(s)_name,streams,bpm,key,mode,valence_%,liveness_%\nSeven,A,9,125,B,Major,89,1\n")
    assert found["valence_%"] == "valence:0-100"
    assert found["liveness_%"] == "liveness:0-100"
    assert (found["bpm"], found["key"], found["mode"]) == ("tempo", "key", "mode")
    assert found["streams"] == "ignore"


@pytest.mark.parametrize(
    ("heading", "cells", "field"),
    [
        ("Artist", ("Sia",), "artists:one"),
        ("Artist", ("Drake,Yebba", "Sia"), "artists:bare-comma"),
        ("Artist", ("A; B", "Tyler, The Creator"), "artists:semicolon"),
        ("Performers", ("A | B",), "artists:bar"),
        ("Artists", ("['A', 'B']",), "artists:list"),
        # One name in a hundred with a comma is a name with a comma.
        ("Artist", ("Tyler, The Creator", *(f"Singer {number}" for number in range(99))), "artists:one"),
        ("Label", ("Million Market,Inc",), "labels:one"),
        ("Duration", ("216453", "180000"), "duration_ms:milliseconds"),
        ("Duration", ("216.4", "180"), "duration_ms:seconds"),
        ("Duration", ("3.6", "4.1"), "duration_ms:minutes"),
        ("Length (s)", ("9000", "8000"), "duration_ms:seconds"),
        ("Wie lang", ("3:36", "12:01"), "duration_ms:clock"),
        ("Energy", ("0.4", "0"), "energy:0-1"),
        ("Energy", ("40%", "7 %"), "energy:0-100"),
        ("Loved", ("Yes", "No"), "liked:yes-no"),
        ("Link", (f"https://open.spotify.com/track/{track_id(1)}?si=1",), "spotify_id"),
        ("Where", (f"spotify:track:{track_id(1)}",), "spotify_id"),
        ("Code", ("US-S1Z-99-00001",), "isrc"),
        ("Date Added", ("2023-05-01",), "added_at"),
        # A heading is not enough: the cells must be what it says.
        ("Energy", ("very", "little"), "ignore"),
        ("Tempo", ("Allegro", "Andante"), "ignore"),
        ("Track", ("1", "2"), "track_number"),
        ("Link", ("https://example.org/1",), "ignore"),
    ],
)
def test_a_column_by_its_heading_and_its_cells(heading: str, cells: tuple[str, ...], field: str) -> None:
    assert guess_one(heading, *cells) == field


def test_a_few_cells_that_cannot_be_read_do_not_hide_a_column() -> None:
    assert guess_one("Length", *["216", "x"] + ["200"] * 20) == "duration_ms:seconds"


def test_each_field_once_and_from_the_column_with_cells() -> None:
    (table,) = read_sources([Source("x.csv", b"Title,Title,Artist,Genre,Style,Genres\n,Two,Sia,a,b,c\n")])
    # Two columns of genres are read, as many as a track can have.
    assert [column.field for column in guess_columns(table).columns] == [
        "ignore",
        "title",
        "artists",
        "genres",
        "genres",
        "ignore",
    ]


def test_what_a_file_of_bad_rows_has_besides_is_no_column() -> None:
    assert guess("Song,Band,File,Row,Why it was not imported\nOne,Two,x.csv,2,bad\n") == {
        "Song": "title",
        "Band": "artists:one",
    }


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff\ufeffSong,Band,,\nOne,Two,3,4\n",
        "Song,Band,=cmd|' /C calc'!A0,@SUM(A1)\nOne,Two,3,4\n",
        "Song,Band," + ",".join(f"c{number}" for number in range(198)) + "\nOne,Two," + "," * 197 + "\n",
        "Song,Band\nOne,Two," + "x" * 100_000 + "\n" + "[" * 100_000 + ",Two\n",
        "Song,Band\n",
    ],
    ids=["a BOM twice and empty headings", "formulas", "200 columns", "huge cells", "no rows"],
)
def test_hostile_tables(text: str) -> None:
    found = guess(text)
    assert list(found.values())[:2] == ["title", "artists:one"]
    assert set(list(found.values())[2:]) <= {"ignore"}


@pytest.mark.parametrize(
    ("heading", "cells", "expected"),
    [
        ("Rating", ["0", "3", "5"], "rating:stars"),
        ("My rating", ["3.5", "", "5"], "rating:stars"),
        ("Stars", ["★★★★☆", "★½", ""], "rating:stars"),
        ("Bewertung", ["3", "10", "0"], "rating:0-10"),
        ("RATING", ["60", "100", "0"], "rating:0-100"),
        ("rating", ["60", "255", "128"], "ignore"),
        ("Average Rating", ["3.71", "3.5"], "ignore"),
        ("Rating Computed", ["1", "0"], "ignore"),
    ],
)
def test_the_scale_of_a_rating_is_guessed_by_its_cells(heading: str, cells: list[str], expected: str) -> None:
    assert guess_one(heading, *cells) == expected
