"""Tracks that sound like another genre are found, noise gives none, and the rate of false finds is right."""

import numpy as np
import pytest

from clusters.core.features import FEATURE_NAMES, FloatArray
from clusters.core.misplaced import GenreTable, Places, false_discovery_rates, find_misplaced


def genres_at(*middles: float, tracks: int = 60, spread: float = 0.03) -> FloatArray:
    """Tracks of genres whose features are near these values, one genre after the other."""
    source = np.random.default_rng(1)
    return np.concatenate([middle + source.normal(0, spread, (tracks, len(FEATURE_NAMES))) for middle in middles])


def table(values: FloatArray, genres: int, clusters: int = 2) -> GenreTable:
    number = len(values) // genres
    return GenreTable(
        values, np.arange(len(values)), np.repeat(np.arange(genres), number), np.full(genres, clusters, dtype=np.int64)
    )


def test_a_planted_track_is_found_first_with_both_genres() -> None:
    values = genres_at(0.2, 0.5, 0.8)
    values[7] = 0.8
    finds = find_misplaced(table(values, 3))
    assert finds.rows[0] == 7
    assert (finds.places.own[7], finds.places.other[7]) == (0, 2)
    assert finds.places.own_distances[7] > 5
    assert finds.places.other_distances[7] < 1
    assert finds.rates[0] <= 0.1
    assert list(finds.rates) == sorted(finds.rates)


@pytest.mark.parametrize("seed", range(5))
def test_noise_gives_no_finds(seed: int) -> None:
    values = np.random.default_rng(seed).uniform(0, 1, (600, len(FEATURE_NAMES)))
    assert not len(find_misplaced(table(values, 6)).rows)


def test_a_track_that_is_in_the_other_genre_too_is_no_find() -> None:
    values = genres_at(0.2, 0.8)
    values[7] = 0.8
    alone = table(values, 2)
    both = GenreTable(values, np.append(alone.tracks, 7), np.append(alone.genres, 1), alone.clusters)
    assert 7 in find_misplaced(alone).rows
    assert 7 not in find_misplaced(both).rows


def test_a_track_that_is_like_neither_genre_is_no_find() -> None:
    values = genres_at(0.2, 0.8)
    values[7] = 3.0
    assert 7 not in find_misplaced(table(values, 2)).rows


def test_the_same_tracks_give_the_same_finds() -> None:
    values = genres_at(0.2, 0.5, 0.8)
    values[[7, 70]] = 0.8
    one, other = (find_misplaced(table(values, 3)) for _ in range(2))
    assert (one.rows.tolist(), one.rates.tolist()) == (other.rows.tolist(), other.rates.tolist())


def test_genres_of_copies_can_be_compared() -> None:
    copies = np.full((40, len(FEATURE_NAMES)), 0.5)
    found = find_misplaced(table(copies, 2))
    assert not len(found.rows)
    assert np.isfinite(found.places.own_distances).all()


def test_rates_count_what_chance_reaches_in_one_shuffle() -> None:
    by_chance = np.array([3.0, 1.0, 1.0, 0.0])  # Of two shuffles.
    rates = false_discovery_rates(np.array([2.0, 4.0, 4.0, 0.5]), by_chance, 2)
    # Two are at 4: (0 + 1) / 2 / 2. Three down to 2: (1 + 1) / 2 / 3. Four down to 0.5: (3 + 1) / 2 / 4.
    assert rates.tolist() == pytest.approx([1 / 3, 0.25, 0.25, 0.5])


def test_a_longer_list_with_a_lower_rate_counts_for_all_in_it() -> None:
    rates = false_discovery_rates(np.array([5.0, 4.0, 3.0]), np.array([6.0]), 1)
    assert rates.tolist() == pytest.approx([2 / 3] * 3)


def test_scores_of_what_is_like_neither_are_zero() -> None:
    nobody = np.zeros(2, dtype=np.int64)
    places = Places(nobody, nobody, np.array([4.0, 6.0]), np.array([1.0, 2.5]))
    assert places.scores.tolist() == [3.0, 0.0]
