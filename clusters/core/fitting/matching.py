"""Keep cluster numbers from run to run: a cluster inherits the number of the old cluster it shares its tracks with."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from clusters.core.features import FloatArray, IntArray
from clusters.core.fitting.kmeans import centers_of
from clusters.core.params import PreviousRun

# A cluster inherits a number only if the two share at least this part of the smaller one. With less, a number, a URL
# and an editor's name would pass to tracks that they were not meant for.
MIN_SHARED_PART = 0.5


def previous_centers(
    points: FloatArray, ids: IntArray, recordings: IntArray, previous_run: PreviousRun
) -> FloatArray | None:
    """Return the centres of the clusters of the run before, shape (k, d), or None if none of its tracks is left.

    ``points``: shape (m, d), of each recording. ``ids`` and ``recordings``: shape (n,), the tracks and the recording of
    each. A recording counts once, in the cluster of its first track.
    """
    _, in_old, in_new = np.intersect1d(previous_run.ids, ids, assume_unique=True, return_indices=True)
    if not len(in_old):
        return None
    left, first = np.unique(recordings[in_new], return_index=True)
    return centers_of(points[left], previous_run.numbers[in_old][first])


def match(ids: IntArray, numbers: IntArray, previous_run: PreviousRun) -> IntArray:
    """Return the final cluster number of each track, shape (n,).

    ``ids`` and ``numbers``: shape (n,), the tracks and their new clusters, numbered 1 to k. New and old clusters are
    paired so that the pairs share as many tracks as possible (H. W. Kuhn, "The Hungarian method for the assignment
    problem", *Naval Research Logistics Quarterly* 2, 1955). The new cluster of a pair gets the old one's number if they
    share enough. Every other cluster gets a number that was never used, in the order of ``numbers``.
    """
    old_numbers, old = np.unique(previous_run.numbers, return_inverse=True)
    new_count = int(numbers.max())
    _, in_old, in_new = np.intersect1d(previous_run.ids, ids, assume_unique=True, return_indices=True)
    shared = np.zeros((len(old_numbers), new_count), dtype=np.int64)
    np.add.at(shared, (old[in_old], numbers[in_new] - 1), 1)
    old_sizes = np.bincount(old, minlength=len(old_numbers))
    new_sizes = np.bincount(numbers, minlength=new_count + 1)[1:]

    assigned = np.zeros(new_count, dtype=np.int64)
    for before, after in zip(*linear_sum_assignment(shared, maximize=True), strict=True):
        if shared[before, after] >= MIN_SHARED_PART * min(old_sizes[before], new_sizes[after]):
            assigned[after] = old_numbers[before]
    is_new = assigned == 0
    assigned[is_new] = previous_run.next_number + np.arange(np.count_nonzero(is_new))
    result: IntArray = assigned[numbers - 1]
    return result
