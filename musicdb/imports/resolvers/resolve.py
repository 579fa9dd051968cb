"""Resolves all records of an import, in the order in which they depend on each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from musicdb.imports.earlier import Earlier
from musicdb.imports.entities import Entity
from musicdb.imports.messages import Problem
from musicdb.imports.options import ImportOptions
from musicdb.imports.parsed import Parsed
from musicdb.imports.resolvers.albums import AlbumResolver
from musicdb.imports.resolvers.facts import facts_of
from musicdb.imports.resolvers.joint_names import JointNames
from musicdb.imports.resolvers.named import NamedResolver
from musicdb.imports.resolvers.rows import ResolvedRow, resolve_rows
from musicdb.imports.resolvers.tracks import ResolvedTrack, TrackResolver, UnknownTrack
from musicdb.models import Artist, Genre, Label, Playlist


@dataclass(frozen=True)
class Resolution:
    """What the records of an import mean.

    ``rows`` are about genres, artists, labels and albums. ``tracks`` can be read once: it resolves them batch by batch,
    so that not all existing tracks are in memory at once. ``entities`` has, once ``tracks`` has been read, all
    entities but the tracks. ``playlists`` finds the playlists, whose tracks are known then.
    """

    rows: Sequence[ResolvedRow | Problem]
    tracks: Iterator[ResolvedTrack | UnknownTrack | Problem]
    resolvers: Sequence[NamedResolver | AlbumResolver]
    playlists: NamedResolver
    albums: AlbumResolver

    def entities(self) -> Iterator[Entity]:
        return chain.from_iterable(resolver.entities() for resolver in self.resolvers)


def resolve(parsed: Parsed, options: ImportOptions, earlier: Earlier) -> Resolution:
    """Find out what the records of ``parsed`` mean. The number of queries grows with batches, not with rows."""
    genres, artists, labels, playlists = (
        NamedResolver(model, earlier.created[model]) for model in (Genre, Artist, Label, Playlist)
    )
    rows: list[ResolvedRow | Problem] = []
    for resolver in (genres, labels, artists, playlists):
        model = resolver.lookup.aggregate.name
        rows += resolve_rows(resolver, [row for row in parsed.entities if row.model == model])
    JointNames(artists).put_in_place(parsed)
    records = [row.record for row in parsed.tracks]
    facts = earlier.facts or facts_of(records)
    albums = AlbumResolver(labels, artists, facts, earlier)
    rows += albums.resolve_rows([row for row in parsed.entities if row.model == "Album"])

    more_genres = (options.genre,) if options.genre else ()
    mentioned_albums = dict.fromkeys(record.album for record in records if record.album)
    genres.load(chain(more_genres, (genre for record in records for genre in record.genres)))
    labels.load(label for album in mentioned_albums for label in album.labels)
    artists.load(artist for record in records for artist in record.artists)
    artists.load(artist for album in mentioned_albums for artist in album.artists)
    albums.load(mentioned_albums)
    tracks = TrackResolver(genres, artists, albums, more_genres, facts, earlier)
    resolvers = (genres, artists, labels, albums, playlists)
    return Resolution(rows, tracks.resolve(parsed.tracks), resolvers, playlists, albums)
