"""What is said about a table whose header fits no format."""

import pytest

from musicdb.imports import ImportRefusedError, Source
from tests.imports.files import records_of


def refusal(text: str) -> str:
    with pytest.raises(ImportRefusedError) as refused:
        records_of(Source("x.csv", text.encode()))
    return str(refused.value)


def test_features_without_artists() -> None:
    said = refusal(
        "name;danceability;energy;type;id;duration_ms\nGet On Up;0.7;0.5;audio_features;4uLU6hMCjMI75M1A2tKUQC;225933\n"
    )
    assert "“name” as the title" in said
    assert "“id” as the Spotify id" in said
    assert "“danceability” and “energy” as audio features" in said
    assert "“duration_ms” as the duration" in said
    assert "Not understood: “type”." in said
    assert "no column looks like an artist." in said


def test_headings_that_no_format_has() -> None:
    said = refusal("Song,Band,Album,Mood\nOne,Two,Three,4\n")
    assert "Understood: “Song” as the title, “Band” as the artists, “Album” as the album." in said
    # A track needs no Spotify id.
    assert "no column looks like" not in said
    assert said.endswith("Say what each of its columns is.")


def test_artists_alone_have_a_table_of_their_own() -> None:
    said = refusal("Artist,Country\nSia,AU\n")
    assert "“Artist” as the artists" in said
    assert "no column looks like a title." in said
    assert "name the file artists.csv, with the columns “slug” and “name”" in said


@pytest.mark.parametrize(
    "row",
    [
        "spotify:track:4uLU6hMCjMI75M1A2tKUQC,Song One,Paul McCartney",
        "4uLU6hMCjMI75M1A2tKUQC,Song One,Paul McCartney",
        "Song One,Paul McCartney,3:45",
        "/music/one.mp3,Song One,Paul McCartney",
    ],
)
def test_a_table_without_headings(row: str) -> None:
    said = refusal(f"{row}\n{row}\n")
    assert "looks like data, not like headings" in said
    assert "“Column 1”" in said
    assert said.endswith("or say what each of its columns is.")


def test_a_heading_in_digits_does_not_hide_the_others() -> None:
    said = refusal("Song,2021\nOne,4\n")
    assert "“Song” as the title" in said
    assert "Not understood: “2021”" in said


def test_hundreds_of_columns_are_not_all_named() -> None:
    said = refusal(",".join(f"c{number}" for number in range(300)) + "\n" + ",".join("x" * 300) + "\n")
    assert "“c19” and 280 others" in said
    assert "c20”" not in said


@pytest.mark.parametrize("header", ["a,b", "slug,name", "Song,Mood", "id,name,danceability"])
def test_a_refusal_for_what_is_missing_leads_on(header: str) -> None:
    said = refusal(f"{header}\n1,2,3\n")
    assert "nearest" not in said
    assert "Export the tracks with Exportify (exportify.net) or from musicdb" in said
    assert "the columns “title”, “artist”, “album” and “isrc”, or say what each of its columns is." in said


def test_a_single_column_cannot_be_a_title_and_an_artist() -> None:
    assert refusal("Song\nOne\n").endswith("the columns “title”, “artist”, “album” and “isrc”.")
