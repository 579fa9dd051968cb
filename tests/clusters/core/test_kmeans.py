"""A fit for every k, against scikit-learn's k-means, and the figures that choose k, against scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from clusters.core import fit, quality
from clusters.core.agreement import adjusted_rand, contingency
from clusters.core.features import FloatArray
from clusters.core.kmeans import fit_all_k, nearest_center, squared_distances
from clusters.core.params import Params
from clusters.core.projection import project
from tests.clusters.core.tables import blobs, noise, table


@pytest.fixture(scope="module")
def points() -> FloatArray:
    return project(table(np.concatenate([blobs((60, 90, 50)), noise(100, seed=3)]))).points


class TestSweep:
    def test_there_is_a_fit_for_each_k(self, points: FloatArray) -> None:
        fits = fit_all_k(points, 10)

        assert list(fits) == list(range(2, 11))
        for k, found in fits.items():
            assert set(found.labels.tolist()) == set(range(k))
            assert found.centers.shape == (k, points.shape[1])

    def test_each_is_where_kmeans_comes_to_rest(self, points: FloatArray) -> None:
        for k, found in fit_all_k(points, 8).items():
            means = np.array([points[found.labels == cluster].mean(axis=0) for cluster in range(k)])
            assert found.centers == pytest.approx(means)
            assert found.labels.tolist() == squared_distances(points, means).argmin(axis=1).tolist()
            assert found.inertia == pytest.approx(((points - means[found.labels]) ** 2).sum())

    def test_it_comes_about_as_low_as_ten_random_starts(self, points: FloatArray) -> None:
        ours = fit_all_k(points, 10)
        for k in range(2, 11):
            theirs = KMeans(n_clusters=k, n_init=10, random_state=0).fit(points).inertia_
            assert ours[k].inertia <= theirs * 1.02

    def test_fewer_points_than_candidates(self) -> None:
        fits = fit_all_k(np.arange(6, dtype=np.float64)[:, None], 6)

        assert sorted(fits[6].labels.tolist()) == list(range(6))
        assert fits[6].inertia == pytest.approx(0)

    def test_points_that_are_the_same(self) -> None:
        two_places = np.repeat([[0.0, 0.0], [1.0, 1.0]], 10, axis=0)
        found = fit_all_k(two_places, 2)[2]

        assert len(set(found.labels[:10].tolist())) == len(set(found.labels[10:].tolist())) == 1
        assert found.labels[0] != found.labels[-1]


def test_the_nearest_centre_is_found_whatever_the_chunk(points: FloatArray, monkeypatch: pytest.MonkeyPatch) -> None:
    centres = points[:5]
    whole = nearest_center(points, centres)
    monkeypatch.setattr("clusters.core.kmeans.CHUNK", 7)

    assert nearest_center(points, centres).tolist() == whole.tolist()
    assert whole.tolist() == ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1).tolist()


class TestQuality:
    def test_silhouettes_are_scikit_learns(self, points: FloatArray) -> None:
        fits = fit_all_k(points, 6)
        found = quality.silhouettes(points, fits, np.random.default_rng(0))

        assert found == pytest.approx({k: silhouette_score(points, fit.labels) for k, fit in fits.items()})

    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=60))
    def test_the_adjusted_rand_index_is_scikit_learns(self, pairs: list[tuple[int, int]]) -> None:
        one, other = np.array(pairs).T

        assert adjusted_rand(contingency(one, other)) == pytest.approx(adjusted_rand_score(one, other))

    def test_groups_that_are_there_are_stable_and_more_of_them_are_not(self) -> None:
        points = project(table(blobs((60, 60, 60)))).points
        fits = fit_all_k(points, 6)
        found = quality.stabilities(points, fits, [2, 3, 4, 5, 6], np.random.default_rng(0))

        assert found[3] == 1
        assert max(found[4], found[5], found[6]) < quality.MIN_STABILITY

    def test_of_what_cannot_become_stable_only_the_first_refits_are_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        swept: list[int] = []

        def counting(points: FloatArray, most: int) -> object:
            swept.append(most)
            return fit_all_k(points, most)

        points = project(table(noise(120))).points
        fits = fit_all_k(points, 10)
        monkeypatch.setattr(quality, "fit_all_k", counting)
        quality.stabilities(points, fits, list(fits), np.random.default_rng(0))

        assert len(swept) == quality.REFITS
        assert swept[0] == 11
        assert swept[-1] < 11


class TestChoice:
    """The rule alone, on figures made up for it."""

    def test_the_largest_that_is_stable(self) -> None:
        assert fit._choose({2: 0.99, 3: 0.96, 4: 0.95, 5: 0.94}) == 4

    def test_where_none_is_stable_the_most_stable(self) -> None:
        assert fit._choose({2: 0.7, 3: 0.8, 4: 0.75}) == 3

    def test_slivers_and_poor_separation_are_no_candidates(self) -> None:
        sizes = {k: np.array([100] * (k - 1) + [last]) for k, last in ((2, 100), (3, 60), (4, 3), (5, 20))}

        assert fit._separated({2: 0.5, 3: 0.33, 4: 0.5, 5: 0.32}, sizes) == [2, 3]

    def test_where_all_have_slivers_the_one_with_the_largest_smallest_cluster(self) -> None:
        sizes = {2: np.array([500, 1]), 3: np.array([400, 99, 2]), 4: np.array([400, 98, 2, 1])}

        assert fit._separated({2: 0.9, 3: 0.4, 4: 0.5}, sizes) == [3]


class TestLargeGenres:
    def test_a_sample_finds_the_groups_of_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        space = project(table(blobs((300, 400, 500))))
        whole = fit.choose_clusters(space, Params())
        monkeypatch.setattr(fit, "FIT_SAMPLE_SIZE", 200)
        sampled = fit.choose_clusters(space, Params())

        assert sampled.numbers.tolist() == whole.numbers.tolist()
        assert sampled.distances.tolist() == pytest.approx(whole.distances.tolist())

    @settings(max_examples=5, deadline=None)
    @given(st.integers(0, 2**32 - 1))
    def test_without_a_sample_and_with_k_given_the_seed_has_no_say(self, seed: int) -> None:
        space = project(table(noise(50)))

        assert fit.choose_clusters(space, Params(clusters=4, seed=seed)).numbers.tolist() == (
            fit.choose_clusters(space, Params(clusters=4)).numbers.tolist()
        )
