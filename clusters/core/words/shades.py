"""Words for the shades of a cluster: how each differs from it, and no two alike."""

from collections.abc import Mapping, Sequence

import numpy as np

from clusters.core.features import BY_NAME
from clusters.core.words import captions

# Of a mean that tells two shades apart. The other features have no unit.
UNITS = {"tempo": " BPM", "loudness": " dB"}
MAX_DIGITS = 6


def describe_all(differences: Sequence[Mapping[str, float]], means: Sequence[Mapping[str, float]]) -> list[str]:
    """Return how each shade of a cluster differs from it, no two in the same words.

    ``differences``: of each shade, see ``describe``. ``means``: of each shade, of every feature, in its own unit. Where
    words are the same, a further one follows if it tells the shades apart; otherwise the mean of the feature that does.

    >>> describe_all([{"energy": 0.9, "tempo": 0.4}, {"energy": 0.8, "tempo": -0.3}, {"energy": -1.7, "tempo": 0}], [])
    ['more energetic, a little faster', 'more energetic, a little slower', 'mellower']
    """
    words = [describe(each) for each in differences]
    for text in {text for text in words if words.count(text) > 1}:
        alike = [shade for shade, each in enumerate(words) if each == text]
        name = max(sorted(differences[0]), key=lambda name: np.ptp([differences[shade][name] for shade in alike]))
        further = [f"{text}, {_a_little(name, differences[shade][name])}" for shade in alike]
        named = {BY_NAME[name].more, BY_NAME[name].less} & set(text.removeprefix("a little ").split(", "))
        if named or len(set(further)) < len(alike):
            further = [f"{text} ({mean})" for mean in _means(name, [means[shade][name] for shade in alike])]
        for shade, longer in zip(alike, further, strict=True):
            words[shade] = longer
    return words


def _means(name: str, values: Sequence[float]) -> list[str]:
    """Return each of ``values``, means of a feature, in words, with so many digits that they differ.

    >>> _means("tempo", [121.4, 121.3])
    ['tempo 121.4 BPM on average', 'tempo 121.3 BPM on average']
    """
    unit = UNITS.get(name, "")
    digits = 0 if unit else 2
    while len({f"{value:.{digits}f}" for value in values}) < len(values) and digits < MAX_DIGITS:
        digits += 1
    return [f"{name} {value:.{digits}f}{unit} on average" for value in values]


def describe(differences: Mapping[str, float]) -> str:
    """Return how a shade differs from its cluster; never empty. See ``captions.describe``.

    >>> describe({"energy": 0.2, "valence": -0.4})
    'a little sadder'
    """
    words = captions.describe(differences)
    if words:
        return words
    strongest = min(differences, key=lambda name: (-abs(differences[name]), name))
    return _a_little(strongest, differences[strongest])


def _a_little(name: str, difference: float) -> str:
    return f"a little {BY_NAME[name].more if difference > 0 else BY_NAME[name].less}"
