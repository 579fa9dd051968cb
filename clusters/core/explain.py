"""Why a track stands in its cluster and not in the next nearest: two distances, taken apart by feature.

Plain arithmetic on what a run stores, so that a page can do it for one track while it is asked for.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clusters.core.features import BY_NAME

# Two centres are as near as each other where the distances differ by less than the last digit that pages show.
BORDER = 0.01
# A distance that is computed anew differs from the stored one by rounding only, unless the features were edited.
RELATIVE_ROUNDING = 1e-6
ABSOLUTE_ROUNDING = 1e-9

# The strongest features are named until this share of what pulls to the own cluster is said, or so many are; none
# that pulls by less than MIN_EFFECT.
MAX_OF_THE_PULL = 0.75
MAX_WORDS = 3
MIN_EFFECT = 0.1
# What pulls to the next cluster is said where it undoes this share of what pulls to the own one.
MIN_OBJECTION = 0.25

Values = Mapping[str, float]


class State(StrEnum):
    """How much can be said: no more than the data bear."""

    UNKNOWN = "unknown"  # The run did not keep its components.
    CHANGED = "changed"  # The track's features are no longer those that the run saw.
    ALONE = "alone"  # There is no other cluster.
    BORDER = "border"  # As near to the next centre as to its own.
    NEARER = "nearer"


@dataclass(frozen=True)
class Nearest:
    number: int
    distance: float


@dataclass(frozen=True)
class Explanation:
    """``next_nearest``: None where it is not known or there is none. ``pulls``: see ``Components.pulls``.

    ``reasons`` and ``objections``: in words, how the track is on its own cluster's side of the middle between the
    two centres, and how it is on the other's; the strongest first. Only where the track is clearly nearer to its own.
    """

    state: State
    next_nearest: Nearest | None = None
    pulls: Mapping[str, float] | None = None
    reasons: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


@dataclass(frozen=True)
class Components:
    """``weights``: what a feature's own unit counts. ``loadings``: of each component, by feature."""

    weights: Values
    loadings: Sequence[Values]

    def step(self, start: Values, end: Values) -> list[float]:
        """Return the way from ``start`` to ``end``, both features in their own units, along each component."""
        return [
            math.fsum(loading[name] * weight * (end[name] - start[name]) for name, weight in self.weights.items())
            for loading in self.loadings
        ]

    def distance(self, one: Values, other: Values) -> float:
        return math.hypot(*self.step(one, other))

    def pulls(self, values: Values, own: Values, other: Values) -> dict[str, float]:
        """Return each feature's part in how much nearer ``values`` are to ``own`` than to ``other``.

        The parts add up to the squared distance to ``other`` less the squared distance to ``own``: with the point
        p, the middle m between the centres and the step u from other to own, that is 2 (p - m) · u, and p - m is a
        sum over features.
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
    """Say why a track of these features is in cluster ``number``, at ``distance`` from its centre as stored.

    ``centroids``: of every cluster of the run, by number. ``values`` and ``centroids`` may have more features than
    the run used.
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
    nearest = Nearest(*min(distances.items(), key=lambda item: (item[1], item[0])))
    own, other = centroids[number], centroids[nearest.number]
    pulls = components.pulls(known, own, other)
    if nearest.distance - own_distance < BORDER:
        return Explanation(State.BORDER, nearest, pulls)
    return Explanation(
        State.NEARER,
        nearest,
        pulls,
        reasons=_reasons(pulls, known, own, other),
        objections=_objections(pulls, known, own, other),
    )


def _reasons(pulls: Values, values: Values, own: Values, other: Values) -> tuple[str, ...]:
    whole = math.fsum(pull for pull in pulls.values() if pull > 0)
    words: list[str] = []
    said = 0.0
    for name in _strongest_first(pulls):
        if len(words) == MAX_WORDS or said >= MAX_OF_THE_PULL * whole or pulls[name] < MIN_EFFECT * whole:
            break
        word = _word(name, values, own, other)
        if word:
            words.append(word)
            said += pulls[name]
    return tuple(words)


def _objections(pulls: Values, values: Values, own: Values, other: Values) -> tuple[str, ...]:
    """Return the one word for what pulls most to the other cluster, if it is worth saying."""
    whole = math.fsum(pull for pull in pulls.values() if pull > 0)
    name = min(pulls, key=lambda each: (pulls[each], each))
    word = _word(name, values, other, own)
    return (word,) if word and -pulls[name] >= MIN_OBJECTION * whole else ()


def _strongest_first(pulls: Values) -> list[str]:
    return sorted((name for name in pulls if pulls[name] > 0), key=lambda name: (-pulls[name], name))


def _word(name: str, values: Values, side: Values, beyond: Values) -> str:
    """Return how the track is, on the side of ``side`` as seen from ``beyond``; empty where it is not on that side.

    The components leave some of the variance out, so a feature can pull to a cluster whose tracks, on average, have
    less of it than the other's. No sentence of this kind would be true of it.
    """
    difference = side[name] - beyond[name]
    if (values[name] - (side[name] + beyond[name]) / 2) * difference <= 0:
        return ""
    return BY_NAME[name].more if difference > 0 else BY_NAME[name].less
