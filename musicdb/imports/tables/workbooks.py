"""Reads workbooks (.xlsx), each sheet as a table."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time, timedelta
from functools import partial
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.utils.exceptions import InvalidFileException

from musicdb.exports.limits import MAX_ROWS
from musicdb.exports.xml_text import unescape_xml
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.tables.shown import as_shown
from musicdb.imports.tables.table import MAX_COLUMNS, Table

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


def read_workbook(name: str, data: bytes) -> Iterator[Table]:
    with _unreadable_refused(name):
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for sheet in workbook.worksheets:
        if next(_sheet_rows(name, sheet), None) is not None:
            yield Table(sheet.title if len(workbook.worksheets) > 1 else name, partial(_sheet_rows, name, sheet))


def _sheet_rows(name: str, sheet: Any) -> Iterator[tuple[int, list[str]]]:
    with _unreadable_refused(name):
        # The size that a sheet declares cannot be trusted: it may be a million empty rows.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), start=1):
            if number > MAX_ROWS:
                raise ImportRefusedError(f"{name} has more than {MAX_ROWS:,} rows. Import it in parts.")
            texts = ["" if cell is EMPTY_CELL else _as_text(cell) for cell in cells]
            if any(text.strip() for text in texts):
                yield number, texts


def _as_text(cell: Any) -> str:
    """Return a cell as it is shown, in the form that a CSV file would have."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return unescape_xml(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | time | timedelta):
        return as_shown(value, cell.number_format)
    return str(value)
