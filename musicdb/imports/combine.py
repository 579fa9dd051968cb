"""Brings together the rows that mean one track or one other entity. No database here."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from musicdb.imports.columns import Columns, as_dict
from musicdb.imports.mentions import MentionIndex, combine_mention
from musicdb.imports.messages import Problem, RowRef, RowRefusedError
from musicdb.imports.parsed import Parsed, ParsedEntity, ParsedEntry, ParsedPlaylist, ParsedRow, ParsedTrack
from musicdb.imports.records import (
    AlbumRecord,
    ArtistRecord,
    EntityRecord,
    NamedRecord,
    PlaylistEntryRecord,
    TrackRecord,
    names_of,
)
from musicdb.music import finer_date, may_be_as_long, search_key


def keys_of(record: TrackRecord) -> list[Any]:
    """Return all that makes another row one about the same track."""
    keys = [record.key, *([record.key_of_slug(record.slug)] if record.slug else [])]
    return [*keys, *map(record.own_key, record.own_keys)]


def keys_by_names(record: TrackRecord) -> list[Any]:
    """Return what makes another row one about the same track where nothing but names and an ISRC leads to it.

    Names are compared as those of the library are: case, accents, apostrophes and the order of artists do not count.
    """
    says_more = record.spotify_id or record.slug or record.own_keys
    if says_more or not record.artists or record.must_exist or record.is_mention or record.only_fills_features:
        return []
    title, artists, album = names_of(record)
    isrc = record.values.get("isrc")
    return [*([("isrc", isrc)] if isrc else []), ("names", title, frozenset(artists), album)]


class Combiner:
    """Adds rows to ``parsed``, each track and each other entity once.

    ``has_mentions`` is whether some rows name tracks only to say something else of them.
    """

    def __init__(self, parsed: Parsed, *, has_mentions: bool = False) -> None:
        self.parsed = parsed
        # The first row about each track and each other entity.
        self._tracks: dict[Any, ParsedTrack] = {}
        self._entities: dict[Any, ParsedEntity] = {}
        # The rows by their names and ISRCs. Tracks of the same names may be several recordings.
        self._by_names: defaultdict[Any, list[ParsedTrack]] = defaultdict(list)
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
        names = keys_by_names(record)
        namesake = None if first else self._namesake(record, names)
        first = first or namesake
        if first is None and self._mentions is not None:
            first = self._mentions.find(record)
        had_names = first is not None and bool(first.record.title)
        if first is None:
            record.values = Columns(record.values)
            self.parsed.tracks.append(row)
            for key in names:
                self._by_names[key].append(row)
        else:
            if not namesake:
                _refuse_contradictions(first, record)
            _combine(first, record)
        self._index(first or row, keys, has_new_names=not had_names)
        if playlist is not None:
            playlist.entries.append(ParsedEntry(row.ref, first or row, entry, position))
        elif first is not None and record.plays is None:
            self.parsed.skipped["the track has a row already"] += 1

    def _namesake(self, record: TrackRecord, names: Iterable[Any]) -> ParsedTrack | None:
        """Return the row about the track to which ``names`` lead, its ISRC first."""
        return next((one for key in names for one in self._by_names.get(key, ()) if _agree(one, key, record)), None)

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


def _agree(known: ParsedTrack, key: Any, record: TrackRecord) -> bool:
    """Return whether ``record`` can be about a track with which it shares ``key``: the ISRC, or the names."""
    if key[0] == "isrc":
        return True
    one, two = known.record.values, record.values
    isrcs = {isrc for isrc in (one.get("isrc"), two.get("isrc")) if isrc}
    return len(isrcs) < 2 and may_be_as_long(one.get("duration_ms"), two.get("duration_ms"))


def _refuse_contradictions(first: ParsedTrack, other: TrackRecord) -> None:
    """Raise RowRefusedError where two rows about one track contradict each other."""
    record = first.record
    if record.is_mention or other.is_mention:
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
        if one and two and not _say_the_same(what, one, two):
            said = f"{_quote(one)} there, {_quote(two)} here"
            raise RowRefusedError("", f"is the same track as {first.ref}, but its {what} differs: {said}.")


def _say_the_same(what: str, one: Any, two: Any) -> bool:
    if what in ("title", "album"):
        return one == two or search_key(one) == search_key(two)
    if what == "artists":
        return len(one) == len(two) and all(map(_may_be_one, one, two))
    return bool(one == two)


def _may_be_one(one: ArtistRecord, two: ArtistRecord) -> bool:
    """Return whether two rows can mean one artist. One of them may not know its id or address."""
    links = ((one.spotify_id, two.spotify_id), (one.slug, two.slug))
    return search_key(one.name) == search_key(two.name) and all(not a or not b or a == b for a, b in links)


def _with_links(artists: tuple[ArtistRecord, ...], others: tuple[ArtistRecord, ...]) -> tuple[ArtistRecord, ...]:
    """Return ``artists`` with the ids and addresses that only ``others`` have."""
    if artists == others or len(artists) != len(others) or not all(map(_may_be_one, artists, others)):
        return artists or others
    return tuple(
        replace(one, spotify_id=one.spotify_id or two.spotify_id, slug=one.slug or two.slug)
        for one, two in zip(artists, others, strict=True)
    )


def _combine(first: ParsedTrack, other: TrackRecord) -> None:
    """Add what another row says about a track: its genres, and what the first row does not say."""
    record = first.record
    if record.is_mention or other.is_mention:
        combine_mention(record, other)
        return
    values = as_dict(record.values)
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
    record.artists = _with_links(record.artists, other.artists)
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
