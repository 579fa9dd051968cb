import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusters.core.features import BY_NAME, FEATURE_NAMES, FEATURES, FeatureTable
from musicdb.models import Track
from musicdb.music import AUDIO_FEATURES
from tests.clusters.core.tables import noise, shuffled, table


def test_the_clustered_features_are_the_amounts_among_the_tracks_features() -> None:
    amounts = {feature.name for feature in AUDIO_FEATURES} - {"key", "mode", "time_signature"}

    assert set(FEATURE_NAMES) == amounts
    assert len(FEATURE_NAMES) == 9
    assert set(FEATURE_NAMES) <= {field.name for field in Track._meta.get_fields()}
    assert [BY_NAME[name] for name in FEATURE_NAMES] == list(FEATURES)


def test_no_two_words_for_an_end_are_the_same() -> None:
    words = [word for feature in FEATURES for word in (feature.high, feature.low)]
    comparisons = [word for feature in FEATURES for word in (feature.more, feature.less)]

    assert len(set(words)) == len(set(comparisons)) == 18


def test_its_parts_must_fit() -> None:
    values = noise(3)
    with pytest.raises(ValueError, match=r"^3 ids, 2 keys, 3 recordings and values of shape \(3, 9\) do not fit\.$"):
        FeatureTable(np.arange(3), ("a", "b"), values)
    with pytest.raises(ValueError, match=r"^2 ids, 3 keys, 2 recordings and values of shape \(3, 9\) do not fit\.$"):
        FeatureTable(np.arange(2), ("a", "b", "c"), values)
    with pytest.raises(ValueError, match=r"^3 ids, 3 keys, 3 recordings and values of shape \(3, 8\) do not fit\.$"):
        FeatureTable(np.arange(3), ("a", "b", "c"), values[:, 1:])


@pytest.mark.parametrize("name", FEATURE_NAMES)
@pytest.mark.parametrize(("value", "said"), [(math.nan, "nan"), (math.inf, "inf"), (-math.inf, "-inf")])
def test_what_is_no_number_is_refused_by_feature_and_track(name: str, value: float, said: str) -> None:
    values = noise(3)
    values[1, FEATURE_NAMES.index(name)] = value

    with pytest.raises(ValueError, match=f"^{name} of track key0001 is {said}, not a finite number.$"):
        table(values)


def test_canonical_order_is_by_features_then_key() -> None:
    values = np.zeros((4, 9))
    values[:, 0] = [0.5, 0.1, 0.5, 0.5]
    values[:, 8] = [-5.0, -1.0, -9.0, -5.0]
    ordered = FeatureTable(np.array([1, 2, 3, 4]), ("d", "c", "b", "a"), values).in_canonical_order()

    assert ordered.keys == ("c", "b", "a", "d")
    assert ordered.ids.tolist() == [2, 3, 4, 1]
    assert ordered.values.tolist() == values[[1, 2, 3, 0]].tolist()


@given(st.permutations(range(12)))
def test_canonical_order_forgets_the_order_it_was_given(order: list[int]) -> None:
    values = noise(12)
    values[3] = values[7]
    values[4, 0] = values[5, 0]
    original = table(values)
    expected = original.in_canonical_order()
    ordered = shuffled(original, order).in_canonical_order()

    assert ordered.keys == expected.keys
    assert ordered.values.tobytes() == expected.values.tobytes()


def test_no_track() -> None:
    assert len(table(noise(0)).in_canonical_order()) == 0
