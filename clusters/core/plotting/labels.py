"""Places for the numbers of the clusters on the plot, so that no number hides another."""

import numpy as np

from clusters.core.features import FloatArray

# All lengths are in points, 1/72 of an inch. A digit of matplotlib's own bold font is 0.696 of the font's size wide,
# and 0.743 high with what is round at its top and bottom.
FONT_SIZE = 19.0
DIGIT_WIDTH = 0.696 * FONT_SIZE
DIGIT_HEIGHT = 0.743 * FONT_SIZE
HALO = 4.0
GAP = 2.0
# Placing all once more shortens the way from a centre to its number; more rounds rarely help.
MAX_ROUNDS = 4
# Boxes that only touch do not overlap, even where the sum of two halves is rounded.
ROUNDING = 1e-6


def box_of(number: int) -> tuple[float, float]:
    """Return the width and height of the box that ``number`` takes, with its halo and a gap, in points."""
    return len(str(number)) * DIGIT_WIDTH + HALO + GAP, DIGIT_HEIGHT + HALO + GAP


def place(centres: FloatArray, boxes: FloatArray, frame: tuple[float, float]) -> FloatArray:
    """Return the centres of ``boxes``, each as near to its place in ``centres`` as the others and the frame allow.

    ``centres``, ``boxes``: shape (n, 2), each box's wanted centre and its width and height. ``frame``: the width and
    height in which all boxes stay, from 0. The boxes together must take a small part of it: less than a quarter.

    One box after the other takes the free place that is nearest to its centre. Then each is placed again among all
    others while that brings any of them nearer.
    """
    placed = np.empty((0, 2))
    for row in range(len(centres)):
        placed = np.vstack([placed, _nearest(centres[row], boxes[row], placed, boxes[:row], frame)])
    for _ in range(MAX_ROUNDS):
        before = placed.copy()
        for row in range(len(centres)):
            others = np.arange(len(centres)) != row
            placed[row] = _nearest(centres[row], boxes[row], placed[others], boxes[others], frame)
        if np.array_equal(placed, before):
            break
    return placed


def _nearest(
    centre: FloatArray, box: FloatArray, placed: FloatArray, boxes: FloatArray, frame: tuple[float, float]
) -> FloatArray:
    """Return the place for the centre of ``box`` that is nearest to ``centre`` and free of the boxes ``placed``.

    Such a place is as near as it can be in each direction: where the centre is, or where the box touches another one
    or the frame. So only those positions are tried.
    """
    low, high = box / 2, np.array(frame) - box / 2
    wanted = np.clip(centre, low, high)
    reach = (boxes + box) / 2
    across, up = (
        np.clip(
            np.concatenate([[wanted[side]], placed[:, side] - reach[:, side], placed[:, side] + reach[:, side]]), a, b
        )
        for side, a, b in ((0, low[0], high[0]), (1, low[1], high[1]))
    )
    places = np.stack(np.meshgrid(across, up, indexing="ij"), axis=-1).reshape(-1, 2)
    is_free = np.logical_or(*np.moveaxis(np.abs(places[:, None] - placed) >= reach - ROUNDING, 2, 0)).all(axis=1)
    places = places[is_free]
    nearest: FloatArray = places[((places - wanted) ** 2).sum(axis=1).argmin()]
    return nearest
