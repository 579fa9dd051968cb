"""From features to the few dimensions in which tracks are compared."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, UnclusterableError
from clusters.core.params import MIN_TRACKS

COMPONENTS = 4
# One step of a feature counts the same in every genre: a feature that hardly varies in a genre is not blown up to
# tell its tracks apart, as standardising would. Those from 0 to 1 count as they are, tempo and loudness by half of
# their range (250 BPM, 60 dB).
WEIGHTS = {"tempo": 0.5 / 250, "loudness": 0.5 / 60}


@dataclass(frozen=True)
class Projection:
    """The genre's tracks as PCA sees them.

    ``kept`` and ``dropped``: the features that vary and those that are constant. ``deviations``: shape (n,
    len(kept)), how far each track is from the genre's mean, in the genre's standard deviations; for words, not for
    distances. ``weights``: shape (len(kept),), what a feature's own unit counts. ``points``: shape (n, components).
    ``loadings``: shape (components, len(kept)), of the weighted features. ``explained_variance``: each component's
    share, 0 to 1.
    """

    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    deviations: FloatArray
    weights: FloatArray
    points: FloatArray
    loadings: FloatArray
    explained_variance: FloatArray


def reduce(table: FeatureTable) -> Projection:
    """Weigh the features of ``table`` and reduce them by PCA to at most COMPONENTS dimensions.

    Raises UnclusterableError where there are fewer than MIN_TRACKS, or none differs from another.
    """
    if len(table) < MIN_TRACKS:
        tracks = "1 track has" if len(table) == 1 else f"{len(table)} tracks have"
        raise UnclusterableError(f"{tracks} all features, and {MIN_TRACKS} are needed")
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
    centred = values[:, varies] - values[:, varies].mean(axis=0)
    weights = np.array([WEIGHTS.get(name, 1.0) for name in FEATURE_NAMES])[varies]
    weighted = centred * weights
    with threadpool_limits(limits=1):
        pca = PCA(n_components=min(COMPONENTS, *weighted.shape), svd_solver="covariance_eigh").fit(weighted)
    # The sign of a component is arbitrary: let its strongest loading be positive.
    strongest = np.abs(pca.components_).argmax(axis=1)
    signs = np.sign(pca.components_[np.arange(len(strongest)), strongest])
    loadings = pca.components_ * signs[:, None]
    names = np.array(FEATURE_NAMES)
    return Projection(
        kept=tuple(names[varies].tolist()),
        dropped=tuple(names[~varies].tolist()),
        deviations=centred / deviations[varies],
        weights=weights,
        points=weighted @ loadings.T,
        loadings=loadings,
        explained_variance=pca.explained_variance_ratio_,
    )
