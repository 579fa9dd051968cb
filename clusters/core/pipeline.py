"""From a feature table to everything that a run stores."""

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from clusters.core import fit, naming, plots
from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray
from clusters.core.params import Params


@dataclass(frozen=True)
class Axis:
    """A component of the PCA that the plot shows. ``loadings``: by feature, -1 to 1."""

    ends: plots.AxisEnds
    loadings: dict[str, float]


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
    ``silhouettes``: by each number of clusters that was tried. ``digest``: SHA-256 over number, rank and key of
    every membership, in order. ``versions``: of what computed it.
    """

    ids: IntArray
    numbers: IntArray
    ranks: IntArray
    distances: FloatArray
    points: FloatArray
    clusters: tuple[ClusterSummary, ...]
    axes: tuple[Axis, ...]
    features: tuple[str, ...]
    dropped_features: tuple[str, ...]
    explained_variance: tuple[float, ...]
    silhouette: float
    silhouettes: dict[int, float]
    digest: str
    versions: dict[str, str]
    png: bytes
    svg: bytes


def cluster(table: FeatureTable, params: Params) -> Clustering:
    """Cluster ``table``; the result depends on its rows and on ``params``, never on the rows' order.

    Raises UnclusterableError, with the reason, where there is nothing to tell apart.
    """
    table = table.in_canonical_order()
    space = fit.reduce(table)
    grouping = fit.group(space, params)
    plane = _plane(space.points)
    axes = tuple(
        _axis(loadings, variance, space.kept)
        for loadings, variance in zip(space.loadings[:2], space.explained_variance[:2], strict=True)
    )
    figure = plots.draw(plane, grouping.numbers, [axis.ends for axis in axes])
    order, ranks = _rank(grouping, table.keys)
    numbers = grouping.numbers[order]
    return Clustering(
        ids=table.ids[order],
        numbers=numbers,
        ranks=ranks,
        distances=grouping.distances[order],
        points=plane[order],
        clusters=_summaries(table, space, grouping.numbers),
        axes=axes,
        features=space.kept,
        dropped_features=space.dropped,
        explained_variance=tuple(space.explained_variance.tolist()),
        silhouette=grouping.silhouette,
        silhouettes=grouping.silhouettes,
        digest=_digest(zip(numbers.tolist(), ranks.tolist(), (table.keys[row] for row in order), strict=True)),
        versions={
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scikit-learn", "matplotlib")},
        },
        png=plots.render(figure, "png"),
        svg=plots.render(figure, "svg"),
    )


def _plane(points: FloatArray) -> FloatArray:
    """Return the first two columns of ``points``; where only one feature varies, the second is zero."""
    missing = max(0, 2 - points.shape[1])
    return np.pad(points, ((0, 0), (0, missing)))[:, :2]


def _axis(loadings: FloatArray, variance: float, features: tuple[str, ...]) -> Axis:
    by_feature = dict(zip(features, loadings.tolist(), strict=True))
    low, high = naming.axis_ends(by_feature)
    return Axis(plots.AxisEnds(low, high, float(variance)), by_feature)


def _rank(grouping: fit.Grouping, keys: tuple[str, ...]) -> tuple[IntArray, IntArray]:
    """Return the rows' order by cluster number, distance and key, and each one's rank, 1 to its cluster's size."""
    order = np.lexsort((np.array(keys), grouping.distances, grouping.numbers))
    sizes = np.bincount(grouping.numbers)[1:]
    return order, np.concatenate([np.arange(1, size + 1) for size in sizes])


def _summaries(table: FeatureTable, space: fit.Space, numbers: IntArray) -> tuple[ClusterSummary, ...]:
    summaries = []
    for number in range(1, int(numbers.max()) + 1):
        members = numbers == number
        deviations = dict(zip(space.kept, space.scaled[members].mean(axis=0).tolist(), strict=True))
        summaries.append(
            ClusterSummary(
                number=number,
                size=int(members.sum()),
                centroid=dict(zip(FEATURE_NAMES, table.values[members].mean(axis=0).tolist(), strict=True)),
                description=naming.describe(deviations),
            )
        )
    return tuple(summaries)


def _digest(memberships: Iterable[tuple[int, int, str]]) -> str:
    digest = hashlib.sha256()
    for number, rank, key in memberships:
        digest.update(f"{number}\t{rank}\t{key}\n".encode())
    return digest.hexdigest()
