import doctest

import pytest

from clusters.core import captions
from clusters.core.captions import axis_ends, describe


@pytest.mark.parametrize(
    ("loadings", "low", "high"),
    [
        ({"energy": 0.8, "acousticness": -0.5, "tempo": 0.1}, "Mellow, Acoustic", "Energetic, Electric"),
        ({"danceability": 0.6, "energy": 0.7}, "Mellow, Free-flowing", "Energetic, Danceable"),
        ({"tempo": -0.9}, "Fast", "Slow"),
        ({"tempo": 1.0, "loudness": 0.0}, "Slow", "Fast"),
        # The same strength: by name, so that the words do not hang on the order of a dictionary.
        ({"valence": 0.5, "liveness": -0.5, "energy": 0.5}, "Mellow, Live", "Energetic, Studio"),
        ({}, "", ""),
    ],
)
def test_the_strongest_two_features_name_the_ends(loadings: dict[str, float], low: str, high: str) -> None:
    assert axis_ends(loadings) == (low, high)
    assert axis_ends(dict(reversed(loadings.items()))) == (low, high)


@pytest.mark.parametrize(
    ("deviations", "words"),
    [
        ({"tempo": -1.2, "acousticness": 0.9, "valence": 0.1}, "slower, more acoustic"),
        ({"tempo": 0.5, "valence": -0.5}, "faster, sadder"),
        ({"tempo": 0.499, "valence": -0.499}, ""),
        ({"energy": 2.0, "loudness": 1.5, "tempo": 1.0, "valence": 0.9}, "more energetic, louder, faster"),
        ({}, ""),
    ],
)
def test_a_cluster_is_described_by_up_to_three_clear_differences(deviations: dict[str, float], words: str) -> None:
    assert describe(deviations) == words


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(captions) == doctest.TestResults(failed=0, attempted=2)
