"""Writes tables to the sheets of a workbook, row by row.

openpyxl makes the workbook around empty sheets. It takes many times as long for each cell as a cell's text does, so
the sheets themselves are written as text.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

from musicdb.exports.columns import Row
from musicdb.exports.limits import MAX_CELL, MAX_SHEET_ROWS

_BEFORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
    # The header stays in sight.
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>\n"
)
_AFTER = "</sheetData></worksheet>"
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_EMPTY = "<c/>"


class ExportRefusedError(Exception):
    """What is to be exported does not fit into this kind of file. The message says what to do."""


def write_workbook(file: IO[bytes], names: Sequence[str], write: Callable[[str, IO[str]], Any]) -> None:
    """Write a workbook with a sheet for each of ``names`` to ``file``. ``write`` writes the rows of the sheet."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name in names:
        workbook.create_sheet(name)
    empty = io.BytesIO()
    workbook.save(empty)
    with zipfile.ZipFile(empty) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.infolist():
            if match := _SHEET.fullmatch(part.filename):
                with (
                    archive.open(part.filename, "w", force_zip64=True) as packed,
                    io.TextIOWrapper(packed, "utf-8", newline="") as sheet,
                ):
                    sheet.write(_BEFORE)
                    write(names[int(match[1]) - 1], sheet)
                    sheet.write(_AFTER)
            else:
                archive.writestr(part.filename, parts.read(part))


def write_rows(sheet: IO[str], name: str, header: Sequence[str], rows: Iterable[Row], instead: str) -> int:
    """Write the header and ``rows``, of texts and numbers, to a sheet, and return how many rows there were.

    ``instead`` is what to export if a sheet cannot hold them. Raises ExportRefusedError.
    """
    number = 0
    sheet.write(f"<row>{''.join(map(_text, header))}</row>\n")
    for number, cells in enumerate(rows, start=1):
        check_rows(number, name, MAX_SHEET_ROWS)
        row = "".join([_text(cell) if isinstance(cell, str) else _number(cell) for cell in cells])
        if len(row) > MAX_CELL:
            _refuse_long_cells(header, cells, instead)
        sheet.write(f"<row>{row}</row>\n")
    return number


def _text(text: str) -> str:
    if not text:
        return _EMPTY
    if "&" in text or "<" in text or ">" in text:
        text = escape(text)
    # Spreadsheets take white space at the edges away, unless they are told otherwise.
    is_safe = not (text[0].isspace() or text[-1].isspace())
    return f'<c t="str"><v>{text}</v></c>' if is_safe else f'<c t="str"><v xml:space="preserve">{text}</v></c>'


def _number(number: float | None) -> str:
    return _EMPTY if number is None else f"<c><v>{number!r}</v></c>"


def _refuse_long_cells(header: Sequence[str], cells: Row, instead: str) -> None:
    for heading, cell in zip(header, cells, strict=True):
        if isinstance(cell, str) and len(cell) > MAX_CELL:
            raise ExportRefusedError(
                f"The {heading} of “{cells[1]}” is longer than a workbook's cell can be. Export a {instead}."
            )


def check_rows(number: int, name: str, limit: int) -> None:
    """Raise ExportRefusedError if a file of at most ``limit`` rows cannot hold so many."""
    # The header is a row too.
    if number >= limit:
        raise ExportRefusedError(f"There are more {name} than fit into such a file, which has {limit:,} rows.")
