"""The mappings of columns that imports have used, kept for files with the same header."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localtime

from musicdb.imports.column_mapping import ColumnMapping
from musicdb.imports.formats import (
    UnknownColumnsError,
    as_mapped,
    detect_all,
    guess_columns,
    may_lack_headings,
    without_header_if_it_has_none,
)
from musicdb.imports.formats.mapped import (
    NEEDED,
    MappedFormat,
    can_read,
    fingerprint,
    mapped_format,
    mapping_in,
    spread,
)
from musicdb.imports.messages import ImportRefusedError, Note, said_once
from musicdb.imports.options import ImportOptions, Source
from musicdb.imports.tables import Table, read_sources
from musicdb.models import Import, SavedMapping

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class Unmapped:
    """A table whose columns a person is asked about.

    ``key`` stands for what is in its first row. ``header`` has the headings, or the names of columns that have none.
    ``mapping`` has the fields that they most likely are: as ``saved`` by an earlier import, or else a guess. ``rows``
    are the first rows, with a cell for each column. ``reason`` says why it is asked, and ``advice`` what to do if there
    is no title or no artist. ``may_lack_headings`` is whether the first row may be data.
    """

    file: str
    key: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: ColumnMapping
    reason: str = ""
    advice: str = ""
    saved: SavedMapping | None = None
    may_lack_headings: bool = False

    @property
    def is_without_headings(self) -> bool:
        return self.mapping.is_without_headings


# --- What imports use and save -----------------------------------------------------------------------------------


def with_saved_mappings(tables: Sequence[Table], options: ImportOptions) -> tuple[ImportOptions, list[Note]]:
    """Return ``options`` with the saved mappings of the tables that no other mapping fits, and notes about these."""
    if not options.uses_saved_mappings or not _may_be_mapped(options):
        return options, []
    open_tables = [table for table in tables if not _is_mapped(table, options.mappings)]
    saved = _saved_for(open_tables)
    usable = {key: mapping for key, one in saved.items() if (mapping := mapping_of(one))}
    notes = [
        Note("", _words_for(saved[key]), (), table.name)
        for table in open_tables
        if (key := fingerprint(table.own_header)) in usable
    ]
    return replace(options, mappings=(*options.mappings, *usable.values())), said_once(notes)


def save_mappings(mappings: Iterable[ColumnMapping], user: User | None) -> None:
    """Keep what an import has used. One that is the same as before stays that of the person who made it."""
    for mapping in mappings:
        key = fingerprint([column.heading for column in mapping.columns])
        saved = SavedMapping.objects.filter(fingerprint=key).first()
        if saved is None or saved.mapping != mapping.as_dict():
            values = {"mapping": mapping.as_dict(), "saved_by": user, "saved_at": timezone.now()}
            SavedMapping.objects.update_or_create(fingerprint=key, defaults=values)


def forget_mapping(saved: SavedMapping) -> None:
    """Forget a mapping, so that files with its header are guessed, or of the format that knows them."""
    saved.delete()


def mapping_of(saved: SavedMapping) -> ColumnMapping | None:
    """Return the saved mapping; None if it has a field that there is no longer."""
    return _usable(saved.mapping)


def mappings_of(record: Import) -> tuple[ColumnMapping, ...]:
    """Return the mappings that an import has used, without those that have a field that there is no longer."""
    return tuple(filter(None, map(_usable, record.options.get("mappings", ()))))


def _usable(found: Any) -> ColumnMapping | None:
    try:
        mapping = mapping_in(found, "")
        mapped_format(mapping)
    except ImportRefusedError:
        return None
    return mapping


# --- What a person is asked --------------------------------------------------------------------------------------


def columns_of(sources: Sequence[Source], encoding: str | None = None, *, has_header: bool = True) -> Unmapped:
    """Return the table of ``sources``, or the first if they have one header. Without ``has_header`` they have none.

    Raises ImportRefusedError for files with different headers, and for what cannot be read.
    """
    tables = [
        without_header_if_it_has_none(table) if has_header else table.without_header()
        for table in read_sources(sources, encoding)
    ]
    if len({fingerprint(table.own_header) for table in tables}) > 1:
        names = ", ".join(table.name for table in tables)
        raise ImportRefusedError(f"The files have different headers: {names}. Take one at a time.")
    return _as_saved_or_guessed(tables[0], fingerprint(tables[0].own_header))


def first_unmapped(
    sources: Sequence[Source], options: ImportOptions, offered: ColumnMapping | None = None
) -> tuple[ImportOptions, Unmapped | None]:
    """Find the first table whose columns a person should say, because no format knows them or to look at them again.

    ``offered`` is a mapping to be changed: its table is one of these. A mapping that is saved for a header is another
    reason to ask. Returns the table, or None, and ``options`` without the mappings that fit no table, as it happens
    when a file is read in another encoding. Raises ImportRefusedError for what cannot be read.
    """
    if not _may_be_mapped(options):
        return replace(options, mappings=()), None
    tables = list(read_sources(sources, options.parse_options.encoding))
    fitting = tuple(mapping for mapping in options.mappings if any(as_mapped(table, mapping) for table in tables))
    options = replace(options, mappings=fitting)
    open_tables = [table for table in tables if not _is_mapped(table, fitting)]
    saved = _saved_for(open_tables)
    for table in open_tables:
        if found := _asked(table, options, offered, saved):
            return options, found
    return options, None


def unmapped_with(sources: Sequence[Source], options: ImportOptions, key: str, *, has_header: bool) -> Unmapped | None:
    """Return the first table with the first row that ``key`` stands for, to be mapped."""
    for table in read_sources(sources, options.parse_options.encoding):
        if fingerprint(table.own_header) == key:
            return _as_saved_or_guessed(table if has_header else table.without_header(), key)
    return None


def _asked(
    table: Table, options: ImportOptions, offered: ColumnMapping | None, saved: Mapping[str, SavedMapping]
) -> Unmapped | None:
    key = fingerprint(table.own_header)
    if offered and (read := as_mapped(table, offered)):
        return _unmapped(read, key, offered)
    if key in saved and (mapping := mapping_of(saved[key])):
        return _unmapped(table, key, mapping, saved=saved[key])
    try:
        detect_all([table], replace(options, mappings=()))
    except UnknownColumnsError as error:
        if error.table is not table and (found := _as_saved_or_guessed(error.table, key)).saved:
            return replace(found, reason=error.reason)
        advice = "" if NEEDED.keys() <= {column.field for column in error.guess.columns} else error.advice
        return _unmapped(error.table, key, error.guess, error.reason, advice)
    return None


def _as_saved_or_guessed(table: Table, key: str) -> Unmapped:
    saved = _saved_for([table]).get(fingerprint(table.own_header))
    mapping = mapping_of(saved) if saved else None
    # Any two tables without headings may have as many columns.
    if saved is None or mapping is None or (mapping.is_without_headings and not can_read(table, mapping)):
        return _unmapped(table, key, guess_columns(table))
    return _unmapped(table, key, mapping, saved=saved)


def _unmapped(
    table: Table,
    key: str,
    mapping: ColumnMapping,
    reason: str = "",
    advice: str = "",
    saved: SavedMapping | None = None,
) -> Unmapped:
    header = table.own_header
    rows = []
    for _, cells in table.rows():
        rows.append(tuple(cells[position] if position < len(cells) else "" for position in range(len(header))))
        if len(rows) == SAMPLE_ROWS:
            break
    may_lack = may_lack_headings(table)
    return Unmapped(table.name, key, header, tuple(rows), spread(mapping, header), reason, advice, saved, may_lack)


# --- Which mapping is whose --------------------------------------------------------------------------------------


def _may_be_mapped(options: ImportOptions) -> bool:
    return options.file_format in ("", MappedFormat.name)


def _is_mapped(table: Table, mappings: Iterable[ColumnMapping]) -> bool:
    return any(as_mapped(table, mapping) for mapping in mappings)


def _saved_for(tables: Iterable[Table]) -> dict[str, SavedMapping]:
    """Return the saved mappings of the headers of ``tables``, by the fingerprints of these."""
    keys = {fingerprint(table.own_header) for table in tables}
    found = SavedMapping.objects.filter(fingerprint__in=keys).select_related("saved_by") if keys else ()
    return {saved.fingerprint: saved for saved in found}


def _words_for(saved: SavedMapping) -> str:
    by = f" by {saved.saved_by}" if saved.saved_by else ""
    day = date_format(localtime(saved.saved_at), "DATE_FORMAT")
    return f"The columns are read as mapped{by} on {day}."
