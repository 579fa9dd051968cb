"""Feature tables for tests: reproducible, and known by how they were made."""

from collections.abc import Sequence

import numpy as np

from clusters.core.features import FEATURE_NAMES, FeatureTable, FloatArray

# The usual mean and spread of each feature, so that a table looks like music.
MEANS = np.array([0.6, 0.6, 0.1, 0.3, 0.1, 0.2, 0.5, 120.0, -8.0])
SPREADS = np.array([0.15, 0.2, 0.05, 0.2, 0.05, 0.1, 0.2, 25.0, 3.0])


def table(values: FloatArray) -> FeatureTable:
    """A table of ``values``, whose tracks have the keys key0000, key0001, …"""
    numbers = np.arange(len(values), dtype=np.int64)
    return FeatureTable(numbers + 1, tuple(f"key{number:04d}" for number in numbers), np.asarray(values, np.float64))


def shuffled(original: FeatureTable, order: Sequence[int]) -> FeatureTable:
    """The same tracks in another order, as another database would number them."""
    rows = np.array(order, dtype=np.int64)
    return FeatureTable(
        np.arange(len(rows), dtype=np.int64) + 500,
        tuple(original.keys[row] for row in order),
        original.values[rows],
    )


def noise(tracks: int, seed: int = 0) -> FloatArray:
    """Tracks without any structure."""
    return MEANS + SPREADS * np.random.default_rng(seed).standard_normal((tracks, len(FEATURE_NAMES)))


def blobs(sizes: Sequence[int], seed: int = 0) -> FloatArray:
    """Groups of tracks of these sizes, far apart in every feature, each much tighter than that."""
    source = np.random.default_rng(seed)
    centres = source.permuted(np.tile(np.linspace(-1, 1, len(sizes)), (len(FEATURE_NAMES), 1)), axis=1).T
    rows = [
        centre + 0.1 * source.standard_normal((size, len(centre))) for centre, size in zip(centres, sizes, strict=True)
    ]
    return MEANS + SPREADS * np.concatenate(rows)


def constant(tracks: int) -> FloatArray:
    return np.tile(MEANS, (tracks, 1))
