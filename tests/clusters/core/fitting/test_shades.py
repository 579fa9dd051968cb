"""Shades: a finer cut of each cluster, found where there is one, and called loose where it is."""

from dataclasses import replace

import numpy as np
import pytest

from clusters.core.features import FloatArray
from clusters.core.fitting import shades
from clusters.core.fitting.agreement import adjusted_rand, contingency
from clusters.core.fitting.shades import cut
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from clusters.core.sampling import row_hashes
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


def test_a_recording_counts_once_however_often_it_was_released() -> None:
    values = two_levels()
    once = cluster(table(values), Params(clusters=2))
    # The first 15 happy tracks of the first cluster have two more releases.
    rows = np.concatenate([np.arange(120), np.tile(np.arange(30, 45), 2)])
    result = cluster(replace(table(values[rows]), recordings=rows), Params(clusters=2))
    shade_of = dict(zip(once.ids.tolist(), zip(once.numbers.tolist(), once.shades.tolist(), strict=True), strict=True))
    recordings = rows[result.ids - 1]
    places = list(zip(result.numbers.tolist(), result.shades.tolist(), strict=True))
    assert places == [shade_of[recording + 1] for recording in recordings.tolist()]
    assert sorted(shade.size for summary in result.clusters for shade in summary.shades) == [30, 30, 30, 60]
    for summary in result.clusters:
        own, ranks = recordings[result.numbers == summary.number], result.ranks[result.numbers == summary.number]
        for shade in summary.shades:
            examples = own[np.isin(ranks, shade.examples)]
            assert len(set(examples.tolist())) == 3


@pytest.mark.parametrize(
    ("before", "stability", "shown"),
    [
        # Unknown: from 0.25.
        (None, 0.24, False),
        (None, 0.26, True),
        # Shown before: from 0.15.
        ([1, 2], 0.16, True),
        ([1, 2], 0.14, False),
        # Not shown before: from 0.3.
        ([0, 0], 0.26, False),
        ([0, 0], 0.31, True),
    ],
)
def test_a_cut_near_the_limit_does_not_come_and_go(
    monkeypatch: pytest.MonkeyPatch, before: list[int] | None, stability: float, shown: bool
) -> None:
    points = two_levels()[:60]
    monkeypatch.setattr(shades, "_stabilities", lambda points, hashes, candidates: dict.fromkeys(candidates, stability))
    known = None if before is None else np.repeat(before, 30)
    assert (cut(points, row_hashes(points), known) is not None) == shown


def test_a_cluster_that_loses_a_few_tracks_keeps_its_shades() -> None:
    points = two_levels()[np.r_[0:5, 30:36]]
    assert cut(points, row_hashes(points)) is None
    found = cut(points, row_hashes(points), np.repeat([1, 2], [5, 6]))
    assert found is not None
    assert np.bincount(found.labels).tolist() == [5, 6]


# Without the run before, 5 % fewer tracks give these another number of shades.
@pytest.mark.parametrize("seed", [3, 4, 7])
def test_parts_of_a_gradient_hold_when_tracks_are_left_out(seed: int) -> None:
    points = np.random.default_rng(seed).uniform(size=(150, 3)) * [1, 0.6, 0.3]
    hashes = row_hashes(points)
    rest = np.flatnonzero(np.arange(150) % 20 != seed)
    first = cut(points, hashes)
    assert first is not None
    again = cut(points[rest], hashes[rest], first.labels[rest] + 1)
    assert again is not None
    assert len(again.centers) == len(first.centers)
    assert adjusted_rand(contingency(first.labels[rest], again.labels)) > 0.9
