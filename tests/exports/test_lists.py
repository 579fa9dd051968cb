"""The exports of single lists, below the admin: what a workbook can hold, and in which order rows come."""

import io
import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from musicdb.exports import LIST_FORMATS, ListFormat, export_list, keys_of
from musicdb.exports.lists import Json, Xlsx
from musicdb.exports.tables import ALBUMS, ARTISTS, GENRES, LABELS, PLAYLISTS, TRACKS, Table
from musicdb.imports import ImportOptions, Source, preview
from musicdb.models import Genre, GenreAlias, Track
from musicdb.music import FEATURE_NAMES
from tests.factories import ArtistFactory, GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db


def exported(table: Table, rows: QuerySet[Any], file_format: ListFormat) -> bytes:
    file = io.BytesIO()
    export_list(file, table, keys_of(rows), file_format)
    return file.getvalue()


def values(table: Table, rows: QuerySet[Any], column: str) -> list[Any]:
    return [row[column] for row in json.loads(exported(table, rows, Json()))]


def test_characters_that_a_workbook_cannot_hold_come_back_from_it() -> None:
    """They made the export an error."""
    GenreFactory(name="pop", description="end \x0c_x000D_\r\n")
    data = exported(GENRES, Genre.objects.all(), Xlsx())
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["C2"].value == "end _x000C__x005F_x000D__x000D_\n"
    assert not preview([Source("genres.xlsx", data)], ImportOptions()).changes_anything


@pytest.mark.parametrize(
    "text", ["a < b & c > d ]]>", "  edges\t", "“quoted” \"'", "#N/A", "1e5", "007", "line\nbreak", "TRUE", "한국어 🎵"]
)
def test_texts_come_back_from_a_workbook_as_texts(text: str) -> None:
    GenreFactory(name="pop", description=text)
    sheet = load_workbook(io.BytesIO(exported(GENRES, Genre.objects.all(), Xlsx()))).worksheets[0]
    assert (sheet["C2"].value, sheet["C2"].data_type) == (text, "s")
    assert sheet.title == "genres"
    assert sheet.freeze_panes == "A2"


def test_rows_keep_the_order_of_the_list_from_batch_to_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("musicdb.exports.columns.BATCH", 2)
    for title in ("b", "d", "a", "c", "e"):
        TrackFactory(title=title)
    assert values(TRACKS, Track.objects.order_by("-title"), "title") == ["e", "d", "c", "b", "a"]


def test_aliases_come_in_the_order_in_which_they_were_made() -> None:
    genre = GenreFactory(name="pop")
    for name in ("zz", "aa"):
        GenreAlias.objects.create(name=name, target=genre)
    assert values(GENRES, Genre.objects.all(), "other_spellings") == ["zz; aa"]


@pytest.mark.parametrize("file_format", LIST_FORMATS)
def test_memory_grows_with_batches_not_with_rows(
    file_format: type[ListFormat], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def peak(rows: int) -> int:
        Track.objects.bulk_create(Track(title=f"T{number}", slug=f"t{rows}-{number}") for number in range(rows))
        tracemalloc.start()
        with (tmp_path / "tracks").open("wb") as file:
            export_list(file, TRACKS, keys_of(Track.objects.all()), file_format())
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    monkeypatch.setattr("musicdb.exports.columns.BATCH", 25)
    peak(1)  # The first export loads modules.
    few = peak(50)
    # Of each row only its key is kept.
    assert peak(1_200) < few + 1_200 * 100


@pytest.mark.parametrize("file_format", LIST_FORMATS)
def test_queries_grow_with_batches_not_with_rows(
    file_format: type[ListFormat], monkeypatch: pytest.MonkeyPatch
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            exported(TRACKS, Track.objects.all(), file_format())
        return len(queries)

    # The keys; then for each batch its tracks, their artists, their genres and their aliases.
    TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()])
    assert count() == 5
    for _ in range(2):
        TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()])
    assert count() == 5
    monkeypatch.setattr("musicdb.exports.columns.BATCH", 2)
    assert count() == 9


@pytest.mark.parametrize("table", [GENRES, ARTISTS, LABELS, ALBUMS, TRACKS, PLAYLISTS], ids=lambda table: table.name)
def test_the_docs_name_every_column(table: Table) -> None:
    docs = (Path(__file__).resolve().parents[2] / "docs" / "exporting.md").read_text(encoding="utf-8")
    match = re.search(rf"^\| [^|]+ \|.*\n(?:\|.*\n)*?\| {table.name} \| (?P<columns>.*) \|$", docs, re.MULTILINE)
    assert match
    columns = [column.name for column in table.list_columns]

    assert re.findall(r"`(\w+)`", match["columns"]) == [name for name in columns if name not in FEATURE_NAMES]
