"""Why a track is in its cluster and not in the next nearest one: two distances, split by feature.

It is plain arithmetic on what a run stores, so a page can compute it for one track while it is requested.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clusters.core.features import BY_NAME

# The two centres count as equally near if the distances differ by less than the last digit that pages show.
BORDER = 0.01
# A distance that is computed again differs from the stored one by rounding only, unless the features were edited.
RELATIVE_ROUNDING = 1e-6
ABSOLUTE_ROUNDING = 1e-9

# The features with the largest contributions are named until they make up this share of what favours the own cluster,
# but at most MAX_WORDS of them, and none that contributes less than MIN_EFFECT.
ENOUGH_EXPLAINED = 0.75
MAX_WORDS = 3
MIN_EFFECT = 0.1
# What favours the next cluster is named if it cancels at least this share of what favours the own one.
MIN_OBJECTION = 0.25

Values = Mapping[str, float]


class State(StrEnum):
    """How much the stored data can explain."""

    UNKNOWN = "unknown"  # The run did not store its components.
    CHANGED = "changed"  # The track's features have been edited since the run.
    ALONE = "alone"  # There is no other cluster.
    BORDER = "border"  # The track is as near to the next centre as to its own.
    NEARER = "nearer"  # The track is clearly nearer to its own centre.


@dataclass(frozen=True)
class NearestCluster:
    number: int
    distance: float


@dataclass(frozen=True)
class Explanation:
    """Why a track is in its cluster.

    ``next_nearest``: the cluster with the next nearest centre; None if it is unknown or there is none.
    ``contributions``: see ``Components.contributions``. ``reasons``, ``objections``: in words, how the track is on its
    own cluster's side of the middle between the two centres, and how it is on the other's, strongest first. Both are
    empty unless the track is clearly nearer to its own.
    """

    state: State
    next_nearest: NearestCluster | None = None
    contributions: Mapping[str, float] | None = None
    reasons: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Components:
    """The components of a run. ``weights``: of each feature. ``loadings``: one mapping per component, by feature."""

    weights: Values
    loadings: Sequence[Values]

    def step(self, start: Values, end: Values) -> list[float]:
        """Return the difference from ``start`` to ``end``, both in the features' own units, along each component."""
        return [
            math.fsum(loading[name] * weight * (end[name] - start[name]) for name, weight in self.weights.items())
            for loading in self.loadings
        ]

    def distance(self, one: Values, other: Values) -> float:
        return math.hypot(*self.step(one, other))

    def contributions(self, values: Values, own: Values, other: Values) -> dict[str, float]:
        """Return how much each feature contributes to ``values`` being nearer to ``own`` than to ``other``.

        The contributions add up to the squared distance to ``other`` minus the squared distance to ``own``. With the
        point p, the middle m between the centres and the step u from other to own, that is 2 (p - m) · u, and p - m is
        a sum over features.
        """
        step = self.step(other, own)
        return {
            name: 2
            * weight
            * (values[name] - (own[name] + other[name]) / 2)
            * math.fsum(loading[name] * along for loading, along in zip(self.loadings, step, strict=True))
            for name, weight in self.weights.items()
        }


def explain(
    components: Components,
    centroids: Mapping[int, Values],
    values: Mapping[str, float | None],
    number: int,
    distance: float,
) -> Explanation:
    """Explain why a track with the features ``values`` is in cluster ``number``, at the stored ``distance``.

    ``centroids``: of every cluster of the run, by number. ``values`` and ``centroids`` may have more features than the
    run used.
    """
    if not components.loadings:
        return Explanation(State.UNKNOWN)
    known = {name: value for name in components.weights if (value := values.get(name)) is not None}
    if len(known) < len(components.weights):
        return Explanation(State.CHANGED)
    distances = {each: components.distance(known, centroid) for each, centroid in centroids.items()}
    own_distance = distances.pop(number)
    if not math.isclose(own_distance, distance, rel_tol=RELATIVE_ROUNDING, abs_tol=ABSOLUTE_ROUNDING):
        return Explanation(State.CHANGED)
    if not distances:
        return Explanation(State.ALONE)
    nearest = NearestCluster(*min(distances.items(), key=lambda item: (item[1], item[0])))
    own, other = centroids[number], centroids[nearest.number]
    contributions = components.contributions(known, own, other)
    if nearest.distance - own_distance < BORDER:
        return Explanation(State.BORDER, nearest, contributions)
    return Explanation(
        State.NEARER,
        nearest,
        contributions,
        reasons=_reasons(contributions, known, own, other),
        objections=_objections(contributions, known, own, other),
    )


def _reasons(contributions: Values, values: Values, own: Values, other: Values) -> tuple[str, ...]:
    total = _total_in_favour(contributions)
    words: list[str] = []
    explained = 0.0
    in_favour = sorted(name for name in contributions if contributions[name] > 0)
    for name in sorted(in_favour, key=lambda name: -contributions[name]):
        if len(words) == MAX_WORDS or explained >= ENOUGH_EXPLAINED * total or contributions[name] < MIN_EFFECT * total:
            break
        word = _word(name, values, own, other)
        if word:
            words.append(word)
            explained += contributions[name]
    return tuple(words)


def _objections(contributions: Values, values: Values, own: Values, other: Values) -> tuple[str, ...]:
    """Return the word for what favours the other cluster most, if that is enough to be named."""
    name = min(contributions, key=lambda each: (contributions[each], each))
    word = _word(name, values, other, own)
    return (word,) if word and -contributions[name] >= MIN_OBJECTION * _total_in_favour(contributions) else ()


def _total_in_favour(contributions: Values) -> float:
    return math.fsum(amount for amount in contributions.values() if amount > 0)


def _word(name: str, values: Values, near: Values, far: Values) -> str:
    """Return the word for how the track is like the centre ``near`` and unlike ``far``; empty if it is not.

    The components leave out some of the variance, so a feature can favour a cluster whose tracks have, on average, less
    of it than those of the other. No such word would be true of it.
    """
    difference = near[name] - far[name]
    if (values[name] - (near[name] + far[name]) / 2) * difference <= 0:
        return ""
    return BY_NAME[name].more if difference > 0 else BY_NAME[name].less
