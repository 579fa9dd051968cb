"""What a run is asked for, and the fingerprint of all that its result depends on."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from clusters.core.features import FEATURE_NAMES, FeatureTable

# Raise this whenever the same table and the same Params would give other clusters or another picture.
ALGORITHM_VERSION = 1

FEWEST_TRACKS = 6
FEWEST_CLUSTERS = 2
MOST_CLUSTERS = 20
LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True)
class Params:
    """``clusters``: how many, or None to choose by the data. ``seed``: of every random draw."""

    clusters: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.clusters is not None and not FEWEST_CLUSTERS <= self.clusters <= MOST_CLUSTERS:
            raise ValueError(f"The number of clusters must be from {FEWEST_CLUSTERS} to {MOST_CLUSTERS}.")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise ValueError(f"The seed must be from 0 to {LARGEST_SEED}.")


def input_hash(table: FeatureTable, left_out: Iterable[tuple[int, str, str]], params: Params) -> str:
    """Return a SHA-256, in hexadecimal, of all that a run depends on.

    ``left_out``: id, key and reason of each track that is not in ``table``; they are not clustered, but shown.
    The ids count too: a track that was deleted and entered anew has lost its place in the stored run.
    """
    ordered = table.in_canonical_order()
    head = {
        "algorithm": ALGORITHM_VERSION,
        "features": FEATURE_NAMES,
        "params": asdict(params),
        "ids": ordered.ids.tolist(),
        "keys": ordered.keys,
        "left_out": sorted(left_out),
    }
    digest = hashlib.sha256(json.dumps(head, ensure_ascii=True, sort_keys=True).encode())
    digest.update(ordered.values.astype("<f8").tobytes())
    return digest.hexdigest()
