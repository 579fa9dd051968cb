"""Words for the numbers: the two ends of an axis, and how a cluster differs from its collection."""

import math
from collections.abc import Mapping, Sequence

from clusters.core.features import BY_NAME

# A smaller difference from the collection's mean, in its standard deviations, is described only if there is no larger
# one. Half a deviation is the customary "medium" effect (Cohen, Statistical Power Analysis, 1988, section 2.2.4).
MIN_EFFECT = 0.5
# Half of Cohen's "small" effect; and three standard errors, which chance hardly ever reaches.
MIN_SLIGHT_EFFECT = 0.1
MIN_SLIGHT_ERRORS = 3
MAX_WORDS_PER_CLUSTER = 3
# A feature whose loading is less than this part of the strongest one says nothing of a component.
MIN_SHARE_OF_LOADING = 0.2
# The two ends name different features if the weaker one's loading is at least this part of the other's.
NEARLY_AS_STRONG = 2 / 3
# An axis with a smaller share of the variance, or a smaller part of the first axis's share, shows little.
LITTLE_VARIANCE = 0.10
LITTLE_OF_FIRST = 0.25
# The third component, which the plot does not show, matters if it has this share of the variance; or this part of the
# second one's share, unless both are so small that no direction but the first says much.
MUCH_VARIANCE = 0.15
MUCH_OF_SECOND = 2 / 3
NEGLIGIBLE_VARIANCE = 0.05
# The stability of a cut from which on it is firm, or fair.
FIRM = 0.8
FAIR = 0.6

LITTLE = "tracks differ little in this direction"


def axis_ends(loadings: Mapping[str, float]) -> tuple[str, str]:
    """Return the words for an axis's low and high end: those of the features with the strongest loadings.

    Both ends name the strongest feature. The second word of an end is that of the next feature that tracks at this end
    have more of, if its loading is nearly as strong as that of any other feature; else of the second strongest feature.

    >>> axis_ends({"energy": 0.8, "acousticness": -0.5, "tempo": 0.1})
    ('Mellow, Acoustic', 'Energetic, Electric')
    >>> axis_ends({"energy": 0.8, "acousticness": -0.5, "tempo": 0.4})
    ('Mellow, Acoustic', 'Energetic, Fast')
    """
    low, high = _end(loadings, -1), _end(loadings, 1)
    return ", ".join(low), ", ".join(high)


def ends_of_axes(loadings: Sequence[Mapping[str, float]]) -> list[tuple[str, str]]:
    """Return the words for the ends of one or two axes. No feature is named on both.

    >>> ends_of_axes([{"energy": 0.9, "tempo": 0.4}, {"energy": -0.4, "tempo": 0.9}])
    [('Mellow', 'Energetic'), ('Slow', 'Fast')]
    """
    if len(loadings) < 2:
        return [axis_ends(axis) for axis in loadings]
    first, second = loadings
    # A feature belongs to the axis on which its loading is stronger. Either axis has one: the squares of an axis's
    # loadings sum up to 1. Only where all are equal, but for rounding, could all belong to one axis.
    own = {name for name in first if abs(first[name]) >= abs(second.get(name, 0))}
    if own.issuperset(second):
        own.remove(min(own, key=lambda name: (-abs(second.get(name, 0)), name)))
    own = own or {_strongest(first)[0]}
    return [
        axis_ends({name: first[name] for name in first if name in own}),
        axis_ends({name: second[name] for name in second if name not in own}),
    ]


def shows_little(variances: Sequence[float]) -> bool:
    """Return whether the second axis of the plot shows little. ``variances``: each component's share, 0 to 1."""
    return len(variances) > 1 and (variances[1] < LITTLE_VARIANCE or variances[1] < variances[0] * LITTLE_OF_FIRST)


def plot_notes(loadings: Sequence[Mapping[str, float]], variances: Sequence[float]) -> list[str]:
    """Return what a reader of the plot should know of its second axis and of the third component, as sentences.

    ``loadings``, ``variances``: of each component, the largest first. Fewer loadings than variances may be known.

    >>> plot_notes([{"energy": 1.0}, {"tempo": 1.0}, {"energy": 0.1, "liveness": 0.9}], [0.5, 0.2, 0.17])
    ['Not shown: from Studio to Live, 17% of variance.']
    >>> plot_notes([{"energy": 1.0}, {"tempo": 1.0}], [0.92, 0.08])
    ['From bottom to top, tracks differ little: 8% of variance.']
    """
    notes = []
    if shows_little(variances):
        notes.append(f"From bottom to top, tracks differ little: {variances[1]:.0%} of variance.")
    if len(loadings) > 2 and _third_matters(variances):
        third = loadings[2]
        shown = {word for ends in ends_of_axes(loadings[:2]) for end in ends for word in end.split(", ")}
        strongest = _strongest(third)
        # A feature that an axis names is shown already, so another one says more if it counts at all.
        least = abs(third[strongest[0]]) * MIN_SHARE_OF_LOADING
        others = [name for name in strongest if abs(third[name]) >= least and BY_NAME[name].high not in shown]
        name = (others or strongest)[0]
        low, high = _word(name, -third[name]), _word(name, third[name])
        notes.append(f"Not shown: from {low} to {high}, {variances[2]:.0%} of variance.")
    return notes


def _third_matters(variances: Sequence[float]) -> bool:
    _, second, third = variances[:3]
    return third >= MUCH_VARIANCE or third >= max(second * MUCH_OF_SECOND, NEGLIGIBLE_VARIANCE)


def standard_error(size: int, total: int) -> float:
    """Return how far the mean of ``size`` tracks, drawn from ``total`` without replacement, is off by chance.

    The unit is the standard deviation of all tracks (Cochran, Sampling Techniques, 1977, theorem 2.2).
    """
    return math.sqrt((total - size) / (size * (total - 1))) if size < total else 0.0


def clear_differences(deviations: Mapping[str, float], error: float = math.inf) -> list[str]:
    """Return the features by which a cluster differs enough to be named, the largest difference first.

    ``deviations``: see ``describe``. ``error``: their standard error; if unknown, small differences do not count.
    """
    slight = max(MIN_SLIGHT_EFFECT, MIN_SLIGHT_ERRORS * error)
    return [name for name in _strongest(deviations) if abs(deviations[name]) >= min(MIN_EFFECT, slight)]


def describe(deviations: Mapping[str, float], error: float = math.inf) -> str:
    """Return how a cluster differs from its collection, largest difference first; empty if it hardly does.

    ``deviations``: the cluster's mean less the collection's, in the collection's deviations, by feature. ``error``:
    their standard error; if it is given and no difference is large, small ones that are more than chance are described.

    >>> describe({"tempo": -1.2, "acousticness": 0.9, "valence": 0.1})
    'slower, more acoustic'
    >>> describe({"tempo": -0.3, "acousticness": 0.02}, error=0.01)
    'slightly slower'
    """
    names = clear_differences(deviations, error)
    large = [name for name in names if abs(deviations[name]) >= MIN_EFFECT]
    degree = "" if large else "slightly "
    return ", ".join(
        degree + (BY_NAME[name].more if deviations[name] > 0 else BY_NAME[name].less)
        for name in (large or names)[:MAX_WORDS_PER_CLUSTER]
    )


def stability_word(stability: float) -> str:
    """Return a word for how stable a cut is. Of tracks cut into halves, one in ten changes sides at a stability of 0.6.

    >>> [stability_word(stability) for stability in (0.57, 0.7, 0.93)]
    ['loose', 'fair', 'firm']
    """
    return "firm" if stability >= FIRM else "fair" if stability >= FAIR else "loose"


def _strongest(amounts: Mapping[str, float]) -> Sequence[str]:
    present = [name for name in amounts if amounts[name] != 0]
    return sorted(present, key=lambda name: (-abs(amounts[name]), name))


def _end(loadings: Mapping[str, float], sign: int) -> list[str]:
    """Return the words for the high end of an axis if ``sign`` is 1, for the low end if it is -1."""
    names = _strongest(loadings)[:1]
    least = max(map(abs, loadings.values()), default=0) * MIN_SHARE_OF_LOADING
    others = [name for name in _strongest(loadings)[1:] if abs(loadings[name]) >= least]
    if others:
        nearly = abs(loadings[others[0]]) * NEARLY_AS_STRONG
        # A feature's name for "much of it" says more than its opposite.
        here = [name for name in others if loadings[name] * sign >= nearly]
        names = [*names, (here or others)[0]]
    return [_word(name, loadings[name] * sign) for name in names]


def _word(name: str, amount: float) -> str:
    return BY_NAME[name].high if amount > 0 else BY_NAME[name].low
