"""Read a collection's tracks into a feature table. One query; every track is in the table or excluded with a reason."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from django.db.models.functions import Coalesce

from clusters.core.features import FEATURE_NAMES, FeatureTable
from clusters.core.params import Params, PreviousRun, input_hash
from clusters.models import Collection, Run
from clusters.runs.input_hash import CHUNK, Row, hash_of, hashes_of, in_chunks
from clusters.runs.recordings import recordings_of
from clusters.runs.rows import rows_of


@dataclass(frozen=True)
class Exclusion:
    """A track that the table does not contain. ``reason`` names the features it lacks."""

    id: int
    reason: str


@dataclass(frozen=True)
class Inputs:
    """A collection's tracks at one moment: those with all features, those without, and the hash of a run of them."""

    table: FeatureTable
    excluded: tuple[Exclusion, ...]
    input_hash: str


def current_input_hashes(collections: Sequence[Collection], params: Params) -> Callable[[Collection], str]:
    """Return a function that tells the input hash that a run of one of ``collections`` would have now.

    The queries, those of ``hashes_of``, are done when this returns; no feature table is built.
    """
    hashes = hashes_of(collections)
    return lambda collection: input_hash(hashes[collection.pk], params_for(collection, params))


def params_for(collection: Collection, params: Params) -> Params:
    """Return the parameters of a run of ``collection``: the number of clusters that an editor has pinned, if any."""
    if params.clusters is not None or collection.clusters is None:
        return params
    return replace(params, clusters=collection.clusters)


def read_inputs(collection: Collection, params: Params) -> Inputs:
    """Return the collection's tracks as they are now, by id. One query, read and hashed in chunks.

    If tracks have the same features, there are more queries; see ``recordings_of``. What these read is not part of the
    hash: a new title changes the clusters only by which of these tracks count as one.
    """
    ids: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    values: list[np.ndarray] = [np.empty((0, len(FEATURE_NAMES)))]
    keys: list[str] = []
    excluded: list[Exclusion] = []

    def read() -> Iterator[list[Row]]:
        for chunk in in_chunks(rows_of(collection)):
            yield chunk
            complete = [row for row in chunk if None not in row[2:]]
            ids.append(np.array([row[0] for row in complete], dtype=np.int64))
            values.append(np.array([row[2:] for row in complete], dtype=np.float64).reshape(-1, len(FEATURE_NAMES)))
            keys.extend(row[1] for row in complete)
            excluded.extend(Exclusion(row[0], _reason(row[2:])) for row in chunk if None in row[2:])

    hashed = input_hash(hash_of(read()), params)
    tracks, features = np.concatenate(ids), np.concatenate(values)
    table = FeatureTable(tracks, tuple(keys), features, recordings_of(tracks, features))
    return Inputs(table, tuple(excluded), hashed)


def read_previous_run(run: Run | None, next_number: int) -> PreviousRun:
    """Return what the next run takes its cluster numbers from. ``run``: the latest run, if any. One query."""
    if run is None:
        return PreviousRun(next_number=next_number)
    memberships = run.memberships.values_list("track_id", "cluster__number", Coalesce("shade", 0)).iterator(
        chunk_size=CHUNK
    )
    # Straight into an array: half a million tuples would take several times the memory.
    rows = np.fromiter(chain.from_iterable(memberships), dtype=np.int64).reshape(-1, 3)
    return PreviousRun(rows[:, 0], rows[:, 1], next_number, run.chosen_clusters, rows[:, 2])


def _reason(values: Row) -> str:
    missing = [name for name, value in zip(FEATURE_NAMES, values, strict=True) if value is None]
    if len(missing) == len(FEATURE_NAMES):
        return "no audio features"
    return "no " + ", ".join(missing)
