"""The rows of an upload as records about tracks, each track once. Touches no database."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TextIO

from musicdb.exports.csv_injection import escape_formula, unescape_formula
from musicdb.imports.bad_rows import REASON_COLUMN, split_tables
from musicdb.imports.formats.base import FileFormat, ParseOptions
from musicdb.imports.formats.detect import detect
from musicdb.imports.records import (
    AlbumRecord,
    EntityRecord,
    ImportRefusedError,
    Problem,
    RowRef,
    RowRefusedError,
    RowSkipped,
    TrackRecord,
)
from musicdb.imports.tables import Table, read_tables
from musicdb.music.names import normalise_name

# The bar moves often enough for a person, and seldom enough for the work.
PROGRESS_EVERY = 1_000

Progress = Callable[[str, int, int | None], None]


def no_progress(stage: str, done: int, total: int | None) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Source:
    """A file to import: what it is called, and what is in it."""

    name: str
    data: bytes


@dataclass(frozen=True)
class ImportOptions:
    """What an editor decides about an import.

    ``file_format``: its name, or "" to detect it. ``genre``: a genre that every track gets besides its own. ``liked``:
    whether every track becomes a favourite. ``skip_bad``: whether good rows are imported where others are bad.
    """

    file_format: str = ""
    genre: str = ""
    liked: bool = False
    skip_bad: bool = False
    parse_options: ParseOptions = field(default_factory=ParseOptions)

    def __post_init__(self) -> None:
        # What a file says is normalised where it is read; this comes from a form, or a command line.
        object.__setattr__(self, "genre", normalise_name(self.genre))


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
    """What an upload says. ``skipped`` counts rows that are neither tracks nor entities nor bad, by the reason."""

    file_formats: list[str] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    tracks: list[ParsedTrack] = field(default_factory=list)
    entities: list[ParsedEntity] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def parse(sources: Iterable[Source], options: ImportOptions, progress: Progress = no_progress) -> Parsed:
    """Read every row of ``sources``. Raises ImportRefusedError for a file that cannot be read at all."""
    parsed = Parsed()
    by_key: dict[Any, Any] = {}
    for source in sources:
        for table in split_tables(read_tables(source.name, source.data)):
            file_format = detect(table.name, table.header, options.parse_options, options.file_format).sniff(table)
            parsed.tables += 1
            if file_format.label not in parsed.file_formats:
                parsed.file_formats.append(file_format.label)
            parsed.notes += [f"{table.name}: {note}" for note in file_format.notes]
            parsed.questions += [f"{table.name}: {question}" for question in file_format.questions]
            _read(table, file_format, parsed, by_key, progress)
    if not parsed.rows:
        raise ImportRefusedError("There is a header, and no row below it.")
    return parsed


def _read(table: Table, file_format: FileFormat, parsed: Parsed, by_key: dict[Any, Any], progress: Progress) -> None:
    # A file of bad rows, mended: what was escaped for the spreadsheet is meant as it was.
    is_escaped = REASON_COLUMN in table.header
    for number, cells in table.rows():
        if is_escaped:
            cells = [unescape_formula(cell) for cell in cells]
        parsed.rows += 1
        if parsed.rows % PROGRESS_EVERY == 0:
            progress("Reading", parsed.rows, None)
        ref = RowRef(table.name, number)
        try:
            record = file_format.record(cells)
            if not isinstance(record, TrackRecord):
                _add_entity(parsed, by_key, ParsedEntity(ref, record))
            elif (first := _same_track(by_key, record)) is None:
                row = ParsedTrack(ref, record)
                by_key.update(dict.fromkeys(_keys(record), row))
                parsed.tracks.append(row)
            else:
                _add_to(first, record)
                parsed.skipped["the track has a row already"] += 1
        except RowSkipped as reason:
            parsed.skipped[str(reason)] += 1
        except RowRefusedError as error:
            parsed.problems.append(Problem(ref, error.column, error.message))


def _keys(record: TrackRecord) -> list[Any]:
    return [record.key, *([record.key_of_slug(record.slug)] if record.slug else [])]


def _same_track(by_key: dict[Any, Any], record: TrackRecord) -> Any:
    return next((by_key[key] for key in _keys(record) if key in by_key), None)


def _add_entity(parsed: Parsed, by_key: dict[Any, Any], entity: ParsedEntity) -> None:
    """Add a row to what is known. Raises RowRefusedError where another speaks of the same entity otherwise."""
    model, record = entity.model, entity.record
    keys = [(model, "", key) for key in (record.slug, record.spotify_id) if key] or [(model, "name", _name_of(record))]
    first = next((by_key[key] for key in keys if key in by_key), None)
    if first is None:
        by_key.update(dict.fromkeys(keys, entity))
        parsed.entities.append(entity)
    elif first.record == record:
        parsed.skipped[f"the {model.lower()} has a row already"] += 1
    else:
        raise RowRefusedError("", f"is about the same {model.lower()} as {first.ref}, and says something else.")


def _name_of(record: EntityRecord | AlbumRecord) -> str:
    return record.name if isinstance(record, EntityRecord) else record.title


def _add_to(first: ParsedTrack, again: TrackRecord) -> None:
    """Add to the record of a track what another row says of it: genres, and what was unknown.

    Raises RowRefusedError where the two rows cannot both be right.
    """
    record = first.record
    for what, one, other in (
        ("title", record.title, again.title),
        ("address", record.slug, again.slug),
        ("Spotify id", record.spotify_id, again.spotify_id),
        ("artists", record.artists, again.artists),
        ("album", record.album and record.album.title, again.album and again.album.title),
        *((name, record.values[name], value) for name, value in again.values.items() if name in record.values),
    ):
        if one and other and one != other:
            said = f"{_said(one)} there, {_said(other)} here"
            raise RowRefusedError("", f"is the same track as {first.ref}, with another {what}: {said}.")
    record.genres = tuple(dict.fromkeys((*record.genres, *again.genres)))
    record.values = {**again.values, **record.values}
    record.spotify_id = record.spotify_id or again.spotify_id
    record.slug = record.slug or again.slug
    record.artists = record.artists or again.artists
    record.album = with_gaps_filled(record.album, again.album)


def with_gaps_filled(album: AlbumRecord | None, other: AlbumRecord | None) -> AlbumRecord | None:
    """Return ``album`` with what only ``other`` knows of it."""
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


def write_bad_rows(file: TextIO, sources: Iterable[Source], problems: Iterable[Problem]) -> None:
    """Write the rows that have problems as CSV, for an editor to mend and import. Open ``file`` with newline=""."""
    csv.writer(file).writerows([escape_formula(cell) for cell in row] for row in _bad_rows(sources, problems))


def _bad_rows(sources: Iterable[Source], problems: Iterable[Problem]) -> Iterator[list[str]]:
    """Yield the rows that have problems as they stood, each with its ref and the reasons, below its file's header.

    The files are read anew: to keep all their cells till it is known which are wanted would take more than all else.
    """
    reasons: dict[RowRef, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.ref, []).append(f"{problem.column} {problem.message}".strip())
    for source in sources:
        for table in split_tables(read_tables(source.name, source.data)):
            rows = _bad_rows_of(table, reasons)
            if (first := next(rows, None)) is not None:
                yield [*table.header, "File", "Row", REASON_COLUMN]
                yield first
                yield from rows


def _bad_rows_of(table: Table, reasons: dict[RowRef, list[str]]) -> Iterator[list[str]]:
    for number, cells in table.rows():
        if why := reasons.get(RowRef(table.name, number)):
            padding = [""] * (len(table.header) - len(cells))
            yield [*cells, *padding, table.name, str(number), " ".join(why)]


def _said(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "“" + "; ".join(getattr(part, "name", str(part)) for part in value) + "”"
    return f"“{value}”"
