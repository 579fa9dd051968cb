"""The points of a run as compact bytes for the map in the browser, and which of them an outline encloses.

No matplotlib here: web requests import it. Numbers are little-endian. Columns follow one another, each for all points,
because what is alike then stands together and compresses well.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FloatArray, IntArray

MAGIC = b"MAP1"
# The grid has 2 to the power of so many lines each way. On a plot 800 pixels wide that is a tenth of a pixel.
BITS = 13
# A coordinate is stored as its upper bits, which are alike in neighbours, and apart from them its lower ones.
LOW_BITS = 5
# Sureness and values are stored in so many steps, from 0. The byte 255 stands for what is unknown.
SURENESS_STEPS, VALUE_STEPS = 8, 255
UNKNOWN = 255
# An outline with more corners than this is refused.
MAX_CORNERS = 100


@dataclass(frozen=True)
class Grid:
    """Lines across the plot: line 0 is at ``left`` and ``bottom``, and they are ``step`` apart."""

    left: float
    bottom: float
    step: float

    @classmethod
    def over(cls, points: FloatArray) -> Self:
        """Return the finest grid of 2 ** BITS lines each way that has all of ``points``, shape (n, 2), on it."""
        low, high = points.min(axis=0), points.max(axis=0)
        step = float((high - low).max()) / (2**BITS - 1)
        return cls(float(low[0]), float(low[1]), step or 1.0)

    def place(self, points: FloatArray) -> IntArray:
        """Return the nearest lines to ``points``: shape (n, 2), across and up."""
        return np.rint((points - [self.left, self.bottom]) / self.step).astype(np.int64)


def encode_points(ids: IntArray, numbers: IntArray, points: FloatArray, sureness: FloatArray) -> bytes:
    """Return the points of a map, sorted by cluster and then by id.

    ``ids``, ``numbers``, ``sureness``: shape (n,), n at least 1; ``points``: shape (n, 2). An unknown sureness is NaN.

    After the magic: the number of points (4 bytes), the grid (3 times 8), the number of clusters (4); of each cluster
    its number and its points (4 and 4). Then, for all points, four columns of a byte: the upper and lower bits across,
    the same up; a column of a byte for the sureness; and the ids, as ``varints`` of the distances within a cluster.
    """
    order = np.lexsort([ids, numbers])
    ids, numbers, sureness = ids[order], numbers[order], sureness[order]
    grid = Grid.over(points)
    places = grid.place(points[order])
    present, starts, sizes = np.unique(numbers, return_index=True, return_counts=True)
    distances = np.diff(ids, prepend=0)
    distances[starts] = ids[starts]
    columns = [part for side in places.T for part in (side >> LOW_BITS, side & 2**LOW_BITS - 1)]
    return b"".join(
        [
            MAGIC,
            np.uint32(len(ids)).astype("<u4").tobytes(),
            np.array([grid.left, grid.bottom, grid.step], "<f8").tobytes(),
            np.uint32(len(present)).astype("<u4").tobytes(),
            np.column_stack([present, sizes]).astype("<u4").tobytes(),
            *(column.astype(np.uint8).tobytes() for column in columns),
            _in_steps(sureness, 0.0, 1.0, SURENESS_STEPS).tobytes(),
            varints(distances),
        ]
    )


def encode_values(ids: IntArray, values: FloatArray) -> bytes:
    """Return a value of each track, such as its tempo. ``ids``, ``values``: shape (n,); what is unknown is NaN.

    After the magic: the number of tracks (4 bytes), the lowest and the highest value (8 and 8; 0 if none is known).
    Then a column of a byte for the value, and the ids in ascending order, as ``varints`` of the distances.
    """
    order = np.argsort(ids)
    ids, values = ids[order], values[order]
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    return b"".join(
        [
            MAGIC,
            np.uint32(len(ids)).astype("<u4").tobytes(),
            np.array([low, high], "<f8").tobytes(),
            _in_steps(values, low, high, VALUE_STEPS).tobytes(),
            varints(np.diff(ids, prepend=0)),
        ]
    )


def varints(numbers: IntArray) -> bytes:
    """Return whole numbers from 0 as bytes of seven bits, the lowest first. All but a number's last have the eighth.

    >>> varints(np.array([1, 127, 128])).hex(" ")
    '01 7f 80 01'
    """
    width = max(1, -(-int(numbers.max(initial=0)).bit_length() // 7))
    digits = numbers[:, None] >> 7 * np.arange(width)
    is_written = digits > 0
    is_written[:, 0] = True
    has_more = np.zeros_like(is_written)
    has_more[:, :-1] = is_written[:, 1:]
    written: NDArray[np.uint8] = (digits & 127 | has_more * 128)[is_written].astype(np.uint8)
    return written.tobytes()


def enclosed(places: IntArray, outline: IntArray) -> NDArray[np.bool_]:
    """Return which of ``places``, shape (n, 2), ``outline`` encloses: shape (n,).

    ``outline``, shape (m, 2): two opposite corners of a box, which has its border, or the three or more corners of a
    polygon, where a place is inside if a line from it to the right crosses the outline an odd number of times. The
    script in the browser computes the same in the same order, so that both find the same tracks.
    """
    x, y = places.T
    if len(outline) == 2:
        (left, bottom), (right, top) = outline.min(axis=0), outline.max(axis=0)
        in_box: NDArray[np.bool_] = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        return in_box
    inside = np.zeros(len(places), dtype=np.bool_)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            inside ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside


def _in_steps(values: FloatArray, low: float, high: float, steps: int) -> NDArray[np.uint8]:
    """Return ``values`` from ``low`` to ``high`` as steps from 0 to ``steps`` - 1, and UNKNOWN for NaN."""
    shares = (values - low) / ((high - low) or 1.0)
    known = np.isfinite(shares)
    return np.where(known, np.rint(np.where(known, shares, 0.0) * (steps - 1)), UNKNOWN).astype(np.uint8)
