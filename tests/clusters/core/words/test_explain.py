"""Why a track is where it is: the distances, their parts by feature, the words, and where nothing can be said."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.core.features import FEATURE_NAMES
from clusters.core.words.explain import BORDER, Components, NearestCluster, State, explain

TWO = Components({"tempo": 0.002, "energy": 1.0}, [{"tempo": 0.6, "energy": 0.8}, {"tempo": -0.8, "energy": 0.6}])

amounts = st.floats(-300, 300)


@st.composite
def situations(draw):
    """Components of any features, the features of a track, and two centres."""
    names = draw(st.lists(st.sampled_from(FEATURE_NAMES), min_size=1, unique=True))

    def of_each(values):
        return draw(st.fixed_dictionaries(dict.fromkeys(names, values)))

    loadings = [of_each(st.floats(-1, 1)) for _ in range(draw(st.integers(1, 4)))]
    return Components(of_each(st.floats(1e-3, 2)), loadings), of_each(amounts), of_each(amounts), of_each(amounts)


@given(situations())
def test_the_contributions_add_up_to_how_much_nearer_the_track_is_to_its_own_centre(situation) -> None:
    components, values, own, other = situation
    to_own, to_other = components.distance(values, own), components.distance(values, other)
    scale = max(1.0, to_own**2, to_other**2)
    assert math.fsum(components.contributions(values, own, other).values()) == pytest.approx(
        to_other**2 - to_own**2, abs=1e-9 * scale
    )


@given(situations())
def test_the_contributions_to_the_other_cluster_are_the_same_turned_round(situation) -> None:
    components, values, own, other = situation
    turned = {name: -amount for name, amount in components.contributions(values, other, own).items()}
    assert components.contributions(values, own, other) == pytest.approx(turned)


@given(situations())
def test_whatever_is_said_of_a_track_is_true_of_it_and_of_the_two_centres(situation) -> None:
    components, values, own, other = situation
    found = explain(components, {1: own, 2: other}, values, 1, components.distance(values, own))
    words = {
        ("tempo", True): "faster",
        ("tempo", False): "slower",
        ("acousticness", True): "more acoustic",
        ("acousticness", False): "less acoustic",
    }
    for (name, more), word in words.items():
        if word in found.reasons:
            assert (values[name] > other[name], own[name] > other[name]) == (more, more)
        if word in found.objections:
            assert (values[name] > own[name], other[name] > own[name]) == (more, more)
    assert not set(found.reasons) & set(found.objections)


@given(situations())
def test_a_track_is_on_the_border_where_the_other_centre_is_hardly_farther(situation) -> None:
    components, values, own, other = situation
    distance = components.distance(values, own)
    found = explain(components, {1: own, 2: other}, values, 1, distance)
    assert found.next_nearest
    assert (found.state == State.BORDER) == (found.next_nearest.distance - distance < BORDER)
    assert found.state == State.NEARER or (found.reasons, found.objections) == ((), ())


def only(**weights: float) -> Components:
    """As many components as features, each of them one: a space that leaves nothing out."""
    return Components(weights, [{name: float(name == each) for name in weights} for each in weights])


def test_the_next_nearest_of_several() -> None:
    centres = {3: {"energy": 0.1}, 5: {"energy": 0.9}, 8: {"energy": 0.5}}
    found = explain(only(energy=1.0), centres, {"energy": 0.2}, 3, 0.1)
    assert (found.state, found.next_nearest) == (State.NEARER, NearestCluster(8, pytest.approx(0.3)))
    assert (found.reasons, found.objections) == (("mellower",), ())


def test_of_two_that_are_as_near_the_lower_number_is_named() -> None:
    centres = {4: {"energy": 0.5}, 2: {"energy": 0.9}, 1: {"energy": 0.1}}
    assert explain(only(energy=1.0), centres, {"energy": 0.5}, 4, 0.0).next_nearest == NearestCluster(
        1, pytest.approx(0.4)
    )


def test_the_strongest_features_are_named_until_most_is_said_and_what_speaks_against_them() -> None:
    components = only(energy=1.0, valence=1.0, acousticness=1.0, liveness=1.0)
    own = {"energy": 0.8, "valence": 0.6, "acousticness": 0.2, "liveness": 0.50}
    other = {"energy": 0.2, "valence": 0.4, "acousticness": 0.6, "liveness": 0.49}
    track = {"energy": 0.9, "valence": 0.8, "acousticness": 0.5, "liveness": 0.60}
    found = explain(components, {1: own, 2: other}, track, 1, components.distance(track, own))
    assert found.contributions == pytest.approx(
        {"energy": 0.48, "valence": 0.12, "acousticness": -0.08, "liveness": 0.0021}
    )
    assert (found.reasons, found.objections) == (("more energetic",), ())
    track["acousticness"] = 0.7
    found = explain(components, {1: own, 2: other}, track, 1, components.distance(track, own))
    assert (found.reasons, found.objections) == (("more energetic",), ("more acoustic",))


def test_at_most_three_features_are_named() -> None:
    names = ("danceability", "energy", "liveness", "speechiness", "valence")
    components = only(**dict.fromkeys(names, 1.0))
    own, other = dict.fromkeys(names, 0.9), dict.fromkeys(names, 0.1)
    found = explain(components, {1: own, 2: other}, own, 1, 0.0)
    assert found.reasons == ("more danceable", "more energetic", "more live")


def test_a_feature_is_not_named_where_the_centres_say_the_reverse() -> None:
    """One component for two features that go together: the weaker one is drawn along against its own means."""
    components = Components({"energy": 1.0, "valence": 1.0}, [{"energy": 0.8, "valence": 0.6}])
    own, other, track = (
        {"energy": 0.9, "valence": 0.4},
        {"energy": 0.1, "valence": 0.5},
        {"energy": 0.6, "valence": 0.9},
    )
    found = explain(components, {1: own, 2: other}, track, 1, components.distance(track, own))
    assert found.contributions
    assert found.contributions["valence"] > found.contributions["energy"] > 0
    assert found.reasons == ("more energetic",)


def test_a_run_that_kept_no_components_explains_nothing() -> None:
    assert explain(Components({}, []), {1: {}, 2: {}}, {}, 1, 0.5).state == State.UNKNOWN


def test_a_track_of_the_only_cluster_has_no_next() -> None:
    found = explain(TWO, {1: {"tempo": 100, "energy": 0.5}}, {"tempo": 100, "energy": 0.5}, 1, 0.0)
    assert (found.state, found.next_nearest) == (State.ALONE, None)


@pytest.mark.parametrize(
    ("edit", "state"),
    [
        ({}, State.NEARER),
        ({"loudness": None}, State.NEARER),  # No part of this run.
        ({"tempo": 120.001}, State.CHANGED),
        ({"tempo": None}, State.CHANGED),
        ({"energy": None}, State.CHANGED),
    ],
)
def test_a_track_whose_features_have_changed_is_not_explained(edit, state) -> None:
    centres = {1: {"tempo": 100, "energy": 0.5}, 2: {"tempo": 180, "energy": 0.9}}
    track = {"tempo": 120, "energy": 0.4, "loudness": -3}
    found = explain(TWO, centres, track | edit, 1, TWO.distance(track, centres[1]))
    assert found.state == state
    assert (found.next_nearest is None) == (state == State.CHANGED)
