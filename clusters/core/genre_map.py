"""Place genres on a map: near each other if they sound alike, their labels side by side and never over each other."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from clusters.core.features import WEIGHT_OF_EACH, FloatArray

# Labels are moved apart this many times at most. Then those that still overlap are few.
ROUNDS = 400
# Of what two overlap, each moves so much at a time.
STEP = 0.5
# What is left between two labels.
GAP = 4.0


@lru_cache(maxsize=8)
def placed(
    means: tuple[tuple[float, ...], ...], boxes: tuple[tuple[float, float], ...], width: float, height: float
) -> tuple[tuple[float, float], ...]:
    """Return the middle of each label within ``width`` and ``height``.

    ``means``: of each genre, the mean of each feature of FEATURE_NAMES. ``boxes``: width and height of its label, of
    no more genres than ``fits`` says. From left to right and from top to bottom, genres stand in the order
    of the first two principal components of their means.
    """
    if not means:
        return ()
    values = np.array(means) * WEIGHT_OF_EACH
    offsets = values - values.mean(axis=0)
    _, _, axes = np.linalg.svd(offsets, full_matrices=False)
    # The sign of a component is arbitrary: its largest loading is made positive.
    axes = axes[:2] * np.sign(axes[:2][np.arange(len(axes[:2])), np.abs(axes[:2]).argmax(axis=1)])[:, None]
    room, sizes = np.array([width, height]), np.array(boxes)
    places = np.full((len(means), 2), 0.5)
    for side, axis in enumerate(axes):
        # By their order, they fill the map evenly, and where they were close they still are.
        places[:, side] = (_ranks(offsets @ axis) + 0.5) / len(means)
    places = _apart(places * (room - sizes) + sizes / 2, sizes, room)
    return tuple((round(x, 1), round(y, 1)) for x, y in places.tolist())


def _ranks(values: FloatArray) -> FloatArray:
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _apart(places: FloatArray, sizes: FloatArray, room: FloatArray) -> FloatArray:
    """Move labels that overlap apart, along the side on which they overlap less, until none does."""
    one, other = np.triu_indices(len(places), 1)
    needed = ((sizes[one] + sizes[other]) / 2 + GAP).T
    (x, y), half = places.T.copy(), sizes.T / 2
    for _ in range(ROUNDS):
        across, up = x[one] - x[other], y[one] - y[other]
        beside, above = needed[0] - np.abs(across), needed[1] - np.abs(up)
        meets = np.flatnonzero((beside > 0) & (above > 0))
        if not len(meets):
            break
        first, second = one[meets], other[meets]
        sideways = beside[meets] < above[meets]
        for line, offsets, overlaps, moves, side in (
            (x, across, beside, sideways, 0),
            (y, up, above, ~sideways, 1),
        ):
            # Of two in one place, the later one moves right or down.
            signs = np.where(offsets[meets] > 0, 1.0, -1.0)
            steps = np.where(moves, overlaps[meets] * signs, 0.0) * STEP
            line += np.bincount(first, steps, len(line)) - np.bincount(second, steps, len(line))
            np.clip(line, half[side], room[side] - half[side], out=line)
    return np.stack([x, y], axis=1)


def fits(boxes: Sequence[tuple[float, float]], width: float, height: float) -> int:
    """Return how many of ``boxes``, the first ones, fit in the room with enough of it left to stand apart."""
    taken = np.cumsum([(wide + GAP) * (high + GAP) for wide, high in boxes])
    return int(np.searchsorted(taken, width * height * 0.4, side="right"))
