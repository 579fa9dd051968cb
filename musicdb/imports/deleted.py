"""Finds out which of the rows that an import would create an editor has deleted before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from musicdb import history
from musicdb.db import in_batches, one_of
from musicdb.history.versions import last_versions
from musicdb.imports.entities import Entity
from musicdb.models import Album, Artist, SluggedModel, Track
from musicdb.models.aggregates import aggregate_of
from musicdb.music import may_be_as_long, name_key, search_key


@dataclass
class _DeletedTrack:
    """What leads to a deleted track besides its ids. Of each artist, and of the album, all names, folded."""

    has_id: bool
    isrcs: set[str]
    artists: list[set[str]]
    album: set[str]
    duration_ms: int | None
    # The Spotify id that a track without one has turned out to have.
    means_id: str | None = None

    def is_meant_by(self, track: Entity, *, by_mention: bool) -> bool:
        """Return whether the names and values of ``track`` lead here, as ``RecordingFinder`` finds an existing one."""
        if track.spotify_id and (self.has_id or self.means_id not in (None, track.spotify_id)):
            return False
        isrc = track.values.get("isrc")
        if isrc and self.isrcs:
            return isrc in self.isrcs
        return self._has_artists(track) and self._is_same_release(track, by_mention)

    def _has_artists(self, track: Entity) -> bool:
        """Return whether the artists are the same, or some of them with the first one."""
        names = [search_key(artist.name) for artist in track.values["artists"]]
        if not names or not self.artists:
            return not names and not self.artists
        has_all = all(one.intersection(names) for one in self.artists)
        return set(names) <= set().union(*self.artists) and (has_all or names[0] in self.artists[0])

    def _is_same_release(self, track: Entity, by_mention: bool) -> bool:
        length, album = track.values.get("duration_ms"), track.values.get("album")
        if not may_be_as_long(self.duration_ms, length):
            return False
        if by_mention or not album or not self.album or search_key(album.name) in self.album:
            return True
        return self.duration_ms is not None and length is not None


@dataclass
class _DeletedRows:
    """The deleted rows of a model, by what would lead to them."""

    ids: set[str] = field(default_factory=set)
    slugs: set[str] = field(default_factory=set)
    # Of a genre, artist, label or playlist. Those of tracks and albums are not theirs alone.
    names: set[str] = field(default_factory=set)
    tracks_by_title: defaultdict[str, list[_DeletedTrack]] = field(default_factory=lambda: defaultdict(list))
    tracks_by_isrc: defaultdict[str, list[_DeletedTrack]] = field(default_factory=lambda: defaultdict(list))


class DeletedByEditors:
    """The rows that editors have deleted. One query a model, at the first question about it, and more for tracks."""

    def __init__(self) -> None:
        self._by_model: dict[type[SluggedModel], _DeletedRows] = {}

    def has(self, entity: Entity, *, by_mention: bool = False) -> bool:
        """Return whether a new ``entity`` is one that an editor has deleted: by its id, else its slug, else its name.

        What was merged into a row before it was deleted leads there too. A name says enough of a genre, label, artist
        or playlist, and an album is known by its id or slug alone. A track is known by its ISRC, or by its title,
        artists and what tells recordings apart. ``by_mention`` is whether a row only says something else of the track.
        """
        deleted = self._of(entity.model)
        slug = entity.values.get("slug")
        if entity.spotify_id in deleted.ids or slug in deleted.slugs:
            return True
        if entity.model is Track and not slug:
            return self._has_track(deleted, entity, by_mention)
        return not entity.spotify_id and not slug and name_key(entity.name) in deleted.names

    def _has_track(self, deleted: _DeletedRows, track: Entity, by_mention: bool) -> bool:
        if not deleted.tracks_by_title:
            return False
        by_isrc = deleted.tracks_by_isrc.get(track.values.get("isrc") or "", [])
        by_title = deleted.tracks_by_title.get(search_key(track.name), [])
        meant = next((one for one in (*by_isrc, *by_title) if one.is_meant_by(track, by_mention=by_mention)), None)
        if meant and track.spotify_id:
            meant.means_id = track.spotify_id
        return meant is not None

    def _of(self, model: type[SluggedModel]) -> _DeletedRows:
        if model not in self._by_model:
            versions = list(history.deleted_by_people(model))
            rows = self._by_model[model] = _DeletedRows()
            for version in versions:
                rows.slugs.update(_values("slug", version))
                rows.ids.update(_values("spotify_id", version))
                if model not in (Album, Track):
                    rows.names.update(map(name_key, _values("name", version)))
            if model is Track:
                _add_tracks(rows, versions)
        return self._by_model[model]


def _values(column: str, version: Any) -> list[str]:
    """Return what a version has in a column, and what its aliases have there."""
    of_aliases = (alias.get(column) for alias in version.aliases)
    return [value for value in (getattr(version, column, None), *of_aliases) if value]


def _add_tracks(rows: _DeletedRows, versions: Sequence[Any]) -> None:
    artists = _names_of(Artist, {key for version in versions for key in version.artists})
    albums = _names_of(Album, {version.album_id for version in versions if version.album_id})
    for version in versions:
        track = _DeletedTrack(
            has_id=version.spotify_id is not None,
            isrcs=set(_values("isrc", version)),
            artists=[artists[key] for key in version.artists if key in artists],
            album=albums.get(version.album_id, set()),
            duration_ms=version.duration_ms,
        )
        rows.tracks_by_title[search_key(version.title)].append(track)
        for isrc in track.isrcs:
            rows.tracks_by_isrc[isrc].append(track)


def _names_of(model: type[Any], keys: Iterable[int]) -> dict[int, set[str]]:
    """Return the names of rows by key, folded. What is gone has those that it had, and that of what has them now."""
    found: dict[int, set[str]] = {}
    for batch in in_batches(sorted(keys)):
        living = model.objects.filter(pk__in=one_of(batch)).order_by().values_list("pk", "search_key")
        found.update((key, {name}) for key, name in living)
        gone = last_versions(model, [key for key in batch if key not in found])
        for key, version in gone.items():
            found[key] = {search_key(name) for name in (getattr(version, model.slug_source), *_values("name", version))}
        heirs = _heirs(model, set().union(*(found[key] for key in gone)))
        for key in gone:
            found[key].update(*(heirs[name] for name in found[key] if name in heirs))
    return found


def _heirs(model: type[Any], names: Iterable[str]) -> dict[str, set[str]]:
    """Return the names of the rows that have an alias, by the alias. One query."""
    heirs: defaultdict[str, set[str]] = defaultdict(set)
    aliases: Any = aggregate_of(model).alias
    named = aliases.objects.filter(search_key__in=one_of(sorted(names))).order_by()
    for alias, name in named.values_list("search_key", "target__search_key"):
        heirs[alias].add(name)
    return heirs
