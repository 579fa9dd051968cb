"""What a clustering finds. Where a figure can be had in another way, it is computed here in that way."""

import hashlib
import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from clusters.core.features import BY_NAME, FEATURE_NAMES, FloatArray, UnclusterableError
from clusters.core.fitting import quality
from clusters.core.params import Params, PreviousRun
from clusters.core.pipeline import cluster
from clusters.core.results import Clustering
from tests.clusters.core.tables import blobs, constant, noise, shuffled, table


def column(name: str) -> int:
    return FEATURE_NAMES.index(name)


def sizes(found: Clustering) -> list[int]:
    return [summary.size for summary in found.clusters]


def same_in_any_database(found: Clustering) -> tuple[object, ...]:
    """All of ``found`` but the database's own keys."""
    return (
        found.digest,
        found.numbers.tobytes(),
        found.ranks.tobytes(),
        found.distances.tobytes(),
        found.points.tobytes(),
        found.clusters,
        found.axes,
        found.explained_variance,
        found.silhouette,
        found.silhouettes,
        found.png,
        found.svg,
    )


# Five groups that are as wide as they are far apart, so that no figure is at its limit.
GROUPED = blobs((12,) * 5) + 0.3 * (noise(60) - constant(60))


@pytest.fixture(scope="module")
def found() -> Clustering:
    return cluster(table(GROUPED), Params(clusters=5))


class TestMemberships:
    def test_they_are_exactly_the_tracks(self, found: Clustering) -> None:
        assert sorted(found.ids.tolist()) == list(range(1, 61))
        assert {len(column) for column in (found.numbers, found.ranks, found.distances, found.points)} == {60}

    def test_they_are_by_cluster_and_ranks_run_from_the_nearest(self, found: Clustering) -> None:
        assert found.numbers.tolist() == sorted(found.numbers.tolist())
        for summary in found.clusters:
            members = found.numbers == summary.number
            assert found.ranks[members].tolist() == list(range(1, summary.size + 1))
            assert found.distances[members].tolist() == sorted(found.distances[members].tolist())

    @settings(max_examples=15)
    @given(
        st.integers(6, 40),
        st.integers(1, 3),
        st.integers(0, 10),
        st.integers(0, 1_000),
        st.one_of(st.none(), st.integers(2, 6)),
        st.dictionaries(st.integers(1, 60), st.integers(1, 9)),
    )
    def test_whatever_the_tracks_and_whatever_was_before(
        self, tracks: int, groups: int, doubles: int, seed: int, clusters: int | None, before: dict[int, int]
    ) -> None:
        in_groups = blobs([len(part) for part in np.array_split(np.arange(tracks), groups)], seed)
        values = in_groups if groups > 1 else noise(tracks, seed)
        original = table(np.concatenate([values, values[:doubles]]))
        previous_run = PreviousRun(np.array(list(before), np.int64), np.array(list(before.values()), np.int64), 10)
        try:
            found = cluster(original, Params(clusters=clusters, seed=seed), previous_run)
        except UnclusterableError as error:
            # A number that was asked for may be too large for the tracks.
            assume(clusters is None)
            raise error

        assert min(sizes(found)) >= 3
        assert sorted(found.ids.tolist()) == original.ids.tolist()
        assert [summary.number for summary in found.clusters] == sorted(set(found.numbers.tolist()))
        for summary in found.clusters:
            members = found.numbers == summary.number
            assert members.sum() == summary.size
            assert found.ranks[members].tolist() == list(range(1, summary.size + 1))
            assert found.distances[members].tolist() == sorted(found.distances[members].tolist())

    def test_equal_distances_are_ranked_by_key(self) -> None:
        # Two tight heaps of tracks that sound the same: in each, all are equally far from its centre.
        values = noise(6).repeat(3, axis=0)
        original = table(values)
        found = cluster(original, Params(clusters=6))

        assert sizes(found) == [3] * 6
        keys = [original.keys[key - 1] for key in found.ids.tolist()]
        for first in range(0, 18, 3):
            assert keys[first : first + 3] == sorted(keys[first : first + 3])

    def test_the_digest_is_over_number_rank_and_key(self, found: Clustering) -> None:
        rows = zip(found.numbers.tolist(), found.ranks.tolist(), found.ids.tolist(), strict=True)
        text = "".join(f"{number}\t{rank}\tkey{key - 1:04d}\n" for number, rank, key in rows)

        assert found.digest == hashlib.sha256(text.encode()).hexdigest()


class TestClusters:
    def test_they_are_numbered_from_left_to_right(self, found: Clustering) -> None:
        numbers = [summary.number for summary in found.clusters]
        across = [found.points[found.numbers == number, 0].mean() for number in numbers]

        assert numbers == list(range(1, len(numbers) + 1))
        assert across == sorted(across)

    def test_sizes_and_centroids_are_those_of_the_members(self, found: Clustering) -> None:
        values = GROUPED
        for summary in found.clusters:
            rows = found.ids[found.numbers == summary.number] - 1
            assert summary.size == len(rows)
            assert list(summary.centroid) == list(FEATURE_NAMES)
            assert list(summary.centroid.values()) == pytest.approx(values[rows].mean(axis=0).tolist())

    @pytest.mark.parametrize("groups", [(10, 10), (12, 9, 15), (12, 12, 12, 12)])
    def test_groups_that_are_there_are_found(self, groups: Sequence[int]) -> None:
        found = cluster(table(blobs(groups)), Params())

        ends = np.cumsum(groups)
        expected = {tuple(range(end - size + 1, end + 1)) for end, size in zip(ends.tolist(), groups, strict=True)}
        assert {
            tuple(sorted(found.ids[found.numbers == summary.number].tolist())) for summary in found.clusters
        } == expected

    def test_descriptions_say_how_they_differ(self) -> None:
        source = np.random.default_rng(0)
        values = constant(20)
        values[:, column("energy")] = np.repeat([0.3, 0.8], 10) + source.normal(0, 0.01, 20)
        values[:, column("loudness")] = np.repeat([-12, -4], 10) + source.normal(0, 1, 20)
        found = cluster(table(values), Params(clusters=2))

        assert [(summary.size, summary.description) for summary in found.clusters] == [
            (10, "mellower, quieter"),
            (10, "more energetic, louder"),
        ]

    @pytest.mark.parametrize("clusters", [2, 3, 5, 20])
    def test_as_many_as_were_asked_for(self, clusters: int) -> None:
        found = cluster(table(blobs([6] * clusters)), Params(clusters=clusters))

        assert len(found.clusters) == clusters
        assert list(found.silhouettes) == [clusters]
        assert (found.evidence, found.scores) == (None, {})
        assert found.stability is not None
        assert found.stability > 0.8
        assert found.stabilities == {clusters: found.stability}

    def test_fewer_tracks_than_a_cluster_needs_are_refused(self) -> None:
        reason = (
            "1 of 6 clusters would have only 1 of 6 tracks, and 3 tracks and 2% of all are needed; "
            "possible numbers of clusters: none"
        )
        with pytest.raises(UnclusterableError, match=f"^{reason}$"):
            cluster(table(noise(6)), Params(clusters=6))

    def test_two_stray_tracks_are_no_reason_for_a_cluster_of_their_own(self) -> None:
        values = blobs((20, 22))
        values[40:] += 0.4 * (values[40:] - values[:20].mean(axis=0))
        found = cluster(table(values), Params())

        assert sorted(sizes(found)) == [20, 22]
        # The finer grouping is as well separated.
        assert found.silhouettes[3] > found.silhouettes[2] / 2
        with pytest.raises(UnclusterableError, match=r"^1 of 3 clusters would have only 2 of 42 tracks, .*: 2$"):
            cluster(table(values), Params(clusters=3))

    def test_a_track_far_from_all_others_does_not_hide_the_groups_of_the_others(self) -> None:
        values = np.concatenate([blobs((30, 30)), blobs((1,))])
        # The best split into two has this track alone on one side.
        values[60] = values[:60].mean(axis=0)
        values[60, column("tempo")] = 3_000

        assert sorted(sizes(cluster(table(values), Params()))) == [30, 31]

    def test_where_every_split_makes_a_very_small_cluster_there_is_one_cluster(self) -> None:
        values = constant(30)
        values[:6, column("tempo")] = [0, 40, 80, 400, 600, 900]
        values[:6, column("energy")] = [0, 1, 0.5, 0, 1, 0.5]
        found = cluster(table(values), Params())

        assert sizes(found) == [30]
        assert max(found.smallest_shares.values()) < 0.1

    def test_the_choice_is_between_2_and_10_by_the_number_of_tracks(self) -> None:
        assert list(cluster(table(noise(6)), Params()).silhouettes) == [2]
        assert list(cluster(table(noise(35)), Params()).silhouettes) == [2]
        assert list(cluster(table(noise(36)), Params()).silhouettes) == [2, 3]
        assert list(cluster(table(noise(119)), Params()).silhouettes) == list(range(2, 10))
        assert list(cluster(table(noise(150)), Params()).silhouettes) == list(range(2, 11))


@pytest.fixture
def weighted() -> FloatArray:
    """The tracks of ``found`` with each feature as it counts among the components, around their mean."""
    values = GROUPED
    weights = np.array([{"tempo": 0.5 / 250, "loudness": 0.5 / 60}.get(name, 1) for name in FEATURE_NAMES])
    return (values - values.mean(axis=0)) * weights


@pytest.fixture
def components(weighted: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The variances along the eigenvectors of the covariance matrix, and those vectors, the largest first."""
    variances, vectors = np.linalg.eigh(np.cov(weighted.T))
    return variances[::-1], vectors[:, ::-1].T


class TestFiguresComputedInAnotherWay:
    def test_explained_variance(self, found: Clustering, components: tuple[FloatArray, FloatArray]) -> None:
        shares = components[0] / components[0].sum()

        assert found.explained_variance == pytest.approx(tuple(shares[:4]))
        assert [axis.variance for axis in found.axes] == list(found.explained_variance[:2])

    def test_loadings_with_the_strongest_positive(
        self, found: Clustering, components: tuple[FloatArray, FloatArray]
    ) -> None:
        assert len(found.loadings) == 4
        for loadings, vector in zip(found.loadings, components[1], strict=False):
            strongest = vector[np.abs(vector).argmax()]
            expected = vector * math.copysign(1, strongest)
            assert list(loadings) == list(FEATURE_NAMES)
            assert list(loadings.values()) == pytest.approx(expected.tolist())

    def test_places_on_the_plot_are_on_the_axes_that_are_named(self, found: Clustering, weighted: FloatArray) -> None:
        loadings = np.array([list(loadings.values()) for loadings in found.loadings[:2]])

        assert found.points == pytest.approx(weighted[found.ids - 1] @ loadings.T)

    def test_distances(
        self, found: Clustering, components: tuple[FloatArray, FloatArray], weighted: FloatArray
    ) -> None:
        places = weighted[found.ids - 1] @ components[1][:4].T
        for summary in found.clusters:
            members = places[found.numbers == summary.number]
            distances = np.sqrt(((members - members.mean(axis=0)) ** 2).sum(axis=1))
            assert found.distances[found.numbers == summary.number] == pytest.approx(distances)

    def test_silhouette(
        self, found: Clustering, components: tuple[FloatArray, FloatArray], weighted: FloatArray
    ) -> None:
        places = weighted[found.ids - 1] @ components[1][:4].T
        between = np.sqrt(((places[:, None] - places[None]) ** 2).sum(axis=2))
        scores = []
        for row, number in enumerate(found.numbers):
            own = found.numbers == number
            within = between[row, own].sum() / (own.sum() - 1)
            nearest = min(between[row, found.numbers == other].mean() for other in set(found.numbers) - {number})
            scores.append((nearest - within) / max(nearest, within))

        assert found.silhouette == pytest.approx(np.mean(scores))
        assert found.silhouettes[len(found.clusters)] == found.silhouette

    def test_what_an_end_says_is_what_its_tracks_have(self, found: Clustering) -> None:
        features = {word: feature.name for feature in BY_NAME.values() for word in (feature.high, feature.low)}
        high_words = {feature.high for feature in BY_NAME.values()}
        values = GROUPED
        for place, axis in enumerate(found.axes):
            ordered = found.ids[np.argsort(found.points[:, place])] - 1
            low_end, high_end = values[ordered[:15]].mean(axis=0), values[ordered[-15:]].mean(axis=0)
            assert len(axis.low.split(", ")) == len(axis.high.split(", ")) == 2
            for words, here, there in ((axis.low, low_end, high_end), (axis.high, high_end, low_end)):
                for word in words.split(", "):
                    at = column(features[word])
                    assert (here[at] > there[at]) == (word in high_words), (words, word)


class TestRepeatable:
    def test_the_same_table_and_seed_give_the_same_bytes(self, found: Clustering) -> None:
        assert same_in_any_database(cluster(table(GROUPED), Params(clusters=5))) == same_in_any_database(found)

    @settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow])
    @given(st.permutations(range(24)))
    def test_the_order_of_the_rows_has_no_say(self, order: list[int]) -> None:
        values = blobs((12, 12))
        # Tracks that sound the same differ by their keys only.
        values[5] = values[6] = values[20]
        original = table(values)

        assert same_in_any_database(cluster(shuffled(original, order), Params())) == same_in_any_database(
            cluster(original, Params())
        )

    def test_the_keys_of_the_database_are_carried_along(self) -> None:
        original = table(blobs((12, 12)))
        order = list(reversed(range(24)))
        here, there = cluster(original, Params()), cluster(shuffled(original, order), Params())

        assert [order[key - 500] + 1 for key in there.ids.tolist()] == here.ids.tolist()

    def test_versions_are_of_what_computed_it(self, found: Clustering) -> None:
        assert list(found.versions) == ["python", "numpy", "scikit-learn", "matplotlib"]
        assert found.versions["numpy"] == np.__version__


class TestBadData:
    @pytest.mark.parametrize(
        ("tracks", "reason"),
        [
            (0, "0 tracks have all features, and 6 are needed"),
            (1, "1 track has all features, and 6 are needed"),
            (5, "5 tracks have all features, and 6 are needed"),
        ],
    )
    def test_too_few_tracks(self, tracks: int, reason: str) -> None:
        with pytest.raises(UnclusterableError, match=f"^{reason}$"):
            cluster(table(noise(tracks)), Params())

    def test_all_tracks_identical(self) -> None:
        with pytest.raises(
            UnclusterableError, match=r"^all 30 tracks have the same features, so they cannot be divided$"
        ):
            cluster(table(constant(30)), Params())

    def test_too_few_tracks_that_differ(self) -> None:
        with pytest.raises(UnclusterableError, match=r"^only 5 of 30 tracks differ, and 6 are needed$"):
            cluster(table(noise(5).repeat(6, axis=0)), Params())

    def test_more_clusters_than_tracks_that_differ(self) -> None:
        with pytest.raises(UnclusterableError, match=r"^only 7 of 21 tracks differ, and 8 are needed$"):
            cluster(table(noise(7).repeat(3, axis=0)), Params(clusters=8))

    def test_a_constant_feature_is_named_as_dropped(self) -> None:
        values = noise(20)
        values[:, column("instrumentalness")] = 0.1
        values[:, column("liveness")] = 0.0
        found = cluster(table(values), Params())

        assert found.dropped_features == ("instrumentalness", "liveness")
        assert found.features == tuple(name for name in FEATURE_NAMES if name not in found.dropped_features)
        assert [tuple(loadings) for loadings in found.loadings] == [found.features] * 4
        assert found.clusters[0].centroid["instrumentalness"] == pytest.approx(0.1)

    def test_none_is_dropped_where_all_vary(self, found: Clustering) -> None:
        assert (found.features, found.dropped_features) == (FEATURE_NAMES, ())

    def test_only_one_feature_varies(self) -> None:
        values = constant(20)
        values[:, column("tempo")] = np.linspace(60, 180, 20)
        found = cluster(table(values), Params())

        (axis,) = found.axes
        assert (axis.low, axis.high, axis.variance) == ("Slow", "Fast", 1.0)
        assert found.loadings == ({"tempo": 1.0},)
        assert found.weights == {"tempo": 0.5 / 250}
        assert found.explained_variance == (1.0,)
        assert found.points[:, 1].tolist() == [0.0] * 20
        assert found.ids[np.argsort(found.points[:, 0])].tolist() == list(range(1, 21))
        assert len(found.dropped_features) == 8

    @pytest.mark.parametrize("size", [1e200, 1.7e308])
    def test_numbers_whose_squares_are_infinite(self, size: float) -> None:
        values = noise(20)
        values[0, column("loudness")], values[1, column("loudness")] = -size, size

        with pytest.raises(UnclusterableError, match=r"^the values of loudness are too far apart to compare$"):
            cluster(table(values), Params())

    def test_numbers_whose_squares_are_nothing(self) -> None:
        values = constant(20)
        values[:, column("instrumentalness")] = np.arange(20) * 1e-200

        with pytest.raises(UnclusterableError, match=r"^all 20 tracks have the same features"):
            cluster(table(values), Params())

    @pytest.mark.parametrize("seed", range(8))
    def test_a_large_genre_with_one_stray_track_whatever_sample_is_drawn(
        self, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(quality, "SILHOUETTE_SAMPLE_SIZE", 20)
        values = constant(60)
        values[:, column("tempo")] += np.linspace(0, 0.001, 60)
        values[0, column("tempo")] = 400
        found = cluster(table(values), Params(seed=seed))

        assert sizes(found) == [60]
        # Of the sample and of each cluster one: all but the stray track, which scores 0, are as near as can be.
        assert 0.9 < found.silhouettes[2] < 1

    def test_the_silhouette_of_a_sample_is_near_that_of_all(self, monkeypatch: pytest.MonkeyPatch) -> None:
        of_all = cluster(table(blobs((100, 100))), Params(clusters=2)).silhouette
        monkeypatch.setattr(quality, "SILHOUETTE_SAMPLE_SIZE", 80)
        of_sample = cluster(table(blobs((100, 100))), Params(clusters=2)).silhouette

        assert of_sample != of_all
        assert of_sample == pytest.approx(of_all, abs=0.05)
