"""The parameters of a run, what it takes over from the previous run, and the hash of everything it depends on."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

import numpy as np

from clusters.core.features import FEATURE_NAMES, IntArray

# Raise this whenever the same table and the same Params would give other clusters or another plot.
ALGORITHM_VERSION = 5

MIN_TRACKS = 6
MIN_CLUSTERS = 2
MAX_CLUSTERS = 20
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Params:
    """``clusters``: how many, or None to let the data decide. ``seed``: for every random draw."""

    clusters: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.clusters is not None and not MIN_CLUSTERS <= self.clusters <= MAX_CLUSTERS:
            raise ValueError(f"The number of clusters must be from {MIN_CLUSTERS} to {MAX_CLUSTERS}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"The seed must be from 0 to {MAX_SEED}.")


def _empty() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class PreviousRun:
    """The clusters of the run before. ``ids``, ``numbers``: shape (m,), its tracks and the cluster of each.

    ``next_number``: the first number that no cluster of the collection has ever had. ``chosen_clusters``: how many
    clusters the run found the tracks to have; None if it was asked for a number, or there was no run. ``shades``: shape
    (m,), the shade of each track within its cluster, from 1, or 0 for none; None if the run had no shades.
    """

    ids: IntArray = field(default_factory=_empty)
    numbers: IntArray = field(default_factory=_empty)
    next_number: int = 1
    chosen_clusters: int | None = None
    shades: IntArray | None = None


def input_hash(tracks: str, params: Params) -> str:
    """Return the SHA-256, in hexadecimal, of everything a run depends on.

    ``tracks``: a hash of the ids, keys and features of all tracks, including excluded ones, since the page lists them.
    The ids count because a track that was deleted and entered again is no longer a member of the stored run.
    """
    head = {"algorithm": ALGORITHM_VERSION, "features": FEATURE_NAMES, "params": asdict(params), "tracks": tracks}
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()
