"""Reads uploaded files as tables of text: CSV in any usual encoding, XLSX, or a zip of CSV files.

No file is trusted: sizes are checked as they are declared, and again as they stream.
"""

import codecs
import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, partial
from itertools import islice, pairwise
from pathlib import PurePosixPath
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from musicdb.exports.limits import (
    MAX_FILE_SIZE,
    MAX_ROWS,
    MAX_UNPACKED_SIZE,
    MAX_WORKBOOK_UNPACKED_SIZE,
    MEGABYTE,
)
from musicdb.exports.xml_text import unescape_xml
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.options import Source
from musicdb.imports.other_files import refuse_binary, refuse_document, refuse_other_text

# A table of text packs to a tenth; what packs to a hundredth was made to burst.
MAX_RATIO = 100
RATIO_MATTERS_FROM = 10 * MEGABYTE
MAX_FILES = 1_000
MAX_COLUMNS = 500
DELIMITERS = ",;\t"

# A cell that is longer than MAX_CELL is its row's problem, not the file's, unless it is monstrous.
csv.field_size_limit(10 * MEGABYTE)


@dataclass(frozen=True)
class Table:
    """One table of an upload. ``open`` yields the rows that are not blank, with their numbers, the header first."""

    name: str
    open: Callable[[], Iterator[tuple[int, list[str]]]]

    @cached_property
    def header(self) -> tuple[str, ...]:
        first = next(self.open(), None)
        if first is None:
            raise ImportRefusedError(f"{self.name} is empty.")
        cells = first[1]
        while cells and not cells[-1].strip():
            cells = cells[:-1]
        if len(cells) > MAX_COLUMNS:
            raise ImportRefusedError(f"{self.name} has more than {MAX_COLUMNS} columns.")
        return tuple(cell.strip() for cell in cells)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row below the header. Every call starts at the top."""
        return islice(self.open(), 1, None)


def read_sources(sources: Iterable[Source]) -> Iterator[Table]:
    """Yield the tables of ``sources``, each with one header.

    Raises ImportRefusedError, with a message for the person who sent the file, for what is not a table or too large.
    """
    for source in sources:
        for table in read_tables(source.name, source.data):
            yield from _split(table)


def read_tables(name: str, data: bytes) -> Iterator[Table]:
    """Yield the tables of one file."""
    if len(data) > MAX_FILE_SIZE:
        raise ImportRefusedError(f"{name} is larger than {MAX_FILE_SIZE // MEGABYTE} MB. Import it in parts.")
    if data.startswith(b"PK\x03\x04"):
        yield from _from_zip(name, data)
    else:
        refuse_binary(name, data)
        yield _from_csv(name, lambda: data)


def _from_zip(name: str, data: bytes) -> Iterator[Table]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise ImportRefusedError(f"{name} is a damaged zip file.") from None
    with archive:
        members = archive.infolist()
        if any(member.filename == "xl/workbook.xml" for member in members):
            _refuse_bomb(name, members, MAX_WORKBOOK_UNPACKED_SIZE)
            yield from _from_workbook(name, data)
            return
        _refuse_bomb(name, members, MAX_UNPACKED_SIZE)
        refuse_document(name, members)
        wanted = [member for member in members if _is_csv(member.filename)]
        if not wanted:
            raise ImportRefusedError(f"{name} contains no CSV file.{_kinds_in(members)}")
    for member in wanted:
        # Unpacked anew each time that it is read, so that no two members are in memory at once.
        yield _from_csv(PurePosixPath(member.filename).name, partial(_unpack, name, data, member))


def _kinds_in(members: list[zipfile.ZipInfo]) -> str:
    kinds = sorted({PurePosixPath(member.filename).suffix.lower() for member in members} - {""})
    return f" It contains files of the kinds {', '.join(kinds[:5])}. Import the tables as CSV." if kinds else ""


def _is_csv(path: str) -> bool:
    parts = PurePosixPath(path)
    # macOS adds a hidden file for each file.
    return parts.suffix.lower() in {".csv", ".tsv", ".txt"} and not parts.name.startswith(".")


def _refuse_bomb(name: str, members: list[zipfile.ZipInfo], largest: int) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_FILES:
        raise ImportRefusedError(f"{name} contains more than {MAX_FILES:,} files.")
    if unpacked > largest:
        raise ImportRefusedError(f"{name} would unpack to more than {largest // MEGABYTE} MB. Import it in parts.")
    if unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * max(packed, 1):
        raise ImportRefusedError(f"{name} unpacks to more than {MAX_RATIO} times its size. No table does.")
    if any(member.flag_bits & 1 for member in members):
        raise ImportRefusedError(f"{name} is protected by a password. Remove it first.")


def _unpack(name: str, archive: bytes, member: zipfile.ZipInfo) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened, opened.open(member) as packed:
            # Read one byte more than the declared size, to find a member that is larger.
            data = packed.read(member.file_size + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise ImportRefusedError(f"{member.filename} in {name} cannot be unpacked: {error}") from None
    if len(data) > member.file_size:
        raise ImportRefusedError(f"{member.filename} in {name} is larger than the zip file declares.")
    return data


# --- CSV ---------------------------------------------------------------------------------------------------------


def detect_encoding(data: bytes) -> str:
    """Return the encoding of ``data``: UTF-8 or UTF-16, with or without a byte-order mark, else Windows' Latin-1."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:1000]
    # In UTF-16 every second byte of a header in Latin letters is zero.
    if head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _from_csv(name: str, read: Callable[[], bytes]) -> Table:
    """Return the table of a CSV file, whose content ``read`` returns."""
    data = read()
    encoding = detect_encoding(data)
    if not data.decode(encoding, errors="replace").strip("\ufeff \t\r\n\0,;"):
        raise ImportRefusedError(f"{name} is empty.")
    refuse_other_text(name, data, encoding)

    def lines(data: bytes) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(data), encoding, errors="replace", newline="")

    # The columns are separated by the one of the three that the header has most of.
    first = next((line for line in lines(data) if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    return Table(name, lambda: _numbered(name, csv.reader(lines(read()), delimiter=delimiter)))


def _numbered(name: str, lines: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error as error:
            raise ImportRefusedError(f"{name}, row {number}, cannot be read as CSV: {error}.") from None
        if number > MAX_ROWS:
            raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")
        # A blank line is left out, but its number counts, as in a spreadsheet.
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


# --- Several tables in one file --------------------------------------------------------------------------------


# The last column of a file of bad rows. Such a file may contain rows of several tables, each below its own header.
REASON_COLUMN = "Why it was not imported"


def _split(table: Table) -> Iterator[Table]:
    """Yield a table that has several headers as several tables."""
    may_have_several = REASON_COLUMN in table.header
    headers = [number for number, cells in table.open() if _is_header(cells)] if may_have_several else []
    if len(headers) < 2:
        yield table
        return
    for start, end in pairwise([*headers, None]):
        yield _part(table, start or 0, end)


def _is_header(cells: list[str]) -> bool:
    return next((cell.strip() for cell in reversed(cells) if cell.strip()), "") == REASON_COLUMN


def _part(table: Table, start: int, end: int | None) -> Table:
    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in table.open():
            if end is not None and number >= end:
                return
            if number >= start:
                yield number, cells

    return Table(table.name, rows)


# --- XLSX --------------------------------------------------------------------------------------------------------


# What openpyxl raises for a file that is damaged, or that only looks like a workbook.
_UNREADABLE = (
    DefusedXmlException,
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,  # XML's parser.
    EOFError,
    OSError,
)


@contextmanager
def _unreadable_refused(name: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        # An error that openpyxl wraps says more than the one that wraps it.
        if isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException):
            raise ImportRefusedError(f"{name} contains XML that expands itself. No workbook needs that.") from None
        reason = str(error).partition("\n")[0]
        raise ImportRefusedError(f"{name} cannot be read as a workbook: {reason}") from None


def _from_workbook(name: str, data: bytes) -> Iterator[Table]:
    with _unreadable_refused(name):
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        if next(_sheet_rows(name, sheet), None) is not None:
            yield Table(sheet.title if len(workbook.worksheets) > 1 else name, partial(_sheet_rows, name, sheet))


def _sheet_rows(name: str, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    with _unreadable_refused(name):
        # The size that a sheet declares cannot be trusted: it may be a million empty rows.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")
            texts = [_as_text(cell) for cell in cells]
            if any(text.strip() for text in texts):
                yield number, texts


def _as_text(value: Any) -> str:
    """Return a cell as a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape_xml(value) if isinstance(value, str) else str(value)
