"""How far two groupings of the same things agree."""

import numpy as np

from clusters.core.features import FloatArray, IntArray


def contingency(one: IntArray, other: IntArray) -> IntArray:
    """Return how many things stand in each pair of groups. ``one``, ``other``: shape (n,), groups from 0."""
    rows, columns = int(one.max()) + 1, int(other.max()) + 1
    counts: IntArray = np.bincount(one * columns + other, minlength=rows * columns).reshape(rows, columns)
    return counts


def adjusted_rand(counts: IntArray) -> float:
    """Return the adjusted Rand index of two groupings: 1 where they are the same, 0 as by chance, on average.

    ``counts``: their contingency table, any shape. Source: L. Hubert and P. Arabie, "Comparing partitions",
    *Journal of Classification* 2, 1985, equation 5.
    """
    table = counts.astype(np.float64)
    both, first, second = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    everyone = table.sum()
    most = (first + second) / 2
    expected = first * second / max(everyone * (everyone - 1) / 2, 1)
    return 1.0 if most == expected else float((both - expected) / (most - expected))


def _pairs(counts: FloatArray) -> float:
    return float((counts * (counts - 1)).sum() / 2)
