"""Which format a file has, as its header shows."""

from collections.abc import Iterable, Sequence
from functools import cache

from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.formats.base import FileFormat, heading_key
from musicdb.imports.formats.datasets.music_genre import MusicGenre
from musicdb.imports.formats.datasets.organize_your_music import OrganizeYourMusic
from musicdb.imports.formats.datasets.popularity import PopularitySets
from musicdb.imports.formats.datasets.python_lists import PythonLists
from musicdb.imports.formats.datasets.spotify_tracks import SpotifyTracks
from musicdb.imports.formats.datasets.tidytuesday import TidyTuesday
from musicdb.imports.formats.datasets.top_hits import TopHits
from musicdb.imports.formats.exportify.app import ExportifyApp
from musicdb.imports.formats.exportify.net import ExportifyNet
from musicdb.imports.formats.listening.analyses import AcousticBrainz, AudioMuse
from musicdb.imports.formats.listening.audio_features import FeaturesById
from musicdb.imports.formats.listening.loved import LovedTracks
from musicdb.imports.formats.listening.playlist_files import PlaylistFile
from musicdb.imports.formats.listening.plays import PlayHistory
from musicdb.imports.formats.listening.spotify_library import SpotifyLibrary, SpotifyPlaylist
from musicdb.imports.formats.mapped import FIELDS, MappedFormat, guess_mapping, mapped_format
from musicdb.imports.formats.mapped.fields import SECOND
from musicdb.imports.formats.mapped.names import fields_of
from musicdb.imports.formats.native import NATIVE_FORMATS
from musicdb.imports.formats.services.apple_music import AppleMusic, ApplePlaylist
from musicdb.imports.formats.services.beets import Beets
from musicdb.imports.formats.services.navidrome import Navidrome, NavidromeAnnotations
from musicdb.imports.formats.services.skiley import Skiley
from musicdb.imports.formats.services.soundiiz import Soundiiz
from musicdb.imports.formats.services.tunemymusic import TuneMyMusic
from musicdb.imports.formats.spotify import SpotifyFormat
from musicdb.imports.formats.unknown import (
    NO_FORMAT,
    NO_HEADINGS,
    advise,
    can_be_mapped,
    describe_columns,
    looks_like_header,
    name_headings,
    values_without_headings,
)
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import ImportOptions
from musicdb.imports.tables import Table
from musicdb.music import FEATURE_NAMES

# All formats. Where a header fits two equally well, the first is taken.
FORMATS: tuple[type[FileFormat], ...] = (
    ExportifyApp,
    ExportifyNet,
    SpotifyTracks,
    PythonLists,
    TidyTuesday,
    PopularitySets,
    TopHits,
    OrganizeYourMusic,
    MusicGenre,
    TuneMyMusic,
    Soundiiz,
    Skiley,
    AppleMusic,
    ApplePlaylist,
    PlayHistory,
    LovedTracks,
    SpotifyLibrary,
    SpotifyPlaylist,
    FeaturesById,
    AcousticBrainz,
    AudioMuse,
    PlaylistFile,
    Beets,
    Navidrome,
    NavidromeAnnotations,
    *NATIVE_FORMATS,
)
# What people call each. The tables of the native format share a name.
_NAMED: tuple[type[FileFormat], ...] = (*FORMATS, MappedFormat)
FORMAT_LABELS = {file_format.name: file_format.label for file_format in _NAMED}
# A heading such as BPM may be a coincidence. So many headings of features that a format does not know are not.
MIN_FEATURES = 2


class UnknownColumnsError(ImportRefusedError):
    """A ``table`` with columns that a person must map. ``guess`` is what they most likely are.

    ``reason`` says why they must be mapped, and ``advice`` what is missing and what helps.
    """

    def __init__(self, table: Table, guess: ColumnMapping, reason: str, advice: str) -> None:
        super().__init__(" ".join(filter(None, (reason, describe_columns(guess), advice))))
        self.table = table
        self.guess = guess
        self.reason = reason
        self.advice = advice


def detect_all(tables: Iterable[Table], options: ImportOptions) -> list[tuple[Table, FileFormat]]:
    """Return the tables with their formats. Raises ImportRefusedError for a mapping that fits no table."""
    listed = list(tables)
    for mapping in options.mappings:
        if not any(as_mapped(table, mapping) for table in listed):
            raise ImportRefusedError(_unused(mapping, listed))
    return [_detect(table, options) for table in listed]


def as_mapped(table: Table, mapping: ColumnMapping) -> Table | None:
    """Return ``table`` as ``mapping`` reads it, or None where it has other columns.

    A mapping of columns without headings is for tables of as many columns whose first row is none of headings.
    """
    if not mapped_format(mapping).missing_columns(table.full_header):
        return table
    if not mapping.is_without_headings or not may_lack_headings(table):
        return None
    read = table.without_header()
    return read if len(read.header) == len(mapping.columns) else None


def may_lack_headings(table: Table) -> bool:
    """Return whether the first row of a table may be one of the others: most of its cells are no headings."""
    return not table.has_entries and not looks_like_header(table.header, _fields_by_heading())


def without_header_if_it_has_none(table: Table) -> Table:
    """Return ``table``, with its first row as one of the others where that is no header."""
    return table.without_header() if _values_in_first_row(table) else table


def _values_in_first_row(table: Table) -> list[str]:
    """Return what shows that the first row of a table is no header, if it does."""
    return [] if table.has_entries else values_without_headings(table.header, _fields_by_heading())


def _unused(mapping: ColumnMapping, tables: Sequence[Table]) -> str:
    """Return what to say of a mapping that fits none of ``tables``."""
    if mapping.is_without_headings:
        names = ", ".join(table.name for table in tables)
        return f"A mapping is for {len(mapping.columns)} columns without headings, which is not what {names} has."
    mapped = mapped_format(mapping)
    lacking = ((table.name, mapped.missing_columns(table.full_header)) for table in tables)
    name, missing = min(lacking, key=lambda found: len(found[1]))
    return f"{name} lacks columns that are mapped: {name_headings(missing)}."


def _detect(table: Table, options: ImportOptions) -> tuple[Table, FileFormat]:
    """Return the format of a table: its columns as mapped, the one that is wanted, or else the one that fits best.

    Raises ImportRefusedError, with what the table lacks, where none fits; UnknownColumnsError if mapping them helps.
    """
    file, header, wanted = table.name, table.header, options.file_format
    for mapping in options.mappings:
        if read := as_mapped(table, mapping):
            return read, mapped_format(mapping)(file, _header_for(mapping, read), options.parse_options)
    considered = [file_format for file_format in FORMATS if wanted in ("", file_format.name)]
    fitting = [file_format for file_format in considered if not file_format.missing_columns(header, file)]
    best = max(fitting, key=lambda one: (one.matches_file_name(file), one.match_score(header)[1]), default=None)
    if best and (wanted or not _misses_features(best, table)):
        return table, best(file, header, options.parse_options)
    if wanted in ("", MappedFormat.name):
        reason = NO_FORMAT.format(file)
        if wanted:
            reason = f"The columns of {file} are to be mapped."
        elif best:
            reason = f"{file} looks like a file of {best.label}, but that has other names for audio features."
        raise _unknown(table, reason)
    nearest = max(considered, key=lambda one: one.match_score(header))
    missing = ", ".join(f"“{heading}”" for heading in nearest.missing_columns(header))
    raise ImportRefusedError(f"{file} is not in the format {nearest.label}: it lacks the columns {missing}.")


def _header_for(mapping: ColumnMapping, table: Table) -> Sequence[str]:
    """Return the headings that rows may have cells for. A mapping may have columns that the header lacks."""
    more = table.full_header[len(table.header) :]
    return table.full_header if set(more) <= set(mapping.headings) else table.header


def guess_columns(table: Table) -> ColumnMapping:
    """Return what the columns of a table most likely are, by the headings of all formats and by the cells."""
    return guess_mapping(table, _fields_by_heading())


def _unknown(table: Table, reason: str) -> ImportRefusedError:
    if values := _values_in_first_row(table):
        table, reason = table.without_header(), NO_HEADINGS.format(table.name, name_headings(values))
    guess = guess_columns(table)
    error = UnknownColumnsError(table, guess, reason, advise(guess, Soundiiz))
    return error if can_be_mapped(guess) else ImportRefusedError(str(error))


def _misses_features(file_format: type[FileFormat], table: Table) -> bool:
    """Return whether ``table`` has audio features by other names than ``file_format`` knows, which reads none."""
    if not issubclass(file_format, SpotifyFormat):
        return False
    found = file_format.positions_in(table.header)
    if any(found.get(name) is not None for name in FEATURE_NAMES):
        return False
    # A library with tags has BPM and key, and its format reads them.
    read = set().union(*(column.headings for column in file_format.columns().values()))
    unread = [heading for heading in table.header if heading_key(heading) not in read]
    if sum(any(field in FEATURE_NAMES for _, field in fields_of(heading, {})) for heading in unread) < MIN_FEATURES:
        return False
    guessed = (column for column in guess_columns(table).columns if column.heading in unread)
    return sum(column.field in FEATURE_NAMES for column in guessed) >= MIN_FEATURES


@cache
def _fields_by_heading() -> dict[str, str]:
    """Return the field that each heading of a format of tracks means, by the heading's key. The first format counts."""
    fields: dict[str, str] = {}
    for file_format in FORMATS:
        columns = file_format.columns()
        if "title" in columns and "artists" in columns:
            for name, column in columns.items():
                field = next((field for field, second in SECOND.items() if second == name), name)
                for heading in column.headings if field in FIELDS else ():
                    fields.setdefault(heading, field)
    return fields
