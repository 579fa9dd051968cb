"""Project the features onto the few principal components in which tracks are compared."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA

from clusters.core.features import (
    FEATURE_NAMES,
    WEIGHT_OF_EACH,
    FeatureTable,
    FloatArray,
    IntArray,
    UnclusterableError,
)
from clusters.core.params import MIN_TRACKS
from clusters.core.sampling import HashArray, row_hashes
from clusters.core.threads import one_thread

COMPONENTS = 4


@dataclass(frozen=True)
class Projection:
    """The collection's tracks in the space of the principal components.

    ``kept``, ``dropped``: the features that vary and those that are constant. ``deviations``: shape (n, len(kept)), how
    far each track is from the mean, in standard deviations; for captions, not for distances.
    ``weights``: shape (len(kept),), by which each feature is multiplied first. ``spreads``: shape (len(kept),), the
    standard deviations of the weighted features. ``points``: shape (n, components). ``loadings``: shape (components,
    len(kept)), of the weighted features. ``explained_variance``: each component's share of the variance, 0 to 1.
    ``hashes``: shape (n,), of the tracks' features, by which samples are drawn; see ``sampling``.
    """

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    deviations: FloatArray
    weights: FloatArray
    spreads: FloatArray
    points: FloatArray
    loadings: FloatArray
    explained_variance: FloatArray
    hashes: HashArray

    def weighted(self, rows: IntArray) -> FloatArray:
        """Return the weighted features of ``rows`` less the means, shape (len(rows), len(kept))."""
        result: FloatArray = self.deviations[rows] * self.spreads
        return result


def project(table: FeatureTable) -> Projection:
    """Weight the features of ``table`` and project them by PCA onto at most COMPONENTS components.

    Raises UnclusterableError if there are fewer than MIN_TRACKS tracks, or if no track differs from another.
    """
    if len(table) < MIN_TRACKS:
        tracks = "1 track has" if len(table) == 1 else f"{len(table)} tracks have"
        raise UnclusterableError(f"{tracks} all features, and {MIN_TRACKS} are needed")
    values = table.values
    # The square of a very large number is infinite; numpy would warn here, and later divide by infinity silently.
    with np.errstate(over="ignore", invalid="ignore"):
        deviations = values.std(axis=0)
        ranges = np.ptp(values, axis=0)
    if not np.isfinite(deviations).all():
        name = FEATURE_NAMES[int(np.argmin(np.isfinite(deviations)))]
        raise UnclusterableError(f"the values of {name} are too far apart to compare")
    # Check the range as well: the deviation of a constant column may be a rounding error above zero.
    varies = (deviations > 0) & (ranges > 0)
    if not varies.any():
        raise UnclusterableError(f"all {len(table)} tracks have the same features, so they cannot be divided")
    centred = values[:, varies] - values[:, varies].mean(axis=0)
    weights = WEIGHT_OF_EACH[varies]
    weighted = centred * weights
    with one_thread():
        pca = PCA(n_components=min(COMPONENTS, *weighted.shape), svd_solver="covariance_eigh").fit(weighted)
    # The sign of a component is arbitrary; choose it so that the strongest loading is positive.
    strongest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(len(strongest)), strongest])
    loadings = pca.components_ * signs[:, None]
    names = np.array(FEATURE_NAMES)
    return Projection(
        kept=tuple(names[varies].tolist()),
        dropped=tuple(names[~varies].tolist()),
        deviations=centred / deviations[varies],
        weights=weights,
        spreads=deviations[varies] * weights,
        points=weighted @ loadings.T,
        loadings=loadings,
        explained_variance=pca.explained_variance_ratio_,
        hashes=row_hashes(values),
    )
