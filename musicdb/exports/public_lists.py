"""Lists of albums, artists, labels, genres and playlists as CSV: what visitors may see, and the size of each row."""

from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

from django.db.models import Model, QuerySet

from musicdb.db import one_of, repeatable_read
from musicdb.exports.columns import BATCH, Column, Row, Table
from musicdb.exports.lists import Csv, keys_of
from musicdb.exports.tables import ALBUMS, ARTISTS, GENRES, LABELS, PLAYLISTS
from musicdb.exports.widgets import UrlWidget
from musicdb.models import Album, Artist, Playlist
from musicdb.search import count_tracks

# Other spellings and rules are for editors, and an artist or label without a page has no address that visitors know.
_NOT_PUBLIC = frozenset({"other_spellings", "visibility", "label_slugs", "artist_slugs", "source", "rule"})


def _public(table: Table) -> Table:
    columns = [column for column in table.list_columns if column.name not in _NOT_PUBLIC]
    if table.model in (Album, Artist):
        columns.append(Column("spotify_url", UrlWidget(), ("spotify_id",), write=_spotify_url(table.model)))
    return Table(table.name, table.model, tuple(columns))


def _spotify_url(model: Any) -> Any:
    return lambda spotify_id: model(spotify_id=spotify_id).spotify_url


_TABLES: Mapping[type[Model], Table] = {
    table.model: _public(table) for table in (ALBUMS, ARTISTS, LABELS, GENRES, PLAYLISTS)
}


def write_public_list(file: IO[bytes], rows: QuerySet[Any]) -> None:
    """Write ``rows``, a list that ``for_list`` of their model began, as CSV in their order, batch by batch."""
    table = _TABLES[rows.model]
    count = "album_count" if table.name == "labels" else "track_count"
    with repeatable_read():
        header = [*(column.name for column in table.list_columns), count]
        Csv().write(file, table.name, header, _with_counts(table, rows, count))


def _with_counts(table: Table, rows: QuerySet[Any], count: str) -> Iterator[Row]:
    keys = keys_of(rows)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        counts = _counts(table, batch, count)
        # All keys are of one moment, so each has its row.
        for key, row in zip(batch, table.list_rows(batch, Csv.cells), strict=True):
            yield [*row, counts[key]]


def _counts(table: Table, keys: Sequence[int], count: str) -> Mapping[int, int]:
    manager: Any = table.model._default_manager
    if table.model is Playlist:
        return count_tracks(manager.filter(pk__in=one_of(keys)))
    return dict(manager.all().for_list().filter(pk__in=one_of(keys)).order_by().values_list("pk", count))
