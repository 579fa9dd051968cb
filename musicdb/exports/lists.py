"""The exports of the admin's lists: a resource of django-import-export for each table, and the formats of the files."""

import csv
import io
from array import array
from collections.abc import Iterable, Sequence
from typing import IO, Any, ClassVar

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import Resource

from musicdb.db import repeatable_read
from musicdb.exports import columns
from musicdb.exports.cells import csv_cells, json_cells, workbook_cells
from musicdb.exports.columns import Row, Table
from musicdb.exports.tables import ALBUMS, ARTISTS, GENRES, LABELS, PLAYLISTS, TRACKS
from musicdb.exports.workbooks import write_rows, write_workbook
from musicdb.progress import Progress, no_progress


class CatalogueResource(Resource):
    """The rows of a list, with the columns of its table, in the order of the list."""

    table: ClassVar[Table]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = {column.name: Field(column_name=column.name) for column in self.table.list_columns}

    @classmethod
    def get_display_name(cls) -> str:
        return cls.table.name


class GenreResource(CatalogueResource):
    table = GENRES


class ArtistResource(CatalogueResource):
    table = ARTISTS


class LabelResource(CatalogueResource):
    table = LABELS


class AlbumResource(CatalogueResource):
    table = ALBUMS


class TrackResource(CatalogueResource):
    table = TRACKS


class PlaylistResource(CatalogueResource):
    table = PLAYLISTS


class ListFormat(base_formats.TablibFormat):
    """A kind of file. ``cells`` makes the cells of a column what such a file has."""

    @staticmethod
    def cells(values: Sequence[Any]) -> Sequence[Any]:
        return values

    def write(self, file: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Row]) -> None:
        """Write the table called ``name`` to ``file``, row by row. Raises ExportRefusedError."""
        raise NotImplementedError


class Csv(ListFormat, base_formats.CSV):
    """CSV with a byte-order mark, by which spreadsheets recognise UTF-8."""

    cells = staticmethod(csv_cells)

    def write(self, file: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Row]) -> None:
        text = io.TextIOWrapper(file, "utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(header)
        writer.writerows(rows)
        text.detach()


class Xlsx(ListFormat, base_formats.XLSX):
    cells = staticmethod(workbook_cells)

    def write(self, file: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Row]) -> None:
        write_workbook(file, [name], lambda _, sheet: write_rows(sheet, name, header, rows, "CSV"))


class Json(ListFormat, base_formats.JSON):
    """JSON with typed values. It is not escaped, since no spreadsheet runs it."""

    cells = staticmethod(json_cells)

    def write(self, file: IO[bytes], name: str, header: Sequence[str], rows: Iterable[Row]) -> None:
        headings = [f"{cell}: " for cell in json_cells(header)]
        before = "["
        for row in rows:
            pairs = ", ".join(map(str.__add__, headings, row))
            file.write(f"{before}\n{{{pairs}}}".encode())
            before = ","
        file.write(b"[]" if before == "[" else b"\n]")


LIST_FORMATS: tuple[type[ListFormat], ...] = (Csv, Xlsx, Json)


def keys_of(rows: QuerySet[Any]) -> "array[int]":
    """Return which rows a list has, in its order: the keys, of 8 bytes each."""
    # The list's own joins and annotations serve its page. A file needs only to know which rows, in which order.
    found = rows.prefetch_related(None).values_list("pk", flat=True)
    return array("q", found.iterator(chunk_size=columns.BATCH))


def export_list(
    file: IO[bytes],
    table: Table,
    keys: Sequence[int],
    file_format: ListFormat,
    progress: Progress = no_progress,
) -> None:
    """Write the rows with these keys to ``file``, in this order, without those that are deleted by now.

    They are read in batches, and are all of one moment. Raises ExportRefusedError.
    """
    with repeatable_read():
        header = [column.name for column in table.list_columns]
        file_format.write(file, table.name, header, table.list_rows(keys, file_format.cells, progress))
