"""The result of a clustering, as a worker returns it.

It is a module of its own so that a process that only receives a result need not import scikit-learn and matplotlib,
which takes seconds and 150 MB.
"""

from dataclasses import dataclass

from clusters.core.features import FloatArray, IntArray
from clusters.core.profiles import Distribution


@dataclass(frozen=True)
class AxisEnds:
    """The words for the low and the high end of an axis, and the axis's share of the variance, 0 to 1."""

    low: str
    high: str
    variance: float


@dataclass(frozen=True)
class ShadeSummary:
    """A finer part of a cluster. ``description``: how it differs from the cluster; never empty.

    ``stability``: of the cut, the same for all shades of a cluster. ``centroid``: as of a cluster. ``examples``: the
    ranks in the cluster of the tracks nearest to the shade's centre, the nearest first.
    """

    size: int
    description: str
    stability: float
    centroid: dict[str, float]
    examples: tuple[int, ...]


@dataclass(frozen=True)
class ClusterSummary:
    """``centroid``: the mean of each feature over the cluster's tracks, in the feature's own unit.

    ``deviations``: that mean less the collection's, in the collection's standard deviations, of the features that vary.
    ``shades``: in their order, the first is shade 1; empty if the cluster has no telling cut.
    """

    number: int
    size: int
    centroid: dict[str, float]
    deviations: dict[str, float]
    description: str
    shades: tuple[ShadeSummary, ...] = ()


@dataclass(frozen=True)
class Clustering:
    """All that a run stores. The arrays have one row per track, sorted by cluster number, then rank.

    ``ids``, ``numbers``, ``ranks``, ``distances``: shape (n,). ``recordings``: shape (n,); tracks with equal numbers
    are one recording. ``sureness``: shape (n,), see ``fit.ClusterFit``; None for a single cluster. ``points``: shape
    (n, 2), the coordinates on the plot. ``shades``: shape (n,), the shade within the cluster, from 1; 0 for none.
    ``axes``: the words for the plot's one or two axes. ``weights``: by which each feature is multiplied before the
    projection. ``loadings``: one mapping per component, by feature. ``evidence``, ``silhouette``, ``stability``,
    ``silhouettes``, ``stabilities``, ``scores``, ``smallest_shares``: see ``fit.ClusterFit``. ``digest``: the SHA-256
    of number, rank and key of every membership, in order. ``versions``: of the programs that computed it.
    ``distributions``: of each feature, by its name.
    """

    ids: IntArray
    numbers: IntArray
    ranks: IntArray
    shades: IntArray
    distances: FloatArray
    recordings: IntArray
    sureness: FloatArray | None
    points: FloatArray
    clusters: tuple[ClusterSummary, ...]
    axes: tuple[AxisEnds, ...]
    features: tuple[str, ...]
    dropped_features: tuple[str, ...]
    weights: dict[str, float]
    loadings: tuple[dict[str, float], ...]
    explained_variance: tuple[float, ...]
    evidence: float | None
    silhouette: float
    silhouettes: dict[int, float]
    stability: float | None
    stabilities: dict[int, float]
    scores: dict[int, float]
    smallest_shares: dict[int, float]
    distributions: dict[str, Distribution]
    digest: str
    versions: dict[str, str]
    png: bytes
    svg: bytes


@dataclass(frozen=True)
class NumberPreview:
    """What a collection would be with so many ``clusters``.

    ``reason``: why that is impossible, empty if it is possible. The fields that follow are empty or None if it is not.
    ``summaries``: of each cluster, under the number that it would have. ``silhouette``: -1 to 1. ``stability``: at most
    1. ``score``: None if the data would not choose this number. ``smallest_share``: the smallest cluster's share of the
    tracks. ``moved``: how many tracks would change cluster, and ``agreement``, the adjusted Rand index, compared with
    the run before; None without one. ``png``: a small plot.
    """

    clusters: int
    reason: str = ""
    summaries: tuple[ClusterSummary, ...] = ()
    silhouette: float | None = None
    stability: float | None = None
    score: float | None = None
    smallest_share: float | None = None
    moved: int | None = None
    agreement: float | None = None
    png: bytes = b""


@dataclass(frozen=True)
class ClusterPreview:
    """What a collection would be with each number of clusters.

    ``chosen``: the number that the data choose; 1 if they do not divide. ``evidence``: how much better they divide than
    featureless data, and ``needed_evidence``, from which they do; see ``choice``.
    """

    tracks: int
    chosen: int
    evidence: float
    needed_evidence: float
    numbers: tuple[NumberPreview, ...]
