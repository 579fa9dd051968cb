"""Cluster the tracks by k-means, choose how many clusters there are, and number them by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from clusters.core import sampling
from clusters.core.features import FloatArray, IntArray, UnclusterableError
from clusters.core.fitting import choice, quality, refits
from clusters.core.fitting.agreement import adjusted_rand, contingency
from clusters.core.fitting.division import evidence
from clusters.core.fitting.kmeans import KMeansFit, best_of_starts, fit_all_k, kept_or_best, nearest_center
from clusters.core.params import MIN_CLUSTERS, MIN_TRACKS, Params
from clusters.core.projection import Projection
from clusters.core.threads import one_thread

MAX_CLUSTERS_BY_CHOICE = 10
MIN_TRACKS_PER_CLUSTER = 12
# A larger collection is fitted, refitted and measured on a sample of this many tracks.
FIT_SAMPLE_SIZE = 4_000
# Whether it divides at all is clear from fewer.
DIVISION_SAMPLE_SIZE = 1_000
# The clusters of the run before are kept if their inertia is at most so many times that of the best fit.
KEEP_INERTIA = 1.1
# Of a sample, they are kept only if the two agree less than this by the adjusted Rand index. The clusters of a sample
# are not quite those of all tracks: kept every time, they would drift from run to run although no track has changed.
SAME_FIT = 0.97


class TooSmallError(UnclusterableError):
    """One of the clusters that are asked for would be too small. ``reason`` says so; the message adds what is possible.

    Its arguments are texts, since a worker process sends it to its parent, which makes it again from them.
    """

    def __init__(self, reason: str, possible: str) -> None:
        super().__init__(reason, possible)
        self.reason = reason
        self.possible = possible

    def __str__(self) -> str:
        return f"{self.reason}; possible numbers of clusters: {self.possible}"


@dataclass(frozen=True)
class ClusterFit:
    """The clusters that were chosen, and the figures for every number of clusters that was tried.

    ``numbers``: shape (n,), each track's cluster, 1 to k. ``distances``: shape (n,), from each track to its cluster's
    centre. ``sureness``: shape (n,), the share of refits that keep each track in its cluster, 0 to 1; None for a single
    cluster. ``silhouette``: of these clusters; 0 for a single one. ``stability``: of these clusters; None for a single
    one.
    ``evidence``: how much better the tracks divide than featureless data; see ``division``; None if a number of
    clusters was asked for.

    By number of clusters: ``silhouettes``, the mean over the tracks, -1 to 1, in the space of the components;
    ``stabilities``, the mean adjusted Rand index between refits of halves of the tracks, at most 1, only for the
    numbers that might have been chosen, or that was asked for; ``scores``, see ``choice``, for the same numbers unless
    one was asked for; ``smallest_shares``, the smallest cluster's share of the tracks.
    """

    numbers: IntArray
    distances: FloatArray
    sureness: FloatArray | None
    silhouette: float
    stability: float | None
    evidence: float | None
    silhouettes: dict[int, float]
    stabilities: dict[int, float]
    scores: dict[int, float]
    smallest_shares: dict[int, float]


@dataclass(frozen=True)
class FittedSample:
    """The tracks that the clusters are fitted to, and a fit of them for every number of clusters that is tried.

    ``rows``: shape (m,), their rows among all points. ``points``: shape (m, d). ``hashes``: shape (m,). ``fits``: by
    number of clusters.
    """

    rows: IntArray
    points: FloatArray
    hashes: sampling.HashArray
    fits: dict[int, KMeansFit]


def choose_clusters(
    projection: Projection,
    params: Params,
    previous: int | None = None,
    releases: IntArray | None = None,
    centers: FloatArray | None = None,
) -> ClusterFit:
    """Cluster the points of ``projection``: as many clusters as ``params`` asks for, or as the data support.

    ``releases``: shape (n,), how many tracks each point stands for; one each if it is None. They count only where a
    cluster might be too small.

    ``previous``: the number of clusters of the run before, which is kept as long as it holds; see ``choice``.
    ``centers``: shape (k, d), the centres of its clusters among the points; see ``fit_sample``. The
    choice draws its samples by the tracks' values. The seed only decides to which tracks of a collection of more than
    FIT_SAMPLE_SIZE the centres are fitted in the end. Clusters are numbered along the plot's first axis: cluster 1 is
    the leftmost.

    Raises UnclusterableError if fewer tracks differ from each other than clusters are asked for, or than MIN_TRACKS, or
    if one of the clusters that are asked for would be too small.
    """
    # More threads make products of tables of this size slower, and their last digits depend on the number of threads.
    with one_thread():
        return choose_among(projection, fit_sample(projection, params.clusters, centers), params, previous, releases)


def fit_sample(projection: Projection, clusters: int | None, centers: FloatArray | None = None) -> FittedSample:
    """Fit every number of clusters that the choice tries, and ``clusters`` if that many are asked for.

    The fits do not depend on ``clusters`` if the choice tries as many.

    ``centers``: shape (k, d), the centres of the clusters of the run before. The fit that starts from them takes the
    place of the best fit of the same k if it is nearly as good: where the tracks divide as well in several ways, they
    stay in the clusters that they were in.

    Raises UnclusterableError if fewer tracks differ from each other than ``clusters``, or than MIN_TRACKS.
    """
    rows = sampling.draw(projection.hashes, FIT_SAMPLE_SIZE, "fit")
    sample = projection.points[rows]
    distinct = len(np.unique(sample, axis=0))
    needed = max(MIN_TRACKS, clusters or 0)
    if distinct < needed:
        raise UnclusterableError(f"only {distinct} of {len(projection.points)} tracks differ, and {needed} are needed")
    max_chosen = max(MIN_CLUSTERS, min(MAX_CLUSTERS_BY_CHOICE, distinct // MIN_TRACKS_PER_CLUSTER))
    # At least as many as the choice would try, so that the same k gives the same clusters, asked for or chosen.
    fits = _without_small(sample, fit_all_k(sample, max(max_chosen, clusters or 0)))
    if centers is not None and len(centers) in fits:
        is_sample = len(rows) < len(projection.points)
        fits[len(centers)] = _kept(sample, centers, fits[len(centers)], SAME_FIT if is_sample else None)
    return FittedSample(rows, sample, projection.hashes[rows], fits)


def choose_among(
    projection: Projection,
    sample: FittedSample,
    params: Params,
    previous: int | None = None,
    releases: IntArray | None = None,
) -> ClusterFit:
    """Return what ``choose_clusters`` does, from a sample that has been fitted: also for several ``params``."""
    fits, hashes = sample.fits, sample.hashes
    sizes = {k: np.bincount(fit.labels, minlength=k) for k, fit in fits.items()}
    large_enough = [k for k in fits if not choice.is_too_small(sizes[k])]
    found: float | None = None
    stabilities: dict[int, float] = {}
    scores: dict[int, float] = {}
    if params.clusters is not None:
        wanted = {params.clusters: fits[params.clusters]}
        silhouettes = quality.silhouettes(sample.points, wanted, hashes)
        candidates = [k for k in wanted if k in large_enough]
    else:
        silhouettes = quality.silhouettes(sample.points, fits, hashes)
        found = evidence(projection.weighted(sampling.draw(projection.hashes, DIVISION_SAMPLE_SIZE, "division")))
        candidates = choice.separated({k: silhouettes[k] for k in large_enough})
        if not choice.divides(found, previous):
            candidates = []
    if candidates:
        score = partial(choice.scores, silhouettes)
        stabilities, refitted = refits.stabilities(sample.points, candidates, hashes, score)
        scores = score(stabilities)
    chosen, labels = _assign(projection, fits, choice.by_preference(scores, previous), params.seed, releases)
    if params.clusters is not None and chosen == 1:
        possible = _possible(projection, params.seed, releases)
        raise _too_small(params.clusters, sizes[params.clusters], possible)
    sureness = refits.sureness(projection.points, labels, sample.rows, refitted[chosen]) if chosen > 1 else None
    numbers, distances = _number(projection.points, labels)
    return ClusterFit(
        numbers,
        distances,
        sureness,
        silhouettes.get(chosen, 0.0),
        stabilities.get(chosen),
        found,
        silhouettes,
        stabilities,
        scores if params.clusters is None else {},
        {k: float(sizes[k].min() / sizes[k].sum()) for k in silhouettes},
    )


def _without_small(points: FloatArray, fits: Mapping[int, KMeansFit]) -> dict[int, KMeansFit]:
    """Return ``fits``; in place of each that has a cluster that is too small, one that has none, if it is found.

    A track that is far from all others gets a cluster of its own at every k. A fit of more clusters, less those that
    are too small, groups the other tracks, and the far ones join the nearest group.
    """
    found = dict(fits)
    for k, fit in fits.items():
        if not choice.is_too_small(np.bincount(fit.labels, minlength=k)):
            continue
        for larger in range(k + 1, max(fits) + 1):
            sizes = np.bincount(fits[larger].labels, minlength=larger)
            large = ~choice.too_small(sizes)
            if large.sum() == k:
                without = best_of_starts(points, fits[larger].centers[large][None])
                if not choice.is_too_small(np.bincount(without.labels, minlength=k)):
                    found[k] = without
                    break
    return found


def _kept(points: FloatArray, centers: FloatArray, best: KMeansFit, same_from: float | None) -> KMeansFit:
    """Return the fit that starts from ``centers``, shape (k, d), if it may take the place of ``best``; else ``best``.

    ``same_from``: the agreement from which ``best`` counts as the same; None if it never does.
    """
    kept = kept_or_best(points, centers, best, KEEP_INERTIA)
    shared = contingency(kept.labels, best.labels, (len(centers), len(centers)))
    is_same = same_from is not None and adjusted_rand(shared) >= same_from
    return best if is_same or choice.is_too_small(shared.sum(axis=1)) else kept


def _assign(
    projection: Projection,
    fits: Mapping[int, KMeansFit],
    preferred: Sequence[int],
    seed: int,
    releases: IntArray | None,
) -> tuple[int, IntArray]:
    """Return the first k of ``preferred`` of which no cluster is too small among all tracks, and its labels.

    The labels, shape (n,), are from 0. If there is no such k, it is 1, and all labels are 0.
    """
    rows = sampling.draw(projection.hashes, FIT_SAMPLE_SIZE, "fit", seed)
    for k in preferred:
        centers = fits[k].centers
        if len(rows) < len(projection.points):
            centers = best_of_starts(projection.points[rows], centers[None]).centers
        labels = nearest_center(projection.points, centers)
        counts = [np.bincount(labels, weights, k) for weights in (None, releases)]
        if not any(map(choice.is_too_small, counts)):
            return k, labels
    return 1, np.zeros(len(projection.points), dtype=np.int64)


def _possible(projection: Projection, seed: int, releases: IntArray | None) -> list[int]:
    """Return the numbers of clusters up to MAX_CLUSTERS_BY_CHOICE that may be asked for."""
    sample = fit_sample(projection, None)
    distinct = len(np.unique(sample.points, axis=0))
    found = []
    for k in range(MIN_CLUSTERS, min(MAX_CLUSTERS_BY_CHOICE, distinct) + 1):
        # More clusters than the choice tries have fits of their own.
        fits = sample.fits if k in sample.fits else fit_sample(projection, k).fits
        is_large_enough = not choice.is_too_small(np.bincount(fits[k].labels, minlength=k))
        if is_large_enough and _assign(projection, fits, [k], seed, releases)[0] == k:
            found.append(k)
    return found


def _too_small(clusters: int, sizes: IntArray, possible: Sequence[int]) -> TooSmallError:
    needed = f"{choice.MIN_SIZE} tracks and {choice.MIN_SHARE:.0%} of all are needed"
    reason = f"1 of {clusters} clusters would have only {sizes.min()} of {sizes.sum()} tracks, and {needed}"
    return TooSmallError(reason, ", ".join(map(str, possible)) or "none")


def _number(points: FloatArray, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """Number the clusters by their centres, left to right, then bottom to top; return numbers and distances."""
    present, labels = np.unique(labels, return_inverse=True)
    sizes = np.bincount(labels, minlength=len(present))
    centers = np.stack([np.bincount(labels, column, len(present)) for column in points.T], axis=1) / sizes[:, None]
    order = np.lexsort(centers.T[::-1])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[labels], np.linalg.norm(points - centers[labels], axis=1)
