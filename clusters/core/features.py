"""The features that tracks are clustered by, and the table that holds them."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Feature:
    """A feature and its words: the adjectives for its two ends, and the phrases for more and for less of it."""

    name: str
    high: str
    low: str
    more: str
    less: str


# Key, mode and time signature are categories, not amounts: the distance between keys 0 and 11 means nothing.
FEATURES = (
    Feature("danceability", "Danceable", "Free-flowing", "more danceable", "less danceable"),
    Feature("energy", "Energetic", "Mellow", "more energetic", "mellower"),
    Feature("speechiness", "Spoken", "Sung", "more spoken", "less spoken"),
    Feature("acousticness", "Acoustic", "Electric", "more acoustic", "less acoustic"),
    Feature("instrumentalness", "Instrumental", "Vocal", "more instrumental", "more vocal"),
    Feature("liveness", "Live", "Studio", "more live", "more studio-like"),
    Feature("valence", "Happy", "Sad", "happier", "sadder"),
    Feature("tempo", "Fast", "Slow", "faster", "slower"),
    Feature("loudness", "Loud", "Quiet", "louder", "quieter"),
)
FEATURE_NAMES = tuple(feature.name for feature in FEATURES)
BY_NAME = {feature.name: feature for feature in FEATURES}
# A feature counts the same in every collection. Standardising would enlarge a feature that hardly varies within one.
# Features from 0 to 1 count as they are; tempo and loudness are divided by their ranges (250 BPM, 60 dB) and halved.
WEIGHTS = {"tempo": 0.5 / 250, "loudness": 0.5 / 60}
# The same for all features, in the order of FEATURE_NAMES.
WEIGHT_OF_EACH = np.array([WEIGHTS.get(name, 1.0) for name in FEATURE_NAMES])


class UnclusterableError(ValueError):
    """The table cannot be clustered as asked. The message gives the reason to a person."""


@dataclass(frozen=True)
class FeatureTable:
    """The tracks of one collection that have all features.

    ``ids``: shape (n,), the database's primary keys, carried along and not used. ``keys``: n texts that name a track in
    any database (its Spotify id) and break ties between tracks with equal features. ``values``: shape
    (n, len(FEATURE_NAMES)), in the features' own units (tempo in BPM, loudness in dB, the others 0 to 1).
    ``recordings``: shape (n,); tracks with equal numbers are one recording, and have the same features. By default each
    track is a recording of its own.
    """

    ids: IntArray
    keys: tuple[str, ...]
    values: FloatArray
    recordings: IntArray = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.recordings):
            object.__setattr__(self, "recordings", np.arange(len(self.ids)))
        if self.values.shape != (len(self.ids), len(FEATURE_NAMES)) or not (
            len(self.keys) == len(self.recordings) == len(self.ids)
        ):
            raise ValueError(
                f"{len(self.ids)} ids, {len(self.keys)} keys, {len(self.recordings)} recordings and values of shape "
                f"{self.values.shape} do not fit."
            )
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise ValueError(
                f"{FEATURE_NAMES[column]} of track {self.keys[row]} is {self.values[row, column]}, not a finite number."
            )

    def __len__(self) -> int:
        return len(self.ids)

    def in_canonical_order(self) -> "FeatureTable":
        """Return the rows sorted by their features, then by recording, then by key, which no database can influence.

        k-means depends on the order of its rows. In this order the same tracks give the same clusters, however they
        were inserted. The recordings are numbered from 0 in this order, and the tracks of each stand together.
        """
        by_key = np.array(sorted(range(len(self)), key=self.keys.__getitem__), dtype=np.int64)
        # A recording stands where its first key does.
        _, first, recordings = np.unique(self.recordings[by_key], return_index=True, return_inverse=True)
        # lexsort takes its last key first, and is stable: equal rows stay in the order of their keys.
        order = np.lexsort([first[recordings], *self.values[by_key].T[::-1]])
        starts = np.diff(recordings[order], prepend=-1) != 0
        return self._rows(by_key[order], np.cumsum(starts) - 1)

    def once(self) -> "FeatureTable":
        """Return the first track of each recording, of a table in canonical order."""
        rows = np.flatnonzero(np.diff(self.recordings, prepend=-1))
        return self._rows(rows, np.arange(len(rows)))

    def _rows(self, rows: IntArray, recordings: IntArray) -> "FeatureTable":
        return FeatureTable(self.ids[rows], tuple(self.keys[row] for row in rows), self.values[rows], recordings)
