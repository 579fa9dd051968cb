"""Standardise, reduce by PCA, group by k-means, and number what comes out by rule."""

from dataclasses import dataclass

import numpy as np
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray, UnclusterableError
from clusters.core.params import FEWEST_CLUSTERS, FEWEST_TRACKS, Params

COMPONENTS = 5
STARTS = 10
MOST_CLUSTERS_BY_CHOICE = 10
TRACKS_A_CLUSTER = 4
# The finest grouping whose silhouette is still this share of the best one, with no cluster below the size and
# the share of tracks that follow: few clusters always score best, and tell least.
SHARE_OF_BEST_SILHOUETTE = 0.9
SMALLEST_SIZE = 3
SMALLEST_SHARE = 0.05
SILHOUETTE_SAMPLE = 5_000


@dataclass(frozen=True)
class Space:
    """The genre's tracks as PCA sees them.

    ``kept`` and ``dropped``: the features that vary and those that are constant. ``scaled``: shape (n,
    len(kept)), each kept feature with mean 0 and standard deviation 1. ``points``: shape (n, components).
    ``loadings``: shape (components, len(kept)). ``explained_variance``: each component's share, 0 to 1.
    """

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    scaled: FloatArray
    points: FloatArray
    loadings: FloatArray
    explained_variance: FloatArray


@dataclass(frozen=True)
class Grouping:
    """``numbers``: shape (n,), each track's cluster, 1 to k. ``distances``: shape (n,), to its own centre.

    ``silhouette``: the mean over the tracks, -1 to 1 (Rousseeuw, 1987). ``silhouettes``: the same for each k
    that was tried.
    """

    numbers: IntArray
    distances: FloatArray
    silhouette: float
    silhouettes: dict[int, float]


def reduce(table: FeatureTable) -> Space:
    """Standardise the features of ``table`` and reduce them by PCA to at most COMPONENTS dimensions.

    Raises UnclusterableError where there are fewer than FEWEST_TRACKS, or none differs from another.
    """
    if len(table) < FEWEST_TRACKS:
        tracks = "1 track has" if len(table) == 1 else f"{len(table)} tracks have"
        raise UnclusterableError(f"{tracks} all features, and {FEWEST_TRACKS} are needed")
    values = table.values
    # Squares of very large numbers are infinite; numpy would warn, and divide by infinity without another word.
    with np.errstate(over="ignore", invalid="ignore"):
        deviations = values.std(axis=0)
        ranges = np.ptp(values, axis=0)
    if not np.isfinite(deviations).all():
        name = FEATURE_NAMES[int(np.argmin(np.isfinite(deviations)))]
        raise UnclusterableError(f"the values of {name} are too far apart to compare")
    # The range as well: a constant column's deviation may be a rounding error above zero.
    varies = (deviations > 0) & (ranges > 0)
    if not varies.any():
        raise UnclusterableError(f"all {len(table)} tracks have the same features: there is nothing to tell apart")
    varying = values[:, varies]
    scaled = (varying - varying.mean(axis=0)) / deviations[varies]
    pca = PCA(n_components=min(COMPONENTS, *scaled.shape), svd_solver="full").fit(scaled)
    # The sign of a component is arbitrary: let its strongest loading be positive.
    strongest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(len(strongest)), strongest])
    loadings = pca.components_ * signs[:, None]
    names = np.array(FEATURE_NAMES)
    return Space(
        kept=tuple(names[varies].tolist()),
        dropped=tuple(names[~varies].tolist()),
        scaled=scaled,
        points=(scaled - pca.mean_) @ loadings.T,
        loadings=loadings,
        explained_variance=pca.explained_variance_ratio_,
    )


def group(space: Space, params: Params) -> Grouping:
    """Group the points of ``space`` by k-means, with as many clusters as ``params`` asks for or the data bear.

    Numbers run along the first axis of the plot: cluster 1 is the leftmost. Raises UnclusterableError where there
    are fewer tracks that differ than clusters asked for, or than FEWEST_TRACKS.
    """
    distinct = len(np.unique(space.points, axis=0))
    needed = max(FEWEST_TRACKS, params.clusters or 0)
    if distinct < needed:
        raise UnclusterableError(f"only {distinct} of {len(space.points)} tracks differ, and {needed} are needed")
    if params.clusters is None:
        most = max(FEWEST_CLUSTERS, min(MOST_CLUSTERS_BY_CHOICE, distinct // TRACKS_A_CLUSTER))
        candidates = range(FEWEST_CLUSTERS, most + 1)
    else:
        candidates = range(params.clusters, params.clusters + 1)
    # More threads make k-means slower on tables of this size, and its last digits vary with their number.
    with threadpool_limits(limits=1):
        fits = {k: KMeans(n_clusters=k, n_init=STARTS, random_state=params.seed).fit(space.points) for k in candidates}
        silhouettes = {k: _silhouette(space.points, fit.labels_, params.seed) for k, fit in fits.items()}
    chosen = fits[_choose(silhouettes, {k: np.bincount(fit.labels_) for k, fit in fits.items()})]
    numbers, distances = _number(space.points, chosen.labels_.astype(np.int64))
    return Grouping(numbers, distances, silhouettes[chosen.n_clusters], silhouettes)


def _silhouette(points: FloatArray, labels: IntArray, seed: int) -> float:
    """Return the mean silhouette of the points, or of a sample where there are many."""
    _, one_of_each = np.unique(labels, return_index=True)
    if len(one_of_each) == len(points):
        return 0.0  # By definition that of a point alone in its cluster, and here each is.
    if len(points) > SILHOUETTE_SAMPLE:
        drawn = np.random.default_rng(seed).choice(len(points), SILHOUETTE_SAMPLE, replace=False)
        # A sample that misses a small cluster has none to compare the others with.
        rows = np.union1d(drawn, one_of_each)
        points, labels = points[rows], labels[rows]
    return float(silhouette_score(points, labels))


def _choose(silhouettes: dict[int, float], sizes: dict[int, IntArray]) -> int:
    """Return the largest k that is nearly as well separated as the best, among those without a sliver of a cluster.

    Where every k has a sliver, the one whose smallest cluster is largest.
    """
    whole = [k for k in silhouettes if sizes[k].min() >= max(SMALLEST_SIZE, SMALLEST_SHARE * sizes[k].sum())]
    if not whole:
        return max(silhouettes, key=lambda k: (sizes[k].min(), silhouettes[k]))
    best = max(silhouettes[k] for k in whole)
    # Below zero there is no separation to keep a share of.
    return max(k for k in whole if silhouettes[k] >= min(best, SHARE_OF_BEST_SILHOUETTE * best))


def _number(points: FloatArray, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """Number the clusters by their centres, from left to right, then from bottom to top. Measure to the centres."""
    centres = np.array([points[labels == label].mean(axis=0) for label in range(labels.max() + 1)])
    order = np.lexsort(centres.T[::-1])
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.arange(1, len(order) + 1)
    return numbers[labels], np.linalg.norm(points - centres[labels], axis=1)
