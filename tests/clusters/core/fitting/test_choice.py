"""The rule for the number of clusters, on figures that are made up for it."""

import numpy as np
import pytest

from clusters.core.fitting import choice


@pytest.mark.parametrize(
    ("sizes", "too_small"),
    [([10, 3], False), ([10, 2], True), ([980, 20], False), ([981, 19], True), ([6, 0], True), ([3, 3], False)],
)
def test_a_cluster_has_at_least_3_tracks_and_2_percent(sizes: list[int], too_small: bool) -> None:
    assert choice.is_too_small(np.array(sizes)) is too_small


@pytest.mark.parametrize(
    ("evidence", "previous", "divided"),
    [(1.0, None, True), (0.99, None, False), (0.5, 4, True), (0.49, 4, False), (1.5, 1, True), (1.49, 1, False)],
)
def test_a_border_case_stays_what_it_was(evidence: float, previous: int | None, divided: bool) -> None:
    assert choice.divides(evidence, previous) is divided


def test_what_separates_less_than_half_as_well_as_the_best_is_not_considered() -> None:
    assert choice.separated({2: 0.4, 3: 0.2, 4: 0.19, 5: 0.3}) == [2, 3, 5]
    assert choice.separated({2: -0.2, 3: -0.1}) == [3]
    assert choice.separated({}) == []


def test_a_score_is_stability_separation_and_detail() -> None:
    found = choice.scores({2: 0.4, 4: 0.2, 8: 0.3}, {2: 0.9, 4: 0.99})

    # A stability above 0.94 counts as 0.94.
    assert found == pytest.approx({2: 0.9 + 0.45 + 0.17, 4: 0.94 + 0.225 + 0.34})


def test_without_any_separation_stability_and_detail_decide() -> None:
    assert choice.scores({2: 0.0, 3: -0.1}, {2: 0.5, 3: 0.5}) == pytest.approx({2: 0.67, 3: 0.5 + 0.17 * np.log2(3)})


class TestPreference:
    def test_the_highest_score_is_first(self) -> None:
        assert choice.by_preference({2: 1.5, 3: 1.7, 4: 1.6}, None) == [3, 4, 2]

    def test_the_number_of_the_run_before_is_first_as_long_as_its_score_is_close(self) -> None:
        assert choice.by_preference({2: 1.61, 3: 1.7, 4: 1.63}, 4) == [4, 3, 2]
        assert choice.by_preference({2: 1.61, 3: 1.7, 4: 1.63}, 2) == [3, 4, 2]

    @pytest.mark.parametrize("previous", [1, 5, 15])
    def test_a_number_that_is_not_considered_is_not_kept(self, previous: int) -> None:
        assert choice.by_preference({2: 1.5, 3: 1.7}, previous) == [3, 2]

    def test_of_equal_scores_the_fewest_clusters(self) -> None:
        assert choice.by_preference({4: 1.5, 3: 1.5}, None) == [3, 4]

    def test_a_run_after_itself_has_the_same_number(self) -> None:
        source = np.random.default_rng(0)
        for _ in range(50):
            scores = {k: float(source.uniform(1.5, 1.7)) for k in range(2, 8)}
            previous = int(source.integers(2, 10))
            chosen = choice.by_preference(scores, previous)[0]
            assert choice.by_preference(scores, chosen)[0] == chosen
