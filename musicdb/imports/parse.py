"""Turns the rows of tables into records, each track and each other entity once. No database here."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from musicdb.exports.csv_injection import unescape_formula
from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.columns import Columns, as_dict
from musicdb.imports.formats import detect_all
from musicdb.imports.formats.base import FileFormat, sniff
from musicdb.imports.formats.mapped import MappedFormat, spread
from musicdb.imports.mentions import MentionIndex, combine_mention
from musicdb.imports.messages import (
    ImportRefusedError,
    Note,
    Problem,
    Question,
    RowRef,
    RowRefusedError,
    RowSkipped,
    said_once,
)
from musicdb.imports.options import ImportOptions
from musicdb.imports.records import (
    AlbumRecord,
    EntityRecord,
    EntryRecord,
    NamedRecord,
    PlaylistEntryRecord,
    TrackRecord,
)
from musicdb.imports.tables import REASON_COLUMN, Table
from musicdb.music import finer_date, means_liked_songs, name_key, playlist_name
from musicdb.progress import Progress, no_progress

# Often enough for the person who waits, and seldom enough for the work.
PROGRESS_EVERY = 1_000


@dataclass(slots=True)
class ParsedTrack:
    ref: RowRef
    record: TrackRecord


@dataclass(slots=True)
class ParsedEntity:
    """A genre, artist, label or album in a row of its own."""

    ref: RowRef
    record: EntityRecord | AlbumRecord

    @property
    def model(self) -> str:
        return self.record.model if isinstance(self.record, EntityRecord) else "Album"


@dataclass(slots=True)
class ParsedEntry:
    """A row about an entry of a playlist. ``track`` is the row about its track, or the slug of the track."""

    ref: RowRef
    track: ParsedTrack | str
    entry: EntryRecord
    position: int = 0


@dataclass
class ParsedPlaylist:
    """A playlist whose tracks the files list. ``source`` is the file that is the playlist, else empty."""

    mention: NamedRecord
    source: str
    entries: list[ParsedEntry] = field(default_factory=list)


@dataclass
class Parsed:
    """What the files of an import say.

    ``playlists`` has the playlists by the name, or by the slug, that makes them one. ``playlist_files`` has the files
    that can be playlists, with the names of these. ``skipped`` counts, by the reason, the rows that add nothing and
    are not bad. ``encodings`` has a little of the text in each encoding that it may be in, the likeliest first.
    ``mappings`` are those by which files were read, with each column of the file.
    """

    file_formats: list[str] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    tracks: list[ParsedTrack] = field(default_factory=list)
    entities: list[ParsedEntity] = field(default_factory=list)
    playlists: dict[tuple[str, str], ParsedPlaylist] = field(default_factory=dict)
    playlist_files: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    encodings: dict[str, str] = field(default_factory=dict)
    mappings: list[ColumnMapping] = field(default_factory=list)
    # Whether its records have artists in the place of joint names. See ``JointNames``.
    has_joint_names: bool = False


def parse(tables: Iterable[Table], options: ImportOptions, progress: Progress = no_progress) -> Parsed:
    """Read every row of ``tables``. Raises ImportRefusedError for a table that cannot be read at all."""
    files = detect_all(tables, options)
    parser = _Parser(options, progress, has_mentions=any(file_format.has_mentions for _, file_format in files))
    sniff(files)
    for table, file_format in files:
        parser.read(table, file_format)
    parsed = parser.parsed
    if not parsed.rows:
        raise ImportRefusedError("The file has a header but no rows.")
    for playlist in parsed.playlists.values():
        playlist.entries.sort(key=lambda entry: entry.position)
        for entry in playlist.entries:
            if isinstance(entry.track, str):
                entry.track = parser.track_with(entry.track) or entry.track
    parsed.notes, parsed.questions = said_once(parsed.notes), said_once(parsed.questions)
    return parsed


def _first(one: Any, other: Any) -> Any:
    return one


class _Parser:
    def __init__(self, options: ImportOptions, progress: Progress, *, has_mentions: bool) -> None:
        self.parsed = Parsed()
        self._options = options
        self._progress = progress
        # The first row about each track and each other entity.
        self._tracks: dict[Any, ParsedTrack] = {}
        self._entities: dict[Any, ParsedEntity] = {}
        self._mentions: MentionIndex[ParsedTrack] | None = MentionIndex() if has_mentions else None

    def read(self, table: Table, file_format: FileFormat) -> None:
        parsed = self.parsed
        parsed.tables += 1
        if file_format.label not in parsed.file_formats:
            parsed.file_formats.append(file_format.label)
        if isinstance(file_format, MappedFormat):
            parsed.mappings.append(spread(file_format.mapping, table.own_header))
        parsed.notes += [*table.notes, *file_format.notes]
        parsed.questions += [*table.questions, *file_format.questions]
        parsed.encodings.update({**table.samples, **parsed.encodings})
        playlist, is_liked = self._playlist(table, file_format)
        # In a file of bad rows, formulas were escaped for spreadsheets.
        is_escaped = REASON_COLUMN in table.header
        for number, cells in table.rows():
            if is_escaped:
                cells = [unescape_formula(cell) for cell in cells]
            parsed.rows += 1
            if parsed.rows % PROGRESS_EVERY == 0:
                self._progress("Reading", parsed.rows, None)
            ref = table.ref(number)
            try:
                record = file_format.record(cells)
                if isinstance(record, TrackRecord):
                    if is_liked:
                        record.values["liked"] = True
                    entry, said = record.entry, ParsedTrack(ref, record)
                    row = self._add_track(said)
                    target = self._named_playlist(record.playlist, table.name) if record.playlist else playlist
                    if row is not said and target is None and record.plays is None:
                        parsed.skipped["the track has a row already"] += 1
                    if target is not None:
                        target.entries.append(ParsedEntry(ref, row, entry))
                elif isinstance(record, PlaylistEntryRecord):
                    self._add_entry(ref, record)
                else:
                    self._add_entity(ParsedEntity(ref, record))
            except RowSkipped as reason:
                parsed.skipped[str(reason)] += 1
            except RowRefusedError as error:
                parsed.problems.append(Problem(ref, error.column, error.message))

    def _playlist(self, table: Table, file_format: FileFormat) -> tuple[ParsedPlaylist | None, bool]:
        """Return the playlist that a file is, if it is one, and whether it is that of liked songs."""
        # A file of bad rows has only some of the tracks of its playlist.
        if not file_format.is_playlist or REASON_COLUMN in table.header:
            return None, False
        own_name = table.playlist or playlist_name(table.name)
        is_liked = self._options.liked is None and means_liked_songs(own_name)
        if is_liked:
            text = "These are the liked songs, as the name says: the tracks are marked as liked."
            self.parsed.notes.append(Note("", text, (), table.name))
        name = self._options.playlist_of(table.name, own_name)
        self.parsed.playlist_files[table.name] = name
        if not name:
            return None, is_liked
        playlist = ParsedPlaylist(NamedRecord(name), table.name)
        return self.parsed.playlists.setdefault(("name", name_key(name)), playlist), is_liked

    def _named_playlist(self, name: str, file: str) -> ParsedPlaylist | None:
        """Return the playlist that a row names, unless the reader wants none."""
        if self._options.no_playlist:
            return None
        return self.parsed.playlists.setdefault(("name", name_key(name)), ParsedPlaylist(NamedRecord(name), file))

    def _add_entry(self, ref: RowRef, record: PlaylistEntryRecord) -> None:
        mention = NamedRecord("", record.playlist)
        playlist = self.parsed.playlists.setdefault(("slug", record.playlist), ParsedPlaylist(mention, ""))
        playlist.entries.append(ParsedEntry(ref, record.track, record.entry, record.position))

    def track_with(self, slug: str) -> ParsedTrack | None:
        """Return the row about the track that the files call ``slug``."""
        return self._tracks.get(TrackRecord.key_of_slug(slug))

    def _add_track(self, row: ParsedTrack) -> ParsedTrack:
        """Add a row about a track, and return the first row about it."""
        record = row.record
        keys = [record.key, *([record.key_of_slug(record.slug)] if record.slug else [])]
        keys += map(record.own_key, record.own_keys)
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
        return first or row

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
