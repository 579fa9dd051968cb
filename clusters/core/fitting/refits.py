"""Cluster halves of the tracks again and again: do they give the same clusters, and which tracks change sides?"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from clusters.core import sampling
from clusters.core.features import FloatArray, IntArray
from clusters.core.fitting import choice
from clusters.core.fitting.agreement import contingency, mean_pairwise_agreement
from clusters.core.fitting.kmeans import fit_samples, nearest_centers
from clusters.core.sampling import HashArray

BATCH = 40
# So many refits of the first batch show which k are hopeless: those with a score so far below the best. For them the
# other refits are not made. The margin is well above that by which the run before keeps its k.
FIRST = 10
HOPELESS = 0.12
SHARE = 0.5
# While scores are closer than this after the first batch, the next batch decides between them. The scatter of a mean
# falls with the square root of the number of refits, and so does what counts as close.
CLOSE = 0.03
MAX_BATCHES = 4
# The distances of this many points to the centres of all refits are in memory at once.
CHUNK = 5_000

# The centres of each k in each of some refits, shape (refits, k, d).
Centers = Mapping[int, FloatArray]
# Return the score of each k for its stability.
Score = Callable[[Mapping[int, float]], dict[int, float]]


def refit(points: FloatArray, max_clusters: int, hashes: HashArray, numbers: Sequence[int]) -> Centers:
    """Cluster samples of half of the points, drawn by ``hashes``, into every k up to ``max_clusters``.

    ``numbers``: which samples, from 0. The results are in single precision; see ``fit_samples``.
    """
    size = max(int(SHARE * len(points)), max_clusters)
    # Squares of very large numbers are infinite in single precision.
    scale = np.abs(points).max()
    samples = np.stack([points[sampling.draw(hashes, size, "refit", number)] for number in numbers]) / scale
    return {k: fits.centers * scale for k, fits in fit_samples(samples, max_clusters).items()}


def stability(points: FloatArray, centers: FloatArray) -> float:
    """Return how far the refits with these ``centers``, shape (refits, k, d), agree; at most 1.

    Each is extended to all points by the nearest centre. The stability is their mean adjusted Rand index over all
    pairs. The idea is from A. Ben-Hur, A. Elisseeff and I. Guyon, "A stability based method for discovering structure
    in clustered data", *Pacific Symposium on Biocomputing* 7, 2002.
    """
    return mean_pairwise_agreement(_labels(points, centers), centers.shape[1])


def stabilities(
    points: FloatArray, candidates: Sequence[int], hashes: HashArray, score: Score
) -> tuple[dict[int, float], Centers]:
    """Return the stability of each k of ``candidates``, and the centres of the first batch of refits.

    The stability of a k whose score is close to the best is the mean over several batches; that of a hopeless one is
    from the first refits alone.
    """
    first = _first_batch(points, candidates, hashes, score)
    by_batch = {k: [stability(points, first[k])] for k in candidates}
    for batch in range(1, MAX_BATCHES + 1):
        found = {k: float(np.mean(each)) for k, each in by_batch.items()}
        close = choice.close(score(found), CLOSE / math.sqrt(batch))
        close = [k for k in close if len(by_batch[k]) == batch]
        if len(close) < 2 or batch == MAX_BATCHES:
            break
        centers = refit(points, max(close), hashes, range(batch * BATCH, (batch + 1) * BATCH))
        for k in close:
            by_batch[k].append(stability(points, centers[k]))
    return found, first


def _first_batch(points: FloatArray, candidates: Sequence[int], hashes: HashArray, score: Score) -> Centers:
    centers = refit(points, max(candidates), hashes, range(FIRST))
    found = score({k: stability(points, centers[k]) for k in candidates})
    hopeful = choice.close(found, HOPELESS)
    others = refit(points, max(hopeful), hashes, range(FIRST, BATCH))
    return {**centers, **{k: np.concatenate([centers[k], others[k]]) for k in hopeful}}


def sureness(points: FloatArray, labels: IntArray, sample: IntArray, centers: FloatArray) -> FloatArray:
    """Return for each point the share of refits that put it in its own cluster, shape (n,), 0 to 1.

    ``labels``: shape (n,), the clusters, from 0. ``centers``: shape (refits, k, d). A cluster of a refit counts as that
    of ``labels`` with which it shares most of the points in the rows ``sample``.
    """
    clusters = centers.shape[1]
    found = _labels(points[sample], centers)
    same_as = np.stack([contingency(one, labels[sample], (clusters, clusters)).argmax(axis=1) for one in found])
    kept = np.empty(len(points))
    for start in range(0, len(points), CHUNK):
        part = slice(start, start + CHUNK)
        found = np.take_along_axis(same_as, _labels(points[part], centers), axis=1)
        kept[part] = (found == labels[part]).mean(axis=0)
    return kept


def _labels(points: FloatArray, centers: FloatArray) -> IntArray:
    """Return the index of each point's nearest centre in each refit, shape (refits, n)."""
    scale = np.abs(points).max() or 1.0
    return nearest_centers(points / scale, centers / scale)
