"""How well clusters are separated: silhouettes."""

from collections.abc import Mapping

import numpy as np

from clusters.core import sampling
from clusters.core.features import FloatArray, IntArray
from clusters.core.fitting.kmeans import KMeansFit, squared_distances
from clusters.core.sampling import HashArray

SILHOUETTE_SAMPLE_SIZE = 2_000


def silhouettes(points: FloatArray, fits: Mapping[int, KMeansFit], hashes: HashArray) -> dict[int, float]:
    """Return the mean silhouette of each fit, measured on a sample if there are many points.

    ``hashes``: shape (n,), by which the sample is drawn.

    Source: P. J. Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster
    analysis", *Journal of Computational and Applied Mathematics* 20, 1987. All fits share one matrix of distances.
    """
    rows = sampling.draw(hashes, SILHOUETTE_SAMPLE_SIZE, "silhouette")
    if len(rows) < len(points):
        # The sample must have a point of every cluster: each is compared with its nearest other cluster.
        rows = np.union1d(rows, np.concatenate([np.unique(fit.labels, return_index=True)[1] for fit in fits.values()]))
    distances = squared_distances(points[rows], points[rows])
    np.sqrt(distances, out=distances)
    np.fill_diagonal(distances, 0)
    labels = {k: fit.labels[rows] for k, fit in fits.items()}
    # One product has the sums for all fits, and reads the distances once.
    sums = distances @ np.concatenate([np.eye(k)[of_fit] for k, of_fit in labels.items()], axis=1)
    parts = np.split(sums, np.cumsum(list(labels))[:-1], axis=1)
    return {k: _silhouette(part, of_fit) for part, (k, of_fit) in zip(parts, labels.items(), strict=True)}


def _silhouette(sums: FloatArray, labels: IntArray) -> float:
    """Return the mean silhouette. ``sums``: shape (n, k), of the distances from each point to those of each cluster."""
    sizes = np.bincount(labels, minlength=sums.shape[1])
    own = np.arange(len(labels)), labels
    within = sums[own] / np.maximum(sizes[labels] - 1, 1)
    means = np.divide(sums, sizes, out=np.full_like(sums, np.inf), where=sizes > 0)
    means[own] = np.inf
    to_next = means.min(axis=1)
    larger = np.maximum(within, to_next)
    # By definition zero for a point that is alone in its cluster, and if all points are equal.
    measured = (sizes[labels] > 1) & (larger > 0) & np.isfinite(larger)
    return float(np.divide(to_next - within, larger, out=np.zeros(len(labels)), where=measured).mean())
