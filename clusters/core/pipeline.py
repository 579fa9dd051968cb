"""From a feature table to all that a run stores."""

import hashlib
import platform
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray, UnclusterableError
from clusters.core.fitting.fit import choose_clusters
from clusters.core.fitting.matching import match, previous_centers
from clusters.core.fitting.shades import EXAMPLES, Shade, shades
from clusters.core.params import MIN_TRACKS, Params, PreviousRun
from clusters.core.plotting.plots import render_plots
from clusters.core.profiles import distributions
from clusters.core.projection import Projection, project
from clusters.core.results import AxisEnds, Clustering, ClusterSummary, ShadeSummary
from clusters.core.words import captions


def cluster(table: FeatureTable, params: Params, previous_run: PreviousRun | None = None) -> Clustering:
    """Cluster ``table``. The result depends on its rows and on ``params``, but not on the order of the rows.

    The clusters take their numbers from ``previous_run``, and there are as many as it has, if that still holds. Without
    it, they are numbered from left to right.

    A recording counts once, however many releases of it are in the table.

    Raises UnclusterableError, with the reason, if the table cannot be clustered.
    """
    table = table.in_canonical_order()
    recordings = table.recordings
    once = table.once()
    if len(once) < MIN_TRACKS <= len(table):
        reason = f"only {len(once)} of {len(table)} tracks are different recordings, and {MIN_TRACKS} are needed"
        raise UnclusterableError(reason)
    projection = project(once)
    previous_run = previous_run or PreviousRun()
    centers = previous_centers(projection.points, table.ids, recordings, previous_run)
    fitted = choose_clusters(projection, params, previous_run.chosen_clusters, np.bincount(recordings), centers)
    numbers = match(table.ids, fitted.numbers[recordings], previous_run)
    distances = fitted.distances[recordings]
    order, ranks = _rank(numbers, distances)
    parts = shades(projection, table, numbers, previous_run)
    rank_of = np.empty_like(ranks)
    rank_of[order] = ranks
    recordings = recordings[order]
    points = plane(projection.points)[recordings]
    sureness = None if fitted.sureness is None else fitted.sureness[recordings]
    axes = _axes(projection)
    # Drawn in the order of the stored memberships, so that the same plot can be drawn from these again.
    png, svg = render_plots(points, numbers[order], axes, sureness)
    return Clustering(
        ids=table.ids[order],
        numbers=numbers[order],
        ranks=ranks,
        shades=_shade_of_each(parts, len(once))[recordings],
        distances=distances[order],
        recordings=recordings,
        sureness=sureness,
        points=points,
        clusters=summaries(table, projection, numbers, parts, rank_of),
        axes=axes,
        features=projection.kept,
        dropped_features=projection.dropped,
        weights=_by_feature(projection, projection.weights),
        loadings=tuple(_by_feature(projection, loadings) for loadings in projection.loadings),
        explained_variance=tuple(projection.explained_variance.tolist()),
        evidence=fitted.evidence,
        silhouette=fitted.silhouette,
        silhouettes=fitted.silhouettes,
        stability=fitted.stability,
        stabilities=fitted.stabilities,
        scores=fitted.scores,
        smallest_shares=fitted.smallest_shares,
        distributions=distributions(once),
        digest=_digest(zip(numbers[order].tolist(), ranks.tolist(), (table.keys[row] for row in order), strict=True)),
        versions=dict(_versions()),
        png=png,
        svg=svg,
    )


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    """Return what computes the clusters, with its version. Looked up once: that reads files."""
    libraries = ("numpy", "scikit-learn", "matplotlib")
    return ("python", platform.python_version()), *((name, version(name)) for name in libraries)


def plane(points: FloatArray) -> FloatArray:
    """Return the first two columns of ``points``; if only one feature varies, the second is zero."""
    missing = max(0, 2 - points.shape[1])
    return np.pad(points, ((0, 0), (0, missing)))[:, :2]


def _by_feature(projection: Projection, values: FloatArray) -> dict[str, float]:
    return dict(zip(projection.kept, values.tolist(), strict=True))


def _axes(projection: Projection) -> tuple[AxisEnds, ...]:
    words = captions.ends_of_axes([_by_feature(projection, loadings) for loadings in projection.loadings[:2]])
    variances = projection.explained_variance[:2].tolist()
    return tuple(AxisEnds(low, high, variance) for (low, high), variance in zip(words, variances, strict=True))


def _rank(numbers: IntArray, distances: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the order of the rows by cluster number and distance, and the rank of each, 1 to its cluster's size."""
    # lexsort is stable: tracks at the same distance stay in their canonical order.
    order = np.lexsort((distances, numbers))
    _, sizes = np.unique(numbers, return_counts=True)
    return order, np.concatenate([np.arange(1, size + 1) for size in sizes])


def _shade_of_each(parts: Mapping[int, Sequence[Shade]], recordings: int) -> IntArray:
    """Return the shade of each recording within its cluster, from 1, or 0 for none."""
    found = np.zeros(recordings, dtype=np.int64)
    for of_cluster in parts.values():
        for position, shade in enumerate(of_cluster, 1):
            found[shade.recordings] = position
    return found


def summaries(
    table: FeatureTable,
    projection: Projection,
    numbers: IntArray,
    parts: Mapping[int, Sequence[Shade]] | None = None,
    ranks: IntArray | None = None,
) -> tuple[ClusterSummary, ...]:
    """Return what is said of each cluster, by number. ``numbers``: shape (n,), the cluster of each row of ``table``.

    ``parts``: the shades of each cluster, by number, and ``ranks``: shape (n,), the rank of each row in its cluster;
    without them, the clusters have no shades.
    """
    deviations = projection.deviations[table.recordings]
    found = []
    for number in np.unique(numbers).tolist():
        members = numbers == number
        size = int(members.sum())
        differences = _by_feature(projection, deviations[members].mean(axis=0))
        found.append(
            ClusterSummary(
                number=number,
                size=size,
                centroid=_centroid(table, members),
                deviations=differences,
                description=captions.describe(differences, captions.standard_error(size, len(table))),
                shades=() if parts is None or ranks is None else _shade_summaries(table, parts[number], ranks),
            )
        )
    return tuple(found)


def _shade_summaries(table: FeatureTable, parts: Sequence[Shade], ranks: IntArray) -> tuple[ShadeSummary, ...]:
    _, first = np.unique(table.recordings, return_index=True)
    found = []
    for shade in parts:
        members = np.isin(table.recordings, shade.recordings)
        found.append(
            ShadeSummary(
                size=int(members.sum()),
                description=shade.description,
                stability=shade.stability,
                centroid=_centroid(table, members),
                # The first track of each recording.
                examples=tuple(ranks[first[shade.recordings[:EXAMPLES]]].tolist()),
            )
        )
    return tuple(found)


def _centroid(table: FeatureTable, rows: NDArray[np.bool_]) -> dict[str, float]:
    return dict(zip(FEATURE_NAMES, table.values[rows].mean(axis=0).tolist(), strict=True))


def _digest(memberships: Iterable[tuple[int, int, str]]) -> str:
    digest = hashlib.sha256()
    for number, rank, key in memberships:
        digest.update(f"{number}\t{rank}\t{key}\n".encode())
    return digest.hexdigest()
