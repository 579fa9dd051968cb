"""Shades: a finer cut of each cluster, which may be loose, and then says so."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from clusters.core import captions, choice, quality, sampling
from clusters.core.agreement import mean_pairwise_agreement
from clusters.core.features import FeatureTable, FloatArray, IntArray
from clusters.core.kmeans import KMeansFit, fit_all_k, fit_samples, nearest_center, nearest_centers
from clusters.core.matching import match
from clusters.core.params import PreviousRun
from clusters.core.projection import Projection
from clusters.core.sampling import HashArray

MIN_TRACKS = 12
MAX_SHADES = 4
# As among clusters, a third and a fourth need so many tracks for each.
TRACKS_PER_SHADE = 12
# Two equal halves that agree so far put one track in four on different sides; chance puts one in two there. With less,
# a track's shade is nearer to chance than to a fact.
MIN_STABILITY = 0.25
# A larger cluster is cut, refitted and measured on a sample of this many tracks.
SAMPLE_SIZE = 100
REFITS = 16
# Examples of a shade: the tracks nearest to its centre.
EXAMPLES = 3


@dataclass(frozen=True)
class Cut:
    """The shades of one cluster. ``labels``: shape (n,), from 0. ``centers``: shape (k, d). ``stability``: at most 1.

    The stability is the mean adjusted Rand index between fits of halves of the cluster's tracks; see ``refits``.
    """

    labels: IntArray
    centers: FloatArray
    stability: float


def cut(points: FloatArray, hashes: HashArray, previous: int | None = None) -> Cut | None:
    """Return the most telling cut of a cluster into 2 to MAX_SHADES shades; None if there is none to show.

    ``points``: shape (n, d), the cluster's tracks among the components. ``hashes``: shape (n,), by which samples are
    drawn. ``previous``: how many shades the cluster had in the run before, which holds as in ``choice``. The number is
    chosen by the score that chooses the number of clusters. Shades are in the order of their centres along the first
    component.
    """
    if len(points) < MIN_TRACKS:
        return None
    sample = sampling.draw(hashes, SAMPLE_SIZE, "fit")
    points_of_sample, hashes_of_sample = points[sample], hashes[sample]
    most = max(2, min(MAX_SHADES, len(sample) // TRACKS_PER_SHADE))
    fits = _fits(points_of_sample, most)
    if not fits:
        return None
    silhouettes = quality.silhouettes(points_of_sample, fits, hashes_of_sample)
    stabilities = _stabilities(points_of_sample, hashes_of_sample, list(fits))
    scores = choice.scores(silhouettes, stabilities)
    for k in choice.by_preference(scores, previous):
        labels = nearest_center(points, fits[k].centers)
        sizes = np.bincount(labels, minlength=k)
        if stabilities[k] >= MIN_STABILITY and not choice.is_too_small(sizes):
            centers = np.stack([points[labels == shade].mean(axis=0) for shade in range(k)])
            order = np.lexsort(centers.T[::-1])
            return Cut(np.argsort(order)[labels], centers[order], stabilities[k])
    return None


def _fits(points: FloatArray, most: int) -> dict[int, KMeansFit]:
    """Return the fits of 2 to ``most`` shades of which none is too small."""
    # Fits of more shades than wanted lead to better ones of fewer.
    fits = {k: fit for k, fit in fit_all_k(points, MAX_SHADES).items() if k <= most}
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
    with threadpool_limits(limits=1):
        return {
            number: _of_cluster(projection, table, np.flatnonzero(numbers == number), _before(previous_run, number))
            for number in np.unique(numbers).tolist()
        }


def _before(previous_run: PreviousRun, number: int) -> PreviousRun:
    """Return the shades of cluster ``number`` in the run before, as if they were a run's clusters."""
    if previous_run.shades is None:
        return PreviousRun()
    had = (previous_run.numbers == number) & (previous_run.shades > 0)
    return PreviousRun(previous_run.ids[had], previous_run.shades[had], next_number=MAX_SHADES + 1)


def _of_cluster(
    projection: Projection, table: FeatureTable, tracks: IntArray, before: PreviousRun
) -> tuple[Shade, ...]:
    recordings, recording_of_track = np.unique(table.recordings[tracks], return_inverse=True)
    points = projection.points[recordings]
    found = cut(points, projection.hashes[recordings], len(np.unique(before.numbers)) or None)
    if found is None:
        return ()
    # Matched as clusters are; the numbers only put the shades in order.
    matched = match(table.ids[tracks], found.labels[recording_of_track] + 1, before)
    order = np.empty_like(found.labels)
    order[recording_of_track] = matched
    middle = projection.deviations[recordings].mean(axis=0)
    result = []
    for shade in np.unique(order):
        own = np.flatnonzero(order == shade)
        distances = np.linalg.norm(points[own] - found.centers[found.labels[own[0]]], axis=1)
        differences = projection.deviations[recordings[own]].mean(axis=0) - middle
        result.append(
            Shade(
                recordings[own[np.argsort(distances, kind="stable")]],
                describe(dict(zip(projection.kept, differences.tolist(), strict=True))),
                found.stability,
            )
        )
    return tuple(result)


def describe(differences: dict[str, float]) -> str:
    """Return how a shade differs from its cluster; never empty. See ``captions.describe``.

    >>> describe({"energy": 0.2, "valence": -0.4})
    'a little sadder'
    """
    words = captions.describe(differences)
    if words:
        return words
    strongest = min(differences, key=lambda name: (-abs(differences[name]), name))
    return "a little " + captions.describe({strongest: math.copysign(captions.MIN_EFFECT, differences[strongest])})
