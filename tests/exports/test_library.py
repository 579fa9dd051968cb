"""The file that has the whole library: what is in it, what it costs, and when it is refused."""

import csv
import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb.exports import LIBRARY_FORMATS, ExportRefusedError, columns, library, workbooks
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.models import Album, Artist, Genre, Label, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.library import awkward_library, exported, run, state, wipe
from tests.processes import own_database, python

pytestmark = pytest.mark.django_db
KINDS = [".zip", ".xlsx"]


def test_a_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    awkward_library()
    path = tmp_path / "library.zip"
    call_command("exportlibrary", str(path))
    assert (
        capsys.readouterr().out
        == f"{path}: 2 genres, 3 artists, 2 labels, 4 albums, 10 tracks, 2 playlists, 5 playlist entries.\n"
    )
    assert [path.name] == [left.name for left in tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("name", "message"),
    [("library.csv", "must end in .zip or .xlsx"), ("none/library.zip", "cannot be written: No such file")],
)
def test_a_file_that_cannot_be(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("exportlibrary", str(tmp_path / name))
    assert not list(tmp_path.iterdir())


def test_what_a_workbook_cannot_hold(tmp_path: Path) -> None:
    GenreFactory(name="Fits", description="x" * 32_767)
    LIBRARY_FORMATS[".xlsx"](io.BytesIO())
    GenreFactory(name="Long", description="x" * 32_768)
    path = tmp_path / "library.xlsx"
    path.write_bytes(b"the last one")
    with pytest.raises(CommandError, match=r"The description of “Long” is longer than .* Export a .zip"):
        call_command("exportlibrary", str(path))
    assert path.read_bytes() == b"the last one"
    before, source = state(), exported(".zip")
    wipe()
    run(source)
    assert state() == before


def test_larger_than_an_import_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    TrackFactory()
    for kind, limits in (
        (".zip", ("MAX_UNPACKED_SIZE", "MAX_FILE_SIZE", "MAX_ROWS")),
        (".xlsx", ("MAX_WORKBOOK_UNPACKED_SIZE", "MAX_SHEET_ROWS")),
    ):
        for limit in limits:
            with monkeypatch.context() as smaller:
                smaller.setattr(workbooks if limit == "MAX_SHEET_ROWS" else library, limit, 1)
                with pytest.raises(ExportRefusedError):
                    LIBRARY_FORMATS[kind](io.BytesIO())


def test_no_cell_is_a_formula() -> None:
    awkward_library()
    with zipfile.ZipFile(io.BytesIO(exported(".zip").data)) as archive:
        for name in archive.namelist():
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"))):
                for cell in row:
                    assert not cell.startswith(("=", "+", "@", "\t", "\r")), name
                    assert not cell.startswith("-") or float(cell) < 0


def test_each_table_is_read_with_the_columns_that_are_written() -> None:
    written = {}
    with zipfile.ZipFile(io.BytesIO(exported(".zip").data)) as archive:
        for name in archive.namelist():
            (written[name],) = csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig")))
    read = {one.table.name: [str(column.column_name) for column in one.columns().values()] for one in NATIVE_FORMATS}
    assert written == {f"{name}.csv": header for name, header in read.items()}
    for model in (Genre, Artist, Label, Album, Track):
        stored = {field.name for field in model._meta.concrete_fields}
        assert stored - {"id", "name_key", "search_key", "sort_key", "release_date", "release_precision"} <= set(
            read[f"{model._meta.model_name}s"]
        )


@pytest.mark.parametrize("kind", KINDS)
def test_queries_grow_with_batches_not_with_rows(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            LIBRARY_FORMATS[kind](io.BytesIO())
        return len(queries)

    def add(rows: int) -> None:
        for _ in range(rows):
            album = AlbumFactory(labels=[LabelFactory()])
            TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()], album=album)

    add(1)
    # Each of the 7 tables: its number of rows, its rows, their child rows, and a batch without rows. Albums and tracks
    # have three kinds of child rows. There are no playlists, and no entries of any.
    assert count() == 7 + 3 * 3 + 2 * 5 + 2
    add(3)
    assert count() == 28
    monkeypatch.setattr(columns, "BATCH", 2)
    assert count() == 28 + 3 * 2 + 2 * 4


@pytest.mark.parametrize("kind", KINDS)
def test_memory_grows_with_batches_not_with_rows(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        Track.objects.bulk_create(Track(title=f"T{number}", slug=f"t{rows}-{number}") for number in range(rows))
        tracemalloc.start()
        library.export_to(tmp_path / f"library{kind}")
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    monkeypatch.setattr(columns, "BATCH", 25)
    peak(1)  # The first export loads modules.
    few = peak(50)
    assert peak(600) < 1.5 * few


@pytest.mark.slow
def test_all_of_one_moment(tmp_path: Path) -> None:
    """A track that is created during an export is not in it, and neither waits for the other."""
    with own_database(tmp_path) as environment:
        said = python(environment, "-c", MEANWHILE, str(tmp_path / "library.zip"))
    assert said.splitlines() == [
        "{'genres': 0, 'artists': 0, 'labels': 0, 'albums': 0, 'tracks': 1, 'playlists': 0, 'playlist_entries': 0}",
        "2",
    ]


MEANWHILE = """
import sys
from pathlib import Path
from threading import Thread
import django
django.setup()
from django.db import connections
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.exports import library
from musicdb.exports.columns import Table

Track.objects.create(title="Before")
rows = Table.rows

def write():
    Track.objects.create(title="Meanwhile")
    connections.close_all()

def meanwhile(table, cells, progress):
    yield from rows(table, cells, progress)
    if table.name != "genres":
        return
    writer = Thread(target=write)
    writer.start()
    writer.join(timeout=5)
    assert not writer.is_alive()

Table.rows = meanwhile
print(library.export_to(Path(sys.argv[1])))
print(Track.objects.count())
"""
