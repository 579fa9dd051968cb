"""Choose how many clusters there are, from the figures of every number that was tried."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from clusters.core.features import FloatArray, IntArray

# No cluster is smaller.
MIN_SIZE = 3
MIN_SHARE = 0.02

# A score has three parts. Few clusters are the most stable and nearly always the best separated, but say the least.
MIN_SILHOUETTE_RATIO = 0.5
# Above this stability, parts of the tracks differ more than their clusters do.
ENOUGH_STABILITY = 0.94
SILHOUETTE_WEIGHT = 0.45
WEIGHT_OF_DOUBLING = 0.17

# The number of clusters of the run before is kept if its score is at most so much below the best.
KEEP_WITHIN = 0.08
# The evidence that is needed for any clusters (see ``division``), by whether the run before had several, had one, or
# there is none.
MIN_EVIDENCE = 1.0
MIN_EVIDENCE_TO_STAY_DIVIDED = 0.5
MIN_EVIDENCE_TO_DIVIDE_AGAIN = 1.5


def too_small(sizes: IntArray | FloatArray) -> NDArray[np.bool_]:
    """Return which of the clusters are too small to be published, shape (k,). ``sizes``: shape (k,)."""
    small: NDArray[np.bool_] = sizes < max(MIN_SIZE, MIN_SHARE * sizes.sum())
    return small


def is_too_small(sizes: IntArray | FloatArray) -> bool:
    """Return whether one of the clusters is too small to be published. ``sizes``: shape (k,)."""
    return bool(too_small(sizes).any())


def needed_evidence(previous: int | None) -> float:
    """Return the evidence from which there are several clusters.

    ``previous``: the number of clusters of the run before, if any.
    """
    if previous is None:
        return MIN_EVIDENCE
    return MIN_EVIDENCE_TO_STAY_DIVIDED if previous > 1 else MIN_EVIDENCE_TO_DIVIDE_AGAIN


def divides(evidence: float, previous: int | None) -> bool:
    """Return whether there are several clusters. ``previous``: the number of clusters of the run before, if any."""
    return evidence >= needed_evidence(previous)


def separated(silhouettes: Mapping[int, float]) -> list[int]:
    """Return every k that separates the tracks at least half as well as the best."""
    best = max(silhouettes.values(), default=0.0)
    # A share of a negative silhouette would be larger than the silhouette itself.
    return [k for k, silhouette in silhouettes.items() if silhouette >= min(best, MIN_SILHOUETTE_RATIO * best)]


def scores(silhouettes: Mapping[int, float], stabilities: Mapping[int, float]) -> dict[int, float]:
    """Return the score of each k of ``stabilities``.

    A sum of smooth parts, so that a small change of the tracks changes it by little; a threshold would not.
    """
    best = max((silhouettes[k] for k in stabilities), default=0.0)
    return {
        k: min(stability, ENOUGH_STABILITY)
        # Where the best is zero or less, none separates anything.
        + SILHOUETTE_WEIGHT * (silhouettes[k] / best if best > 0 else 0.0)
        + WEIGHT_OF_DOUBLING * math.log2(k)
        for k, stability in stabilities.items()
    }


def close(scores: Mapping[int, float], margin: float) -> list[int]:
    """Return every k whose score is at most ``margin`` below the best."""
    return [k for k, score in scores.items() if score >= max(scores.values()) - margin]


def by_preference(scores: Mapping[int, float], previous: int | None, keep_within: float = KEEP_WITHIN) -> Sequence[int]:
    """Return every k, the best first: the one of the run before if it still holds, then by score.

    ``keep_within``: how far below the best its score may be.
    """
    ordered = sorted(scores, key=lambda k: (-scores[k], k))
    if previous is not None and previous in scores and scores[previous] >= scores[ordered[0]] - keep_within:
        ordered.sort(key=lambda k: k != previous)
    return ordered
