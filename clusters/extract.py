"""From the database to a feature table: one query for a genre, and nobody left out in silence."""

from dataclasses import dataclass

import numpy as np

from clusters.core.features import FEATURE_NAMES, FeatureTable
from musicdb.models import Genre

CHUNK = 5_000


@dataclass(frozen=True)
class LeftOutTrack:
    """A track that the table does not hold. ``reason`` names the features that nobody knows."""

    id: int
    key: str
    reason: str


def extract(genre: Genre) -> tuple[FeatureTable, tuple[LeftOutTrack, ...]]:
    """Return the genre's tracks that have every feature, and those that have not. One query, ordered by id."""
    rows = genre.tracks.order_by("pk").values_list("pk", "spotify_id", "slug", *FEATURE_NAMES)
    ids: list[int] = []
    keys: list[str] = []
    values: list[tuple[float, ...]] = []
    left_out: list[LeftOutTrack] = []
    for pk, spotify_id, slug, *features in rows.iterator(chunk_size=CHUNK):
        key = spotify_id or slug
        missing = [name for name, value in zip(FEATURE_NAMES, features, strict=True) if value is None]
        if missing:
            left_out.append(LeftOutTrack(pk, key, _reason(missing)))
        else:
            ids.append(pk)
            keys.append(key)
            values.append(tuple(features))
    table = FeatureTable(
        np.array(ids, dtype=np.int64),
        tuple(keys),
        np.array(values, dtype=np.float64).reshape(len(ids), len(FEATURE_NAMES)),
    )
    return table, tuple(left_out)


def _reason(missing: list[str]) -> str:
    if len(missing) == len(FEATURE_NAMES):
        return "no audio features"
    return "no " + ", ".join(missing)
