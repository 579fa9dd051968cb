"""Brings together the rows that mean one track or one other entity. No database here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from musicdb.imports.columns import Columns, as_dict
from musicdb.imports.mentions import MentionIndex, combine_mention
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parsed import Parsed, ParsedEntity, ParsedEntry, ParsedPlaylist, ParsedRow, ParsedTrack
from musicdb.imports.records import AlbumRecord, EntityRecord, NamedRecord, PlaylistEntryRecord, TrackRecord
from musicdb.music import finer_date


def keys_of(record: TrackRecord) -> list[Any]:
    """Return all that makes another row one about the same track."""
    keys = [record.key, *([record.key_of_slug(record.slug)] if record.slug else [])]
    return [*keys, *map(record.own_key, record.own_keys)]


class Combiner:
    """Adds rows to ``parsed``, each track and each other entity once.

    ``has_mentions`` is whether some rows name tracks only to say something else of them.
    """

    def __init__(self, parsed: Parsed, *, has_mentions: bool = False) -> None:
        self.parsed = parsed
        # The first row about each track and each other entity.
        self._tracks: dict[Any, ParsedTrack] = {}
        self._entities: dict[Any, ParsedEntity] = {}
        self._mentions: MentionIndex[ParsedTrack] | None = MentionIndex() if has_mentions else None

    def add(self, row: ParsedRow) -> None:
        """Add a row. If it contradicts another one, it is a bad row."""
        ref, record = row.ref, row.record
        try:
            if isinstance(record, TrackRecord):
                self._add_track(ParsedTrack(ref, record), row.playlist, row.position)
            elif isinstance(record, PlaylistEntryRecord):
                self._add_entry(ref, record)
            else:
                self._add_entity(ParsedEntity(ref, record))
        except RowRefusedError as error:
            self.parsed.problems.append(Problem(ref, error.column, error.message))

    def _add_entry(self, ref: RowRef, record: PlaylistEntryRecord) -> None:
        mention = NamedRecord("", record.playlist)
        playlist = self.parsed.playlists.setdefault(("slug", record.playlist), ParsedPlaylist(mention, ""))
        playlist.entries.append(ParsedEntry(ref, record.track, record.entry, record.position))

    def track_with(self, slug: str) -> ParsedTrack | None:
        """Return the row about the track that the files call ``slug``."""
        return self._tracks.get(TrackRecord.key_of_slug(slug))

    def _add_track(self, row: ParsedTrack, playlist: ParsedPlaylist | None, position: int) -> None:
        """Add a row about a track."""
        record = row.record
        entry = record.entry
        keys = keys_of(record)
        first = next((self._tracks[key] for key in keys if key in self._tracks), None)
        if first is None and self._mentions is not None:
            first = self._mentions.find(record)
        had_names = first is not None and bool(first.record.title)
        if first is None:
            record.values = Columns(record.values)
            self.parsed.tracks.append(row)
        else:
            _combine(first, record)
        self._index(first or row, keys, has_new_names=not had_names)
        if playlist is not None:
            playlist.entries.append(ParsedEntry(row.ref, first or row, entry, position))
        elif first is not None and record.plays is None:
            self.parsed.skipped["the track has a row already"] += 1

    def _index(self, row: ParsedTrack, keys: Iterable[Any], *, has_new_names: bool) -> None:
        """Let ``keys``, and the names of the row where other rows may mention it, lead to ``row``."""
        new = [key for key in keys if key not in self._tracks]
        self._tracks.update(dict.fromkeys(new, row))
        if (new or has_new_names) and self._mentions is not None:
            self._mentions.add(row.record, row)

    def _add_entity(self, row: ParsedEntity) -> None:
        """Add a row about an entity. Raises RowRefusedError where another row says something else about it."""
        model, record = row.model, row.record
        name = record.name if isinstance(record, EntityRecord) else record.title
        keys = [(model, "", key) for key in (record.slug, record.spotify_id) if key] or [(model, "name", name)]
        first = next((self._entities[key] for key in keys if key in self._entities), None)
        if first is None:
            self._entities.update(dict.fromkeys(keys, row))
            self.parsed.entities.append(row)
        elif first.record == record:
            self.parsed.skipped[f"the {model.lower()} has a row already"] += 1
        else:
            raise RowRefusedError("", f"is about the same {model.lower()} as {first.ref}, but says something else.")


def _first(one: Any, other: Any) -> Any:
    return one


# What rows about one track may say differently, since they come from several lists or several days, and which counts.
_VARIES: dict[str, Callable[[Any, Any], Any]] = {
    "added_at": min,
    "popularity": max,
    "preview_url": _first,
    "disc_number": _first,
    "track_number": _first,
}


def _combine(first: ParsedTrack, other: TrackRecord) -> None:
    """Add what another row says about a track: its genres, and what the first row does not say.

    Raises RowRefusedError where the two rows contradict each other.
    """
    record = first.record
    if record.is_mention or other.is_mention:
        combine_mention(record, other)
        return
    values = as_dict(record.values)
    for what, one, two in (
        ("title", record.title, other.title),
        ("address", record.slug, other.slug),
        ("Spotify id", record.spotify_id, other.spotify_id),
        ("artists", record.artists, other.artists),
        ("album", record.album and record.album.title, other.album and other.album.title),
        *(
            (name, values[name], value)
            for name, value in other.values.items()
            if name in values and values[name] != value and name not in _VARIES
        ),
    ):
        if one and two and one != two:
            said = f"{_quote(one)} there, {_quote(two)} here"
            raise RowRefusedError("", f"is the same track as {first.ref}, but its {what} differs: {said}.")
    record.add_plays(other)
    record.genres = tuple(dict.fromkeys((*record.genres, *other.genres)))
    varying = {
        name: choose(values[name], other.values[name])
        for name, choose in _VARIES.items()
        if name in values and name in other.values
    }
    record.values = Columns({**other.values, **values, **varying})
    record.spotify_id = record.spotify_id or other.spotify_id
    record.slug = record.slug or other.slug
    record.artists = record.artists or other.artists
    record.album = fill_gaps(record.album, other.album)
    record.aliases = record.aliases or other.aliases


def fill_gaps(album: AlbumRecord | None, other: AlbumRecord | None) -> AlbumRecord | None:
    """Return ``album`` with the values of ``other`` where it has none."""
    if album is None or other is None or album == other:
        return album or other
    return replace(
        album,
        spotify_id=album.spotify_id or other.spotify_id,
        released=finer_date(album.released, other.released),
        image_url=album.image_url or other.image_url,
        labels=album.labels or other.labels,
        slug=album.slug or other.slug,
        artists=album.artists or other.artists,
        album_type=album.album_type or other.album_type,
        upc=album.upc or other.upc,
        copyrights=album.copyrights or other.copyrights,
    )


def _quote(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "“" + "; ".join(getattr(part, "name", str(part)) for part in value) + "”"
    return f"“{value}”"
