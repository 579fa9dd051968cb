"""Find the tracks that sound most like one, exactly and by numpy alone, and say what is alike about two tracks.

Tracks are compared in the space of the weighted features. A table of all tracks is one block of bytes, so that a
process can map the file.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import BY_NAME, FEATURE_NAMES, WEIGHT_OF_EACH, FloatArray, IntArray

# What a track takes in the table: its id, its recording, its weighted features.
BYTES_A_TRACK = 8 + 4 + 4 * len(FEATURE_NAMES)
# Of so many tracks at once, what is computed fits into a processor's cache.
CHUNK = 16_384
# How many tracks a share of the library is estimated from. More would not change a word.
MAX_SAMPLE = 20_000
# A first guess of the distance of the farthest neighbour is taken from every so many-th track.
STRIDE = 50

# A feature is unusual in the lowest and the highest fifth of the tracks.
UNUSUAL = 0.2
MAX_WORDS = 3
# Two tracks differ if so large a part of the library lies between them.
MUCH = 0.25


def table_of(ids: IntArray, recordings: IntArray, values: FloatArray) -> bytes:
    """Return the bytes of a table. ``ids``: shape (n,), ascending. ``recordings``: shape (n,); equal numbers are one.

    ``values``: shape (n, len(FEATURE_NAMES)), in the features' own units.
    """
    columns = np.ascontiguousarray((values * WEIGHT_OF_EACH).T, dtype="<f4")
    return ids.astype("<i8").tobytes() + recordings.astype("<i4").tobytes() + columns.tobytes()


class Neighbours:
    """The tracks of a table that ``table_of`` made."""

    def __init__(self, table: Any) -> None:
        """Read ``table``, any buffer. Raises ValueError where it is cut short."""
        size = memoryview(table).nbytes
        count, rest = divmod(size, BYTES_A_TRACK)
        if rest or not count:
            raise ValueError(f"A table of neighbours cannot have {size} bytes.")
        self.ids = np.frombuffer(table, "<i8", count)
        self.recordings = np.frombuffer(table, "<i4", count, 8 * count)
        self.columns = np.frombuffer(table, "<f4", count * len(FEATURE_NAMES), 12 * count).reshape(-1, count)
        self._sample = np.sort(self.columns[:, :: max(1, count // MAX_SAMPLE)])

    def __len__(self) -> int:
        return len(self.ids)

    def nearest(
        self, values: Sequence[float], count: int, track: int, among: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the ids and distances of the nearest ``count`` recordings, the nearest first, the first track of each.

        ``values``: the features to be near to, in their own units. ``track``: the id of the track that has them; its
        own recording is left out. ``among``: the ids to look among, all if None.
        """
        rows = None if among is None else self.rows_of(among)
        columns = self.columns if rows is None else self.columns[:, rows]
        recordings = self.recordings if rows is None else self.recordings[rows]
        squares = _squares(columns, self._point(values))
        for own in self.rows_of([track]):
            squares[recordings == self.recordings[own]] = np.inf
        size = count
        while True:
            nearest = _smallest(squares, size)
            _, first = np.unique(recordings[nearest], return_index=True)
            if len(first) >= count or size >= len(squares):
                break
            size *= 2
        chosen = nearest[np.sort(first)]
        chosen = chosen[np.isfinite(squares[chosen])][:count]
        ids = self.ids[chosen if rows is None else rows[chosen]]
        return list(zip(ids.tolist(), np.sqrt(squares[chosen]).tolist(), strict=True))

    def shares(self, values: Sequence[float]) -> dict[str, float]:
        """Return for each feature the share of the tracks that have less of it, 0 to 1; equal ones count half."""
        found = {}
        for name, column, value in zip(FEATURE_NAMES, self._sample, self._point(values), strict=True):
            below, not_above = np.searchsorted(column, value, "left"), np.searchsorted(column, value, "right")
            found[name] = float(below + not_above) / (2 * len(column))
        return found

    def _point(self, values: Sequence[float]) -> NDArray[np.float32]:
        point: NDArray[np.float32] = (np.array(values) * WEIGHT_OF_EACH).astype(np.float32)
        return point

    def rows_of(self, ids: Sequence[int]) -> IntArray:
        """Return the rows of those of ``ids`` that the table has, in ascending order."""
        wanted = np.unique(np.array(ids, dtype=np.int64))
        rows: IntArray = np.minimum(np.searchsorted(self.ids, wanted), len(self.ids) - 1)
        known: IntArray = rows[self.ids[rows] == wanted]
        return known


def _squares(columns: NDArray[np.float32], point: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the squared distance of each column of ``columns`` to ``point``."""
    squares = np.zeros(columns.shape[1], dtype=np.float32)
    scratch = np.empty(min(CHUNK, len(squares)), dtype=np.float32)
    for start in range(0, len(squares), CHUNK):
        sums = squares[start : start + CHUNK]
        step = scratch[: len(sums)]
        for column, value in zip(columns[:, start : start + CHUNK], point, strict=True):
            np.subtract(column, value, out=step)
            np.multiply(step, step, out=step)
            sums += step
    return squares


def _smallest(values: NDArray[np.float32], count: int) -> IntArray:
    """Return the rows of the ``count`` smallest of ``values``, or of all, the smallest first."""
    rows = np.arange(len(values))
    if count < len(values) // STRIDE:
        # Far fewer are left below the guess, and are quickly sorted. If the guess was too low, all are.
        place = 2 * count // STRIDE + 1
        guess = np.partition(values[::STRIDE], place)[place]
        below = np.flatnonzero(values <= guess)
        rows = below if len(below) >= count else rows
    return rows[np.argsort(values[rows], kind="stable")[:count]]


def in_common(one: dict[str, float], other: dict[str, float]) -> tuple[str, ...]:
    """Return what is unusual about both tracks alike, in words, the most unusual first; at most MAX_WORDS.

    ``one``, ``other``: of each, see ``Neighbours.shares``.

    >>> in_common({"tempo": 0.95, "valence": 0.1, "energy": 0.5}, {"tempo": 0.9, "valence": 0.05, "energy": 0.9})
    ('fast', 'sad')
    """
    found = []
    for name, share in one.items():
        high, low = min(share, other[name]), min(1 - share, 1 - other[name])
        extreme = max(high, low)
        if extreme >= 1 - UNUSUAL:
            found.append((-extreme, name, BY_NAME[name].high if high > low else BY_NAME[name].low))
    return tuple(word.lower() for _, _, word in sorted(found)[:MAX_WORDS])


def difference(one: dict[str, float], other: dict[str, float]) -> str:
    """Return how ``other`` differs most from ``one``, in words; empty if it hardly does.

    >>> difference({"tempo": 0.5, "valence": 0.5}, {"tempo": 0.6, "valence": 0.1})
    'sadder'
    """
    name = max(sorted(one), key=lambda each: abs(other[each] - one[each]))
    if abs(other[name] - one[name]) < MUCH:
        return ""
    return BY_NAME[name].more if other[name] > one[name] else BY_NAME[name].less
