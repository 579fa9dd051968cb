"""The exports of the admin's lists: a resource of django-import-export for each table, and the formats of the files."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from import_export.fields import Field
from import_export.formats import base_formats
from import_export.resources import Resource
from tablib import Dataset

from musicdb.exports.cells import csv_cell, workbook_cell
from musicdb.exports.columns import Table
from musicdb.exports.tables import ALBUMS, ARTISTS, GENRES, LABELS, PLAYLISTS, TRACKS


class CatalogueResource(Resource):
    """The rows of a list, with the columns of its table, in the order of the list."""

    table: ClassVar[Table]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = {column.name: Field(column_name=column.name) for column in self.table.list_columns}

    @classmethod
    def get_display_name(cls) -> str:
        return cls.table.name

    def export(self, queryset: QuerySet[Any], **kwargs: Any) -> Dataset:
        dataset = Dataset(headers=[column.name for column in self.table.list_columns])
        # The list's own joins and annotations serve its page. A file needs only to know which rows, in which order.
        for row in self.table.list_rows(list(queryset.values_list("pk", flat=True))):
            dataset.append(row)
        return dataset


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


class Csv(base_formats.CSV):
    """CSV with a byte-order mark, by which spreadsheets recognise UTF-8."""

    def export_data(self, dataset: Dataset, **kwargs: Any) -> str:
        cells = Dataset(*([csv_cell(cell) for cell in row] for row in dataset), headers=dataset.headers)
        return f"\ufeff{super().export_data(cells, **kwargs)}"


class Xlsx(base_formats.XLSX):
    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        cells = Dataset(*([workbook_cell(cell) for cell in row] for row in dataset), headers=dataset.headers)
        data: bytes = super().export_data(cells, **kwargs)
        return data


class Json(base_formats.JSON):
    """JSON with typed values. It is not escaped, since no spreadsheet runs it."""


LIST_FORMATS = (Csv, Xlsx, Json)
