"""Shades: a finer cut of each cluster, found where there is one, and called loose where it is."""

import numpy as np
import pytest

from clusters.core.features import FloatArray
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from clusters.core.sampling import row_hashes
from clusters.core.shades import cut, describe
from tests.clusters.core.tables import MEANS, noise, table


def two_levels(seed: int = 0) -> FloatArray:
    """Two clusters far apart in acousticness and energy, each of a happy and a sad half of 30 tracks."""
    random = np.random.default_rng(seed)
    rows = np.tile(MEANS, (120, 1)) + 0.01 * random.standard_normal((120, len(MEANS)))
    rows[:, 3] += np.repeat([-0.3, 0.3], 60)
    rows[:, 1] += np.repeat([-0.3, 0.3], 60)
    rows[:, 6] += np.tile(np.repeat([-0.15, 0.15], 30), 2)
    return rows


def test_planted_halves_are_found_and_described() -> None:
    result = cluster(table(two_levels()), Params(clusters=2))
    for summary in result.clusters:
        assert [(shade.size, shade.description) for shade in summary.shades] == [(30, "sadder"), (30, "happier")] or [
            (shade.size, shade.description) for shade in summary.shades
        ] == [(30, "happier"), (30, "sadder")]
        assert summary.shades[0].stability > 0.8
    planted = (result.ids - 1) // 30
    assert len(set(zip(planted.tolist(), result.numbers.tolist(), result.shades.tolist(), strict=True))) == 4


def test_the_same_tracks_have_the_same_shades() -> None:
    one, other = (cluster(table(two_levels()), Params(clusters=2)) for _ in range(2))
    assert one.clusters == other.clusters
    assert one.shades.tolist() == other.shades.tolist()


def test_shades_keep_the_order_of_the_run_before() -> None:
    first = cluster(table(two_levels()), Params(clusters=2))
    turned = PreviousRun(first.ids, first.numbers, 3, shades=3 - first.shades)
    again = cluster(table(two_levels()), Params(clusters=2), turned)
    assert again.ids.tolist() == first.ids.tolist()
    assert again.shades.tolist() == turned.shades.tolist()  # type: ignore[union-attr]
    assert [s.description for c in again.clusters for s in c.shades] == [
        s.description for c in first.clusters for s in reversed(c.shades)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_firm_shades(seed: int) -> None:
    points = noise(40, seed)[:, :4]
    found = cut(points, row_hashes(points))
    assert found is None or found.stability < 0.8


def test_too_few_tracks_have_no_shades() -> None:
    points = two_levels()[np.r_[0:5, 30:36]]
    assert cut(points, row_hashes(points)) is None
    points = two_levels()[np.r_[0:6, 30:36]]
    found = cut(points, row_hashes(points))
    assert found is not None
    assert np.bincount(found.labels).tolist() == [6, 6]


def test_a_cluster_of_equal_tracks_has_no_shades() -> None:
    points = np.ones((20, 3))
    assert cut(points, row_hashes(points)) is None


def test_a_small_difference_is_still_described() -> None:
    assert describe({"energy": 0.2, "valence": -0.4}) == "a little sadder"
