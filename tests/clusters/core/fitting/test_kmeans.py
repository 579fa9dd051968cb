"""A fit for every k, against scikit-learn's k-means, and the figures that choose k, against scikit-learn's."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from clusters.core.features import FloatArray, IntArray
from clusters.core.fitting import fit, quality, refits
from clusters.core.fitting.agreement import adjusted_rand, contingency, mean_pairwise_agreement
from clusters.core.fitting.kmeans import fit_all_k, nearest_center, squared_distances
from clusters.core.params import Params
from clusters.core.projection import project
from clusters.core.sampling import row_hashes
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
    monkeypatch.setattr("clusters.core.fitting.kmeans.CHUNK", 7)

    assert nearest_center(points, centres).tolist() == whole.tolist()
    assert whole.tolist() == ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1).tolist()


class TestQuality:
    def test_silhouettes_are_scikit_learns(self, points: FloatArray) -> None:
        fits = fit_all_k(points, 6)
        found = quality.silhouettes(points, fits, row_hashes(points))

        assert found == pytest.approx({k: silhouette_score(points, fit.labels) for k, fit in fits.items()})

    @given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=60))
    def test_the_adjusted_rand_index_is_scikit_learns(self, pairs: list[tuple[int, int]]) -> None:
        one, other = np.array(pairs).T

        assert adjusted_rand(contingency(one, other)) == pytest.approx(adjusted_rand_score(one, other))

    @given(st.integers(0, 1_000), st.integers(2, 5), st.integers(2, 4))
    def test_the_mean_agreement_is_over_all_pairs(self, seed: int, k: int, groupings: int) -> None:
        labels = np.random.default_rng(seed).integers(k, size=(groupings, 30))
        pairs = itertools.combinations(labels, 2)

        assert mean_pairwise_agreement(labels, k) == pytest.approx(
            np.mean([adjusted_rand_score(one, other) for one, other in pairs])
        )

    def test_groups_that_are_there_are_stable_and_more_of_them_are_not(self) -> None:
        space = project(table(blobs((60, 60, 60))))
        centers = refits.refit(space.points, 6, space.hashes, range(refits.BATCH))
        found = {k: refits.stability(space.points, centers[k]) for k in centers}

        assert found[3] == 1
        assert max(found[4], found[5], found[6]) < 0.95


class TestLargeGenres:
    def test_a_sample_finds_the_groups_of_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        space = project(table(blobs((300, 400, 500))))
        whole = fit.choose_clusters(space, Params())
        monkeypatch.setattr(fit, "FIT_SAMPLE_SIZE", 200)
        sampled = fit.choose_clusters(space, Params())

        assert sampled.numbers.tolist() == whole.numbers.tolist()
        assert sampled.distances.tolist() == pytest.approx(whole.distances.tolist())

    @pytest.mark.parametrize("seed", [1, 7, 2**32 - 1])
    def test_the_seed_has_a_say_only_in_the_centres_of_a_sample(
        self, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space = project(table(blobs((100, 100, 100))))
        assert fit.choose_clusters(space, Params(seed=seed)).distances.tolist() == (
            fit.choose_clusters(space, Params()).distances.tolist()
        )

        monkeypatch.setattr(fit, "FIT_SAMPLE_SIZE", 150)
        one, other = (fit.choose_clusters(space, Params(seed=each)) for each in (0, seed))
        assert one.scores == other.scores
        assert one.numbers.max() == other.numbers.max()

        space = project(table(noise(300)))
        one, other = (fit.choose_clusters(space, Params(clusters=4, seed=each)) for each in (0, seed))
        assert one.numbers.tolist() != other.numbers.tolist()

    def test_a_cluster_that_is_too_small_among_all_tracks_is_not_published(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space = project(table(blobs((60, 60, 8))))
        assert fit.choose_clusters(space, Params()).numbers.max() == 3

        original = fit.nearest_center

        def without_the_third(points: FloatArray, centers: FloatArray) -> IntArray:
            """As if all of the small group were in the sample, and were a smaller part of all tracks."""
            labels = original(points, centers)
            smallest = np.flatnonzero(labels == np.bincount(labels).argmin())[2:]
            if len(centers) > 2:
                labels[smallest] = (labels[smallest] + 1) % len(centers)
            return labels

        monkeypatch.setattr(fit, "nearest_center", without_the_third)
        assert np.bincount(fit.choose_clusters(space, Params()).numbers)[1:].min() > 2
