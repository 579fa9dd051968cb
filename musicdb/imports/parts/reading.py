"""Reads files of very many rows, and writes what they say to the disk, part by part."""

from array import array
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from typing import Any

from musicdb.imports.combine import Combiner, keys_by_names, keys_of
from musicdb.imports.earlier import Facts
from musicdb.imports.messages import RowRef
from musicdb.imports.options import ImportOptions
from musicdb.imports.parse import Files, RowReader
from musicdb.imports.parsed import UNKNOWN, Parsed, ParsedEntry, ParsedPlaylist, ParsedRow, ParsedTrack
from musicdb.imports.parts.facts import FactsCollector
from musicdb.imports.parts.scratch import Scratch
from musicdb.imports.records import NO_FACTS, EntryRecord, NamedRecord, TrackRecord
from musicdb.imports.resolvers import JointNames, NamedResolver
from musicdb.models import Artist
from musicdb.progress import Progress

# Where an entry is: the number of its playlist, and its place there.
Place = tuple[int, int]


def is_divisible(files: Files) -> bool:
    """Return whether files can be imported in parts.

    Not those in which any row may say something of the track of any other: by its names alone, or by addresses.
    """
    return not any(file_format.has_mentions or file_format.has_addresses for _, file_format in files)


class Entries:
    """The entries of a playlist: what each says is on the disk, and its track is a number of 8 bytes."""

    def __init__(self, playlist: ParsedPlaylist, said: Scratch[tuple[RowRef, EntryRecord]]) -> None:
        self._playlist = playlist
        self._said = said
        # The keys of the tracks, once they are known.
        self.tracks = array("q")

    def add(self, row: ParsedRow, entry: EntryRecord) -> int:
        """Add the entry that a row is, and return its place."""
        self._said.add((row.ref, entry))
        self.tracks.append(UNKNOWN)
        return len(self.tracks) - 1

    def load(self) -> ParsedPlaylist:
        """Return the playlist with all of its entries."""
        entries = [ParsedEntry(ref, track, entry) for (ref, entry), track in zip(self._said, self.tracks, strict=True)]
        return replace(self._playlist, entries=entries)


@dataclass
class Part:
    """The tracks of a part, on the disk."""

    tracks: Scratch[tuple[RowRef, TrackRecord, Sequence[Place]]]
    has_joint_names: bool

    def load(self) -> tuple[Parsed, list[Sequence[Place]]]:
        """Return what a part says, and for each of its tracks the places where playlists have it."""
        parsed = Parsed(has_joint_names=self.has_joint_names, has_entries=True)
        places = []
        for ref, record, of_track in self.tracks:
            parsed.tracks.append(ParsedTrack(ref, record))
            places.append(of_track)
        return parsed, places


@dataclass
class Divided:
    """A large import on the disk. ``parsed`` has all that its files say but the tracks, and no entries of playlists."""

    parsed: Parsed
    parts: list[Part] = field(default_factory=list)
    entries: list[Entries] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    def load_playlists(self) -> Parsed:
        """Return the playlists with their entries, which are imported after all parts."""
        return Parsed(playlists={("number", str(number)): one.load() for number, one in enumerate(self.entries)})


def divide(files: Files, options: ImportOptions, progress: Progress, part_tracks: int, scratch: ExitStack) -> Divided:
    """Read every row of ``files``. A part has so many tracks. ``scratch`` deletes what is on the disk.

    Bad rows are known afterwards, as if the files had been read as a whole.
    """
    reader = RowReader(options, progress)
    divider = _Divider(part_tracks, scratch)
    for row in reader.rows(files):
        divider.add(row)
    divider.forget_keys()
    parsed = reader.parsed
    divided = Divided(parsed, entries=divider.entries)
    collector = FactsCollector(scratch)
    for rows in divider.parts:
        divided.parts.append(_combine(rows, parsed, collector, scratch))
        progress("Sorting", len(divided.parts), len(divider.parts))
    divided.facts = collector.facts()
    places = {name: place for place, name in enumerate(dict.fromkeys(table.name for table, _ in files))}
    parsed.problems.sort(key=lambda problem: (places[problem.ref.file], problem.ref.row))
    return divided


_Row = tuple[RowRef, TrackRecord, Place | None]


class _Divider:
    """Writes each row to the part with the first row about its track.

    So the tracks of all parts, one part after the other, are in the order of the files.
    """

    def __init__(self, part_tracks: int, scratch: ExitStack) -> None:
        self.parts: list[Scratch[_Row]] = []
        self.entries: list[Entries] = []
        self._part_tracks = part_tracks
        self._scratch = scratch
        # The hashes of what makes rows one track, with the number of the part. Two that are the same by accident only
        # move a row to an earlier part.
        self._part_of: dict[int, int] = {}
        self._tracks_in_last = part_tracks
        self._number_of: dict[int, int] = {}

    def add(self, row: ParsedRow) -> None:
        record = row.record
        if not isinstance(record, TrackRecord):
            raise TypeError(f"{row.ref} is not about a track.")
        # The keys by names stand for the one by exact names, too.
        hashes = list(map(hash, keys_by_names(record) or keys_of(record)))
        part = next((self._part_of[key] for key in hashes if key in self._part_of), None)
        if part is None:
            if self._tracks_in_last == self._part_tracks:
                self.parts.append(_new(self._scratch))
                self._tracks_in_last = 0
            self._tracks_in_last += 1
            part = len(self.parts) - 1
        for key in hashes:
            self._part_of.setdefault(key, part)
        place = self._place(row, row.playlist, record.entry) if row.playlist else None
        record.entry = NO_FACTS
        self.parts[part].add((row.ref, record, place))

    def forget_keys(self) -> None:
        """Free the memory that only ``add`` needs."""
        self._part_of.clear()

    def _place(self, row: ParsedRow, playlist: ParsedPlaylist, entry: EntryRecord) -> Place:
        number = self._number_of.get(id(playlist))
        if number is None:
            number = self._number_of[id(playlist)] = len(self.entries)
            self.entries.append(Entries(playlist, _new(self._scratch)))
        return number, self.entries[number].add(row, entry)


def _new(scratch: ExitStack) -> Scratch[Any]:
    return scratch.enter_context(closing(Scratch[Any]()))


def _combine(rows: Scratch[_Row], parsed: Parsed, collector: FactsCollector, scratch: ExitStack) -> Part:
    """Bring together the rows of a part that mean one track."""
    of_part = Parsed()
    combiner = Combiner(of_part)
    # Stand for the playlists of all parts.
    playlists: defaultdict[int, ParsedPlaylist] = defaultdict(lambda: ParsedPlaylist(NamedRecord(""), ""))
    for ref, record, place in rows:
        number, position = place or (0, 0)
        combiner.add(ParsedRow(ref, record, playlists[number] if place else None, position))
    rows.close()
    parsed.problems += of_part.problems
    parsed.skipped += of_part.skipped
    places: defaultdict[int, list[Place]] = defaultdict(list)
    for number, playlist in playlists.items():
        for entry in playlist.entries:
            places[id(entry.track)].append((number, entry.position))
    JointNames(NamedResolver(Artist)).put_in_place(of_part)
    tracks = _new(scratch)
    for track in of_part.tracks:
        collector.add(track.record)
        tracks.add((track.ref, track.record, places.get(id(track), ())))
    return Part(tracks, of_part.has_joint_names)
