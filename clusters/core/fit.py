"""Cluster the tracks by k-means, choose how many clusters there are, and number them by rule."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from clusters.core import quality
from clusters.core.features import FloatArray, IntArray, UnclusterableError
from clusters.core.kmeans import fit_all_k, nearest_center
from clusters.core.params import MIN_CLUSTERS, MIN_TRACKS, Params
from clusters.core.projection import Projection

MAX_CLUSTERS_BY_CHOICE = 10
MIN_TRACKS_PER_CLUSTER = 4
# The rule for k: the most clusters of which none is too small, whose silhouette is at least this share of the best one,
# and which refits on parts of the tracks find again. Few clusters always have the best silhouette and say the least.
MIN_SILHOUETTE_RATIO = 0.65
MIN_SIZE = 3
MIN_SHARE = 0.02
# A larger genre is fitted, refitted and measured on a random sample of this many tracks.
FIT_SAMPLE_SIZE = 4_000


@dataclass(frozen=True)
class ClusterFit:
    """The clusters that were chosen, and the figures for every number of clusters that was tried.

    ``numbers``: shape (n,), each track's cluster, 1 to k. ``distances``: shape (n,), from each track to its cluster's
    centre. ``silhouette``, ``stability``: of these clusters; stability is None if it was not measured.

    By number of clusters: ``silhouettes``, the mean over the tracks, -1 to 1, in the space of the components;
    ``stabilities``, the mean adjusted Rand index with refits on random parts of the tracks, at most 1, only for the
    numbers that might have been chosen, so none if a number was asked for; ``smallest_shares``, the smallest cluster's
    share of the tracks.
    """

    numbers: IntArray
    distances: FloatArray
    silhouette: float
    stability: float | None
    silhouettes: dict[int, float]
    stabilities: dict[int, float]
    smallest_shares: dict[int, float]


def choose_clusters(projection: Projection, params: Params) -> ClusterFit:
    """Cluster the points of ``projection``: as many clusters as ``params`` asks for, or as the data support.

    k-means itself draws nothing at random. The seed is for the choice of k, which refits random parts of the tracks,
    and for the sample of a genre of more than FIT_SAMPLE_SIZE tracks. Clusters are numbered along the plot's first
    axis: cluster 1 is the leftmost. Raises UnclusterableError if fewer tracks differ from each other than clusters are
    asked for, or than MIN_TRACKS.
    """
    points = projection.points
    random = np.random.default_rng(params.seed)
    # More threads make products of tables of this size slower, and their last digits depend on the number of threads.
    with threadpool_limits(limits=1):
        sample = points[quality.subsample(random, len(points), FIT_SAMPLE_SIZE)]
        distinct = len(np.unique(sample, axis=0))
        needed = max(MIN_TRACKS, params.clusters or 0)
        if distinct < needed:
            raise UnclusterableError(f"only {distinct} of {len(points)} tracks differ, and {needed} are needed")
        max_chosen = max(MIN_CLUSTERS, min(MAX_CLUSTERS_BY_CHOICE, distinct // MIN_TRACKS_PER_CLUSTER))
        # At least as many as the choice would try, so that the same k gives the same clusters, asked for or chosen.
        fits = fit_all_k(sample, max(max_chosen, params.clusters or 0))
        if params.clusters is not None:
            fits = {params.clusters: fits[params.clusters]}
        silhouettes = quality.silhouettes(sample, fits, random)
        sizes = {k: np.bincount(fit.labels, minlength=k) for k, fit in fits.items()}
        stabilities: dict[int, float] = {}
        n_clusters = params.clusters
        if n_clusters is None:
            stabilities = quality.stabilities(sample, fits, _separated(silhouettes, sizes), random)
            n_clusters = _choose(stabilities)
        labels = nearest_center(points, fits[n_clusters].centers)
    numbers, distances = _number(points, labels)
    shares = {k: float(size.min() / size.sum()) for k, size in sizes.items()}
    return ClusterFit(
        numbers, distances, silhouettes[n_clusters], stabilities.get(n_clusters), silhouettes, stabilities, shares
    )


def _separated(silhouettes: Mapping[int, float], sizes: Mapping[int, IntArray]) -> list[int]:
    """Return every k that is nearly as well separated as the best, among those without a very small cluster.

    If every k has a very small cluster, return the one whose smallest cluster is largest.
    """
    without_small = [k for k in silhouettes if sizes[k].min() >= max(MIN_SIZE, MIN_SHARE * sizes[k].sum())]
    if not without_small:
        return [max(silhouettes, key=lambda k: (sizes[k].min(), silhouettes[k]))]
    best = max(silhouettes[k] for k in without_small)
    # A share of a negative silhouette would be larger than the silhouette itself.
    return [k for k in without_small if silhouettes[k] >= min(best, MIN_SILHOUETTE_RATIO * best)]


def _choose(stabilities: Mapping[int, float]) -> int:
    """Return the largest k that is stable; if none is, the most stable."""
    stable = [k for k, stability in stabilities.items() if stability >= quality.MIN_STABILITY]
    return max(stable) if stable else max(stabilities, key=lambda k: (stabilities[k], k))


def _number(points: FloatArray, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """Number the clusters by their centres, left to right, then bottom to top; return numbers and distances."""
    present, labels = np.unique(labels, return_inverse=True)
    sizes = np.bincount(labels, minlength=len(present))
    centers = np.stack([np.bincount(labels, column, len(present)) for column in points.T], axis=1) / sizes[:, None]
    order = np.lexsort(centers.T[::-1])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[labels], np.linalg.norm(points - centers[labels], axis=1)
