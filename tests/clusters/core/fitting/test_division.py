"""Whether tracks divide at all, against data that are known to have groups or none."""

import numpy as np
import pytest

from clusters.core.features import FloatArray
from clusters.core.fitting.division import evidence
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from clusters.core.projection import project
from tests.clusters.core.tables import MEANS, SPREADS, blobs, noise, table


def evidence_of(values: FloatArray) -> float:
    return evidence(project(table(values)).weighted(np.arange(len(values))))


def uniform(tracks: int, seed: int) -> FloatArray:
    return MEANS + SPREADS * np.random.default_rng(seed).uniform(-1.7, 1.7, (tracks, len(MEANS)))


def gradient(tracks: int, seed: int) -> FloatArray:
    """Tracks that differ mostly along one line, and have no groups on it."""
    source = np.random.default_rng(seed)
    return noise(tracks, seed) + SPREADS * 2 * source.standard_normal((tracks, 1)) * np.linspace(-1, 1, len(SPREADS))


@pytest.mark.slow
@pytest.mark.parametrize("make", [noise, uniform, gradient])
@pytest.mark.parametrize("tracks", [12, 40, 150, 1_000])
def test_featureless_data_do_not_divide(make: object, tracks: int) -> None:
    draws = 40 if tracks < 1_000 else 10
    divided = [evidence_of(make(tracks, seed)) >= 1 for seed in range(draws)]  # type: ignore[operator]

    # 3 % on average.
    assert sum(divided) <= 3


@pytest.mark.parametrize("sizes", [(10, 10), (6, 14), (30, 30), (20, 80), (12, 9, 15), (8, 8, 8, 8), (20,) * 7])
def test_groups_that_are_there_divide(sizes: tuple[int, ...]) -> None:
    assert evidence_of(blobs(sizes)) > 1.2


def test_it_does_not_depend_on_the_unit_or_on_features_that_are_the_same_for_every_track() -> None:
    values = noise(30)
    weighted = values - values.mean(axis=0)
    with_constant = np.concatenate([weighted, np.zeros((30, 1))], axis=1)

    assert evidence(weighted * 1_000) == pytest.approx(evidence(weighted))
    assert evidence(with_constant) == pytest.approx(evidence(weighted))


@pytest.mark.parametrize("tracks", [6, 7, 10])
def test_fewer_tracks_than_features(tracks: int) -> None:
    assert evidence_of(noise(tracks)) < 1


def test_only_one_feature_varies() -> None:
    line = np.zeros((40, 1))
    line[:, 0] = np.linspace(-1, 1, 40)
    assert evidence(line) < 1
    line[20:] += 3
    assert evidence(line - line.mean()) > 1


class TestRuns:
    def test_a_run_that_does_not_divide_has_one_cluster_with_every_track_and_its_plot(self) -> None:
        found = cluster(table(noise(40)), Params())

        assert found.evidence is not None
        assert found.evidence < 1
        assert [(summary.number, summary.size, summary.description) for summary in found.clusters] == [(1, 40, "")]
        assert found.ranks.tolist() == list(range(1, 41))
        assert found.distances.tolist() == sorted(found.distances.tolist())
        assert (found.silhouette, found.stability, found.scores) == (0.0, None, {})
        # What a split would have given is kept, for the page that says why there is none.
        assert list(found.silhouettes) == [2, 3]
        assert found.png.startswith(b"\x89PNG")
        assert b"<svg" in found.svg

    def test_it_keeps_its_number(self) -> None:
        first = cluster(table(noise(40)), Params())
        again = cluster(table(noise(40)), Params(), PreviousRun(first.ids, first.numbers + 6, 8))

        assert [summary.number for summary in again.clusters] == [7]

    def test_if_asked_for_it_is_divided_nevertheless(self) -> None:
        found = cluster(table(noise(40)), Params(clusters=2))

        assert len(found.clusters) == 2
        assert found.evidence is None
