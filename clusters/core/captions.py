"""Words for the numbers: the two ends of an axis, and how a cluster differs from its genre."""

from collections.abc import Mapping, Sequence

from clusters.core.features import BY_NAME

# A smaller difference from the genre's mean, in its standard deviations, is not described. Half a deviation is the
# customary "medium" effect (Cohen, Statistical Power Analysis, 1988, section 2.2.4).
MIN_EFFECT = 0.5
MAX_WORDS_PER_END = 2
MAX_WORDS_PER_CLUSTER = 3


def axis_ends(loadings: Mapping[str, float]) -> tuple[str, str]:
    """Return the words for an axis's low and high end: those of the features with the strongest loadings.

    >>> axis_ends({"energy": 0.8, "acousticness": -0.5, "tempo": 0.1})
    ('Mellow, Acoustic', 'Energetic, Electric')
    """
    strongest = _strongest(loadings)[:MAX_WORDS_PER_END]
    high = [BY_NAME[name].high if loadings[name] > 0 else BY_NAME[name].low for name in strongest]
    low = [BY_NAME[name].low if loadings[name] > 0 else BY_NAME[name].high for name in strongest]
    return ", ".join(low), ", ".join(high)


def describe(deviations: Mapping[str, float]) -> str:
    """Return how a cluster differs from its genre, largest difference first; empty if it hardly differs.

    ``deviations``: the cluster's mean less the genre's, in the genre's standard deviations, by feature.

    >>> describe({"tempo": -1.2, "acousticness": 0.9, "valence": 0.1})
    'slower, more acoustic'
    """
    names = [name for name in _strongest(deviations) if abs(deviations[name]) >= MIN_EFFECT]
    return ", ".join(
        BY_NAME[name].more if deviations[name] > 0 else BY_NAME[name].less for name in names[:MAX_WORDS_PER_CLUSTER]
    )


def _strongest(amounts: Mapping[str, float]) -> Sequence[str]:
    present = [name for name in amounts if amounts[name] != 0]
    return sorted(present, key=lambda name: (-abs(amounts[name]), name))
