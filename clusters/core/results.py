"""What a run stores, as it comes back from whoever computed it.

By itself, so that a process that only receives it need not import what computes and draws: scikit-learn and
matplotlib take seconds and 150 MB.
"""

from dataclasses import dataclass

from clusters.core.features import FloatArray, IntArray


@dataclass(frozen=True)
class AxisEnds:
    """What the low and the high end of an axis mean, and the axis's share of the variance, 0 to 1."""

    low: str
    high: str
    variance: float


@dataclass(frozen=True)
class ClusterSummary:
    """``centroid``: the mean of each feature over the cluster's tracks, in the feature's own unit."""

    number: int
    size: int
    centroid: dict[str, float]
    description: str


@dataclass(frozen=True)
class Clustering:
    """What was found. The arrays have a row a track, ordered by cluster number, then rank.

    ``ids``, ``numbers``, ``ranks``, ``distances``: shape (n,). ``points``: shape (n, 2), the place on the plot.
    ``axes``: what the ends of the plot's one or two axes mean. ``weights``: what a unit of each feature counts among
    the components; ``loadings``: of each component, by feature. ``silhouettes``, ``stabilities``,
    ``smallest_shares``: see ``fit.ClusterFit``. ``digest``: SHA-256 over number, rank and key of every membership, in
    order. ``versions``: of what computed it.
    """

    ids: IntArray
    numbers: IntArray
    ranks: IntArray
    distances: FloatArray
    points: FloatArray
    clusters: tuple[ClusterSummary, ...]
    axes: tuple[AxisEnds, ...]
    features: tuple[str, ...]
    dropped_features: tuple[str, ...]
    weights: dict[str, float]
    loadings: tuple[dict[str, float], ...]
    explained_variance: tuple[float, ...]
    silhouette: float
    silhouettes: dict[int, float]
    stability: float | None
    stabilities: dict[int, float]
    smallest_shares: dict[int, float]
    digest: str
    versions: dict[str, str]
    png: bytes
    svg: bytes
