"""Names for clusters: what sets each apart, never two alike, and nothing that may be chance."""

import doctest

import pytest
from scipy.stats import hypergeom

from clusters.core.words import naming
from clusters.core.words.naming import MAX_LENGTH, Profile, Trait, chance_of, names_of


def named(*deviations: dict[str, float], size: int = 100, traits: tuple[Trait, ...] = ()) -> list[str]:
    profiles = [Profile(number, size, each) for number, each in enumerate(deviations, start=1)]
    return list(names_of(profiles, traits).values())


def test_a_cluster_is_named_by_the_features_that_set_it_apart() -> None:
    assert named(
        {"acousticness": 1.2, "valence": -0.9, "tempo": 0.05},
        {"acousticness": -0.3, "loudness": 1.0, "tempo": 0.9},
    ) == ["Acoustic & sad", "Loud & fast"]


def test_clusters_alike_in_their_strongest_features_get_words_that_tell_them_apart() -> None:
    assert named(
        {"energy": 1.5, "loudness": 1.4},
        {"energy": 1.4, "loudness": 1.3, "valence": 0.6},
        {"energy": -1.2, "loudness": -1.1},
    ) == ["Energetic & loud", "Energetic & happy", "Mellow & quiet"]


def test_a_small_difference_tells_clusters_apart_where_no_large_one_does() -> None:
    first, second, _third = named(
        {"energy": 1.0, "valence": 0.45}, {"energy": 1.0, "valence": -0.45}, {"energy": -1.5}, size=1000
    )
    assert (first, second) == ("Energetic, slightly happy", "Energetic, slightly sad")


def test_where_nothing_differs_there_is_no_name() -> None:
    assert named({"energy": 0.01}, {"energy": -0.01}) == ["", ""]
    assert named({}, {}) == ["", ""]
    assert named({"energy": 0.0}) == [""]


def test_what_may_be_chance_in_a_small_cluster_is_no_name() -> None:
    # Two standard errors of 3 tracks of 203 are 1.15 deviations.
    profiles = [Profile(1, 3, {"tempo": 1.1}), Profile(2, 200, {"tempo": -0.02})]
    assert names_of(profiles) == {1: "", 2: ""}
    profiles = [Profile(1, 3, {"tempo": 1.3}), Profile(2, 200, {"tempo": -0.02})]
    assert names_of(profiles) == {1: "Fast", 2: ""}


def test_a_genre_a_decade_or_a_label_that_most_tracks_have_is_named() -> None:
    apart = ({"energy": 1.0}, {"energy": -1.0})
    assert named(*apart, traits=(Trait("punk", {1: 60, 2: 5}),)) == ["Energetic, mostly punk", "Mellow"]
    assert named(*apart, traits=(Trait("1970s", {1: 5, 2: 30}),)) == ["Energetic", "Mellow, often 1970s"]
    assert named({}, {}, traits=(Trait("on Decca", {1: 60, 2: 5}),)) == ["Mostly on Decca", ""]


@pytest.mark.parametrize(
    ("counts", "why"),
    [
        ({1: 60, 2: 50}, "it is nearly as frequent elsewhere"),
        ({1: 20, 2: 1}, "few tracks have it"),
        ({1: 100, 2: 100}, "all have it"),
    ],
)
def test_a_genre_that_sets_nothing_apart_is_not_named(counts: dict[int, int], why: str) -> None:
    assert named({"energy": 1.0}, {"energy": -1.0}, traits=(Trait("pop", counts),)) == ["Energetic", "Mellow"], why


def test_a_genre_that_is_frequent_by_chance_is_not_named() -> None:
    # Of one genre 4 of 6 tracks against 1 of 6 are nothing; and the more genres, the sooner one is frequent by chance.
    assert named({}, {}, size=6, traits=(Trait("ska", {1: 4, 2: 1}),)) == ["", ""]
    strong = Trait("ska", {1: 10, 2: 1})
    assert named({}, {}, size=12, traits=(strong,)) == ["Mostly ska", ""]
    many = tuple(Trait(f"genre {number}", {1: 1, 2: 1}) for number in range(1000))
    assert named({}, {}, size=12, traits=(strong, *many)) == ["", ""]


def test_labels_in_any_script_are_named_and_long_ones_are_not() -> None:
    traits = Trait("on 文化俱樂部", {1: 90}), Trait("on " + "L" * 200, {2: 90})
    assert named({"valence": 1.0}, {"valence": -1.0}, traits=traits) == ["Happy, mostly on 文化俱樂部", "Sad"]


def test_a_label_with_markup_is_plain_text() -> None:
    label = Trait("on <b>|x</b> & `y`", {1: 90})
    assert named({"valence": 1.0}, {}, traits=(label,)) == ["Happy, mostly on <b>|x</b> & `y`", ""]


def test_names_are_unique_and_short_for_many_clusters() -> None:
    features = ("energy", "loudness", "valence", "tempo")
    deviations = [
        {name: (1.0 if number >> bit & 1 else -1.0) for bit, name in enumerate(features)} for number in range(16)
    ]
    names = [name for name in named(*deviations) if name]
    assert len({name.casefold() for name in names}) == len(names)
    assert len(names) >= 12
    assert max(map(len, names)) <= MAX_LENGTH


@pytest.mark.parametrize(
    ("drawn", "size", "having", "total"),
    [(4, 6, 5, 12), (0, 3, 2, 9), (3, 3, 2, 9), (40, 100, 300, 1000), (900, 2000, 5000, 90_000), (5, 9, 8, 10)],
)
def test_the_probability_is_that_of_the_hypergeometric_distribution(
    drawn: int, size: int, having: int, total: int
) -> None:
    expected = hypergeom.sf(drawn - 1, total, having, size)
    assert chance_of(drawn, size, having, total) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_the_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(naming) == doctest.TestResults(failed=0, attempted=1)
