"""Group the tracks by k-means, choose the most detail that holds, and number what comes out by rule."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from clusters.core import quality
from clusters.core.features import FloatArray, IntArray, UnclusterableError
from clusters.core.kmeans import nearest_center, sweep
from clusters.core.params import MIN_CLUSTERS, MIN_TRACKS, Params
from clusters.core.projection import Projection

MAX_CLUSTERS_BY_CHOICE = 10
TRACKS_A_CLUSTER = 4
# The rule for k: the most clusters of which none is a sliver, whose silhouette is this share of the best one, and
# that refits on parts of the tracks find again. Few clusters always score best, and tell least.
SHARE_OF_BEST_SILHOUETTE = 0.65
MIN_SIZE = 3
MIN_SHARE = 0.02
# A larger genre is fitted, refitted and measured on so many of its tracks, drawn at random.
FIT_SAMPLE = 4_000


@dataclass(frozen=True)
class ClusterFit:
    """``numbers``: shape (n,), each track's cluster, 1 to k. ``distances``: shape (n,), to its own centre.

    ``silhouette`` and ``stability``: of these clusters; the latter None where it was not checked.
    By the number of clusters: ``silhouettes``, each the mean over the tracks, -1 to 1, among the components;
    ``stabilities``, the mean agreement (adjusted Rand index, at most 1) with refits on random parts of the tracks,
    for each number that was checked, so for none where it was asked for; ``smallest_shares``, the smallest
    cluster's share of the tracks.
    """

    numbers: IntArray
    distances: FloatArray
    silhouette: float
    stability: float | None
    silhouettes: dict[int, float]
    stabilities: dict[int, float]
    smallest_shares: dict[int, float]


def group(space: Projection, params: Params) -> ClusterFit:
    """Group the points of ``space`` by k-means, with as many clusters as ``params`` asks for or the data bear.

    The fit itself draws nothing at random. The seed serves the choice of k, which refits parts of the tracks, and
    the samples that stand for a genre of more than FIT_SAMPLE tracks. Numbers run along the first axis of the
    plot: cluster 1 is the leftmost. Raises UnclusterableError where there are fewer tracks that differ than
    clusters asked for, or than MIN_TRACKS.
    """
    random = np.random.default_rng(params.seed)
    # More threads make products of tables of this size slower, and their last digits vary with the number.
    with threadpool_limits(limits=1):
        sample = space.points[quality.draw(random, len(space.points), FIT_SAMPLE)]
        distinct = len(np.unique(sample, axis=0))
        needed = max(MIN_TRACKS, params.clusters or 0)
        if distinct < needed:
            raise UnclusterableError(f"only {distinct} of {len(space.points)} tracks differ, and {needed} are needed")
        most = max(MIN_CLUSTERS, min(MAX_CLUSTERS_BY_CHOICE, distinct // TRACKS_A_CLUSTER))
        # As far as the choice would look, so that the same k is the same clusters, asked for or chosen.
        fits = sweep(sample, max(most, params.clusters or 0))
        if params.clusters is not None:
            fits = {params.clusters: fits[params.clusters]}
        silhouettes = quality.silhouettes(sample, fits, random)
        sizes = {k: np.bincount(fit.labels, minlength=k) for k, fit in fits.items()}
        stabilities: dict[int, float] = {}
        chosen = params.clusters
        if chosen is None:
            stabilities = quality.stabilities(sample, fits, _separated(silhouettes, sizes), random)
            chosen = _choose(stabilities)
        labels = nearest_center(space.points, fits[chosen].centres)
    numbers, distances = _number(space.points, labels)
    shares = {k: float(size.min() / size.sum()) for k, size in sizes.items()}
    return ClusterFit(
        numbers, distances, silhouettes[chosen], stabilities.get(chosen), silhouettes, stabilities, shares
    )


def _separated(silhouettes: Mapping[int, float], sizes: Mapping[int, IntArray]) -> list[int]:
    """Return every k nearly as well separated as the best, among those without a sliver of a cluster.

    Where every k has a sliver, the one whose smallest cluster is largest.
    """
    whole = [k for k in silhouettes if sizes[k].min() >= max(MIN_SIZE, MIN_SHARE * sizes[k].sum())]
    if not whole:
        return [max(silhouettes, key=lambda k: (sizes[k].min(), silhouettes[k]))]
    best = max(silhouettes[k] for k in whole)
    # Below zero there is no separation to keep a share of.
    return [k for k in whole if silhouettes[k] >= min(best, SHARE_OF_BEST_SILHOUETTE * best)]


def _choose(stabilities: Mapping[int, float]) -> int:
    """Return the largest k that is stable; where none is, the most stable."""
    stable = [k for k, stability in stabilities.items() if stability >= quality.MIN_STABILITY]
    return max(stable) if stable else max(stabilities, key=lambda k: (stabilities[k], k))


def _number(points: FloatArray, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """Number the clusters by their centres, from left to right, then from bottom to top. Measure to the centres."""
    present, labels = np.unique(labels, return_inverse=True)
    sizes = np.bincount(labels, minlength=len(present))
    centres = np.stack([np.bincount(labels, column, len(present)) for column in points.T], axis=1) / sizes[:, None]
    order = np.lexsort(centres.T[::-1])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[labels], np.linalg.norm(points - centres[labels], axis=1)
