"""k-means for every k at once, without a random start: the same points always settle in the same clusters."""

from dataclasses import dataclass

import numpy as np

from clusters.core.features import FloatArray, IntArray
from clusters.core.params import MIN_CLUSTERS

# A new centre starts at one of so many points, spread evenly over their order.
CANDIDATES = 200
# Of so many starts each is followed for a few steps, and the most promising one to its end.
STARTS = 3
PROBE_STEPS = 4
MAX_STEPS = 100
# Distances of so many points to all centres are held at once.
CHUNK = 50_000


@dataclass(frozen=True)
class Fit:
    """``labels``: shape (n,), 0 to k - 1. ``centres``: shape (k, d). ``inertia``: sum of squared distances to them."""

    inertia: float
    labels: IntArray
    centres: FloatArray


def sweep(points: FloatArray, most: int) -> dict[int, Fit]:
    """Return a fit for each k from MIN_CLUSTERS to ``most``. ``points``: shape (n, d), n at least ``most``.

    Each k starts from its neighbours' centres: first one more, where it gains most (A. Likas, N. Vlassis and J. J.
    Verbeek, "The global k-means clustering algorithm", *Pattern Recognition* 36, 2003), then one fewer, then one
    more again, as far as that is better. It comes no lower than ten random starts do, but parts of the same points
    lead it to the same optimum more often.
    """
    spread = np.unique(np.linspace(0, len(points) - 1, CANDIDATES).astype(np.int64))
    candidates = points[spread]
    between = squared_distances(points, candidates)
    whole = points.mean(axis=0, keepdims=True)
    fits = {1: Fit(float(squared_distances(points, whole).sum()), np.zeros(len(points), dtype=np.int64), whole)}

    def offer(k: int, starts: FloatArray) -> bool:
        fit = best_of_starts(points, starts)
        # A tie by rounding must not depend on who came last.
        if k in fits and fit.inertia >= fits[k].inertia * (1 - 1e-9):
            return False
        fits[k] = fit
        return True

    def one_more(k: int) -> FloatArray:
        """Return starts for ``k``: the centres of one fewer, and the point of a cluster that would gain most."""
        fit = fits[k - 1]
        nearest = ((points - fit.centres[fit.labels]) ** 2).sum(axis=1)
        gains = np.maximum(nearest[:, None] - between, 0).sum(axis=0)
        of_cluster = fit.labels[spread]
        best = [
            int(members[np.argmax(gains[members])])
            for cluster in range(k - 1)
            if len(members := np.flatnonzero(of_cluster == cluster))
        ]
        best.sort(key=lambda candidate: -gains[candidate])
        return np.stack([np.vstack([fit.centres, candidates[[candidate]]]) for candidate in best[:STARTS]])

    for k in range(MIN_CLUSTERS, most + 1):
        offer(k, one_more(k))
    improved = False
    for k in range(most - 1, MIN_CLUSTERS - 1, -1):
        centres = fits[k + 1].centres
        improved |= offer(k, np.stack([np.delete(centres, centre, axis=0) for centre in range(k + 1)]))
    if improved:
        for k in range(MIN_CLUSTERS + 1, most + 1):
            offer(k, one_more(k))
    del fits[1]
    return fits


def nearest_center(points: FloatArray, centres: FloatArray) -> IntArray:
    """Return the index of each point's nearest centre, shape (n,); memory grows with the chunk, not with n."""
    labels = np.empty(len(points), dtype=np.int64)
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        labels[part] = squared_distances(points[part], centres).argmin(axis=1)
    return labels


def squared_distances(points: FloatArray, others: FloatArray) -> FloatArray:
    """Return the squared distance of each point to each of ``others``, shape (n, len(others))."""
    squares: FloatArray = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * (points @ others.T)
    np.maximum(squares, 0, out=squares)
    return squares


def best_of_starts(points: FloatArray, starts: FloatArray) -> Fit:
    """Return the fit from the most promising of ``starts``, shape (starts, k, d)."""
    if len(starts) > 1:
        centres, _, inertias = _lloyd(points, starts, PROBE_STEPS)
        starts = centres[[int(inertias.argmin())]]
    centres, labels, inertias = _lloyd(points, starts, MAX_STEPS)
    return Fit(float(inertias[0]), labels[0], centres[0])


def _lloyd(points: FloatArray, starts: FloatArray, steps: int) -> tuple[FloatArray, IntArray, FloatArray]:
    """Run at most ``steps`` steps of Lloyd's algorithm from each start at once. Return centres, labels, inertias.

    A centre that loses all its points stays where it is. Source: S. P. Lloyd, "Least squares quantization in PCM",
    *IEEE Transactions on Information Theory* 28, 1982.
    """
    count, k, _ = starts.shape
    columns = np.ascontiguousarray(points.T)
    # Once for each start, end to end: so the sums of all clusters of all starts are one count.
    repeated = np.tile(columns, count)
    constant = float((points**2).sum())
    centres = starts.copy()
    labels = np.full((count, len(points)), -1, dtype=np.int64)
    inertias = np.empty(count)
    moving = np.arange(count)
    for _ in range(steps):
        now = centres[moving]
        # Squared distances, but for the points' own squares, which change no order. A loop over k is several
        # times faster than argmin over the middle axis.
        squares = (now**2).sum(axis=2)[:, :, None] - 2 * (now @ columns)
        least = squares[:, 0].copy()
        assigned = np.zeros(least.shape, dtype=np.int64)
        for cluster in range(1, k):
            nearer = squares[:, cluster] < least
            np.copyto(least, squares[:, cluster], where=nearer)
            np.copyto(assigned, cluster, where=nearer)
        inertias[moving] = least.sum(axis=1) + constant
        changed = (assigned != labels[moving]).any(axis=1)
        labels[moving] = assigned
        moving = moving[changed]
        if not len(moving):
            break
        cells = (assigned[changed] + np.arange(len(moving))[:, None] * k).ravel()
        sizes = np.bincount(cells, minlength=len(moving) * k)
        sums = np.stack([np.bincount(cells, column[: len(cells)], len(sizes)) for column in repeated], axis=1)
        means = sums / np.maximum(sizes, 1)[:, None]
        means[sizes == 0] = centres[moving].reshape(means.shape)[sizes == 0]
        centres[moving] = means.reshape(len(moving), k, -1)
    return centres, labels, inertias
