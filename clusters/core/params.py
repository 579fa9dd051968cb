"""What a run is asked for, what it takes over from the run before, and the fingerprint of what it is made from."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

import numpy as np

from clusters.core.features import FEATURE_NAMES, IntArray

# Raise this whenever the same table and the same Params would give other clusters or another picture.
ALGORITHM_VERSION = 2

MIN_TRACKS = 6
MIN_CLUSTERS = 2
MAX_CLUSTERS = 20
MAX_SEED = 2**32 - 1


@dataclass(frozen=True)
class Params:
    """``clusters``: how many, or None to choose by the data. ``seed``: of every random draw."""

    clusters: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.clusters is not None and not MIN_CLUSTERS <= self.clusters <= MAX_CLUSTERS:
            raise ValueError(f"The number of clusters must be from {MIN_CLUSTERS} to {MAX_CLUSTERS}.")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"The seed must be from 0 to {MAX_SEED}.")


def _none() -> IntArray:
    return np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class PreviousRun:
    """The clusters of the run before. ``ids``, ``numbers``: shape (m,), its tracks and the cluster of each.

    ``next_number``: the first that no cluster of the genre ever had.
    """

    ids: IntArray = field(default_factory=_none)
    numbers: IntArray = field(default_factory=_none)
    next_number: int = 1


def input_hash(tracks: str, params: Params) -> str:
    """Return a SHA-256, in hexadecimal, of all that a run depends on.

    ``tracks``: a hash of the tracks' ids, keys and features, with those that will be left out, since they are shown.
    The ids count too: a track that was deleted and entered anew has lost its place in the stored run.
    """
    head = {"algorithm": ALGORITHM_VERSION, "features": FEATURE_NAMES, "params": asdict(params), "tracks": tracks}
    return hashlib.sha256(json.dumps(head, sort_keys=True).encode()).hexdigest()
