"""Puts the artists for whom a joint name stands, such as "A feat. B", in the place of a mention of that name.

An editor who splits an artist makes its name a joint name. A mention means the artists of a joint name if it has the
Spotify id or the slug that belongs to the joint name, or the name itself in any case, and nothing speaks against it:
an artist of this very name who is not one of them, or an id of somebody else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from musicdb.imports.entities import Entity
from musicdb.imports.parsed import Parsed
from musicdb.imports.records import AlbumRecord, ArtistRecord
from musicdb.imports.resolvers.named import NamedResolver
from musicdb.models import ArtistAlias
from musicdb.music import name_key

Credit = tuple[ArtistRecord, ...]


@dataclass
class _JointName:
    """The artists of a joint name, in order. ``spellings``, ``slugs`` and ``ids`` are those that belong to it."""

    artists: list[Entity] = field(default_factory=list)
    spellings: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


class JointNames:
    """All joint names of the library. One query: editors make them one by one, so there are few."""

    def __init__(self, artists: NamedResolver) -> None:
        self._artists = artists
        self._by_name: dict[str, _JointName] = {}
        self._known: dict[ArtistRecord, Credit] = {}
        columns = ("name", "slug", "spotify_id", "target", "target__name", "target__spotify_id")
        for name, slug, spotify_id, *artist in ArtistAlias.objects.joint().values_list(*columns):
            found = self._by_name.setdefault(name_key(name), _JointName())
            if (entity := artists.lookup.known(*artist)) not in found.artists:
                found.artists.append(entity)
            found.spellings.add(name)
            found.slugs.update(filter(None, [slug]))
            found.ids.update(filter(None, [spotify_id]))
        self._by_slug = {slug: found for found in self._by_name.values() for slug in found.slugs}
        self._by_id = {spotify_id: found for found in self._by_name.values() for spotify_id in found.ids}

    def put_in_place(self, parsed: Parsed) -> None:
        """Put the artists in place in all records of ``parsed``, which an earlier plan may have done before.

        The rows about artists must be resolved: they say what the file means by a slug.
        """
        if parsed.has_joint_names:
            _each_credit(parsed, lambda artists: tuple(dict.fromkeys(one.joint or one for one in artists)))
        parsed.has_joint_names = bool(self._by_name)
        if self._by_name:
            self._artists.load(_mentions(parsed))
            _each_credit(parsed, self._instead_of)

    def _instead_of(self, artists: Credit) -> Credit:
        return tuple(dict.fromkeys(chain.from_iterable(map(self._meant_by, artists))))

    def _meant_by(self, mention: ArtistRecord) -> Credit:
        if (meant := self._known.get(mention)) is None:
            found = self._find(mention)
            meant = (mention,)
            if found:
                meant = tuple(ArtistRecord(one.name, key=one.pk, joint=mention) for one in found.artists)
            self._known[mention] = meant
        return meant

    def _find(self, mention: ArtistRecord) -> _JointName | None:
        if mention.slug:
            found = self._by_slug.get(mention.slug)
            of_file = self._artists.meant_by_slug(mention.slug)
            return found if found and (of_file is None or of_file in found.artists) else None
        if mention.spotify_id in self._by_id:
            return self._by_id[mention.spotify_id]
        found = self._by_name.get(name_key(mention.name))
        if found is None or self._is_somebody_else(found, mention.spotify_id):
            return None
        return None if any(one not in found.artists for one in self._named(mention, found)) else found

    def _is_somebody_else(self, found: _JointName, spotify_id: str | None) -> bool:
        """Return whether an id says that a mention of a joint name means another artist."""
        if not spotify_id:
            return False
        holder = self._artists.with_id(spotify_id)
        # Where an id belongs to the joint name, another one does not.
        is_known = holder is not None and holder.pk not in self._artists.lookup.earlier
        return holder not in found.artists if is_known else bool(found.ids)

    def _named(self, mention: ArtistRecord, found: _JointName) -> Sequence[Entity]:
        """Return the artists that have the name themselves. The exact spelling takes precedence."""
        names = self._artists.lookup.names
        same = names.find(mention.name, exact=mention.name in found.spellings)
        ids = (None, mention.spotify_id)
        earlier = self._artists.lookup.earlier
        return [one for one in same if one.pk not in earlier and (not mention.spotify_id or one.spotify_id in ids)]


def _mentions(parsed: Parsed) -> Iterator[ArtistRecord]:
    for row in parsed.entities:
        if isinstance(row.record, AlbumRecord):
            yield from row.record.artists
    for track in parsed.tracks:
        yield from track.record.artists
        if track.record.album:
            yield from track.record.album.artists


def _each_credit(parsed: Parsed, instead_of: Callable[[Credit], Credit]) -> None:
    """Give each track and album of ``parsed`` other artists."""

    def of_album(record: AlbumRecord) -> AlbumRecord:
        artists = instead_of(record.artists)
        return record if artists == record.artists else replace(record, artists=artists)

    for row in parsed.entities:
        if isinstance(row.record, AlbumRecord):
            row.record = of_album(row.record)
    for track in parsed.tracks:
        if (artists := instead_of(track.record.artists)) != track.record.artists:
            track.record.artists = artists
        if track.record.album:
            track.record.album = of_album(track.record.album)
