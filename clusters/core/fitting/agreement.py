"""How far two groupings of the same items agree."""

import numpy as np

from clusters.core.features import FloatArray, IntArray


def contingency(one: IntArray, other: IntArray, shape: tuple[int, int] | None = None) -> IntArray:
    """Return how many items are in each pair of groups. ``one``, ``other``: shape (n,), group indexes from 0.

    ``shape``: the numbers of groups, if there may be more than there are items in.
    """
    rows, columns = shape or (int(one.max()) + 1, int(other.max()) + 1)
    counts: IntArray = np.bincount(one * columns + other, minlength=rows * columns).reshape(rows, columns)
    return counts


def adjusted_rand(counts: IntArray) -> float:
    """Return the adjusted Rand index of two groupings: 1 if they are the same; chance gives 0 on average.

    ``counts``: their contingency table, any shape. Source: L. Hubert and P. Arabie, "Comparing partitions",
    *Journal of Classification* 2, 1985, equation 5.
    """
    table = counts.astype(np.float64)
    both, first, second = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    total = table.sum()
    maximum = (first + second) / 2
    expected = first * second / max(total * (total - 1) / 2, 1)
    return 1.0 if maximum == expected else float((both - expected) / (maximum - expected))


def _pairs(counts: FloatArray) -> float:
    return float((counts * (counts - 1)).sum() / 2)


def mean_pairwise_agreement(labels: IntArray, k: int) -> float:
    """Return the mean adjusted Rand index over all pairs of groupings of the same items.

    ``labels``: shape (groupings, n), group indexes from 0 to k - 1; at least two groupings.
    """
    groupings, items = labels.shape
    # Single precision counts exactly up to 2²⁴ items. One product of matrices has the contingency tables of all pairs.
    members = (labels[:, None] == np.arange(k)[:, None]).reshape(groupings * k, items).astype(np.float32)
    tables = (members @ members.T).astype(np.float64).reshape(groupings, k, groupings, k)
    both = (tables * (tables - 1)).sum(axis=(1, 3)) / 2
    # A grouping has the same pairs as itself: the diagonal has the number of pairs in one group.
    own = np.diag(both)
    maximum = (own[:, None] + own) / 2
    expected = own[:, None] * own / max(items * (items - 1) / 2, 1)
    same = maximum == expected
    index = np.where(same, 1.0, (both - expected) / np.where(same, 1.0, maximum - expected))
    return float(index[np.triu_indices(groupings, 1)].mean())
