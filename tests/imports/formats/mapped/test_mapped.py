"""Tables whose columns are mapped: what is read, what is bad, and which mappings cannot be used."""

import json

import pytest

from musicdb.imports import ImportRefusedError, Source
from musicdb.imports.column_mapping import ColumnMapping, MappedColumn
from musicdb.imports.formats.mapped import mapping_as_json, read_mapping
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import AlbumRecord, ArtistRecord
from tests.imports.files import records_of, track_id


def mapping(*columns: str) -> ColumnMapping:
    """Return a mapping of columns that are written "heading=field:reading"."""
    parts = [column.rpartition("=") for column in columns]
    fields = [(heading, *field.partition(":")[::2]) for heading, _, field in parts]
    return ColumnMapping(tuple(MappedColumn(heading, field, reading) for heading, field, reading in fields))


def read(text: str, *columns: str, file: str = "x.csv") -> Parsed:
    return records_of(Source(file, text.encode()), mappings=(mapping(*columns),))


def test_title_and_artist_are_enough() -> None:
    parsed = read("Lied,Wer\nOne,Sia\n", "Lied=title", "Wer=artists")
    (row,) = parsed.tracks
    assert (row.record.title, row.record.artists, row.record.album) == ("One", (ArtistRecord("Sia"),), None)
    assert parsed.file_formats == ["Columns mapped by hand"]


def test_every_kind_of_cell() -> None:
    text = (
        "a\tb\tc\td\te\tf\tg\th\ti\tj\tk\tl\n"
        f"One\tA & B\tRam\t1971\tX; Y\t3:45\t59 %\t105,5\tBbm\t♥\t7\thttps://open.spotify.com/track/{track_id(1)}?si=9\n"
    )
    (row,) = read(
        text,
        *("a=title", "b=artists:ampersand", "c=album", "d=released", "e=labels:semicolon", "f=duration_ms:clock"),
        *("g=energy:0-100", "h=tempo", "i=key", "j=liked:mark", "k=score", "l=spotify_id"),
    ).tracks
    record = row.record
    assert record.artists == (ArtistRecord("A"), ArtistRecord("B"))
    assert isinstance(record.album, AlbumRecord)
    assert (record.album.title, record.album.labels) == ("Ram", ("X", "Y"))
    assert record.spotify_id == track_id(1)
    assert dict(record.values) == {
        "duration_ms": 225_000,
        "energy": 0.59,
        "tempo": 105.5,
        "key": 10,
        "liked": True,
        "score": 7,
        "features_source": "x.csv",
    }


def test_columns_with_equal_headings_count_each_for_itself() -> None:
    (row,) = read(",Name,Name\nPop,Sia,One\n", "Column 1=genres", "Name=artists", "Name=title").tracks
    assert (row.record.title, row.record.genres) == ("One", ("Pop",))


def test_the_order_of_the_columns_may_change() -> None:
    (row,) = read("Band,More,song\nSia,1,One\n", "Song=title", "Band=artists").tracks
    assert row.record.title == "One"


def test_what_is_not_mapped_is_named() -> None:
    notes = [note.text for note in read("Song,Band,Mood,Day\nOne,Sia,x,2020\n", "Song=title", "Band=artists").notes]
    assert "Not read: Mood, Day." in notes


def test_what_only_albums_have_is_not_lost_without_a_word() -> None:
    parsed = read("Song,Band,Day\nOne,Sia,2020\n", "Song=title", "Band=artists", "Day=released")
    assert "No column is the album, so what albums have is not kept: “Day”." in [note.text for note in parsed.notes]


def test_bad_cells_are_named_by_their_heading() -> None:
    parsed = read(
        "Song,Band,=BPM\nOne,,120\n,Sia,120\nTwo,Sia,fast\nThree,Sia,120\n",
        *("Song=title", "Band=artists", "=BPM=tempo"),
    )
    assert list(map(str, parsed.problems)) == [
        "x.csv, row 2, Band: is empty. A track needs an artist.",
        "x.csv, row 3, Song: is empty. A track needs a title.",
        "x.csv, row 4, =BPM: “fast” is not a number.",
    ]
    assert [row.record.title for row in parsed.tracks] == ["Three"]


def test_dates_that_leave_their_order_open_are_asked_about() -> None:
    text = "Song,Band,Disc,Day\nOne,Sia,X,7/2/2021\n"
    parsed = read(text, "Song=title", "Band=artists", "Disc=album", "Day=released")
    assert [question.code for question in parsed.questions] == ["day_first"]


def test_a_name_with_a_comma_is_one_where_its_artist_has_one_id() -> None:
    text = f"Song,Band,Ids\nOne,Tyler; Kali,{track_id(1)};{track_id(2)}\nTwo,Tyler; The Creator,{track_id(3)}\n"
    parsed = read(text, "Song=title", "Band=artists:semicolon", "Ids=artist_ids:semicolon")
    assert [str(problem) for problem in parsed.problems] == ["x.csv, row 3, Band: has 2 names, but Ids has 1 ids."]
    assert [artist.spotify_id for artist in parsed.tracks[0].record.artists] == [track_id(1), track_id(2)]


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        (("Song=title",), "No column is mapped to Artists. A track needs a title and an artist."),
        (("Song=title", "Band=title"), "“Song” and “Band” are both mapped to Title. Choose one of them."),
        (("Song=title", "Band=artist"), "“Band”: “artist” is no field. Use one of title, artists, "),
        (("Song=title", "Band=artists:tab"), "“Band”: “tab” is no reading of artists. Use one of one, comma, "),
        (("Song=title:x", "Band=artists"), "“x” is no reading of title. This field has one reading: leave it blank."),
        (("Song=title", "Band=artists", "Year=released"), "x.csv lacks columns that are mapped: “Year”."),
        (("Song=title", "Band=artists", "Band=album"), "x.csv lacks columns that are mapped: “Band”."),
    ],
)
def test_mappings_that_cannot_be_used(columns: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read("Song,Band\nOne,Sia\n", *columns)
    assert complaint in str(refused.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "m.json is not JSON: "),
        ("[" * 100_000, "m.json is not JSON: "),
        ("[]", "m.json has no list of “columns”. --print-map writes one."),
        ('{"columns": []}', "m.json has no list of “columns”. --print-map writes one."),
        ('{"columns": ["Song"]}', "m.json: each of the columns is an object with “heading”, “field” and “reading”."),
        ('{"columns": [{"heading": 1, "field": "title"}]}', "m.json: each of the columns is an object"),
        ('{"columns": [{"heading": "a", "field": "title"}]}', "No column is mapped to Artists."),
    ],
)
def test_json_that_is_no_mapping(text: str, complaint: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        read_mapping(text, "m.json")
    assert complaint in str(refused.value)


def test_json_is_read_as_it_is_written() -> None:
    found = mapping("♥=liked:mark", "Song=title", "Band=artists:comma", "=ignore")
    assert read_mapping(mapping_as_json(found, [["♥", "One", "A", ""]]), "m.json") == found
    # A person need not write what is usual.
    short = json.dumps({"columns": [{"heading": "S", "field": "title"}, {"heading": "B", "field": "artists"}, {}]})
    assert read_mapping(short, "m.json") == mapping("S=title", "B=artists", "=ignore")


@pytest.mark.parametrize(
    ("cells", "score", "plays"),
    [("5;", None, 5), ("3.5;", None, 4), ("0;", None, None), ("5;2", 5, None), ("5;70", 70, None), (";7", 7, None)],
)
def test_a_rating_counts_as_so_many_plays_where_there_are_fewer(
    cells: str, score: int | None, plays: int | None
) -> None:
    text = f"Song;Artist;Stars;Plays\nOne;Sia;{cells}\n"
    parsed = read(text, "Song=title", "Artist=artists", "Stars=rating:stars", "Plays=score")
    (row,) = parsed.tracks
    assert row.record.values.get("score") == score
    assert (row.record.plays and row.record.plays.number) == plays
    (note,) = [str(note) for note in parsed.notes if "rating" in str(note)]
    assert "A rating counts as so many plays, five stars as five, where the track has fewer." in note
