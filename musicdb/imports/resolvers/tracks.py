"""Finds the tracks that rows mean, and the artists, album and genres that the rows mention."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from musicdb.db import in_batches
from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parse import ParsedTrack
from musicdb.imports.records import TrackRecord
from musicdb.imports.resolvers.albums import AlbumResolver
from musicdb.imports.resolvers.named import NamedResolver, refuse_unknown
from musicdb.models import Track, TrackArtist
from musicdb.models.aggregates import aggregate_of

COLUMNS = [column.name for column in aggregate_of(Track).columns]


@dataclass(eq=False, slots=True)
class StoredTrack:
    """An existing track. ``genres`` are the keys of its genres."""

    entity: Entity
    genres: set[int] = field(default_factory=set)


@dataclass(slots=True)
class ResolvedTrack:
    """A row about a track, with what it mentions. ``stored`` is None for a new track."""

    ref: RowRef
    record: TrackRecord
    stored: StoredTrack | None
    artists: list[Entity]
    album: Entity | None
    genres: list[Entity]


class TrackResolver:
    def __init__(
        self, genres: NamedResolver, artists: NamedResolver, albums: AlbumResolver, more_genres: Sequence[str]
    ) -> None:
        self._genres, self._artists, self._albums = genres, artists, albums
        # The genres that every track gets.
        self._more_genres = more_genres

    def resolve(self, rows: Sequence[ParsedTrack]) -> Iterator[ResolvedTrack | Problem]:
        """Yield what each of ``rows`` means, in their order."""
        ids = {row.record.spotify_id for row in rows if row.record.spotify_id}
        for batch in in_batches(rows):
            stored = self._stored([row.record for row in batch], ids)
            for row in batch:
                try:
                    self._refuse_unknown(row.record)
                except RowRefusedError as error:
                    yield Problem(row.ref, error.column, error.message)
                else:
                    yield self._resolve(row.ref, row.record, stored.get(row.record.key))

    def _resolve(self, ref: RowRef, record: TrackRecord, stored: StoredTrack | None) -> ResolvedTrack:
        current_artists = stored.entity.values["artists"] if stored else ()
        artists = _unique([self._artists.find(artist, current_artists) for artist in record.artists])
        album = None
        if record.album:
            current = stored.entity.values["album"] if stored else None
            album = self._albums.find(record.album, [artist.name for artist in artists], current)
        genres = _unique([self._genres.find(genre) for genre in (*record.genres, *self._more_genres)])
        return ResolvedTrack(ref, record, stored, artists, album, genres)

    def _refuse_unknown(self, record: TrackRecord) -> None:
        """Raise RowRefusedError where a row mentions something by its slug alone, and nothing has this slug."""
        for artist in record.artists:
            refuse_unknown(artist.name, artist.slug, "artist", "artist_slugs", self._artists)
        for genre in record.genres:
            if not isinstance(genre, str):
                refuse_unknown(genre.name, genre.slug, "genre", "genre_slugs", self._genres)
        if record.album:
            refuse_unknown(record.album.title, record.album.slug, "album", "album_slug", self._albums)

    def _stored(self, records: Sequence[TrackRecord], all_ids: Container[str]) -> dict[Any, StoredTrack]:
        """Return the existing tracks that ``records`` mean, by the records' keys.

        ``all_ids`` are the ids of the whole import. A track that has one of them is not meant by another row's slug.
        """
        found: dict[Any, StoredTrack] = {}
        if ids := [record.spotify_id for record in records if record.spotify_id]:
            for track in self._load(Track.objects.filter(spotify_id__in=ids)):
                found[track.entity.spotify_id] = track
        by_slug = {record.slug: record for record in records if record.slug and record.key not in found}
        if by_slug:
            for track in self._load(Track.objects.filter(slug__in=by_slug)):
                record, its_id = by_slug[track.entity.values["slug"]], track.entity.spotify_id
                if its_id is None or (record.spotify_id is None and its_id not in all_ids):
                    found[record.key] = track
        if titles := {record.title for record in records if not record.spotify_id and not record.slug}:
            for track in self._load(Track.objects.filter(spotify_id=None, title__in=titles)):
                values = track.entity.values
                names = tuple(artist.name for artist in values["artists"])
                album = values["album"].name if values["album"] else ""
                found.setdefault(TrackRecord.key_of_names(values["title"], names, album), track)
        return found

    def _load(self, tracks: QuerySet[Track]) -> list[StoredTrack]:
        """Return tracks with their albums, artists and genres. Three queries, and those for the albums."""
        found: dict[int, StoredTrack] = {}
        for pk, *columns in tracks.order_by("pk").values_list("pk", *COLUMNS):
            found[pk] = StoredTrack(Entity(Track, dict(zip(COLUMNS, columns, strict=True)), pk))
        self._albums.load_keys({key for track in found.values() if (key := track.entity.values["album"])})
        for track in found.values():
            values = track.entity.values
            values["album"] = self._albums.lookup.rows[values["album"]] if values["album"] else None
            values["artists"] = []
        credited = TrackArtist.objects.filter(track__in=found).order_by("track", "position")
        columns = ("track", "artist", "artist__name", "artist__spotify_id")
        for pk, artist, name, spotify_id in credited.values_list(*columns):
            found[pk].entity.values["artists"].append(self._artists.lookup.known(artist, name, spotify_id))
        for pk, genre in Track.genres.through.objects.filter(track__in=found).values_list("track", "genre"):
            found[pk].genres.add(genre)
        return list(found.values())


def _unique(entities: list[Entity]) -> list[Entity]:
    return list(dict.fromkeys(entities))
