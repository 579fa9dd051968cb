"""What makes "cluster 2" the same cluster after the next run: the tracks that the two share."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from clusters.core.features import IntArray
from clusters.core.params import PreviousRun

# Two clusters are one group if they share at least this part of the smaller one. Less, and a number, an address
# and an editor's name would pass to tracks that they were never meant for.
SHARE_OF_SMALLER = 0.5


def match(ids: IntArray, numbers: IntArray, previous_run: PreviousRun) -> IntArray:
    """Return ``numbers`` as they are called from now on, shape (n,).

    ``ids`` and ``numbers``: shape (n,), the tracks and their new clusters, numbered 1 to k. A cluster that is the same
    group as one of ``previous_run`` gets its number. Any other cluster gets a number that was never used, in the order
    of the new numbers. Which are the same is the assignment that shares the most tracks (H. W. Kuhn, "The Hungarian
    method for the assignment problem", *Naval Research Logistics Quarterly* 2, 1955).
    """
    old_numbers, old = np.unique(previous_run.numbers, return_inverse=True)
    new_count = int(numbers.max())
    _, in_old, in_new = np.intersect1d(previous_run.ids, ids, assume_unique=True, return_indices=True)
    shared = np.zeros((len(old_numbers), new_count), dtype=np.int64)
    np.add.at(shared, (old[in_old], numbers[in_new] - 1), 1)
    old_sizes = np.bincount(old, minlength=len(old_numbers))
    new_sizes = np.bincount(numbers, minlength=new_count + 1)[1:]

    called = np.zeros(new_count, dtype=np.int64)
    for before, after in zip(*linear_sum_assignment(shared, maximize=True), strict=True):
        if shared[before, after] >= SHARE_OF_SMALLER * min(old_sizes[before], new_sizes[after]):
            called[after] = old_numbers[before]
    unknown = called == 0
    called[unknown] = previous_run.next_number + np.arange(np.count_nonzero(unknown))
    result: IntArray = called[numbers - 1]
    return result
