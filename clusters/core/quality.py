"""How well clusters are separated (silhouette), and whether a part of the tracks gives them again (stability)."""

from collections.abc import Mapping, Sequence

import numpy as np

from clusters.core.agreement import adjusted_rand, contingency
from clusters.core.features import FloatArray, IntArray
from clusters.core.kmeans import KMeansFit, fit_all_k, squared_distances

SILHOUETTE_SAMPLE_SIZE = 2_000
REFITS = 6
REFIT_SHARE = 0.8
MIN_STABILITY = 0.95


def subsample(random: np.random.Generator, rows: int, max_size: int) -> IntArray:
    """Return ``max_size`` random indexes of ``rows`` rows in ascending order, or all if there are no more."""
    if rows <= max_size:
        return np.arange(rows)
    return np.sort(random.choice(rows, max_size, replace=False))


def silhouettes(points: FloatArray, fits: Mapping[int, KMeansFit], random: np.random.Generator) -> dict[int, float]:
    """Return the mean silhouette of each fit, measured on a sample if there are many points.

    Source: P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", *Journal of Computational and Applied Mathematics* 20, 1987. All fits share one matrix of distances.
    """
    rows = subsample(random, len(points), SILHOUETTE_SAMPLE_SIZE)
    if len(rows) < len(points):
        # The sample must have a point of every cluster: each is compared with its nearest other cluster.
        rows = np.union1d(rows, np.concatenate([np.unique(fit.labels, return_index=True)[1] for fit in fits.values()]))
    distances = np.sqrt(squared_distances(points[rows], points[rows]))
    np.fill_diagonal(distances, 0)
    return {k: _silhouette(distances, fit.labels[rows], k) for k, fit in fits.items()}


def _silhouette(distances: FloatArray, labels: IntArray, k: int) -> float:
    members = np.eye(k)[labels]
    sizes = members.sum(axis=0)
    sums = distances @ members
    own = np.arange(len(labels)), labels
    within = sums[own] / np.maximum(sizes[labels] - 1, 1)
    means = np.divide(sums, sizes, out=np.full_like(sums, np.inf), where=sizes > 0)
    means[own] = np.inf
    to_next = means.min(axis=1)
    larger = np.maximum(within, to_next)
    # By definition zero for a point that is alone in its cluster, and if all points are equal.
    measured = (sizes[labels] > 1) & (larger > 0) & np.isfinite(larger)
    return float(np.divide(to_next - within, larger, out=np.zeros(len(labels)), where=measured).mean())


def stabilities(
    points: FloatArray, fits: Mapping[int, KMeansFit], candidates: Sequence[int], random: np.random.Generator
) -> dict[int, float]:
    """Return the mean adjusted Rand index between each candidate and its refits on random parts of the points.

    A refit does not use the full solution: it fits every k from its own points alone. A candidate that can no longer
    reach MIN_STABILITY is not refitted again, so its mean is over the refits until then. The idea is from A. Ben-Hur,
    A. Elisseeff and I. Guyon, "A stability based method for discovering structure in clustered data", *Pacific
    Symposium on Biocomputing* 7, 2002.
    """
    agreements: dict[int, list[float]] = {k: [] for k in candidates}
    size = int(REFIT_SHARE * len(points))
    remaining = list(candidates)
    for _ in range(REFITS):
        rows = subsample(random, len(points), size)
        refits = fit_all_k(points[rows], min(max(remaining) + 1, size))
        for k in remaining:
            agreements[k].append(adjusted_rand(contingency(fits[k].labels[rows], refits[k].labels)))
        max_loss = REFITS * (1 - MIN_STABILITY)
        within_reach = [k for k in remaining if sum(1 - value for value in agreements[k]) <= max_loss]
        remaining = within_reach or remaining
    return {k: float(np.mean(agreement)) for k, agreement in agreements.items()}
