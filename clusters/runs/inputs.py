"""Read the tracks of a genre into a feature table. One query; every track is in the table or excluded with a reason."""

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
    """A track that the table does not contain. ``reason`` names the features it lacks."""

    id: int
    reason: str


@dataclass(frozen=True)
class Inputs:
    """A genre's tracks at one moment: those with all features, those without, and the hash that a run of them has."""

    table: FeatureTable
    excluded: tuple[Exclusion, ...]
    input_hash: str


def current_input_hashes(genres: Sequence[Genre], params: Params) -> Callable[[Genre], str]:
    """Return a function that tells the input hash that a run of one of ``genres`` would have now.

    One query for all genres, before this returns; no feature table is built.
    """
    hashes = hashes_of_genres([genre.pk for genre in genres])
    return lambda genre: input_hash(hashes.get(genre.pk, hash_of(())), params)


def read_inputs(genre: Genre, params: Params) -> Inputs:
    """Return the genre's tracks as they are now, by id. One query, read and hashed in chunks."""
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


def read_previous_run(run: Run | None, next_number: int) -> PreviousRun:
    """Return what the genre's next run takes its cluster numbers from. ``run``: its latest run, if any. One query."""
    if run is None:
        return PreviousRun(next_number=next_number)
    memberships = run.memberships.values_list("track_id", "cluster__number").iterator(chunk_size=CHUNK)
    # Straight into an array: half a million tuples would take several times the memory.
    rows = np.fromiter(chain.from_iterable(memberships), dtype=np.int64).reshape(-1, 2)
    return PreviousRun(rows[:, 0], rows[:, 1], next_number)


def _chunks(genre: Genre) -> Iterator[list[Row]]:
    key = Coalesce("spotify_id", "slug", output_field=CharField())
    rows = _tracks(genre).order_by("pk").values_list("pk", key, *FEATURE_NAMES)
    return in_chunks(rows.iterator(chunk_size=CHUNK))


def _tracks(genre: Genre) -> QuerySet[Track]:
    if connection.vendor != "postgresql":
        return Track.objects.filter(genres=genre)
    # For a join, PostgreSQL reads all tracks instead of looking up a thousand: ten times the work in a library of a
    # hundred genres. Given an array of ids, it looks them up.
    ids = ArraySubquery(Track.genres.through.objects.filter(genre=genre).values("track_id"))
    in_genre = Func(F("pk"), ids, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
    return Track.objects.filter(in_genre)


def _reason(values: Row) -> str:
    missing = [name for name, value in zip(FEATURE_NAMES, values, strict=True) if value is None]
    if len(missing) == len(FEATURE_NAMES):
        return "no audio features"
    return "no " + ", ".join(missing)
