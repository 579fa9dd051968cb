"""A playlist as a CSV file: its tracks in order, with the columns that lists of tracks have."""

from collections.abc import Iterator
from typing import IO, Any

from musicdb.db import repeatable_read
from musicdb.exports.columns import Row
from musicdb.exports.lists import Csv
from musicdb.exports.tables import TRACKS
from musicdb.models import Playlist
from musicdb.progress import Progress, no_progress
from musicdb.search import tracks_of


def export_playlist(file: IO[bytes], playlist: Playlist, progress: Progress = no_progress) -> None:
    """Write the tracks of ``playlist`` in order, after the number of each and when it was added.

    Who added a track is left out: such a file is passed on.
    """
    header = ["number", "added_at", *(column.name for column in TRACKS.list_columns)]
    with repeatable_read():
        Csv().write(file, "tracks", header, _rows(playlist, progress))


def _rows(playlist: Playlist, progress: Progress) -> Iterator[Row]:
    # The entry's own column, so that each place in the order is read together with when its track was added.
    columns = ["pk"] if playlist.has_rule else ["pk", "playlist_entries__added_at"]
    places: list[tuple[Any, ...]] = list(tracks_of(playlist).values_list(*columns))
    rows = TRACKS.list_rows([key for key, *_ in places], Csv.cells, progress)
    for number, ((_, *added_at), row) in enumerate(zip(places, rows, strict=True), start=1):
        yield [number, added_at[0].isoformat() if any(added_at) else "", *row]
