"""Kaggle's data sets that write artists as Python's lists."""

import pytest

from musicdb.imports import Source
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import ArtistRecord
from tests.imports.files import as_csv, records_of, track_id


def read(artists: str, ids: str, heading: str = "id_artists") -> Parsed:
    header = ["id", "name", "popularity", "duration_ms", "explicit", "artists", heading, "release_date", "energy"]
    row = [track_id(1), "White Christmas", "56", "177480", "0", artists, ids, "1947", "0.15"]
    return records_of(Source("tracks.csv", as_csv([row], header).encode()))


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("['Bing Crosby', 'Ken Darby Singers']", ["Bing Crosby", "Ken Darby Singers"]),
        ("""["Destiny's Child", 'Tyler, The Creator']""", ["Destiny's Child", "Tyler, The Creator"]),
        (r"""['Sigur R\xf3s', '"Weird Al" Yankovic']""", ["Sigur Rós", '"Weird Al" Yankovic']),
    ],
)
@pytest.mark.parametrize("heading", ["id_artists", "artist_ids"])
def test_names_and_ids_in_lists(cell: str, names: list[str], heading: str) -> None:
    (row,) = read(cell, f"['{track_id(8)}', '{track_id(9)}']", heading).tracks
    assert row.record.artists == (ArtistRecord(names[0], track_id(8)), ArtistRecord(names[1], track_id(9)))
    assert row.record.values["duration_ms"] == 177480
    assert row.record.values["explicit"] is False


@pytest.mark.parametrize("cell", ["Bing Crosby", "['Bing", "[1]", "__import__('os')", "[" * 500])
def test_what_is_no_list_is_the_rows_problem(cell: str) -> None:
    (problem,) = read(cell, "[]").problems
    assert problem.column == "artists"
    assert "is not a list" in problem.message


def test_lists_of_different_lengths_are_the_rows_problem_and_an_unknown_id_is_not() -> None:
    (problem,) = read("['One', 'Two', 'Three']", f"['{track_id(8)}', '{track_id(9)}']").problems
    assert problem.message == "has 3 names, but id_artists has 2 ids."
    (row,) = read("['One', 'Two']", f"['', '{track_id(9)}']").tracks
    assert row.record.artists == (ArtistRecord("One"), ArtistRecord("Two", track_id(9)))


def test_the_date_of_an_album_without_a_title_is_not_lost_without_a_word() -> None:
    (note,) = [note.text for note in read("['One']", f"['{track_id(8)}']").notes if "release_date" in note.text]
    assert note == "No column is the album, so what albums have is not kept: “release_date”."
