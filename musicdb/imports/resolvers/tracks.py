"""Finds the tracks that rows mean, and the artists, album and genres that the rows mention."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import QuerySet

from musicdb.db import in_batches, one_of
from musicdb.imports.earlier import Earlier, Facts
from musicdb.imports.entities import AliasEntity, Entity
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parsed import ParsedTrack
from musicdb.imports.records import TrackRecord
from musicdb.imports.resolvers.albums import AlbumResolver
from musicdb.imports.resolvers.aliases import AliasResolver
from musicdb.imports.resolvers.named import NamedResolver, refuse_unknown
from musicdb.imports.resolvers.recordings import Match, RecordingFinder
from musicdb.models import Track, TrackAlias, TrackArtist
from musicdb.models.aggregates import aggregate_of
from musicdb.music import name_key

COLUMNS = [column.name for column in aggregate_of(Track).columns]


@dataclass(eq=False, slots=True)
class StoredTrack:
    """An existing track. ``genres`` are the keys of its genres."""

    entity: Entity
    genres: set[int] = field(default_factory=set)


@dataclass(slots=True)
class UnknownTrack:
    """A row about a track that the library does not have, and that the row cannot create."""

    ref: RowRef
    record: TrackRecord


@dataclass(slots=True)
class ResolvedTrack:
    """A row about a track, with what it mentions. ``stored`` is None for a new track.

    Where names or an ISRC led to an existing track, ``title`` is the one that it has, and ``artists`` and ``album`` are
    empty unless they are the same. ``is_unsure`` is whether others fit as well. ``is_merged`` is whether the row's own
    track has been merged into ``stored``, which the row then leaves as it is.
    """

    ref: RowRef
    record: TrackRecord
    stored: StoredTrack | None
    title: str
    artists: list[Entity]
    album: Entity | None
    genres: list[Entity]
    is_unsure: bool = False
    is_merged: bool = False
    aliases: Sequence[AliasEntity] = ()


class TrackResolver:
    def __init__(
        self,
        genres: NamedResolver,
        artists: NamedResolver,
        albums: AlbumResolver,
        more_genres: Sequence[str],
        facts: Facts,
        earlier: Earlier,
    ) -> None:
        self._genres, self._artists, self._albums = genres, artists, albums
        self._ids = facts.ids
        self._recordings = RecordingFinder(facts, earlier)
        # The genres that every track gets.
        self._more_genres = more_genres
        self._matched: dict[int, StoredTrack] = {}

    def resolve(self, rows: Sequence[ParsedTrack]) -> Iterator[ResolvedTrack | UnknownTrack | Problem]:
        """Yield what each of ``rows`` means, in their order."""
        aliases = AliasResolver(aggregate_of(Track))
        # Most libraries have none, and are then not asked for each batch.
        has_ids = any(row.record.spotify_id for row in rows)
        has_tracks_without_id = has_ids and Track.objects.filter(spotify_id=None).exists()
        has_merged = TrackAlias.objects.exists()
        for batch in in_batches(rows):
            records = [row.record for row in batch]
            stored = self._stored(records)
            merged = self._merged([record for record in records if record.key not in stored]) if has_merged else {}
            without = [
                record
                for record in records
                if record.key not in stored
                and id(record) not in merged
                and not record.slug
                and (has_tracks_without_id or not record.spotify_id or record.is_mention)
            ]
            matches = {id(record): match for record, match in self._recordings.find(without)}
            self._load_matched(matches.values())
            targets = [*(track.entity.pk or 0 for track in stored.values()), *(match.pk for match in matches.values())]
            aliases.load([alias for record in records for alias in record.aliases], targets)
            for row in batch:
                record, match = row.record, matches.get(id(row.record))
                if survivor := merged.get(id(record)):
                    yield ResolvedTrack(row.ref, record, survivor, record.title, [], None, [], is_merged=True)
                    continue
                known = self._matched[match.pk] if match else stored.get(record.key)
                try:
                    self._refuse_unknown(record)
                    its_aliases = aliases.resolve(record.aliases, known.entity.pk if known else None)
                except RowRefusedError as error:
                    yield Problem(row.ref, error.column, error.message)
                    continue
                if match and not record.spotify_id:
                    yield self._resolve_match(row.ref, record, match)
                elif record.must_exist and known is None:
                    yield UnknownTrack(row.ref, record)
                else:
                    resolved = self._resolve(row.ref, record, known)
                    resolved.aliases = its_aliases
                    yield resolved

    def _resolve_match(self, ref: RowRef, record: TrackRecord, match: Match) -> ResolvedTrack:
        """Return what a row means that says less of its track than the track's id. The track keeps its names."""
        stored = self._matched[match.pk]
        values = stored.entity.values
        spelled = {name_key(artist.name) for artist in values["artists"]}
        # Other spellings of its artists, such as with another apostrophe, are no other artists.
        is_spelled_so = match.has_same_artists and all(name_key(artist.name) in spelled for artist in record.artists)
        names_artists = bool(record.artists) and (is_spelled_so or not spelled)
        known = replace(
            record,
            artists=record.artists if names_artists else (),
            album=record.album if match.has_same_album else None,
        )
        found = self._resolve(ref, known, stored)
        found.record, found.title, found.is_unsure = record, values["title"], match.is_unsure
        return found

    def _resolve(self, ref: RowRef, record: TrackRecord, stored: StoredTrack | None) -> ResolvedTrack:
        if stored and record.is_mention:
            # Its names led to the track, and say nothing else.
            return ResolvedTrack(ref, record, stored, stored.entity.values["title"], [], None, [])
        current_artists = stored.entity.values["artists"] if stored else ()
        artists = _unique([self._artists.find(artist, current_artists) for artist in record.artists])
        album = None
        if record.album:
            current = stored.entity.values["album"] if stored else None
            album = self._albums.find(record.album, [artist.name for artist in artists or current_artists], current)
        genres = _unique([self._genres.find(genre) for genre in (*record.genres, *self._more_genres)])
        return ResolvedTrack(ref, record, stored, record.title, artists, album, genres)

    def _refuse_unknown(self, record: TrackRecord) -> None:
        """Raise RowRefusedError where a row mentions something by its slug alone, and nothing has this slug."""
        for artist in record.artists:
            if not artist.name:
                refuse_unknown(artist.name, artist.slug, "artist", "artist_slugs", self._artists)
        for genre in record.genres:
            if not isinstance(genre, str):
                refuse_unknown(genre.name, genre.slug, "genre", "genre_slugs", self._genres)
        if record.album and not record.album.title:
            refuse_unknown(record.album.title, record.album.slug, "album", "album_slug", self._albums)

    def _stored(self, records: Sequence[TrackRecord]) -> dict[Any, StoredTrack]:
        """Return the existing tracks that ``records`` mean, by the records' keys.

        A track that has one of the ids of the import is not meant by another row's slug.
        """
        found: dict[Any, StoredTrack] = {}
        if ids := [record.spotify_id for record in records if record.spotify_id]:
            for track in self._load(Track.objects.filter(spotify_id__in=one_of(ids))):
                found[track.entity.spotify_id] = track
        by_slug = {record.slug: record for record in records if record.slug and record.key not in found}
        if by_slug:
            for track in self._load(Track.objects.filter(slug__in=one_of(by_slug))):
                record, its_id = by_slug[track.entity.values["slug"]], track.entity.spotify_id
                if its_id is None or (record.spotify_id is None and its_id not in self._ids):
                    found[record.key] = track
        return found

    def _merged(self, records: Sequence[TrackRecord]) -> dict[int, StoredTrack]:
        """Return the tracks into which those of ``records`` have been merged, by the ``id`` of the record.

        Where a row has no Spotify id, its slug or its ISRC leads there, or its title and artists.
        """
        without_id = [record for record in records if not record.spotify_id]
        wanted = {
            "spotify_id": {record.spotify_id for record in records if record.spotify_id},
            "slug": {record.slug for record in without_id if record.slug},
            "isrc": {isrc for record in without_id if (isrc := record.values.get("isrc"))},
            "name_key": {name_key(record.title) for record in without_id if not record.slug},
        }
        targets: dict[tuple[str, Any], int] = {}
        for column, values in wanted.items():
            if values:
                found = TrackAlias.objects.filter(**{f"{column}__in": one_of(values)}).order_by("-pk")
                targets.update(((column, value), pk) for value, pk in found.values_list(column, "target"))
        # Not those that other rows may change.
        found_tracks = Track.objects.filter(pk__in=one_of(set(targets.values())))
        survivors = {track.entity.pk: track for track in self._load(found_tracks)}
        merged: dict[int, StoredTrack] = {}
        for record in records:
            leads = (
                {"spotify_id": record.spotify_id}
                if record.spotify_id
                else {
                    "slug": record.slug,
                    "isrc": record.values.get("isrc"),
                    "name_key": "" if record.slug else name_key(record.title),
                }
            )
            for column, value in leads.items():
                survivor = survivors.get(targets.get((column, value))) if value else None
                if survivor and (column != "name_key" or _is_former_title(survivor, record)):
                    merged.setdefault(id(record), survivor)
        return merged

    def _load_matched(self, matches: Iterable[Match]) -> None:
        """Load the tracks that names led to. Rows of all batches that mean one track share it."""
        new = {match.pk for match in matches} - self._matched.keys()
        for track in self._load(Track.objects.filter(pk__in=one_of(new))) if new else ():
            self._matched[track.entity.pk or 0] = track

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
        credited = TrackArtist.objects.filter(track__in=one_of(found)).order_by("track", "position")
        columns = ("track", "artist", "artist__name", "artist__spotify_id")
        for pk, artist, name, spotify_id in credited.values_list(*columns):
            found[pk].entity.values["artists"].append(self._artists.lookup.known(artist, name, spotify_id))
        for pk, genre in Track.genres.through.objects.filter(track__in=one_of(found)).values_list("track", "genre"):
            found[pk].genres.add(genre)
        return list(found.values())


def _is_former_title(track: StoredTrack, record: TrackRecord) -> bool:
    """Return whether ``record`` has the artists of ``track``, and not its title. By that it is found anyway."""
    if name_key(track.entity.name) == name_key(record.title):
        return False
    artists = {name_key(artist.name) for artist in track.entity.values["artists"]}
    return artists == {name_key(artist.name) for artist in record.artists}


def _unique(entities: list[Entity]) -> list[Entity]:
    return list(dict.fromkeys(entities))
