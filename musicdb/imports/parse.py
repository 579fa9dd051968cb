"""Turns the rows of tables into records, each track and each other entity once. No database here."""

from collections.abc import Iterable, Iterator, Sequence

from musicdb.exports.csv_injection import unescape_formula
from musicdb.imports.combine import Combiner
from musicdb.imports.formats import detect_all
from musicdb.imports.formats.base import FileFormat, sniff
from musicdb.imports.formats.mapped import MappedFormat, spread
from musicdb.imports.messages import ImportRefusedError, Note, Problem, RowRefusedError, RowSkipped, said_once
from musicdb.imports.options import ImportOptions
from musicdb.imports.parsed import Parsed, ParsedPlaylist, ParsedRow
from musicdb.imports.records import NamedRecord, TrackRecord
from musicdb.imports.tables import REASON_COLUMN, Table
from musicdb.music import means_liked_songs, name_key, playlist_name
from musicdb.progress import Progress, no_progress

# Often enough for the person who waits, and seldom enough for the work.
PROGRESS_EVERY = 1_000

Files = Sequence[tuple[Table, FileFormat]]


class TooManyRowsError(Exception):
    """Files have more rows than the caller wants in memory."""


def open_files(tables: Iterable[Table], options: ImportOptions) -> Files:
    """Find out the format of each table, and how it is read. Raises ImportRefusedError for one that cannot be read."""
    files = detect_all(tables, options)
    sniff(files)
    return files


def parse(tables: Iterable[Table], options: ImportOptions, progress: Progress = no_progress) -> Parsed:
    """Read every row of ``tables``. Raises ImportRefusedError for a table that cannot be read at all."""
    return parse_files(open_files(tables, options), options, progress)


def parse_files(
    files: Files, options: ImportOptions, progress: Progress = no_progress, max_rows: int | None = None
) -> Parsed:
    """Read every row of ``files``. Raises TooManyRowsError if they have more than ``max_rows``."""
    reader = RowReader(options, progress)
    has_mentions = any(file_format.has_mentions for _, file_format in files)
    combiner = Combiner(reader.parsed, has_mentions=has_mentions)
    for row in reader.rows(files):
        if max_rows is not None and reader.parsed.rows > max_rows:
            raise TooManyRowsError
        combiner.add(row)
    for playlist in reader.parsed.playlists.values():
        playlist.entries.sort(key=lambda entry: entry.position)
        for entry in playlist.entries:
            if isinstance(entry.track, str):
                entry.track = combiner.track_with(entry.track) or entry.track
    return reader.parsed


class RowReader:
    """Turns the rows of files into records. ``parsed`` gets all else that the files say."""

    def __init__(self, options: ImportOptions, progress: Progress) -> None:
        self.parsed = Parsed()
        self._options = options
        self._progress = progress

    def rows(self, files: Files) -> Iterator[ParsedRow]:
        """Yield what each row says that is neither bad nor skipped. Raises ImportRefusedError if there is no row."""
        for table, file_format in files:
            yield from self._rows_of(table, file_format)
        parsed = self.parsed
        if not parsed.rows:
            raise ImportRefusedError("The file has a header but no rows.")
        parsed.notes, parsed.questions = said_once(parsed.notes), said_once(parsed.questions)

    def _rows_of(self, table: Table, file_format: FileFormat) -> Iterator[ParsedRow]:
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
            try:
                record = file_format.record(cells)
            except RowSkipped as reason:
                parsed.skipped[str(reason)] += 1
                continue
            except RowRefusedError as error:
                parsed.problems.append(Problem(table.ref(number), error.column, error.message))
                continue
            target = None
            if isinstance(record, TrackRecord):
                if is_liked:
                    record.values["liked"] = True
                target = self._named_playlist(record.playlist, table.name) if record.playlist else playlist
            yield ParsedRow(table.ref(number), record, target)

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
        own = ParsedPlaylist(NamedRecord(name), table.name)
        playlist = self.parsed.playlists.setdefault(("name", name_key(name)), own)
        if playlist is not own and not self._options.playlist:
            self._say_shared(playlist, table.name)
        return playlist, is_liked

    def _say_shared(self, playlist: ParsedPlaylist, file: str) -> None:
        text = (
            f"Several files are the playlist “{playlist.mention.name}”, which gets the tracks of all. Name them "
            "differently to keep them apart."
        )
        notes = (Note("", text, (), one) for one in (playlist.source, file))
        self.parsed.notes += [note for note in notes if note not in self.parsed.notes]

    def _named_playlist(self, name: str, file: str) -> ParsedPlaylist | None:
        """Return the playlist that a row names, unless the reader wants none."""
        if self._options.no_playlist:
            return None
        return self.parsed.playlists.setdefault(("name", name_key(name)), ParsedPlaylist(NamedRecord(name), file))
