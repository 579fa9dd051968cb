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
    # The entry's own column, so that each place in the order is read together with when its track was added.
    columns = ["pk"] if playlist.has_rule else ["pk", "playlist_entries__added_at"]
    places: list[tuple[Any, ...]] = list(tracks.values_list(*columns))
    keys = [key for key, *_ in places]
    rows = dict(zip(keys, TRACKS.list_rows(keys), strict=True))
    for number, (key, *added_at) in enumerate(places, start=1):
        when = added_at[0].isoformat() if any(added_at) else ""
        dataset.append([number, when, *rows[key]])
    return dataset
