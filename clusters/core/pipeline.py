"""From a feature table to everything that a run stores."""

import hashlib
import platform
from collections.abc import Iterable
from importlib.metadata import version

import numpy as np

from clusters.core import captions, fit, plots
from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray
from clusters.core.matching import match
from clusters.core.params import Params, PreviousRun
from clusters.core.projection import Projection, reduce
from clusters.core.results import AxisEnds, Clustering, ClusterSummary


def cluster(table: FeatureTable, params: Params, previous_run: PreviousRun | None = None) -> Clustering:
    """Cluster ``table``; what is found depends on its rows and on ``params``, never on the rows' order.

    ``previous_run`` decides only the clusters' numbers. Without it, they are numbered from left to right.

    Raises UnclusterableError, with the reason, where there is nothing to cluster.
    """
    table = table.in_canonical_order()
    space = reduce(table)
    grouping = fit.group(space, params)
    numbers = match(table.ids, grouping.numbers, previous_run or PreviousRun())
    plane = _plane(space.points)
    axes = _axes(space)
    figure = plots.draw(plane, numbers, axes)
    order, ranks = _rank(numbers, grouping.distances)
    return Clustering(
        ids=table.ids[order],
        numbers=numbers[order],
        ranks=ranks,
        distances=grouping.distances[order],
        points=plane[order],
        clusters=_summaries(table, space, numbers),
        axes=axes,
        features=space.kept,
        dropped_features=space.dropped,
        weights=_by_feature(space, space.weights),
        loadings=tuple(_by_feature(space, loadings) for loadings in space.loadings),
        explained_variance=tuple(space.explained_variance.tolist()),
        silhouette=grouping.silhouette,
        silhouettes=grouping.silhouettes,
        stability=grouping.stability,
        stabilities=grouping.stabilities,
        smallest_shares=grouping.smallest_shares,
        digest=_digest(zip(numbers[order].tolist(), ranks.tolist(), (table.keys[row] for row in order), strict=True)),
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


def _by_feature(space: Projection, values: FloatArray) -> dict[str, float]:
    return dict(zip(space.kept, values.tolist(), strict=True))


def _axes(space: Projection) -> tuple[AxisEnds, ...]:
    shown = zip(space.loadings[:2], space.explained_variance[:2], strict=True)
    return tuple(
        AxisEnds(*captions.axis_ends(_by_feature(space, loadings)), float(variance)) for loadings, variance in shown
    )


def _rank(numbers: IntArray, distances: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the rows' order by cluster number and distance, and each one's rank, 1 to its cluster's size."""
    # Stable: tracks that are as far from the centre stay in their canonical order.
    order = np.lexsort((distances, numbers))
    _, sizes = np.unique(numbers, return_counts=True)
    return order, np.concatenate([np.arange(1, size + 1) for size in sizes])


def _summaries(table: FeatureTable, space: Projection, numbers: IntArray) -> tuple[ClusterSummary, ...]:
    summaries = []
    for number in np.unique(numbers).tolist():
        members = numbers == number
        summaries.append(
            ClusterSummary(
                number=number,
                size=int(members.sum()),
                centroid=dict(zip(FEATURE_NAMES, table.values[members].mean(axis=0).tolist(), strict=True)),
                description=captions.describe(_by_feature(space, space.deviations[members].mean(axis=0))),
            )
        )
    return tuple(summaries)


def _digest(memberships: Iterable[tuple[int, int, str]]) -> str:
    digest = hashlib.sha256()
    for number, rank, key in memberships:
        digest.update(f"{number}\t{rank}\t{key}\n".encode())
    return digest.hexdigest()
