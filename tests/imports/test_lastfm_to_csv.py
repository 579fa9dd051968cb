"""lastfm-to-csv writes no headings. Its files are known by all of their cells."""

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.models import Track
from tests.imports.files import records_of
from tests.imports.library import run, zipped_files

TEXT = """Queen,A Night at the Opera,Bohemian Rhapsody,31 May 2024 21:38
Queen,A Night at the Opera,Bohemian Rhapsody,1 Jun 2024 01:02
"Ann, Bob",,Song,02 May 2023 04:00
"""


def read(text: str, name: str = "ann.csv") -> list[tuple[str, str, str, int]]:
    return [
        (
            row.record.artists[0].name,
            row.record.album.title if row.record.album else "",
            row.record.title,
            row.record.plays.number if row.record.plays else 0,
        )
        for row in records_of(Source(name, text.encode())).tracks
    ]


PLAYED = [("Queen", "A Night at the Opera", "Bohemian Rhapsody", 2), ("Ann, Bob", "", "Song", 1)]


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"Now,Playing,Song,\n{TEXT}",
        TEXT.replace("2024 ", "2024, ")
        .replace("31 May 2024, 21:38", '"31 May 2024, 21:38"')
        .replace("1 Jun 2024, 01:02", '"1 Jun 2024, 01:02"'),
        TEXT.replace(",31", "\t31")
        .replace('"Ann, Bob",,Song,', '"Ann, Bob"\t\tSong\t')
        .replace("Queen,", "Queen\t")
        .replace("Opera,", "Opera\t")
        .replace("Rhapsody,", "Rhapsody\t"),
        f"\n{TEXT}\n",
    ],
)
def test_each_play_counts(text: str) -> None:
    assert read(text) == PLAYED


def test_the_note_says_what_is_read_as_what_and_rows_count_from_the_first_line() -> None:
    text = TEXT + "Ann,Album,Song," + "9" * 40 + " May 2024 21:38\n"
    rows = TEXT * 80 + "Ann,Album,Song,soon\n"
    parsed = records_of(Source("ann.csv", rows.encode()))
    assert "“Queen” as the artist, “A Night at the Opera” as the album" in " ".join(map(str, parsed.notes))
    assert [str(problem).partition(":")[0] for problem in parsed.problems] == ["ann.csv, row 241, Played At"]
    with pytest.raises(ImportRefusedError):
        records_of(Source("ann.csv", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "artist,album,track,date\n" + TEXT,
        TEXT + "Ann,Song,02 May 2023 04:00\n",
        TEXT.replace("31 May 2024 21:38", "2024-05-31"),
        "Ann,Album,Song,\nBob,Album,Song,\n",
        TEXT.replace("Bohemian Rhapsody", ""),
    ],
)
def test_other_tables_are_not_taken_for_it(text: str) -> None:
    try:
        notes = " ".join(map(str, records_of(Source("ann.csv", text.encode())).notes))
    except ImportRefusedError as refused:
        notes = str(refused)
    assert "lastfm-to-csv" not in notes


@pytest.mark.django_db
def test_it_becomes_the_score_from_a_zip_too() -> None:
    run(zipped_files("all.zip", {"ann.csv": TEXT}))
    assert Track.objects.get(title="Bohemian Rhapsody").score == 2
