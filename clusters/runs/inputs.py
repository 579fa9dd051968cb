"""From the database to a feature table: one query for a genre, and nobody left out in silence."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, CharField, F, Func, QuerySet
from django.db.models.functions import Coalesce

from clusters.core.features import FEATURE_NAMES, FeatureTable
from clusters.core.params import Params, PreviousRun, input_hash
from clusters.models import Run
from clusters.runs.input_hash import CHUNK, Row, hash_of, hashes_of_genres, in_chunks
from musicdb.models import Genre, Track


@dataclass(frozen=True)
class Exclusion:
    """A track that the table does not hold. ``reason`` names the features that nobody knows."""

    id: int
    reason: str


@dataclass(frozen=True)
class Inputs:
    """A genre's tracks at one moment: those that have every feature, those that have not, and a hash of both."""

    table: FeatureTable
    excluded: tuple[Exclusion, ...]
    input_hash: str


def current_input_hashes(genres: Sequence[Genre], params: Params) -> Callable[[Genre], str]:
    """Return what tells the input hash that a run of one of ``genres`` would have now.

    One query for all, as of now. No table in memory.
    """
    hashes = hashes_of_genres([genre.pk for genre in genres])
    return lambda genre: input_hash(hashes.get(genre.pk, hash_of(())), params)


def read_inputs(genre: Genre, params: Params) -> Inputs:
    """Return the genre's tracks as they are now, by id. One query, read and hashed a chunk at a time."""
    ids: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
    values: list[np.ndarray] = [np.empty((0, len(FEATURE_NAMES)))]
    keys: list[str] = []
    excluded: list[Exclusion] = []

    def read() -> Iterator[list[Row]]:
        for chunk in _chunks(genre):
            yield chunk
            complete = [row for row in chunk if None not in row[2:]]
            ids.append(np.array([row[0] for row in complete], dtype=np.int64))
            values.append(np.array([row[2:] for row in complete], dtype=np.float64).reshape(-1, len(FEATURE_NAMES)))
            keys.extend(row[1] for row in complete)
            excluded.extend(Exclusion(row[0], _reason(row[2:])) for row in chunk if None in row[2:])

    hashed = input_hash(hash_of(read()), params)
    return Inputs(FeatureTable(np.concatenate(ids), tuple(keys), np.concatenate(values)), tuple(excluded), hashed)


def previous_run(run: Run | None, next_number: int) -> PreviousRun:
    """Return what the next run of the genre takes its numbers from: ``run``, the one before it. One query."""
    if run is None:
        return PreviousRun(next_number=next_number)
    places = run.memberships.values_list("track_id", "cluster__number").iterator(chunk_size=CHUNK)
    # Never as half a million pairs of Python's.
    rows = np.fromiter(chain.from_iterable(places), dtype=np.int64).reshape(-1, 2)
    return PreviousRun(rows[:, 0], rows[:, 1], next_number)


def _chunks(genre: Genre) -> Iterator[list[Row]]:
    key = Coalesce("spotify_id", "slug", output_field=CharField())
    rows = _tracks(genre).order_by("pk").values_list("pk", key, *FEATURE_NAMES)
    return in_chunks(rows.iterator(chunk_size=CHUNK))


def _tracks(genre: Genre) -> QuerySet[Track]:
    if connection.vendor != "postgresql":
        return Track.objects.filter(genres=genre)
    # PostgreSQL would rather read every track there is than look up a thousand: ten times the work for each genre of
    # a hundred. Given an array of ids it looks them up.
    ids = ArraySubquery(Track.genres.through.objects.filter(genre=genre).values("track_id"))
    is_one = Func(F("pk"), ids, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
    return Track.objects.filter(is_one)


def _reason(values: Row) -> str:
    missing = [name for name, value in zip(FEATURE_NAMES, values, strict=True) if value is None]
    if len(missing) == len(FEATURE_NAMES):
        return "no audio features"
    return "no " + ", ".join(missing)
