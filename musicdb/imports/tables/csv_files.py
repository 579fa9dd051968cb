"""Reads CSV files."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from musicdb.exports.limits import MAX_ROWS, MEGABYTE
from musicdb.imports.messages import ImportRefusedError, Note
from musicdb.imports.options import ENCODING
from musicdb.imports.tables.encodings import Text, can_decode
from musicdb.imports.tables.other_files import refuse_other_text
from musicdb.imports.tables.table import Table

DELIMITERS = ",;\t|"
# What some programs write above the header, so that a spreadsheet knows what separates the cells.
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=([^\w"\r\n ])"?[,;\t|]*\s*', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_NOT_BLANK = re.compile(rb"[^\xef\xbb\xbf\xff\xfe \t\r\n\0,;|]")
# What Python reads a byte as that the encoding does not have.
_UNREADABLE = re.compile("[\udc80-\udcff]+")
_MAX_PLACES = 5
# A line behind the last one. It is in a cell where a file ends before its last cell does. No text has this character.
_END = "\ufdd0"
# Commas without quotes make some rows longer than the header. A column that it leaves out makes all of them longer.
_MIN_SHARE = 0.9

# A cell that is longer than MAX_CELL is its row's problem, not the file's, unless it is monstrous.
csv.field_size_limit(10 * MEGABYTE)


def read_csv(text: Text) -> Table:
    """Return the table of a file of text whose encoding is known."""
    name, encoding = text.name, text.encoding
    if not any(map(_NOT_BLANK.search, text.chunks())):
        raise ImportRefusedError(f"{name} is empty.")
    refuse_other_text(name, text.head(), encoding)
    is_whole = encoding.startswith(("utf-16", "utf-32")) or can_decode(text.chunks(), encoding)

    def lines() -> io.TextIOWrapper:
        errors = "replace" if is_whole else "surrogateescape"
        return io.TextIOWrapper(text.open(), encoding, errors=errors, newline="")

    with lines() as opened:
        delimiter, has_separator_line = _delimiter(opened)

    def rows() -> Iterator[tuple[int, list[str]]]:
        with lines() as opened:
            if has_separator_line:
                _next_line(opened)
            yield from _numbered(name, csv.reader(chain(opened, [_END]), delimiter=delimiter))

    notes, questions, samples = tuple(text.notes), tuple(text.questions), text.samples
    table = Table(name, rows, notes, questions, samples, min_share=_MIN_SHARE)
    if is_whole:
        return table
    note = _unreadable(name, encoding, rows())
    return replace(table, open=lambda: _mended(rows(), encoding), notes=(*notes, note))


def _next_line(lines: Iterator[str]) -> str:
    """Return the next line that is not blank."""
    return next((line for line in lines if line.strip()), "")


def _delimiter(lines: Iterator[str]) -> tuple[str, bool]:
    """Return what separates the columns, and whether a line above the header says so."""
    first = _next_line(lines)
    said = _SEPARATOR_LINE.fullmatch(first)
    if said:
        first = _next_line(lines)
        # A spreadsheet that saves such a file anew keeps the line as text.
        if said[1] in first:
            return said[1], True
    bare = _QUOTED.sub("", first)
    return max(DELIMITERS, key=bare.count), said is not None


def _numbered(name: str, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows above the line ``_END`` that are not blank, with their numbers."""
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines)
        except csv.Error as error:
            raise ImportRefusedError(f"{name}, row {number}, cannot be read as CSV: {error}.") from None
        if cells and cells[-1].endswith(_END):
            if cells == [_END]:
                return
            raise ImportRefusedError(
                f"{name}, row {number}: a quotation mark opens a cell that does not end. The file was cut off, so "
                "export it again; or a quotation mark is missing in this row."
            )
        if number > MAX_ROWS:
            raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")
        # A blank line is left out, but its number counts, as in a spreadsheet.
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


# --- Bytes that the encoding does not have -----------------------------------------------------------------------


def _mend(cell: str, encoding: str) -> str:
    """Return a cell with the sign for what cannot be read in place of each part that cannot."""
    return _UNREADABLE.sub(lambda found: found[0].encode("ascii", "surrogateescape").decode(encoding, "replace"), cell)


def _mended(rows: Iterator[tuple[int, list[str]]], encoding: str) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        yield number, [cell if cell.isascii() else _mend(cell, encoding) for cell in cells]


def _unreadable(name: str, encoding: str, rows: Iterator[tuple[int, list[str]]]) -> Note:
    """Return the note that says where a file has what cannot be read."""
    places: list[str] = []
    number = 0
    header: Sequence[str] = ()
    for row, cells in rows:
        header = header or [_mend(cell, encoding) for cell in cells]
        for column, cell in enumerate(cells):
            if not cell.isascii() and (found := _UNREADABLE.findall(cell)):
                number += sum(_mend(part, encoding).count("\ufffd") for part in found)
                places.append(f"row {row}, {header[column] if column < len(header) else f'column {column + 1}'}")
    named = "; ".join(places[:_MAX_PLACES])
    if len(places) > _MAX_PLACES:
        named += f"; and {len(places) - _MAX_PLACES:,} other cells"
    what = "1 character is not in" if number == 1 else f"{number:,} characters are not in"
    replaced = "it is" if number == 1 else "each is"
    text = f"{what} {ENCODING.label_of(encoding.removesuffix('-sig'))}; {replaced} replaced by “\ufffd”: {named}."
    return Note("", text, (), name)
