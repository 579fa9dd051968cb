"""Shades: a finer cut of each cluster, which may be loose, and then says so."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clusters.core import sampling
from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray, IntArray
from clusters.core.fitting import choice, quality
from clusters.core.fitting.agreement import mean_pairwise_agreement
from clusters.core.fitting.kmeans import (
    KMeansFit,
    centers_of,
    fit_all_k,
    fit_samples,
    kept_or_best,
    nearest_center,
    nearest_centers,
)
from clusters.core.fitting.matching import match
from clusters.core.params import PreviousRun
from clusters.core.projection import Projection
from clusters.core.sampling import HashArray
from clusters.core.threads import one_thread
from clusters.core.words.shades import describe_all

MAX_SHADES = 4
# With less, there are no shades.
MIN_TRACKS = 12
# As among clusters, a third and a fourth need so many tracks for each.
TRACKS_PER_SHADE = 12
# A cluster that had shades keeps them, and keeps as many, down to this part of these numbers of tracks.
PART_TO_STAY = 0.75
# Two equal halves that agree so far put one track in four on different sides; chance puts one in two there. With less,
# a track's shade is nearer to chance than to a fact.
MIN_STABILITY = 0.25
# A cut that the run before showed stays down to the first limit, and one that it did not show is shown from the second,
# so that shades do not come and go with a few tracks.
MIN_STABILITY_TO_STAY = 0.15
MIN_STABILITY_TO_RETURN = 0.3
# The number of shades of the run before is kept if its score is at most so much below the best. More than for clusters:
# the figures of fewer tracks vary more.
KEEP_WITHIN = 0.2
# A fit from the shades of the run before is kept if its inertia is at most this multiple of the lowest.
NEARLY_AS_LOW = 1.05
# A larger cluster is cut, refitted and measured on a sample of this many tracks.
SAMPLE_SIZE = 100
REFITS = 10
# Examples of a shade: the tracks nearest to its centre.
EXAMPLES = 3


@dataclass(frozen=True)
class Cut:
    """The shades of one cluster. ``labels``: shape (n,), from 0. ``centers``: shape (k, d). ``stability``: at most 1.

    The stability is the mean adjusted Rand index between fits of halves of the tracks, or of a sample of them.
    """

    labels: IntArray
    centers: FloatArray
    stability: float


def cut(points: FloatArray, hashes: HashArray, before: IntArray | None = None) -> Cut | None:
    """Return the most telling cut of a cluster into 2 to MAX_SHADES shades; None if there is none to show.

    ``points``: shape (n, d), the cluster's recordings among the components. ``hashes``: shape (n,), by which samples
    are drawn. ``before``: shape (n,), the shade that each had in the run before, from 1, or 0 for none; None if that is
    unknown.

    The score that chooses the number of clusters chooses that of shades. The cut of the run before is kept where it is
    nearly as good as the best. Shades are in the order of their centres along the first component.
    """
    centers_before = _centers(points, before)
    previous = None if centers_before is None else len(centers_before)
    if len(points) < (MIN_TRACKS if previous is None else MIN_TRACKS * PART_TO_STAY):
        return None
    sample = sampling.draw(hashes, SAMPLE_SIZE, "fit")
    points_of_sample, hashes_of_sample = points[sample], hashes[sample]
    fits = _fits(points_of_sample, centers_before)
    if not fits:
        return None
    silhouettes = quality.silhouettes(points_of_sample, fits, hashes_of_sample)
    stabilities = _stabilities(points_of_sample, hashes_of_sample, list(fits))
    scores = choice.scores(silhouettes, stabilities)
    for k in choice.by_preference(scores, previous, KEEP_WITHIN):
        labels = nearest_center(points, fits[k].centers)
        stable = stabilities[k] >= _needed_stability(k, previous, known=before is not None)
        if stable and not choice.is_too_small(np.bincount(labels, minlength=k)):
            centers = centers_of(points, labels)
            order = np.lexsort(centers.T[::-1])
            return Cut(np.argsort(order)[labels], centers[order], stabilities[k])
    return None


def _needed_stability(k: int, previous: int | None, known: bool) -> float:
    """Return the stability from which ``k`` shades are shown. ``known``: whether the run before looked for shades."""
    if previous is None:
        return MIN_STABILITY_TO_RETURN if known else MIN_STABILITY
    return MIN_STABILITY_TO_STAY if k == previous else MIN_STABILITY


def _centers(points: FloatArray, before: IntArray | None) -> FloatArray | None:
    """Return the centres of the shades of the run before, where they are now; None if it had fewer than two."""
    if before is None or len(np.unique(before[before > 0])) < 2:
        return None
    return centers_of(points[before > 0], before[before > 0])


def _fits(points: FloatArray, centers_before: FloatArray | None) -> dict[int, KMeansFit]:
    """Return a fit for each number of shades for which there are enough tracks and none is too small.

    A fit that starts from ``centers_before``, shape (k, d), is preferred if its inertia is nearly as low as the best.
    """
    most = max(2, min(MAX_SHADES, len(points) // TRACKS_PER_SHADE))
    if centers_before is not None and len(points) >= len(centers_before) * TRACKS_PER_SHADE * PART_TO_STAY:
        most = max(most, len(centers_before))
    # Fits of more shades than wanted lead to better ones of fewer.
    fits = {k: fit for k, fit in fit_all_k(points, MAX_SHADES).items() if k <= most}
    if centers_before is not None and len(centers_before) in fits:
        best = fits[len(centers_before)]
        fits[len(centers_before)] = kept_or_best(points, centers_before, best, NEARLY_AS_LOW)
    return {k: fit for k, fit in fits.items() if not choice.is_too_small(np.bincount(fit.labels, minlength=k))}


def _stabilities(points: FloatArray, hashes: HashArray, candidates: Sequence[int]) -> dict[int, float]:
    scale = np.abs(points).max() or 1.0
    scaled = points / scale
    samples = np.stack([scaled[sampling.draw(hashes, len(points) // 2, "refit", number)] for number in range(REFITS)])
    fits = fit_samples(samples, max(candidates))
    return {k: mean_pairwise_agreement(nearest_centers(scaled, fits[k].centers), k) for k in candidates}


@dataclass(frozen=True)
class Shade:
    """One shade, in its cluster's order. ``recordings``: shape (n,), the nearest to the shade's centre first.

    ``description``: how it differs from its cluster. ``stability``: of the cut that made it.
    """

    recordings: IntArray
    description: str
    stability: float


def shades(
    projection: Projection, table: FeatureTable, numbers: IntArray, previous_run: PreviousRun
) -> dict[int, tuple[Shade, ...]]:
    """Return the shades of every cluster, by its number.

    ``projection``: of the recordings of ``table``, which is in canonical order. ``numbers``: shape (n,), the cluster of
    each track of ``table``. A recording counts once. Shades keep the order that they had in ``previous_run``; a shade
    that it does not have comes last.
    """
    # As for the clusters: more threads are slower, and their number changes the last digits.
    with one_thread():
        return {
            number: _of_cluster(projection, table, np.flatnonzero(numbers == number), _before(previous_run, number))
            for number in np.unique(numbers).tolist()
        }


def _before(previous_run: PreviousRun, number: int) -> PreviousRun | None:
    """Return the shades of cluster ``number`` in the run before, as if they were a run's clusters; None if unknown."""
    of_cluster = previous_run.numbers == number
    if previous_run.shades is None or not previous_run.shades.any() or not of_cluster.any():
        return None
    had = of_cluster & (previous_run.shades > 0)
    return PreviousRun(previous_run.ids[had], previous_run.shades[had], next_number=MAX_SHADES + 1)


def _of_cluster(
    projection: Projection, table: FeatureTable, tracks: IntArray, before: PreviousRun | None
) -> tuple[Shade, ...]:
    recordings, first, recording_of_track = np.unique(table.recordings[tracks], return_index=True, return_inverse=True)
    points = projection.points[recordings]
    found = cut(points, projection.hashes[recordings], _earlier(table.ids[tracks], recording_of_track, before))
    if found is None:
        return ()
    # Matched as clusters are; the numbers only put the shades in order.
    matched = match(table.ids[tracks], found.labels[recording_of_track] + 1, before or PreviousRun())
    order = np.empty_like(found.labels)
    order[recording_of_track] = matched
    members = [np.flatnonzero(order == shade) for shade in np.unique(order)]
    middle = projection.deviations[recordings].mean(axis=0)
    differences = [projection.deviations[recordings[own]].mean(axis=0) - middle for own in members]
    means = [table.values[tracks[first[own]]].mean(axis=0) for own in members]
    words = describe_all(
        [dict(zip(projection.kept, each.tolist(), strict=True)) for each in differences],
        [dict(zip(FEATURE_NAMES, each.tolist(), strict=True)) for each in means],
    )
    result = []
    for own, description in zip(members, words, strict=True):
        distances = np.linalg.norm(points[own] - found.centers[found.labels[own[0]]], axis=1)
        nearest_first = recordings[own[np.argsort(distances, kind="stable")]]
        result.append(Shade(nearest_first, description, found.stability))
    return tuple(result)


def _earlier(ids: IntArray, recording_of_track: IntArray, before: PreviousRun | None) -> IntArray | None:
    """Return the shade of each recording in the run before, 0 for none. ``ids``: shape (n,), of the tracks."""
    if before is None:
        return None
    earlier = np.zeros(recording_of_track.max() + 1, dtype=np.int64)
    _, now, then = np.intersect1d(ids, before.ids, assume_unique=True, return_indices=True)
    earlier[recording_of_track[now]] = before.numbers[then]
    return earlier
