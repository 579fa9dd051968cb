"""Tracks that divide as well in several ways stay in the clusters of the run before."""

import numpy as np
import pytest

from clusters.core.features import FeatureTable, FloatArray, IntArray
from clusters.core.fitting import fit
from clusters.core.fitting.matching import match, previous_centers
from clusters.core.params import Params, PreviousRun
from clusters.core.projection import project
from tests.clusters.core.tables import blobs, noise, table

FOUR = Params(clusters=4)


def run(found: FeatureTable, before: PreviousRun | None = None, params: Params = FOUR) -> PreviousRun:
    """The run of ``found`` after the run ``before``, for the next one."""
    found, before = found.in_canonical_order(), before or PreviousRun()
    space = project(found)
    centers = previous_centers(space.points, found.ids, found.recordings, before)
    fitted = fit.choose_clusters(space, params, before.chosen_clusters, centers=centers)
    numbers = match(found.ids, fitted.numbers, before)
    chosen = int(fitted.numbers.max()) if params.clusters is None else None
    return PreviousRun(found.ids, numbers, max(before.next_number, int(numbers.max()) + 1), chosen)


def by_track(found: PreviousRun) -> dict[int, int]:
    return dict(zip(found.ids.tolist(), found.numbers.tolist(), strict=True))


def moved(before: PreviousRun, after: PreviousRun) -> int:
    numbers = by_track(before)
    return sum(numbers[track] != number for track, number in by_track(after).items() if track in numbers)


@pytest.mark.parametrize("seed", range(8))
def test_four_clusters_of_tracks_without_groups_last_while_tracks_come(seed: int) -> None:
    values = noise(120, seed)
    first = run(table(values[:108]))
    second = run(table(values[:114]), first)
    third = run(table(values), second)

    assert set(third.numbers) == {1, 2, 3, 4}
    assert moved(first, second) + moved(second, third) < 12


def test_clusters_that_the_tracks_no_longer_have_are_given_up() -> None:
    two_groups = blobs((60, 60))
    # Half of a group each, across both of them.
    across = PreviousRun(np.arange(120) + 1, np.arange(120) % 2 + 1, 3)
    after = run(table(two_groups), across, Params(clusters=2))

    of_first_group = [number for track, number in by_track(after).items() if track <= 60]
    assert len(set(of_first_group)) == 1


def test_a_cluster_that_has_become_too_small_is_given_up() -> None:
    values = noise(200)
    first = run(table(values))
    of_third = np.flatnonzero(first.numbers == 3)[2:]
    left = np.delete(np.arange(200), first.ids[of_third] - 1)
    after = run(FeatureTable(left + 1, tuple(map(str, left)), values[left]), first)

    assert np.bincount(after.numbers)[1:].max() < 150
    assert min(size for size in np.bincount(after.numbers) if size) >= 4


@pytest.mark.parametrize("params", [FOUR, Params()])
def test_the_same_tracks_give_the_same_clusters_again(params: Params) -> None:
    values = noise(330, seed=3)
    first = run(table(values[:300]), params=params)
    second = run(table(values), first, params)

    assert by_track(run(table(values), second, params)) == by_track(second)


@pytest.mark.parametrize("params", [FOUR, Params()])
def test_the_clusters_of_a_sample_do_not_drift(params: Params, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "FIT_SAMPLE_SIZE", 200)
    values = table(noise(400, seed=5))
    first = run(values, params=params)

    assert by_track(run(values, first, params)) == by_track(first)


class TestCentres:
    POINTS = np.array([[0.0, 0], [2, 0], [4, 0], [6, 0]])

    def of(self, ids: list[int], recordings: list[int], before: dict[int, int]) -> FloatArray | None:
        def integers(values: list[int]) -> IntArray:
            return np.array(values, dtype=np.int64)

        previous_run = PreviousRun(integers(list(before)), integers(list(before.values())), 9)
        return previous_centers(self.POINTS, integers(ids), integers(recordings), previous_run)

    def test_a_recording_counts_once_whatever_its_releases(self) -> None:
        found = self.of([1, 2, 3, 4, 5], [0, 1, 1, 1, 2], {1: 5, 2: 5, 3: 5, 4: 5, 5: 2})
        assert found is not None
        assert found.tolist() == [[4, 0], [1, 0]]

    def test_tracks_that_came_or_went_have_no_say(self) -> None:
        found = self.of([1, 2, 7, 8], [0, 1, 2, 3], {1: 5, 2: 5, 90: 5, 91: 6})
        assert found is not None
        assert found.tolist() == [[1, 0]]

    @pytest.mark.parametrize("before", [{}, {90: 1, 91: 2}])
    def test_without_a_track_of_the_run_before_there_are_none(self, before: dict[int, int]) -> None:
        assert self.of([1, 2, 3, 4], [0, 1, 2, 3], before) is None
