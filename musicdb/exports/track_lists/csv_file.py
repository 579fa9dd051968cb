"""CSV with the columns of a list of tracks that visitors may see. An import reads it."""

from collections.abc import Iterator
from typing import IO

from musicdb.exports.columns import Column, Row, Table
from musicdb.exports.lists import Csv as CsvOfLists
from musicdb.exports.tables import TRACKS
from musicdb.exports.track_lists.track_list import TrackList, TrackListFormat
from musicdb.exports.widgets import UrlWidget
from musicdb.models import Track

# Other spellings are for editors, and an artist without a page has no address that visitors know.
_NOT_PUBLIC = frozenset({"other_spellings", "artist_slugs"})


def _spotify_url(spotify_id: str | None) -> str:
    return Track(spotify_id=spotify_id).spotify_url if spotify_id else ""


PUBLIC_TRACKS = Table(
    "tracks",
    Track,
    (
        *(column for column in TRACKS.list_columns if column.name not in _NOT_PUBLIC),
        Column("spotify_url", UrlWidget(), ("spotify_id",), write=_spotify_url),
    ),
)


class Csv(TrackListFormat):
    """CSV as the lists of the admin have it: safe to open in a spreadsheet."""

    extension = "csv"
    label = "CSV"
    purpose = "for spreadsheets"
    media_type = "text/csv; charset=utf-8"

    @classmethod
    def write(cls, file: IO[bytes], tracks: TrackList) -> None:
        header = ["number", *(column.name for column in PUBLIC_TRACKS.list_columns)]
        CsvOfLists().write(file, PUBLIC_TRACKS.name, header, _rows(tracks))


def _rows(tracks: TrackList) -> Iterator[Row]:
    rows = PUBLIC_TRACKS.list_rows(tracks.keys, CsvOfLists.cells)
    return ([number, *row] for number, row in enumerate(rows, start=1))
