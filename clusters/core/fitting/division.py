"""Whether tracks divide into clusters at all, or only as featureless data of the same shape do."""

import numpy as np

from clusters.core.features import FloatArray
from clusters.core.fitting.kmeans import distances_to_centers, fit_samples
from clusters.core.projection import COMPONENTS

# The splits that are compared with those of featureless data: into 2, 3 and 4.
MAX_SPLIT = 4
# How many standard deviations above the mean of featureless data a split must be: the split into two by the mean of its
# two measures, or any split by its silhouette alone, of which more is asked because there are three.
MIN_DEVIATIONS_OF_TWO = 1.85
MIN_DEVIATIONS_OF_ANY = 3.5
# Featureless data are drawn until the evidence is clear. After so many draws of each kind, it is clear if it is outside
# of the interval; after the last it counts as it is.
ROUNDS = ((10, -np.inf, 3.0), (20, 0.3, 2.2), (60, 0.7, 1.5), (200, -np.inf, np.inf))
# Featureless data have at most this many rows: from there on, only the deviations depend on the number of rows.
MAX_REFERENCE_SIZE = 300
SEED = 20_031


def evidence(weighted: FloatArray) -> float:
    """Return how much better tracks divide than featureless data of the same size and covariance; 1 is enough.

    ``weighted``: shape (n, d), the weighted features less their means. The measures are the share of the variance
    between the two parts of the best split into two, and the mean simplified silhouettes of the splits into 2, 3 and 4.
    Each is compared with its mean over featureless data, in their standard deviations. The result is the largest, as a
    multiple of what is needed.

    The featureless data are normal in one half, and uniform along each feature in the other. The tracks must beat both.
    Their components have exactly the variances of the tracks', so that tracks with one strong gradient is compared
    with data that have the same gradient. The idea of the reference is that of the gap statistic (R. Tibshirani, G.
    Walther and T. Hastie, "Estimating the number of clusters in a data set via the gap statistic", *Journal of the
    Royal Statistical Society B* 63, 2001). The simplified silhouette is that of E. R. Hruschka, R. J. G. B. Campello
    and L. N. de Castro, "Evolving clusters in gene-expression data", *Information Sciences* 176, 2006.
    """
    weighted = weighted[:, np.ptp(weighted, axis=0) > 0]
    rows = len(weighted)
    variances, axes = np.linalg.eigh(weighted.T @ weighted / rows)
    # Along the same components as the clusters are made in, the last of the ascending eigenvalues.
    found = _measures((weighted @ axes[:, -COMPONENTS:])[None])[0]
    deviations = np.sqrt(np.maximum(variances, 0))
    spread = (axes * deviations) @ axes.T
    largest = deviations[::-1][:COMPONENTS]
    size = min(rows, MAX_REFERENCE_SIZE)
    drawn: dict[str, list[FloatArray]] = {"normal": [], "uniform": []}
    random = np.random.default_rng(SEED)
    for draws, lowest, highest in ROUNDS:
        by_kind = []
        for kind, measures in drawn.items():
            new = [_featureless(random, kind, size, spread) * largest for _ in range(draws - len(measures))]
            measures.extend(_measures(np.stack(new)))
            reference = np.stack(measures)
            # A mean over n rows varies with 1 / sqrt(n).
            deviation = np.maximum(reference.std(axis=0), 1e-9) * np.sqrt(size / rows)
            above = (found - reference.mean(axis=0)) / deviation
            by_kind.append(max(above[:2].mean() / MIN_DEVIATIONS_OF_TWO, above[1:].max() / MIN_DEVIATIONS_OF_ANY))
        result = float(min(by_kind))
        if not lowest <= result <= highest:
            break
    return result


def _measures(samples: FloatArray) -> FloatArray:
    """Return the share of the variance between two clusters, and the mean simplified silhouettes of 2, 3 and 4.

    ``samples``: shape (b, n, d). The result: shape (b, MAX_SPLIT).
    """
    # The second pass spares a split into two from a poor optimum, and the mean from its long tail.
    fits = fit_samples(samples, MAX_SPLIT, second_pass=True)
    total = ((samples - samples.mean(axis=1, keepdims=True)) ** 2).sum(axis=(1, 2))
    silhouettes = [_simplified_silhouettes(samples, fit.centers) for fit in fits.values()]
    return np.stack([1 - fits[2].inertias / total, *silhouettes], axis=1)


def _simplified_silhouettes(samples: FloatArray, centers: FloatArray) -> FloatArray:
    """Return the mean silhouettes with the distances to the two nearest centres in place of those to all points."""
    distances = np.sqrt(distances_to_centers(samples, centers))
    distances.partition(1, axis=1)
    own, next_nearest = distances[:, 0], distances[:, 1]
    shares: FloatArray = np.divide(next_nearest - own, next_nearest, out=np.zeros_like(own), where=next_nearest > 0)
    means: FloatArray = shares.mean(axis=1)
    return means


def _featureless(random: np.random.Generator, kind: str, rows: int, spread: FloatArray) -> FloatArray:
    """Return the first principal components of data without any groups, each with variance 1 in the sample itself.

    ``spread``: shape (d, d), by which columns that are independent of each other get the covariance of the tracks. The
    result: shape (rows, at most COMPONENTS). The data choose their own components as the tracks chose theirs. Of
    uniform columns, the directions in which a sample happens to vary most are those with most points at the two ends,
    which divide better than others.
    """
    shape = (rows, len(spread))
    data = random.standard_normal(shape) if kind == "normal" else random.uniform(-1, 1, shape)
    left, _, _ = np.linalg.svd((data - data.mean(axis=0)) @ spread, full_matrices=False)
    components: FloatArray = np.sqrt(rows) * left[:, :COMPONENTS]
    return components
