"""Tracks that are made up: without any groups, or in two clear ones."""

from collections.abc import Callable, Iterator

import numpy as np

from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray

DRAWS = 200
MAX_TRACKS = 1_000
# The mean and the spread of each feature in an ordinary library.
MEANS = np.array([0.6, 0.6, 0.1, 0.3, 0.1, 0.2, 0.5, 120.0, -8.0])
SPREADS = np.array([0.15, 0.2, 0.05, 0.2, 0.05, 0.1, 0.2, 25.0, 3.0])
# The distance of the two groups, in their own standard deviations.
DISTANCE = 10


def normal(draws: int) -> Iterator[FeatureTable]:
    """Yield tables whose features are normal and independent."""
    for random, tracks in _sizes(draws, 12):
        yield _table(random.standard_normal((tracks, len(FEATURE_NAMES))))


def uniform(draws: int) -> Iterator[FeatureTable]:
    """Yield tables whose features are uniform and independent."""
    for random, tracks in _sizes(draws, 12):
        yield _table(random.uniform(-(3**0.5), 3**0.5, (tracks, len(FEATURE_NAMES))))


def uniform_of_equal_weight(draws: int) -> Iterator[FeatureTable]:
    """Yield tables whose features are uniform over their ranges: from 0 to 1, 60 to 200 BPM and -30 to 0 dB."""
    lowest = np.array([0, 0, 0, 0, 0, 0, 0, 60, -30])
    highest = np.array([1, 1, 1, 1, 1, 1, 1, 200, 0])
    for random, tracks in _sizes(draws, 12):
        yield _table((random.uniform(lowest, highest, (tracks, len(FEATURE_NAMES))) - MEANS) / SPREADS)


def gradient(draws: int) -> Iterator[FeatureTable]:
    """Yield tables of normal features that mostly vary together: quiet and acoustic, loud and energetic."""
    along = np.array([0.2, 1.0, 0.1, -1.0, 0.0, 0.0, 0.5, 0.2, 1.0])
    for random, tracks in _sizes(draws, 12):
        yield _table(1.5 * random.standard_normal((tracks, 1)) * along + random.standard_normal((tracks, len(along))))


def two_groups(draws: int) -> Iterator[FeatureTable]:
    """Yield tables of two groups, DISTANCE apart in a random direction, each with a quarter of the tracks or more."""
    for random, tracks in _sizes(draws, 20):
        direction = random.standard_normal(len(FEATURE_NAMES))
        # In the space of the weighted features, where the distance is measured.
        direction *= DISTANCE / np.linalg.norm(direction)
        first = int(tracks * random.uniform(0.25, 0.75))
        side = np.arange(tracks) < first
        values = random.standard_normal((tracks, len(FEATURE_NAMES))) + side[:, None] * direction
        yield _table(values * 0.3)


def _sizes(draws: int, fewest: int) -> Iterator[tuple[np.random.Generator, int]]:
    """Yield a source of random numbers and a number of tracks for each draw: ``fewest`` or more, mostly few."""
    for number in range(draws):
        random = np.random.default_rng([2_026, number])
        yield random, round(np.exp(random.uniform(np.log(fewest), np.log(MAX_TRACKS))))


def _table(deviations: FloatArray) -> FeatureTable:
    values = MEANS + SPREADS * deviations
    numbers = np.arange(len(values), dtype=np.int64)
    return FeatureTable(numbers, tuple(f"{number:04}" for number in numbers), values).in_canonical_order()


# A name, the tables, and whether they divide.
SERIES: tuple[tuple[str, Callable[[int], Iterator[FeatureTable]], bool], ...] = (
    ("normal_is_one", normal, False),
    ("uniform_is_one", uniform, False),
    ("uniform_of_equal_weight_is_one", uniform_of_equal_weight, False),
    ("gradient_is_one", gradient, False),
    ("two_groups_are_several", two_groups, True),
)
