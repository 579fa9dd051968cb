"""A hash of a genre's tracks, the quickest way of each database: what has not changed need not even be read.

PostgreSQL hashes all genres itself, several times as fast as it hands over their rows. SQLite lives in this process,
where the rows are as near as their hash. The two hashes differ, and are never compared: a database's
ids go into them, so they mean something in that database only.
"""

import hashlib
import marshal
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from django.db import connection

from clusters.core.features import FEATURE_NAMES
from musicdb.models import Track

# A track as it is read: its id, its key (see FeatureTable), and its features in the order of FEATURE_NAMES.
Row = tuple[Any, ...]

CHUNK = 5_000
# Beyond that all genres are read: a query cannot name any number of them.
MAX_NAMED = 500

_ABSENT = b"\x00"


def hash_of(chunks: Iterable[Sequence[Row]]) -> str:
    """Return the hash of a genre's rows, by id, a chunk at a time."""
    digest = hashlib.sha256()
    encode = _as_postgresql_does if connection.vendor == "postgresql" else _as_python_does
    for chunk in chunks:
        digest.update(encode(chunk))
    return digest.hexdigest()


def hashes_of_genres(genres: Sequence[int]) -> dict[int, str]:
    """Return what ``hash_of`` would of each of ``genres``, given by id; those without tracks are not in it."""
    return _hashes_by_postgresql(genres) if connection.vendor == "postgresql" else _hashes_by_reading(genres)


def in_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield ``rows`` in the lists that a hash is made of."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _hashes_by_reading(genres: Sequence[int]) -> dict[int, str]:
    tracks, through = Track._meta.db_table, Track.genres.through._meta.db_table
    features = ", ".join(f"track.{name}" for name in FEATURE_NAMES)
    named = f"WHERE place.genre_id IN ({', '.join(['%s'] * len(genres))})" if len(genres) <= MAX_NAMED else ""
    # By hand, since the ORM would take half as long again to hand the rows over. Only names of our own models are put
    # together here; every value is a parameter.
    query = f"""
        SELECT place.genre_id, track.id, coalesce(track.spotify_id, track.slug), {features}
        FROM {through} place JOIN {tracks} track ON track.id = place.track_id
        {named} ORDER BY place.genre_id, track.id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, genres if named else [])
        rows = chain.from_iterable(iter(partial(cursor.fetchmany, CHUNK), []))
        by_genre = groupby(rows, key=itemgetter(0))
        return {genre: hash_of(in_chunks(row[1:] for row in of_genre)) for genre, of_genre in by_genre}


def _hashes_by_postgresql(genres: Sequence[int]) -> dict[int, str]:
    tracks, through = Track._meta.db_table, Track.genres.through._meta.db_table
    features = " || ".join(f"coalesce(float8send(track.{name}), '\\x00'::bytea)" for name in FEATURE_NAMES)
    # Only names of our own models are put together here; every value is a parameter.
    query = f"""
        SELECT place.genre_id, encode(sha256(string_agg(
            int8send(track.id) || convert_to(coalesce(track.spotify_id, track.slug), 'UTF8') || '\\x00'::bytea
            || {features}, ''::bytea ORDER BY track.id
        )), 'hex')
        FROM {through} place JOIN {tracks} track ON track.id = place.track_id
        WHERE place.genre_id = ANY(%s)
        GROUP BY place.genre_id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [list(genres)])
        return dict(cursor.fetchall())


def _as_python_does(chunk: Sequence[Row]) -> bytes:
    # The one form of floats, texts and None that costs less than reading them; version 2 is a function of the values
    # alone, later ones also of which objects are shared.
    return marshal.dumps(list(chunk), 2)


def _as_postgresql_does(chunk: Sequence[Row]) -> bytes:
    return b"".join(struct.pack(">q", pk) + key.encode() + _ABSENT + _packed(features) for pk, key, *features in chunk)


def _packed(features: Sequence[float | None]) -> bytes:
    if None in features:
        return b"".join(_ABSENT if value is None else struct.pack(">d", value) for value in features)
    # Nearly every track has all of them: packed at once they cost a third.
    return struct.pack(f">{len(features)}d", *features)
