import doctest

from clusters.core.words import shades
from clusters.core.words.shades import describe, describe_all


def test_a_small_difference_is_still_described() -> None:
    assert describe({"energy": 0.2, "valence": -0.4}) == "a little sadder"


def test_no_two_shades_have_the_same_words() -> None:
    alike = [{"valence": -0.9, "tempo": 0.1}, {"valence": -0.6, "tempo": 0.1}, {"valence": 1.4, "tempo": 0.0}]
    means = [{"valence": 0.214}, {"valence": 0.309}, {"valence": 0.8}]
    assert describe_all(alike, means) == [
        "sadder (valence 0.21 on average)",
        "sadder (valence 0.31 on average)",
        "happier",
    ]
    further = [{"valence": -0.9, "tempo": 0.4}, {"valence": -0.8, "tempo": -0.4}, {"valence": 1.4, "tempo": 0.0}]
    assert describe_all(further, means) == ["sadder, a little faster", "sadder, a little slower", "happier"]


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(shades) == doctest.TestResults(failed=0, attempted=3)
