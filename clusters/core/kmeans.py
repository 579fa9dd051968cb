"""k-means for every k at once, without random starts: the same points always give the same clusters."""

from dataclasses import dataclass

import numpy as np

from clusters.core.features import FloatArray, IntArray
from clusters.core.params import MIN_CLUSTERS

# A new centre starts at one of this many points, spread evenly over their order.
CANDIDATES = 200
# This many starts are followed for PROBE_STEPS steps; the one with the lowest inertia is followed to its end.
STARTS = 3
PROBE_STEPS = 4
MAX_STEPS = 100
# The distances of this many points to all centres are in memory at once.
CHUNK = 50_000


@dataclass(frozen=True)
class KMeansFit:
    """``labels``: shape (n,), 0 to k - 1. ``centers``: shape (k, d). ``inertia``: sum of squared distances to them."""

    inertia: float
    labels: IntArray
    centers: FloatArray


def fit_all_k(points: FloatArray, max_clusters: int) -> dict[int, KMeansFit]:
    """Return a fit for each k from MIN_CLUSTERS to ``max_clusters``, at most the number of ``points``, shape (n, d).

    Each k starts from the centres of its neighbours. The first pass adds a centre where it lowers the inertia most (A.
    Likas, N. Vlassis and J. J. Verbeek, "The global k-means clustering algorithm", *Pattern Recognition* 36, 2003). The
    second pass removes one from each k + 1, and the third adds one again; a fit is replaced only by a better one. The
    inertia is no lower than that of ten random starts, but parts of the same points lead to the same optimum more
    often.
    """
    spread = np.unique(np.linspace(0, len(points) - 1, CANDIDATES).astype(np.int64))
    candidates = points[spread]
    to_candidates = squared_distances(points, candidates)
    mean = points.mean(axis=0, keepdims=True)
    fits = {1: KMeansFit(float(squared_distances(points, mean).sum()), np.zeros(len(points), dtype=np.int64), mean)}

    def keep_if_better(k: int, starts: FloatArray) -> bool:
        fit = best_of_starts(points, starts)
        # A difference that is only rounding must not let the later of two equal fits win.
        if k in fits and fit.inertia >= fits[k].inertia * (1 - 1e-9):
            return False
        fits[k] = fit
        return True

    def one_more(k: int) -> FloatArray:
        """Return starts for ``k``: the centres of k - 1, and in one cluster the candidate that lowers inertia most."""
        fit = fits[k - 1]
        to_own = ((points - fit.centers[fit.labels]) ** 2).sum(axis=1)
        gains = np.maximum(to_own[:, None] - to_candidates, 0).sum(axis=0)
        labels = fit.labels[spread]
        best = [
            int(members[np.argmax(gains[members])])
            for cluster in range(k - 1)
            if len(members := np.flatnonzero(labels == cluster))
        ]
        best.sort(key=lambda candidate: -gains[candidate])
        return np.stack([np.vstack([fit.centers, candidates[[candidate]]]) for candidate in best[:STARTS]])

    for k in range(MIN_CLUSTERS, max_clusters + 1):
        keep_if_better(k, one_more(k))
    improved = False
    for k in range(max_clusters - 1, MIN_CLUSTERS - 1, -1):
        centers = fits[k + 1].centers
        improved |= keep_if_better(k, np.stack([np.delete(centers, center, axis=0) for center in range(k + 1)]))
    if improved:
        for k in range(MIN_CLUSTERS + 1, max_clusters + 1):
            keep_if_better(k, one_more(k))
    del fits[1]
    return fits


def nearest_center(points: FloatArray, centers: FloatArray) -> IntArray:
    """Return the index of each point's nearest centre, shape (n,). Memory grows with CHUNK, not with n."""
    labels = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        labels[part] = squared_distances(points[part], centers).argmin(axis=1)
    return labels


def squared_distances(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return the squared distance of each point to each of ``others``, shape (n, len(others))."""
    squares: FloatArray = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * (points @ others.T)
    np.maximum(squares, 0, out=squares)
    return squares


def best_of_starts(points: FloatArray, starts: FloatArray) -> KMeansFit:
    """Return the fit from the most promising of ``starts``, shape (starts, k, d)."""
    if len(starts) > 1:
        centers, _, inertias = _lloyd(points, starts, PROBE_STEPS)
        starts = centers[[int(inertias.argmin())]]
    centers, labels, inertias = _lloyd(points, starts, MAX_STEPS)
    return KMeansFit(float(inertias[0]), labels[0], centers[0])


def _lloyd(points: FloatArray, starts: FloatArray, steps: int) -> tuple[FloatArray, IntArray, FloatArray]:
    """Run at most ``steps`` steps of Lloyd's algorithm from all starts at once; return centres, labels, inertias.

    A centre that loses all its points stays where it is. Source: S. P. Lloyd, "Least squares quantization in PCM",
    *IEEE Transactions on Information Theory* 28, 1982.
    """
    count, k, _ = starts.shape
    columns = np.ascontiguousarray(points.T)
    # The points once per start, one after another, so that one bincount sums all clusters of all starts.
    repeated = np.tile(columns, count)
    constant = float((points**2).sum())
    centers = starts.copy()
    labels = np.full((count, len(points)), -1, dtype=np.int64)
    inertias = np.empty(count)
    moving = np.arange(count)
    for _ in range(steps):
        current = centers[moving]
        # Squared distances without the points' own squares, which do not change which is smallest. A loop over k is
        # several times faster than argmin over the middle axis.
        squares = (current**2).sum(axis=2)[:, :, None] - 2 * (current @ columns)
        smallest = squares[:, 0].copy()
        assigned = np.zeros(smallest.shape, dtype=np.int64)
        for cluster in range(1, k):
            nearer = squares[:, cluster] < smallest
            np.copyto(smallest, squares[:, cluster], where=nearer)
            np.copyto(assigned, cluster, where=nearer)
        inertias[moving] = smallest.sum(axis=1) + constant
        changed = (assigned != labels[moving]).any(axis=1)
        labels[moving] = assigned
        moving = moving[changed]
        if not len(moving):
            break
        cells = (assigned[changed] + np.arange(len(moving))[:, None] * k).ravel()
        sizes = np.bincount(cells, minlength=len(moving) * k)
        sums = np.stack([np.bincount(cells, column[: len(cells)], len(sizes)) for column in repeated], axis=1)
        means = sums / np.maximum(sizes, 1)[:, None]
        means[sizes == 0] = centers[moving].reshape(means.shape)[sizes == 0]
        centers[moving] = means.reshape(len(moving), k, -1)
    return centers, labels, inertias
