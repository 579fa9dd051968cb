"""A hash of a genre's tracks. If it has not changed, the genre need not be clustered again.

PostgreSQL computes the hashes of all genres itself, several times faster than it returns their rows. SQLite runs in
this process, so the rows are read and hashed here. The two databases give different hashes. This does no harm: a hash
covers primary keys, so hashes of two databases are never compared.
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

# A track: its id, its key (see FeatureTable), and its features in the order of FEATURE_NAMES.
Row = tuple[Any, ...]

CHUNK = 5_000
# For more genres than this, all are read, because a query has a maximum number of parameters.
MAX_NAMED = 500

_ABSENT = b"\x00"


def hash_of(chunks: Iterable[Sequence[Row]]) -> str:
    """Return the hash of a genre's rows, which ``chunks`` yields in the order of their ids."""
    digest = hashlib.sha256()
    encode = _encode_like_postgresql if connection.vendor == "postgresql" else _encode_with_marshal
    for chunk in chunks:
        digest.update(encode(chunk))
    return digest.hexdigest()


def hashes_of_genres(genres: Sequence[int]) -> dict[int, str]:
    """Return the hash of each of ``genres``, both by id. Genres without tracks are not in the result."""
    return _hashes_by_postgresql(genres) if connection.vendor == "postgresql" else _hashes_from_rows(genres)


def in_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield ``rows`` in lists of at most CHUNK, as ``hash_of`` takes them."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _hashes_from_rows(genres: Sequence[int]) -> dict[int, str]:
    tracks, through = Track._meta.db_table, Track.genres.through._meta.db_table
    features = ", ".join(f"track.{name}" for name in FEATURE_NAMES)
    named = f"WHERE link.genre_id IN ({', '.join(['%s'] * len(genres))})" if len(genres) <= MAX_NAMED else ""
    # Written by hand, because the ORM takes half as long again to return the rows. Only names of our own models are
    # inserted into the text; every value is a parameter.
    query = f"""
        SELECT link.genre_id, track.id, coalesce(track.spotify_id, track.slug), {features}
        FROM {through} link JOIN {tracks} track ON track.id = link.track_id
        {named} ORDER BY link.genre_id, track.id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, genres if named else [])
        rows = chain.from_iterable(iter(partial(cursor.fetchmany, CHUNK), []))
        by_genre = groupby(rows, key=itemgetter(0))
        return {genre: hash_of(in_chunks(row[1:] for row in of_genre)) for genre, of_genre in by_genre}


def _hashes_by_postgresql(genres: Sequence[int]) -> dict[int, str]:
    tracks, through = Track._meta.db_table, Track.genres.through._meta.db_table
    features = " || ".join(f"coalesce(float8send(track.{name}), '\\x00'::bytea)" for name in FEATURE_NAMES)
    # Only names of our own models are inserted into the text; every value is a parameter.
    query = f"""
        SELECT link.genre_id, encode(sha256(string_agg(
            int8send(track.id) || convert_to(coalesce(track.spotify_id, track.slug), 'UTF8') || '\\x00'::bytea
            || {features}, ''::bytea ORDER BY track.id
        )), 'hex')
        FROM {through} link JOIN {tracks} track ON track.id = link.track_id
        WHERE link.genre_id = ANY(%s)
        GROUP BY link.genre_id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [list(genres)])
        return dict(cursor.fetchall())


def _encode_with_marshal(chunk: Sequence[Row]) -> bytes:
    # marshal encodes floats, texts and None in less time than it takes to read them. The result of version 2 depends on
    # the values alone; that of later versions also depends on which objects are shared.
    return marshal.dumps(list(chunk), 2)


def _encode_like_postgresql(chunk: Sequence[Row]) -> bytes:
    return b"".join(struct.pack(">q", pk) + key.encode() + _ABSENT + _packed(features) for pk, key, *features in chunk)


def _packed(features: Sequence[float | None]) -> bytes:
    if None in features:
        return b"".join(_ABSENT if value is None else struct.pack(">d", value) for value in features)
    # Nearly every track has all features. Packing them in one call takes a third of the time.
    return struct.pack(f">{len(features)}d", *features)
