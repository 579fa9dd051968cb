import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.core.features import FEATURES
from clusters.core.words import captions
from clusters.core.words.captions import axis_ends, describe, ends_of_axes, plot_notes


@pytest.mark.parametrize(
    ("loadings", "low", "high"),
    [
        ({"energy": 0.8, "acousticness": -0.5, "tempo": 0.1}, "Mellow, Acoustic", "Energetic, Electric"),
        ({"danceability": 0.6, "energy": 0.7}, "Mellow, Free-flowing", "Energetic, Danceable"),
        ({"tempo": -0.9}, "Fast", "Slow"),
        ({"tempo": 1.0, "loudness": 0.0}, "Slow", "Fast"),
        # The same strength: by name, so that the words do not hang on the order of a dictionary.
        ({"valence": 0.5, "liveness": -0.5, "energy": 0.5}, "Mellow, Live", "Energetic, Happy"),
        # The ends name different features where a third one is nearly as strong as the second.
        ({"energy": 0.7, "loudness": 0.5, "acousticness": -0.4}, "Mellow, Acoustic", "Energetic, Loud"),
        ({"energy": 0.7, "loudness": 0.5, "acousticness": -0.3}, "Mellow, Quiet", "Energetic, Loud"),
        ({"acousticness": -0.7, "energy": 0.6, "valence": -0.5}, "Acoustic, Happy", "Electric, Energetic"),
        # A feature that hardly counts says nothing.
        ({"tempo": 0.9, "valence": 0.17}, "Slow", "Fast"),
        ({}, "", ""),
    ],
)
def test_the_strongest_features_name_the_ends(loadings: dict[str, float], low: str, high: str) -> None:
    assert axis_ends(loadings) == (low, high)
    assert axis_ends(dict(reversed(loadings.items()))) == (low, high)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        # Energy counts more for the first axis, tempo for the second.
        (
            {"energy": 0.8, "tempo": 0.5, "valence": 0.33},
            {"energy": 0.5, "tempo": -0.86, "valence": 0.1},
            [("Mellow, Sad", "Energetic, Happy"), ("Fast", "Slow")],
        ),
        # Both axes are made of both features alike.
        ({"energy": 0.7, "tempo": 0.7}, {"energy": 0.7, "tempo": -0.7}, [("Slow", "Fast"), ("Mellow", "Energetic")]),
        ({"energy": 0.6, "tempo": 0.6}, {"energy": 0.7, "tempo": -0.7}, [("Mellow", "Energetic"), ("Fast", "Slow")]),
    ],
)
def test_no_feature_is_named_on_both_axes(
    first: dict[str, float], second: dict[str, float], words: list[tuple[str, str]]
) -> None:
    assert ends_of_axes([first, second]) == words
    assert ends_of_axes([first]) == [axis_ends(first)]


@given(st.integers(0, 10_000), st.integers(2, len(FEATURES)))
def test_each_axis_has_words_of_its_own_whatever_the_loadings(seed: int, count: int) -> None:
    draws = np.random.default_rng(seed)
    vectors, _ = np.linalg.qr(draws.standard_normal((count, count)))
    names = [feature.name for feature in FEATURES[:count]]
    feature_of = {word: feature.name for feature in FEATURES for word in (feature.low, feature.high)}

    one, other = (
        {feature_of[word] for end in ends for word in end.split(", ")}
        for ends in ends_of_axes([dict(zip(names, vector.tolist(), strict=True)) for vector in vectors[:2]])
    )

    assert one
    assert other
    assert not one & other


LOADINGS = [{"energy": 0.9, "liveness": 0.1}, {"tempo": 1.0}, {"energy": -0.5, "liveness": 0.4, "tempo": 0.1}]


@pytest.mark.parametrize(
    ("variances", "notes"),
    [
        ([0.5, 0.3, 0.14], []),
        ([0.5, 0.3, 0.15], ["Not shown: from Studio to Live, 15% of variance."]),
        ([0.5, 0.18, 0.12], ["Not shown: from Studio to Live, 12% of variance."]),
        ([0.5, 0.18, 0.119], []),
        (
            [0.8, 0.08, 0.06],
            [
                "From bottom to top, tracks differ little: 8% of variance.",
                "Not shown: from Studio to Live, 6% of variance.",
            ],
        ),
        ([0.95, 0.03, 0.02], ["From bottom to top, tracks differ little: 3% of variance."]),
        ([1.0], []),
    ],
)
def test_notes_say_what_the_plot_does_not_show(variances: list[float], notes: list[str]) -> None:
    assert plot_notes(LOADINGS[: len(variances)], variances) == notes


def test_the_third_component_is_called_by_what_the_axes_do_not_name() -> None:
    axes = [{"energy": 1.0}, {"tempo": 1.0}]
    assert plot_notes([*axes, {"tempo": 0.9, "valence": 0.19}], [0.4, 0.2, 0.2]) == [
        "Not shown: from Sad to Happy, 20% of variance."
    ]
    assert plot_notes([*axes, {"tempo": 0.9, "valence": 0.17}], [0.4, 0.2, 0.2]) == [
        "Not shown: from Slow to Fast, 20% of variance."
    ]


def test_the_third_component_of_runs_without_its_loadings_is_not_named() -> None:
    assert plot_notes([], [0.5, 0.2, 0.2]) == []


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


def test_small_differences_are_described_where_there_is_no_large_one_and_they_are_not_chance() -> None:
    assert describe({"valence": 0.3, "tempo": 0.2}, error=0.08) == "slightly happier"
    assert describe({"valence": 0.3, "tempo": 0.6}, error=0.08) == "faster"
    assert describe({"valence": 0.09}, error=0.0) == ""


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(captions) == doctest.TestResults(failed=0, attempted=8)
