"""A playlist as a table: its tracks in order, with the columns that lists of tracks have."""

from typing import Any

from tablib import Dataset

from musicdb.exports.tables import TRACKS
from musicdb.models import Playlist
from musicdb.search import tracks_of


def playlist_dataset(playlist: Playlist) -> Dataset:
    """Return the tracks of ``playlist`` in order, after the number of each and when it was added.

    Who added a track is left out: such a file is passed on.
    """
    dataset = Dataset(headers=["number", "added_at", *(column.name for column in TRACKS.list_columns)])
    tracks = tracks_of(playlist)
    keys = list(tracks.values_list("pk", flat=True))
    added: list[Any] = [None] * len(keys)
    if not playlist.has_rule:
        added = list(tracks.values_list("playlist_entries__added_at", flat=True))
    rows = dict(zip(keys, TRACKS.list_rows(keys), strict=True))
    for number, (key, added_at) in enumerate(zip(keys, added, strict=True), start=1):
        when = added_at.isoformat() if added_at else ""
        dataset.append([number, when, *rows[key]])
    return dataset
