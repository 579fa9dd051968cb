import numpy as np
import pytest

from clusters.core.features import FEATURE_NAMES
from clusters.core.fitting.fit import TooSmallError, choose_clusters
from clusters.core.params import Params
from clusters.core.projection import project
from tests.clusters.core.tables import table


@pytest.mark.parametrize(("seed", "tracks", "strays"), [(3, 59, 0), (4, 54, 3), (0, 41, 0)])
def test_a_refusal_names_the_numbers_that_are_possible_and_no_others(seed: int, tracks: int, strays: int) -> None:
    source = np.random.default_rng(seed)
    values = source.standard_normal((tracks, len(FEATURE_NAMES))) * 0.1 + 0.5
    values[:strays] += source.standard_normal((strays, len(FEATURE_NAMES))) * 3
    projection = project(table(values))
    refusals = {}
    for clusters in range(2, 13):
        try:
            choose_clusters(projection, Params(clusters=clusters))
        except TooSmallError as error:
            refusals[clusters] = error.possible
    possible = ", ".join(str(clusters) for clusters in range(2, 11) if clusters not in refusals)

    assert refusals
    assert set(refusals.values()) == {possible or "none"}
