"""Guesses which column is which field: by the heading, and by whether the cells can be read as that field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product
from statistics import median
from typing import Any

from musicdb.exports.limits import MAX_CELL
from musicdb.exports.widgets import is_unknown
from musicdb.imports.column_mapping import IGNORE, ColumnMapping, MappedColumn
from musicdb.imports.formats.mapped.fields import FIELDS, SECOND, Field, Reading
from musicdb.imports.formats.mapped.file_format import storable
from musicdb.imports.formats.mapped.names import fields_of
from musicdb.imports.tables import Table
from musicdb.music import is_isrc, normalise_isrc

# So many rows show what a column has.
SAMPLE = 500
# A column is a field if so large a part of its cells can be read as that. The others are bad rows.
FIT = 0.9
# A name has a comma now and then. So large a part of the cells of one artist each must have one to separate artists.
MIN_WITH_SEPARATOR = 0.05
# Hardly a track is so long in seconds, and hardly one so short.
LONGEST_IN_SECONDS, SHORTEST_IN_SECONDS = 7_200, 20
_SPOTIFY_LINK = re.compile(r"(?:spotify:track:|https?://open\.spotify\.com/(?:intl-[a-z-]+/)?track/)[A-Za-z0-9]{22}.*")
_CLOCK = re.compile(r"\d{1,2}:[0-5]\d")
_WORD = re.compile(r"[a-z]+")
_UNITS = {
    **dict.fromkeys(("ms", "millis", "milliseconds"), "milliseconds"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "seconds"),
    **dict.fromkeys(("min", "mins", "minutes"), "minutes"),
}


def guess_mapping(table: Table, more: Mapping[str, str]) -> ColumnMapping:
    """Return what the columns of ``table`` most likely are. ``more`` has the fields of more headings, by their keys."""
    columns = _columns(table)
    found: dict[int, str] = {}
    # Of two columns with a heading, the one that is not empty counts. A heading that means a field counts for more
    # than a word in one, and that for more than what the cells look like.
    for is_empty, is_whole in product((False, True), (True, False)):
        for position, column in enumerate(columns):
            if bool(column.cells) is is_empty:
                continue
            for exact, field in fields_of(column.heading, more):
                if exact is is_whole and position not in found and _is_free(field, found) and column.fits(field):
                    found[position] = field
    for position, column in enumerate(columns):
        if position not in found and (looks := column.looks_like()) and _is_free(looks, found):
            found[position] = looks
    in_percent = any(columns[position].exceeds_one(field) for position, field in found.items())
    guessed = [
        MappedColumn(column.heading, found[position], column.reading(found[position], in_percent))
        if position in found
        else MappedColumn(column.heading)
        for position, column in enumerate(columns)
    ]
    return ColumnMapping(tuple(guessed))


def can_read(table: Table, mapping: ColumnMapping) -> bool:
    """Return whether the cells of each column of ``table`` can be read as the field that ``mapping`` has for it."""
    columns = _columns(table)
    return all(columns[position].fits(one.field) for position, one in enumerate(mapping.columns) if one.field != IGNORE)


def _columns(table: Table) -> list["_Column"]:
    rows = [cells for _, cells in islice(table.rows(), SAMPLE)]
    return [
        _Column(heading, [cells[position] for cells in rows if position < len(cells) and _says(cells[position])])
        for position, heading in enumerate(map(storable, table.own_header))
    ]


def _says(cell: str) -> bool:
    """Return whether a cell says something that can be read."""
    return not is_unknown(cell) and len(cell) <= MAX_CELL


def _is_free(field: str, found: Mapping[int, str]) -> bool:
    return list(found.values()).count(field) < 1 + (field in SECOND)


class _Column:
    """A column and the cells of it that say something."""

    def __init__(self, heading: str, cells: Sequence[str]) -> None:
        self.heading = heading
        self.cells = cells

    def fits(self, name: str) -> bool:
        return name in FIELDS and (not self.cells or any(self._can_read(reading) for reading in FIELDS[name].readings))

    def _can_read(self, reading: Reading) -> bool:
        return self._count(reading) >= FIT * len(self.cells)

    def _count(self, reading: Reading) -> int:
        # A widget of times reads what is no time as unknown.
        return sum(value is not None or cell.strip("0.?-1 ") == "" for cell, value in self._values(reading))

    def _values(self, reading: Reading) -> Iterator[tuple[str, Any]]:
        """Yield the cells that can be read, each with its value."""
        for cell in self.cells:
            with suppress(ValueError):
                yield cell, reading.widget.clean(cell)

    def looks_like(self) -> str | None:
        """Return the field that the cells are without doubt, whatever the heading."""
        if not self.cells:
            return None
        if all(_SPOTIFY_LINK.fullmatch(cell.strip()) for cell in self.cells):
            return "spotify_id"
        if all(is_isrc(normalise_isrc(cell)) for cell in self.cells):
            return "isrc"
        if all(_CLOCK.fullmatch(cell.strip()) for cell in self.cells):
            return "duration_ms"
        return None

    def exceeds_one(self, name: str) -> bool:
        """Return whether the column is a share from 0 to 100, not to 1."""
        return _is_share(FIELDS[name]) and bool(self.cells) and not self._can_read(FIELDS[name].readings[0])

    def reading(self, name: str, in_percent: bool) -> str:
        """Return the code of the likeliest reading. Where one share is in percent, one of whole numbers is, too."""
        field = FIELDS[name]
        if not self.cells or len(field.readings) == 1:
            return field.readings[0].code
        if field.reading("one"):
            return self._separator(name)
        if name == "duration_ms":
            return self._unit()
        if name == "rating":
            # Of several scales that fit, the smallest.
            return next(reading.code for reading in field.readings if self._can_read(reading))
        if _is_share(field) and in_percent and all(cell.strip(" %").isdigit() for cell in self.cells):
            return "0-100"
        return max(field.readings, key=self._count).code

    def _separator(self, name: str) -> str:
        if sum(cell.lstrip().startswith("[") for cell in self.cells) >= FIT * len(self.cells):
            return "list"
        for sign, code in ((";", "semicolon"), ("|", "bar")):
            if any(sign in cell for cell in self.cells):
                return code
        with_comma = {cell for cell in self.cells if "," in cell}
        # Labels have commas in their names, as in "Million Market,Inc".
        if name == "labels" or not with_comma:
            return "one"
        is_plural = name == "genres" or self.heading.rstrip().lower().endswith(("s", "s)"))
        if not is_plural and len(with_comma) < MIN_WITH_SEPARATOR * len(set(self.cells)):
            return "one"
        return "comma" if any(", " in cell for cell in with_comma) else "bare-comma"

    def _unit(self) -> str:
        if any(":" in cell for cell in self.cells):
            return "clock"
        for word in _WORD.findall(self.heading.lower()):
            if word in _UNITS:
                return _UNITS[word]
        seconds = FIELDS["duration_ms"].reading("seconds")
        if seconds is None or not self._can_read(seconds):
            return "milliseconds"
        usual = median(value or 0 for _, value in self._values(seconds)) / 1_000
        return "milliseconds" if usual > LONGEST_IN_SECONDS else "minutes" if usual < SHORTEST_IN_SECONDS else "seconds"


def _is_share(field: Field) -> bool:
    return field.reading("0-1") is not None
