"""Turns the rows of tables into records, each track and each other entity once. No database here."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from musicdb.exports.csv_injection import unescape_formula
from musicdb.imports.formats import detect
from musicdb.imports.formats.base import FileFormat, sniff
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
from musicdb.imports.options import ImportOptions, Progress, no_progress
from musicdb.imports.records import AlbumRecord, EntityRecord, TrackRecord
from musicdb.imports.tables import REASON_COLUMN, Table

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


@dataclass
class Parsed:
    """What the files of an import say.

    ``skipped`` counts, by the reason, the rows that add nothing and are not bad.
    """

    file_formats: list[str] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    tracks: list[ParsedTrack] = field(default_factory=list)
    entities: list[ParsedEntity] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[Note] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def parse(tables: Iterable[Table], options: ImportOptions, progress: Progress = no_progress) -> Parsed:
    """Read every row of ``tables``. Raises ImportRefusedError for a table that cannot be read at all."""
    parser = _Parser(progress)
    files = [(table, detect(table.name, table.header, options.parse_options, options.file_format)) for table in tables]
    sniff(files)
    for table, file_format in files:
        parser.read(table, file_format)
    parsed = parser.parsed
    if not parsed.rows:
        raise ImportRefusedError("The file has a header but no rows.")
    parsed.notes, parsed.questions = said_once(parsed.notes), said_once(parsed.questions)
    return parsed


class _Parser:
    def __init__(self, progress: Progress) -> None:
        self.parsed = Parsed()
        self._progress = progress
        # The first row about each track and each other entity.
        self._tracks: dict[Any, ParsedTrack] = {}
        self._entities: dict[Any, ParsedEntity] = {}

    def read(self, table: Table, file_format: FileFormat) -> None:
        parsed = self.parsed
        parsed.tables += 1
        if file_format.label not in parsed.file_formats:
            parsed.file_formats.append(file_format.label)
        parsed.notes += file_format.notes
        parsed.questions += file_format.questions
        # In a file of bad rows, formulas were escaped for spreadsheets.
        is_escaped = REASON_COLUMN in table.header
        for number, cells in table.rows():
            if is_escaped:
                cells = [unescape_formula(cell) for cell in cells]
            parsed.rows += 1
            if parsed.rows % PROGRESS_EVERY == 0:
                self._progress("Reading", parsed.rows, None)
            ref = RowRef(table.name, number)
            try:
                record = file_format.record(cells)
                if isinstance(record, TrackRecord):
                    self._add_track(ParsedTrack(ref, record))
                else:
                    self._add_entity(ParsedEntity(ref, record))
            except RowSkipped as reason:
                parsed.skipped[str(reason)] += 1
            except RowRefusedError as error:
                parsed.problems.append(Problem(ref, error.column, error.message))

    def _add_track(self, row: ParsedTrack) -> None:
        record = row.record
        keys = [record.key, *([record.key_of_slug(record.slug)] if record.slug else [])]
        first = next((self._tracks[key] for key in keys if key in self._tracks), None)
        if first is None:
            self._tracks.update(dict.fromkeys(keys, row))
            self.parsed.tracks.append(row)
        else:
            _combine(first, record)
            self.parsed.skipped["the track has a row already"] += 1

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


def _combine(first: ParsedTrack, other: TrackRecord) -> None:
    """Add what another row says about a track: its genres, and what the first row does not say.

    Raises RowRefusedError where the two rows contradict each other.
    """
    record = first.record
    for what, one, two in (
        ("title", record.title, other.title),
        ("address", record.slug, other.slug),
        ("Spotify id", record.spotify_id, other.spotify_id),
        ("artists", record.artists, other.artists),
        ("album", record.album and record.album.title, other.album and other.album.title),
        *((name, record.values[name], value) for name, value in other.values.items() if name in record.values),
    ):
        if one and two and one != two:
            values = f"{_quote(one)} there, {_quote(two)} here"
            raise RowRefusedError("", f"is the same track as {first.ref}, but its {what} differs: {values}.")
    record.genres = tuple(dict.fromkeys((*record.genres, *other.genres)))
    record.values = {**other.values, **record.values}
    record.spotify_id = record.spotify_id or other.spotify_id
    record.slug = record.slug or other.slug
    record.artists = record.artists or other.artists
    record.album = fill_gaps(record.album, other.album)


def fill_gaps(album: AlbumRecord | None, other: AlbumRecord | None) -> AlbumRecord | None:
    """Return ``album`` with the values of ``other`` where it has none."""
    if album is None or other is None or album == other:
        return album or other
    return replace(
        album,
        spotify_id=album.spotify_id or other.spotify_id,
        released=album.released or other.released,
        image_url=album.image_url or other.image_url,
        labels=album.labels or other.labels,
        slug=album.slug or other.slug,
    )


def _quote(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "“" + "; ".join(getattr(part, "name", str(part)) for part in value) + "”"
    return f"“{value}”"
