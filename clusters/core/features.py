"""The features that tracks are clustered by, and the table that holds them."""

from dataclasses import dataclass

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


class UnclusterableError(ValueError):
    """The table cannot be clustered as asked. The message gives the reason to a person."""


@dataclass(frozen=True)
class FeatureTable:
    """The tracks of one genre that have all features.

    ``ids``: shape (n,), the database's primary keys, carried along and not used. ``keys``: n texts that name a track in
    any database (its Spotify id) and break ties between tracks with equal features. ``values``: shape
    (n, len(FEATURE_NAMES)), in the features' own units (tempo in BPM, loudness in dB, the others 0 to 1).
    """

    ids: IntArray
    keys: tuple[str, ...]
    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.ids), len(FEATURE_NAMES)) or len(self.keys) != len(self.ids):
            raise ValueError(
                f"{len(self.ids)} ids, {len(self.keys)} keys and values of shape {self.values.shape} do not fit."
            )
        if not np.isfinite(self.values).all():
            row, column = np.argwhere(~np.isfinite(self.values))[0]
            raise ValueError(
                f"{FEATURE_NAMES[column]} of track {self.keys[row]} is {self.values[row, column]}, not a finite number."
            )

    def __len__(self) -> int:
        return len(self.ids)

    def in_canonical_order(self) -> "FeatureTable":
        """Return the rows sorted by their features, then by key, which no database can influence.

        k-means depends on the order of its rows. In this order the same tracks give the same clusters, however they
        were inserted.
        """
        by_key = np.array(sorted(range(len(self)), key=self.keys.__getitem__), dtype=np.int64)
        # lexsort takes its last key first, and is stable: equal rows stay in the order of their keys.
        order = by_key[np.lexsort(self.values[by_key].T[::-1])]
        return FeatureTable(self.ids[order], tuple(self.keys[row] for row in order), self.values[order])
