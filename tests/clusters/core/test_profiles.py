"""How features are spread over a collection, and where a value stands in it."""

import numpy as np
import pytest

from clusters.core import profiles
from clusters.core.features import FEATURE_NAMES
from clusters.core.profiles import EXTREMES, Standing, distributions, shares_between, standing
from tests.clusters.core.tables import table

ENERGY = FEATURE_NAMES.index("energy")


def of_energy(values: list[float]) -> profiles.Distribution:
    features = np.full((len(values), len(FEATURE_NAMES)), 0.5)
    features[:, ENERGY] = values
    return distributions(table(features))["energy"]


def test_mean_quantiles_and_the_tracks_at_either_end() -> None:
    found = of_energy([each / 200 for each in range(201)])
    assert found.mean == 0.5
    assert found.quantiles == tuple(each / 100 for each in range(101))
    # The ids begin with 1.
    assert found.lowest == tuple(range(1, EXTREMES + 1))
    assert found.highest == tuple(range(201, 201 - EXTREMES, -1))


def test_an_end_where_any_track_might_stand_is_left_out() -> None:
    found = of_energy([0.0] * (EXTREMES + 1) + [0.5, 0.9])
    assert found.lowest == ()
    assert found.highest[:2] == (EXTREMES + 3, EXTREMES + 2)
    found = of_energy([0.3])
    assert (found.lowest, found.highest, set(found.quantiles)) == ((), (), {0.3})


@pytest.mark.parametrize(
    ("value", "below", "above", "words"),
    [
        (0.825, 0.82, 0.17, "more energetic than 82%"),
        (0.1, 0.09, 0.89, "mellower than 89%"),
        # Nothing is above or below all, itself included.
        (1.0, 0.99, 0.0, "more energetic than 99%"),
        (7.0, 1.0, 0.0, "more energetic than 100%"),
    ],
)
def test_where_a_value_stands(value: float, below: float, above: float, words: str) -> None:
    found = standing("energy", [each / 100 for each in range(101)], value)
    assert (found.below, found.above) == pytest.approx((below, above))
    assert found.words == words


def test_many_equal_values_are_neither_below_nor_above() -> None:
    # Of most tracks, nothing is known to be instrumental.
    quantiles = [0.0] * 61 + [each / 40 for each in range(1, 41)]
    assert standing("instrumentalness", quantiles, 0.00001).words == "more vocal than 39%"
    assert Standing("energy", 0.0, 0.0).words == ""


def test_the_shares_between_edges_add_up_with_what_lies_beyond_them() -> None:
    quantiles = [0.0] * 51 + [each / 25 for each in range(1, 51)]
    shares = shares_between(quantiles, [0.0, 0.5, 1.0])
    assert sum(shares) == pytest.approx(1.0)
    assert shares[0] > 0.6
    assert shares_between([0.5] * 101, [0.0, 1.0]) == [1.0]
