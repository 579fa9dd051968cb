"""How well clusters are separated, and how well they hold when part of the tracks is missing."""

from collections.abc import Mapping, Sequence

import numpy as np

from clusters.core.agreement import adjusted_rand, contingency
from clusters.core.features import FloatArray, IntArray
from clusters.core.kmeans import Fit, squared_distances, sweep

SILHOUETTE_SAMPLE = 2_000
REFITS = 6
REFIT_SHARE = 0.8
MIN_STABILITY = 0.95


def draw(random: np.random.Generator, of: int, most: int) -> IntArray:
    """Return ``most`` different rows of ``of`` in ascending order, or all where there are no more."""
    if of <= most:
        return np.arange(of)
    return np.sort(random.choice(of, most, replace=False))


def silhouettes(points: FloatArray, fits: Mapping[int, Fit], random: np.random.Generator) -> dict[int, float]:
    """Return the mean silhouette of each fit, or that of a sample where there are many points.

    Source: P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", *Journal of Computational and Applied Mathematics* 20, 1987. All fits share one table of distances.
    """
    rows = draw(random, len(points), SILHOUETTE_SAMPLE)
    if len(rows) < len(points):
        # A sample that misses a small cluster has none to compare the others with.
        rows = np.union1d(rows, np.concatenate([np.unique(fit.labels, return_index=True)[1] for fit in fits.values()]))
    distances = np.sqrt(squared_distances(points[rows], points[rows]))
    np.fill_diagonal(distances, 0)
    return {k: _silhouette(distances, fit.labels[rows], k) for k, fit in fits.items()}


def _silhouette(distances: FloatArray, labels: IntArray, k: int) -> float:
    members = np.eye(k)[labels]
    sizes = members.sum(axis=0)
    sums = distances @ members
    here = np.arange(len(labels)), labels
    within = sums[here] / np.maximum(sizes[labels] - 1, 1)
    means = np.divide(sums, sizes, out=np.full_like(sums, np.inf), where=sizes > 0)
    means[here] = np.inf
    beyond = means.min(axis=1)
    larger = np.maximum(within, beyond)
    # By definition zero for a point alone in its cluster, and where all is in one place.
    measured = (sizes[labels] > 1) & (larger > 0) & np.isfinite(larger)
    return float(np.divide(beyond - within, larger, out=np.zeros(len(labels)), where=measured).mean())


def stabilities(
    points: FloatArray, fits: Mapping[int, Fit], candidates: Sequence[int], random: np.random.Generator
) -> dict[int, float]:
    """Return the mean adjusted Rand index between each candidate and its refits on random parts of the points.

    A refit knows nothing of the full solution: it sweeps its own points from one cluster up. A candidate that
    cannot reach MIN_STABILITY any more is not refitted again, so its mean is over the refits until then. Source of
    the idea: A. Ben-Hur, A. Elisseeff and I. Guyon, "A stability based method for discovering structure in
    clustered data", *Pacific Symposium on Biocomputing* 7, 2002.
    """
    agreements: dict[int, list[float]] = {k: [] for k in candidates}
    size = int(REFIT_SHARE * len(points))
    hopeful = list(candidates)
    for _ in range(REFITS):
        rows = draw(random, len(points), size)
        refits = sweep(points[rows], min(max(hopeful) + 1, size))
        for k in hopeful:
            agreements[k].append(adjusted_rand(contingency(fits[k].labels[rows], refits[k].labels)))
        spare = REFITS * (1 - MIN_STABILITY)
        within_reach = [k for k in hopeful if sum(1 - one for one in agreements[k]) <= spare]
        hopeful = within_reach or hopeful
    return {k: float(np.mean(agreement)) for k, agreement in agreements.items()}
