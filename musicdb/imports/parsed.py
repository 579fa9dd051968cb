"""What the files of an import say, as values: each track and each other entity once. No database here."""

from collections import Counter
from dataclasses import dataclass, field

from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.messages import Note, Problem, Question, RowRef
from musicdb.imports.records import AlbumRecord, EntityRecord, EntryRecord, NamedRecord, Record, TrackRecord


@dataclass(slots=True)
class ParsedRow:
    """What a row says. ``playlist`` is the one whose entry it is, where the file or the row names one.

    ``position`` orders the entries of a playlist. Those with the same one stay in the order in which they came.
    """

    ref: RowRef
    record: Record
    playlist: "ParsedPlaylist | None" = None
    position: int = 0


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


# No key of a track. What is unknown has a bad row, or no row; what is left out was deleted by an editor.
UNKNOWN = 0
LEFT_OUT = -1


@dataclass(slots=True)
class ParsedEntry:
    """A row about an entry of a playlist. ``track`` is the row about its track, or the slug of the track.

    Of a large import, it is the key of the track, or one of ``UNKNOWN`` and ``LEFT_OUT``.
    """

    ref: RowRef
    track: ParsedTrack | str | int
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
    # Whether playlists that are read elsewhere have its tracks.
    has_entries: bool = False

    @property
    def lists_tracks(self) -> bool:
        """Whether a playlist needs to know the tracks of its records."""
        return bool(self.playlists) or self.has_entries
