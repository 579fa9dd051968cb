"""What the preview says of the tracks of an import as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from musicdb.imports.messages import Note, RowRef, name_files
from musicdb.imports.records import TrackRecord
from musicdb.imports.resolvers import ResolvedTrack, UnknownTrack

MAX_NAMED = 20


@dataclass
class _Rows:
    """How many rows of a file are of a kind, and the names of the first."""

    number: int = 0
    names: list[str] = field(default_factory=list)

    def add(self, other: "_Rows") -> None:
        self.number += other.number
        self.names = [*self.names, *other.names][:MAX_NAMED]

    @property
    def named(self) -> str:
        more = self.number - len(self.names)
        return "; ".join([*self.names, *([f"and {more:,} more"] if more else [])])


@dataclass
class TrackNotes:
    """Collects, track by track, what is to be said of all together.

    ``unsure`` are the rows, by file, that fit several tracks of the library, and ``unknown`` those that fit none.
    """

    number: int = 0
    has_features: bool = False
    files: dict[str, None] = field(default_factory=dict)
    unsure: dict[str, _Rows] = field(default_factory=dict)
    unknown: dict[str, _Rows] = field(default_factory=dict)

    def see(self, ref: RowRef) -> None:
        """Count a track."""
        self.number += 1
        self.files.setdefault(ref.file)

    def see_unsure(self, track: ResolvedTrack) -> None:
        _add(self.unsure, track)

    def see_unknown(self, track: UnknownTrack) -> None:
        _add(self.unknown, track)

    def add(self, other: "TrackNotes") -> None:
        """Add what was collected in another part of the import."""
        self.number += other.number
        self.has_features |= other.has_features
        self.files.update(other.files)
        for own, more in ((self.unsure, other.unsure), (self.unknown, other.unknown)):
            for file, rows in more.items():
                own.setdefault(file, _Rows()).add(rows)

    def notes(self) -> Iterator[Note]:
        for file, rows in self.unsure.items():
            number = "1 row fits" if rows.number == 1 else f"{rows.number:,} rows fit"
            text = f"{number} several tracks of the library, of which the most loved one is taken: {rows.named}."
            yield Note("", text, (), file)
        for file, rows in self.unknown.items():
            number = "1 row is about a track" if rows.number == 1 else f"{rows.number:,} rows are about tracks"
            text = f"{number} that the library does not have, and left out: {rows.named}."
            yield Note("", text, (), file)
        if sum(rows.number for rows in self.unknown.values()) < self.number and not self.has_features:
            yield self._no_features()

    def _no_features(self) -> Note:
        """Return the warning that nothing of an import can be clustered."""
        tracks = f"None of the {self.number:,} tracks has" if self.number > 1 else "The track has no"
        text = (
            f"{tracks} audio features, so {'they' if self.number > 1 else 'it'} cannot be clustered. Take an export "
            "with audio features and import it too: exportify.net writes them always, exportify.app if you ask for "
            "them."
        )
        return Note("", text, (), name_files(list(self.files)))


def _add(rows_of: dict[str, _Rows], track: ResolvedTrack | UnknownTrack) -> None:
    rows = rows_of.setdefault(track.ref.file, _Rows())
    rows.number += 1
    if len(rows.names) < MAX_NAMED:
        rows.names.append(f"{track.ref.place}, {_name(track.record)}")


def _name(record: TrackRecord) -> str:
    artists = ", ".join(artist.name for artist in record.artists)
    title = (
        f"“{record.title}”"
        if record.title
        else record.spotify_id or record.values.get("isrc") or "a track without a name"
    )
    return f"{title}{artists and f' by {artists}'}"
