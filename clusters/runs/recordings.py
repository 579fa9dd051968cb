"""Which tracks are one recording: releases of one song on several albums, with the same features."""

from collections.abc import Mapping, Sequence

import numpy as np

from clusters.core.features import FloatArray, IntArray
from clusters.core.sampling import row_hashes
from musicdb.db import in_batches
from musicdb.models import Track
from musicdb.music import title_key


def recordings_of(ids: IntArray, values: FloatArray) -> IntArray:
    """Return the recording of each track, shape (n,): equal numbers are one recording.

    Tracks are one recording if all their features are equal, they have the same artists, and their titles name the same
    song in the same version; see ``title_key``. ``ids``: shape (n,). ``values``: shape (n, d). Two queries for every
    few thousand tracks whose features another track has too; none if there are none.
    """
    recordings = np.arange(len(ids))
    if not len(ids):
        return recordings
    _, sound, counts = np.unique(row_hashes(values), return_inverse=True, return_counts=True)
    repeated = np.flatnonzero(counts[sound] > 1)
    names = _names_of(ids[repeated].tolist())
    first: dict[object, int] = {}
    for row in repeated.tolist():
        # A track that has been deleted in the meantime is a recording of its own; storing will fail for it.
        name = names.get(int(ids[row]))
        recordings[row] = row if name is None else first.setdefault((sound[row], name), row)
    return recordings


def _names_of(tracks: Sequence[int]) -> Mapping[int, tuple[object, frozenset[int]]]:
    """Return what each track is called and whose it is."""
    artists = Track.objects.artists_of(tracks)
    return {
        track: (title_key(title), frozenset(artists.get(track, ())))
        for batch in in_batches(tracks)
        for track, title in Track.objects.filter(pk__in=batch).order_by().values_list("pk", "title")
    }
