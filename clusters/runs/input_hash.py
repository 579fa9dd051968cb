"""A hash of a collection's tracks. If it has not changed, the collection need not be clustered again.

PostgreSQL computes the hashes of all collections of a kind itself, several times faster than it returns their rows.
SQLite runs in this process, so the rows are read and hashed here. The two databases give different hashes. This does no
harm: a hash covers primary keys, so hashes of two databases are never compared.
"""

import hashlib
import marshal
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter

from django.db import connection

from clusters.core.features import FEATURE_NAMES
from clusters.models import Collection
from clusters.runs.rows import CHUNK, Row, has_rule, rows_of
from musicdb.models import AlbumLabel, PlaylistEntry, Track, TrackArtist

# For more owners than this, all are read, because a query has a maximum number of parameters.
MAX_NAMED = 500

_ABSENT = b"\x00"

TRACKS = Track._meta.db_table
# The library is no row that could own its tracks.
THE_LIBRARY = 0
_ALBUM_LABELS = AlbumLabel._meta.db_table
# By kind, a query for the pairs of an owner and a track, each once. Only names of our own models are in these texts.
LINKS = {
    "library": f"SELECT {THE_LIBRARY} AS owner_id, id AS track_id FROM {TRACKS}",  # noqa: S608
    "genre": f"SELECT genre_id AS owner_id, track_id FROM {Track.genres.through._meta.db_table}",  # noqa: S608
    "artist": f"SELECT artist_id AS owner_id, track_id FROM {TrackArtist._meta.db_table}",  # noqa: S608
    "playlist": f"SELECT DISTINCT playlist_id AS owner_id, track_id FROM {PlaylistEntry._meta.db_table}",  # noqa: S608
    "label": f"SELECT label_id AS owner_id, of_label.id AS track_id FROM {_ALBUM_LABELS} "  # noqa: S608
    f"JOIN {TRACKS} of_label ON of_label.album_id = {_ALBUM_LABELS}.album_id",
}


def hash_of(chunks: Iterable[Sequence[Row]]) -> str:
    """Return the hash of a collection's rows, which ``chunks`` yields in the order of their ids."""
    digest = hashlib.sha256()
    encode = _encode_like_postgresql if connection.vendor == "postgresql" else _encode_with_marshal
    for chunk in chunks:
        digest.update(encode(chunk))
    return digest.hexdigest()


def hashes_of(collections: Iterable[Collection]) -> dict[int, str]:
    """Return the hash of each of ``collections``, by its key. A query a kind, and one for each playlist with a rule."""
    hashes = {}
    by_kind: dict[str, dict[int, int]] = {}
    for collection in collections:
        if has_rule(collection) or (collection.owner is None and connection.vendor != "postgresql"):
            hashes[collection.pk] = hash_of(in_chunks(rows_of(collection)))
        else:
            owner = THE_LIBRARY if collection.owner is None else collection.owner.pk
            by_kind.setdefault(collection.kind, {})[owner] = collection.pk
    without_tracks = hash_of(())
    for kind, keys in by_kind.items():
        found = _hashes_by_owner(kind, list(keys))
        hashes |= {key: found.get(owner, without_tracks) for owner, key in keys.items()}
    return hashes


def _hashes_by_owner(kind: str, owners: Sequence[int]) -> dict[int, str]:
    """Return the hash of each of ``owners``, by its key. Those without tracks are not in the result."""
    if connection.vendor == "postgresql":
        return _hashes_by_postgresql(kind, owners)
    return _hashes_from_rows(kind, owners)


def in_chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield ``rows`` in lists of at most CHUNK, as ``hash_of`` takes them."""
    remaining = iter(rows)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def _hashes_from_rows(kind: str, owners: Sequence[int]) -> dict[int, str]:
    features = ", ".join(f"track.{name}" for name in FEATURE_NAMES)
    named = f"WHERE link.owner_id IN ({', '.join(['%s'] * len(owners))})" if len(owners) <= MAX_NAMED else ""
    # Written by hand, because the ORM takes half as long again to return the rows. Only names of our own models are
    # inserted into the text; every value is a parameter.
    query = f"""
        SELECT link.owner_id, track.id, coalesce(track.spotify_id, track.slug), {features}
        FROM ({LINKS[kind]}) link JOIN {TRACKS} track ON track.id = link.track_id
        {named} ORDER BY link.owner_id, track.id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, owners if named else [])
        rows = chain.from_iterable(iter(partial(cursor.fetchmany, CHUNK), []))
        by_owner = groupby(rows, key=itemgetter(0))
        return {owner: hash_of(in_chunks(row[1:] for row in of_owner)) for owner, of_owner in by_owner}


def _hashes_by_postgresql(kind: str, owners: Sequence[int]) -> dict[int, str]:
    features = " || ".join(f"coalesce(float8send(track.{name}), '\\x00'::bytea)" for name in FEATURE_NAMES)
    # Only names of our own models are inserted into the text; every value is a parameter.
    query = f"""
        SELECT link.owner_id, encode(sha256(string_agg(
            int8send(track.id) || convert_to(coalesce(track.spotify_id, track.slug), 'UTF8') || '\\x00'::bytea
            || {features}, ''::bytea ORDER BY track.id
        )), 'hex')
        FROM ({LINKS[kind]}) link JOIN {TRACKS} track ON track.id = link.track_id
        WHERE link.owner_id = ANY(%s)
        GROUP BY link.owner_id
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(query, [list(owners)])
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
