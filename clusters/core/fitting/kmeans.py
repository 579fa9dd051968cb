"""k-means for every k at once, without random starts: the same points always give the same clusters."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FloatArray, IntArray
from clusters.core.params import MIN_CLUSTERS

# A new centre starts at one of this many points, spread evenly over their order.
CANDIDATES = 200
# This many starts are followed for PROBE_STEPS steps; the one with the lowest inertia is followed to its end.
STARTS = 3
PROBE_STEPS = 4
MAX_STEPS = 100
# Of a sample.
SAMPLE_CANDIDATES = 60
SAMPLE_STEPS = 30
# The distances of this many points to all centres are in memory at once.
CHUNK = 50_000


@dataclass(frozen=True)
class KMeansFit:
    """``labels``: shape (n,), 0 to k - 1. ``centers``: shape (k, d). ``inertia``: sum of squared distances to them."""

    inertia: float
    labels: IntArray
    centers: FloatArray


@dataclass(frozen=True)
class SampleFits:
    """One fit for each of b samples. ``inertias``: shape (b,). ``centers``: shape (b, k, d)."""

    inertias: FloatArray
    centers: FloatArray


def fit_all_k(points: FloatArray, max_clusters: int) -> dict[int, KMeansFit]:
    """Return a fit for each k from MIN_CLUSTERS to ``max_clusters``, at most the number of ``points``, shape (n, d).

    Each k starts from the centres of its neighbours. The first pass adds a centre where it lowers the inertia most (A.
    Likas, N. Vlassis and J. J. Verbeek, "The global k-means clustering algorithm", *Pattern Recognition* 36, 2003). The
    second pass removes one from each k + 1, and the third adds one again; a fit is replaced only by a better one. The
    inertia is no lower than that of ten random starts, but parts of the same points lead to the same optimum more
    often.
    """
    sweep = _Sweep(points, CANDIDATES, STARTS)
    sweep.up(max_clusters)
    if sweep.down(max_clusters):
        # The fit for two clusters starts from the mean of all points, which has not changed.
        sweep.up(max_clusters, smallest=MIN_CLUSTERS + 1)
    return sweep.fits_by_k()


def fit_samples(samples: FloatArray, max_clusters: int, second_pass: bool = False) -> dict[int, SampleFits]:
    """Return the fits of many samples for each k: several times as fast as ``fit_all_k``, and seldom much worse.

    ``samples``: shape (b, n, d). Only the first pass, or the first two, from fewer candidates, with one start and in
    single precision: for fits of which only the mean over many counts.
    """
    samples = samples.astype(np.float32)
    count, size, _ = samples.shape
    spread = np.unique(np.linspace(0, size - 1, SAMPLE_CANDIDATES).astype(np.int64))
    candidates = samples[:, spread]
    to_candidates = distances_to_centers(samples, candidates)
    centers = samples.mean(axis=1, keepdims=True)
    to_own = ((samples - centers) ** 2).sum(axis=2)
    scratch = np.empty_like(to_candidates)
    fits = {}
    for k in range(MIN_CLUSTERS, max_clusters + 1):
        best = candidates[np.arange(count), _gains(to_own, to_candidates, scratch).argmax(axis=1)]
        centers = _lloyd(samples, np.concatenate([centers, best[:, None]], axis=1), SAMPLE_STEPS)
        to_own = distances_to_centers(samples, centers).min(axis=1)
        fits[k] = SampleFits(to_own.sum(axis=1), centers)
    if second_pass:
        for k in range(max_clusters - 1, MIN_CLUSTERS - 1, -1):
            fits[k] = _better(fits[k], _one_less(samples, fits[k + 1].centers))
    return fits


def _one_less(samples: FloatArray, centers: FloatArray) -> SampleFits:
    """Return fits from ``centers`` but the one of each sample without which the inertia rises least."""
    squares = distances_to_centers(samples, centers)
    nearest = _smallest(squares)
    squares.partition(1, axis=1)
    losses = nearest.astype(samples.dtype) @ (squares[:, 1] - squares[:, 0])[:, :, None]
    count, k, columns = centers.shape
    kept = np.arange(k) != losses[:, :, 0].argmin(axis=1)[:, None]
    found = _lloyd(samples, centers[kept].reshape(count, k - 1, columns), SAMPLE_STEPS)
    return SampleFits(distances_to_centers(samples, found).min(axis=1).sum(axis=1), found)


def _better(one: SampleFits, other: SampleFits) -> SampleFits:
    better = other.inertias < one.inertias
    inertias: FloatArray = np.where(better, other.inertias, one.inertias)
    return SampleFits(inertias, np.where(better[:, None, None], other.centers, one.centers))


class _Sweep:
    """The best fits of ``points`` so far, by k. A fit is replaced only by a better one."""

    def __init__(self, points: FloatArray, candidates: int, starts: int) -> None:
        self.points = points
        self.starts = starts
        self.spread = np.unique(np.linspace(0, len(points) - 1, candidates).astype(np.int64))
        self.candidates = points[self.spread]
        # Single precision is enough to find a start.
        self.to_candidates = squared_distances(self.candidates, points).astype(np.float32)[None]
        self.scratch = np.empty_like(self.to_candidates)
        mean = points.mean(axis=0, keepdims=True)
        inertia = float(squared_distances(points, mean).sum())
        self.fits = {1: KMeansFit(inertia, np.zeros(len(points), dtype=np.int64), mean)}

    def up(self, max_clusters: int, smallest: int = MIN_CLUSTERS) -> None:
        """Fit each k from ``smallest`` on from the centres of k - 1 and one more."""
        for k in range(smallest, max_clusters + 1):
            self._keep_if_better(k, self._one_more(k))

    def down(self, max_clusters: int) -> bool:
        """Fit each k from the centres of k + 1 without one of them. Return whether that improved any fit."""
        improved = False
        for k in range(max_clusters - 1, MIN_CLUSTERS - 1, -1):
            improved |= self._keep_if_better(k, self._one_less(k))
        return improved

    def fits_by_k(self) -> dict[int, KMeansFit]:
        return {k: fit for k, fit in self.fits.items() if k >= MIN_CLUSTERS}

    def _keep_if_better(self, k: int, starts: FloatArray) -> bool:
        fit = best_of_starts(self.points, starts)
        # A difference that is only rounding must not let the later of two equal fits win.
        if k in self.fits and fit.inertia >= self.fits[k].inertia * (1 - 1e-9):
            return False
        self.fits[k] = fit
        return True

    def _one_more(self, k: int) -> FloatArray:
        """Return starts for ``k``: the centres of k - 1, and in one cluster the candidate that lowers inertia most."""
        fit = self.fits[k - 1]
        to_own = ((self.points - fit.centers[fit.labels]) ** 2).sum(axis=1)
        gains = _gains(to_own.astype(np.float32)[None], self.to_candidates, self.scratch)[0]
        labels = fit.labels[self.spread]
        best = [
            int(members[np.argmax(gains[members])])
            for cluster in range(k - 1)
            if len(members := np.flatnonzero(labels == cluster))
        ]
        best.sort(key=lambda candidate: -gains[candidate])
        return np.stack([np.vstack([fit.centers, self.candidates[[candidate]]]) for candidate in best[: self.starts]])

    def _one_less(self, k: int) -> FloatArray:
        """Return starts for ``k``: the centres of k + 1 but the one without which the inertia rises least."""
        fit = self.fits[k + 1]
        squares = squared_distances(self.points, fit.centers)
        squares.partition(1, axis=1)
        losses = np.bincount(fit.labels, squares[:, 1] - squares[:, 0], k + 1)
        return np.stack([np.delete(fit.centers, center, axis=0) for center in np.argsort(losses)[: self.starts]])


def _gains(
    to_own: NDArray[np.floating], to_candidates: NDArray[np.floating], scratch: NDArray[np.floating]
) -> FloatArray:
    """Return by how much a centre at each candidate would lower the inertia before any step, shape (b, candidates).

    ``to_own``: shape (b, n), ``to_candidates``: shape (b, candidates, n): squared distances. ``scratch``, of the latter
    shape, is written over: new memory for each call would take as long as the arithmetic.
    """
    np.subtract(to_own[:, None], to_candidates, out=scratch)
    np.maximum(scratch, 0, out=scratch)
    sums: FloatArray = scratch.sum(axis=2)
    return sums


def nearest_center(points: FloatArray, centers: FloatArray) -> IntArray:
    """Return the index of each point's nearest centre, shape (n,). Memory grows with CHUNK, not with n."""
    labels = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        labels[part] = squared_distances(points[part], centers).argmin(axis=1)
    return labels


def nearest_centers(points: FloatArray, centers: FloatArray) -> IntArray:
    """Return the index of each point's nearest centre of each of many fits, shape (b, n), in single precision.

    ``points``: shape (n, d). ``centers``: shape (b, k, d).
    """
    squares = distances_to_centers(points[None].astype(np.float32), centers)
    # numpy's own argmin takes ten times as long along an axis that is not the last.
    lowest = squares[:, 0].copy()
    labels = np.zeros(lowest.shape, dtype=np.int64)
    for center in range(1, squares.shape[1]):
        np.copyto(labels, center, where=squares[:, center] < lowest)
        np.minimum(lowest, squares[:, center], out=lowest)
    return labels


def squared_distances(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return the squared distance of each point to each of ``others``, shape (n, len(others))."""
    squares: FloatArray = points @ (-2 * others.T)
    squares += (points**2).sum(axis=1)[:, None]
    squares += (others**2).sum(axis=1)
    return np.maximum(squares, 0, out=squares)


def centers_of(points: FloatArray, labels: IntArray) -> FloatArray:
    """Return the mean of the points of each label that occurs, in the order of the labels, shape (k, d)."""
    return np.stack([points[labels == label].mean(axis=0) for label in np.unique(labels)])


def best_of_starts(points: FloatArray, starts: FloatArray) -> KMeansFit:
    """Return the fit from the most promising of ``starts``, shape (starts, k, d)."""
    if len(starts) > 1:
        centers = _lloyd(points[None], starts, PROBE_STEPS)
        inertias = distances_to_centers(points[None], centers).min(axis=1).sum(axis=1)
        starts = centers[[int(inertias.argmin())]]
    centers = _lloyd(points[None], starts, MAX_STEPS)[0]
    squares = squared_distances(points, centers)
    return KMeansFit(float(squares.min(axis=1).sum()), squares.argmin(axis=1), centers)


def kept_or_best(points: FloatArray, centers: FloatArray, best: KMeansFit, most: float) -> KMeansFit:
    """Return the fit that starts from ``centers``, shape (k, d), if its inertia is low enough; else ``best``.

    ``most``: its inertia may be that of ``best`` times this.
    """
    kept = best_of_starts(points, centers[None])
    return kept if kept.inertia <= most * best.inertia else best


def _lloyd(points: FloatArray, starts: FloatArray, steps: int) -> FloatArray:
    """Run at most ``steps`` steps of Lloyd's algorithm from all starts at once; return the centres.

    ``points``: shape (b, n, d), of each of the ``starts``, shape (b, k, d), or (1, n, d), of all. A centre that loses
    all its points stays where it is. Source: S. P. Lloyd, "Least squares quantization in PCM", *IEEE Transactions on
    Information Theory* 28, 1982.
    """
    # With a column of ones, one product has both the sums and the sizes of the clusters.
    with_one = np.concatenate([points, np.ones_like(points[:, :, :1])], axis=2)
    columns = np.ascontiguousarray(points.transpose(0, 2, 1))
    centers = starts.copy()
    # Those that still move, and their points.
    moving = np.arange(len(starts))
    current = starts
    for _ in range(steps):
        # Half the squared distances without the points' own squares, which do not change which is smallest.
        members = _smallest((current**2).sum(axis=2)[:, :, None] / 2 - current @ columns)
        sums = members.astype(points.dtype) @ with_one
        sizes = sums[:, :, -1:]
        means = np.where(sizes > 0, sums[:, :, :-1] / np.maximum(sizes, 1), current)
        centers[moving] = means
        moves = (means != current).any(axis=(1, 2))
        if not moves.any():
            break
        if not moves.all():
            moving, means = moving[moves], means[moves]
            if len(points) > 1:
                with_one, columns = with_one[moves], columns[moves]
        current = means
    return centers


def _smallest(values: FloatArray) -> NDArray[np.bool_]:
    """Return where along the second axis of ``values``, shape (b, k, n), the smallest is; the first of equal ones."""
    found: NDArray[np.bool_] = values == values.min(axis=1, keepdims=True)
    if np.count_nonzero(found) > values.size // values.shape[1]:
        found = values.argmin(axis=1)[:, None] == np.arange(values.shape[1])[:, None]
    return found


def distances_to_centers(points: FloatArray, centers: FloatArray) -> FloatArray:
    """Return the squared distances of ``points``, shape (b, n, d), to ``centers``, shape (b, k, d): shape (b, k, n)."""
    squares: FloatArray = (-2 * centers) @ points.transpose(0, 2, 1)
    squares += (centers**2).sum(axis=2)[:, :, None]
    squares += (points**2).sum(axis=2)[:, None]
    return np.maximum(squares, 0, out=squares)
