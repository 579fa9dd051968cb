"""Export the catalogue: single lists as CSV, XLSX or JSON, and the whole library as one file."""

from musicdb.exports.library import LIBRARY_FORMATS, count_library, export_to
from musicdb.exports.lists import (
    LIST_FORMATS,
    AlbumResource,
    ArtistResource,
    CatalogueResource,
    GenreResource,
    LabelResource,
    ListFormat,
    TrackResource,
    export_list,
    keys_of,
)
from musicdb.exports.public_lists import write_public_list
from musicdb.exports.tables import TABLES
from musicdb.exports.workbooks import ExportRefusedError

__all__ = [
    "LIBRARY_FORMATS",
    "LIST_FORMATS",
    "TABLES",
    "AlbumResource",
    "ArtistResource",
    "CatalogueResource",
    "ExportRefusedError",
    "GenreResource",
    "LabelResource",
    "ListFormat",
    "TrackResource",
    "count_library",
    "export_list",
    "export_to",
    "keys_of",
    "write_public_list",
]
