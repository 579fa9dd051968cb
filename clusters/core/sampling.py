"""Draw samples of tracks by a hash of their values.

A track is in the same samples whichever other tracks there are: nearly the same tracks have nearly the same samples, so
that an import of a few tracks changes few of them. No seed has a say.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FloatArray, IntArray

HashArray = NDArray[np.uint64]

# What a sample is for. Samples for different purposes are independent of each other.
Purpose = Literal["fit", "silhouette", "refit", "division"]
_SALTS: dict[Purpose, int] = {"fit": 1, "silhouette": 2, "refit": 3, "division": 4}


def row_hashes(values: FloatArray) -> HashArray:
    """Return a hash of each row, shape (n,). Equal rows have equal hashes. ``values``: shape (n, d)."""
    # Adding zero turns -0.0, which has other bits, into 0.0.
    columns = np.ascontiguousarray(values.T + 0.0).view(np.uint64)
    hashes = np.zeros(len(values), dtype=np.uint64)
    for column in columns:
        hashes = _mix(hashes ^ column)
    return hashes


def draw(hashes: HashArray, size: int, purpose: Purpose, number: int = 0) -> IntArray:
    """Return the indexes of ``size`` rows in ascending order, or of all if there are no more.

    ``number``: which of the samples for this purpose, 0 to 2³² - 1.
    """
    if len(hashes) <= size:
        return np.arange(len(hashes))
    salt = _mix(np.array([(_SALTS[purpose] << 32) + number], dtype=np.uint64))
    return np.sort(np.argpartition(_mix(hashes ^ salt), size)[:size])


def _mix(numbers: HashArray) -> HashArray:
    """Return each number with all its bits mixed: one step of SplitMix64, whose results pass for random.

    Source: G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", *OOPSLA* 2014.
    """
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
