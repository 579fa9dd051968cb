"""Find a path from one track to another through tracks between them, by numpy alone.

Of the tracks near the straight line between the two, those are taken whose steps have the smallest sum of squares: many
small steps are better than one large one.
"""

import numpy as np

from clusters.core.features import IntArray
from clusters.core.neighbours import CHUNK, Neighbours

# The most steps of a path.
MAX_STEPS = 9
# Into how many parts the line is divided, and how many tracks nearest to it are considered in each.
PARTS = 12
IN_EACH_PART = 24


def path_between(neighbours: Neighbours, start: int, end: int, steps: int = MAX_STEPS) -> list[int]:
    """Return the ids of the tracks on a path of at most ``steps`` steps, from ``start`` to ``end``, two different ids.

    Each recording is on it once. It is empty if the table lacks one of the two.
    """
    ends = neighbours.rows_of([start, end])
    if len(ends) < 2:
        return []
    first, last = ends if neighbours.ids[ends[0]] == start else ends[::-1]
    rows = np.concatenate([[first], _between(neighbours, int(first), int(last)), [last]]).astype(np.int64)
    points = neighbours.columns[:, rows].T.astype(np.float64)
    norms = np.square(points).sum(axis=1)
    squares = np.maximum(norms[:, None] + norms - 2 * points @ points.T, 0.0)
    np.fill_diagonal(squares, 0.0)
    best = np.full(len(rows), np.inf)
    best[0] = 0.0
    origins = []
    for _ in range(steps):
        sums = best[:, None] + squares
        # To stay costs nothing, so a path may have fewer steps.
        origins.append(sums.argmin(axis=0))
        best = sums.min(axis=0)
    place, path = len(rows) - 1, [len(rows) - 1]
    for origin in reversed(origins):
        place = int(origin[place])
        if place != path[-1]:
            path.append(place)
    ids: list[int] = neighbours.ids[rows[path[::-1]]].tolist()
    return ids


def _between(neighbours: Neighbours, first: int, last: int) -> IntArray:
    """Return rows of tracks near the line from one row to another: the nearest of each part of it, each recording once.

    Those of the two recordings at its ends are left out.
    """
    columns = neighbours.columns
    origin = columns[:, first]
    direction = columns[:, last] - origin
    length = np.float32(direction @ direction)
    if not length:
        return np.empty(0, dtype=np.int64)
    count = columns.shape[1]
    along = np.zeros(count, dtype=np.float32)
    aside = np.zeros(count, dtype=np.float32)
    scratch = np.empty(min(CHUNK, count), dtype=np.float32)
    for begin in range(0, count, CHUNK):
        sums, squares = along[begin : begin + CHUNK], aside[begin : begin + CHUNK]
        step = scratch[: len(sums)]
        for column, start, toward in zip(columns[:, begin : begin + CHUNK], origin, direction, strict=True):
            np.subtract(column, start, out=step)
            sums += step * (toward / length)
            np.multiply(step, step, out=step)
            squares += step
        # By Pythagoras, what is left is the distance from the line.
        squares -= np.square(sums) * length
    recordings = neighbours.recordings
    parts = np.floor(along * PARTS).astype(np.int8, casting="unsafe")
    parts[(along <= 0) | (along >= 1)] = -1
    found = []
    for number in range(PARTS):
        rows = np.flatnonzero(parts == number)
        if len(rows) > IN_EACH_PART:
            rows = rows[np.argpartition(aside[rows], IN_EACH_PART)[:IN_EACH_PART]]
        found.append(rows)
    chosen = np.concatenate(found)
    chosen = chosen[~np.isin(recordings[chosen], recordings[[first, last]])]
    _, once = np.unique(recordings[chosen], return_index=True)
    return chosen[np.sort(once)]
