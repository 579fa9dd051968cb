"""The rows of an upload as facts about tracks, each track once. Touches no database."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TextIO

from musicdb.exports.csv_injection import escape_formula, unescape_formula
from musicdb.imports.bad_rows import WHY, each_below_its_header
from musicdb.imports.formats.base import Choices, Dialect
from musicdb.imports.formats.detect import recognise
from musicdb.imports.records import (
    AlbumFacts,
    ImportRefusedError,
    Place,
    Problem,
    RowRefusedError,
    RowSkipped,
    ThingFacts,
    TrackFacts,
)
from musicdb.imports.tables import Table, tables_of
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
class Options:
    """What an editor decides about an import.

    ``dialect``: its name, or "" to recognise it. ``genre``: a genre that every track gets besides its own. ``liked``:
    whether every track becomes a favourite. ``skip_bad``: whether good rows are imported where others are bad.
    """

    dialect: str = ""
    genre: str = ""
    liked: bool = False
    skip_bad: bool = False
    choices: Choices = field(default_factory=Choices)

    def __post_init__(self) -> None:
        # What a file says is normalised where it is read; this comes from a form, or a command line.
        object.__setattr__(self, "genre", normalise_name(self.genre))


@dataclass(slots=True)
class ParsedTrack:
    place: Place
    facts: TrackFacts


@dataclass(slots=True)
class ParsedThing:
    """A genre, artist, label or album in a row of its own."""

    place: Place
    facts: ThingFacts | AlbumFacts

    @property
    def model(self) -> str:
        return self.facts.model if isinstance(self.facts, ThingFacts) else "Album"


@dataclass
class Parsed:
    """What an upload says. ``skipped`` counts rows that are neither tracks nor things nor bad, by the reason."""

    dialects: list[str] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    tracks: list[ParsedTrack] = field(default_factory=list)
    things: list[ParsedThing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def parse(sources: Iterable[Source], options: Options, progress: Progress = no_progress) -> Parsed:
    """Read every row of ``sources``. Raises ImportRefusedError for a file that cannot be read at all."""
    parsed = Parsed()
    by_key: dict[Any, Any] = {}
    for source in sources:
        for table in each_below_its_header(tables_of(source.name, source.data)):
            dialect = recognise(table.name, table.header, options.choices, options.dialect).survey(table)
            parsed.tables += 1
            if dialect.called not in parsed.dialects:
                parsed.dialects.append(dialect.called)
            parsed.notes += [f"{table.name}: {note}" for note in dialect.notes]
            parsed.questions += [f"{table.name}: {question}" for question in dialect.questions]
            _read(table, dialect, parsed, by_key, progress)
    if not parsed.rows:
        raise ImportRefusedError("There is a header, and no row below it.")
    return parsed


def _read(table: Table, dialect: Dialect, parsed: Parsed, by_key: dict[Any, Any], progress: Progress) -> None:
    # A file of bad rows, mended: what was escaped for the spreadsheet is meant as it was.
    is_escaped = WHY in table.header
    for number, cells in table.rows():
        if is_escaped:
            cells = [unescape_formula(cell) for cell in cells]
        parsed.rows += 1
        if parsed.rows % PROGRESS_EVERY == 0:
            progress("Reading", parsed.rows, None)
        place = Place(table.name, number)
        try:
            facts = dialect.facts(cells)
            if not isinstance(facts, TrackFacts):
                _note_thing(parsed, by_key, ParsedThing(place, facts))
            elif (first := _same_track(by_key, facts)) is None:
                row = ParsedTrack(place, facts)
                by_key.update(dict.fromkeys(_keys(facts), row))
                parsed.tracks.append(row)
            else:
                _add_to(first, facts)
                parsed.skipped["the track has a row already"] += 1
        except RowSkipped as reason:
            parsed.skipped[str(reason)] += 1
        except RowRefusedError as error:
            parsed.problems.append(Problem(place, error.column, error.message))


def _keys(facts: TrackFacts) -> list[Any]:
    return [facts.key, *([facts.key_of_slug(facts.slug)] if facts.slug else [])]


def _same_track(by_key: dict[Any, Any], facts: TrackFacts) -> Any:
    return next((by_key[key] for key in _keys(facts) if key in by_key), None)


def _note_thing(parsed: Parsed, by_key: dict[Any, Any], thing: ParsedThing) -> None:
    """Add a row to what is known. Raises RowRefusedError where another speaks of the same thing otherwise."""
    model, facts = thing.model, thing.facts
    keys = [(model, "", key) for key in (facts.slug, facts.spotify_id) if key] or [(model, "name", _name_of(facts))]
    first = next((by_key[key] for key in keys if key in by_key), None)
    if first is None:
        by_key.update(dict.fromkeys(keys, thing))
        parsed.things.append(thing)
    elif first.facts == facts:
        parsed.skipped[f"the {model.lower()} has a row already"] += 1
    else:
        raise RowRefusedError("", f"is about the same {model.lower()} as {first.place}, and says something else.")


def _name_of(facts: ThingFacts | AlbumFacts) -> str:
    return facts.name if isinstance(facts, ThingFacts) else facts.title


def _add_to(first: ParsedTrack, again: TrackFacts) -> None:
    """Add to the facts of a track what another row says of it: genres, and what was unknown.

    Raises RowRefusedError where the two rows cannot both be right.
    """
    facts = first.facts
    for what, one, other in (
        ("title", facts.title, again.title),
        ("address", facts.slug, again.slug),
        ("Spotify id", facts.spotify_id, again.spotify_id),
        ("artists", facts.artists, again.artists),
        ("album", facts.album and facts.album.title, again.album and again.album.title),
        *((name, facts.values[name], value) for name, value in again.values.items() if name in facts.values),
    ):
        if one and other and one != other:
            said = f"{_said(one)} there, {_said(other)} here"
            raise RowRefusedError("", f"is the same track as {first.place}, with another {what}: {said}.")
    facts.genres = tuple(dict.fromkeys((*facts.genres, *again.genres)))
    facts.values = {**again.values, **facts.values}
    facts.spotify_id = facts.spotify_id or again.spotify_id
    facts.slug = facts.slug or again.slug
    facts.artists = facts.artists or again.artists
    facts.album = with_gaps_filled(facts.album, again.album)


def with_gaps_filled(album: AlbumFacts | None, other: AlbumFacts | None) -> AlbumFacts | None:
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
    """Yield the rows that have problems as they stood, each with its place and the reasons, below its file's header.

    The files are read anew: to keep all their cells till it is known which are wanted would take more than all else.
    """
    reasons: dict[Place, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.place, []).append(f"{problem.column} {problem.message}".strip())
    for source in sources:
        for table in each_below_its_header(tables_of(source.name, source.data)):
            rows = _bad_rows_of(table, reasons)
            if (first := next(rows, None)) is not None:
                yield [*table.header, "File", "Row", WHY]
                yield first
                yield from rows


def _bad_rows_of(table: Table, reasons: dict[Place, list[str]]) -> Iterator[list[str]]:
    for number, cells in table.rows():
        if why := reasons.get(Place(table.name, number)):
            padding = [""] * (len(table.header) - len(cells))
            yield [*cells, *padding, table.name, str(number), " ".join(why)]


def _said(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "“" + "; ".join(getattr(part, "name", str(part)) for part in value) + "”"
    return f"“{value}”"
