"""Export the whole library as one file, which an import reads back: a zip of CSVs or a workbook, with every table.

Rows are read and written in batches, so that the memory that an export needs does not grow with the library.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import IO, Any

from musicdb.db import repeatable_read
from musicdb.exports.cells import csv_cells, exact_workbook_cells
from musicdb.exports.columns import Row, Table
from musicdb.exports.limits import (
    MAX_FILE_SIZE,
    MAX_ROWS,
    MAX_UNPACKED_SIZE,
    MAX_WORKBOOK_UNPACKED_SIZE,
    MEGABYTE,
)
from musicdb.exports.tables import TABLES
from musicdb.exports.workbooks import ExportRefusedError, check_rows, write_rows, write_workbook
from musicdb.progress import Progress, no_progress
from musicdb.whole_files import replacing

# Every member of the zip has the same date, so that the same library gives the same file.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def export_zip(file: IO[bytes], progress: Progress = no_progress) -> dict[str, int]:
    """Write the library to ``file`` as a zip of CSVs, and return the number of rows of each table.

    Raises ExportRefusedError if the file is larger than an import takes.
    """
    counts = {}
    with repeatable_read(), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for table in TABLES:
            member = zipfile.ZipInfo(f"{table.name}.csv", _NO_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            with (
                archive.open(member, "w", force_zip64=True) as packed,
                io.TextIOWrapper(packed, "utf-8-sig", newline="") as text,
            ):
                writer = csv.writer(text)
                writer.writerow(_header(table))
                counts[table.name] = _write(writer.writerow, table.rows(csv_cells, progress))
            check_rows(counts[table.name], table.name, MAX_ROWS)
        unpacked = sum(member.file_size for member in archive.infolist())
    _check_size(unpacked, MAX_UNPACKED_SIZE, "The tables")
    _check_size(file.tell(), MAX_FILE_SIZE, "The zip")
    return counts


def export_xlsx(file: IO[bytes], progress: Progress = no_progress) -> dict[str, int]:
    """Write the library to ``file`` as a workbook with a sheet a table, and return the number of rows of each table.

    Raises ExportRefusedError if a workbook cannot hold the library, or is larger than an import takes.
    """
    counts = {}
    tables = {table.name: table for table in TABLES}

    def write(name: str, sheet: IO[str]) -> None:
        table = tables[name]
        counts[name] = write_rows(sheet, name, _header(table), table.rows(exact_workbook_cells, progress), ".zip")

    with repeatable_read():
        write_workbook(file, list(tables), write)
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(member.file_size for member in archive.infolist())
    _check_size(unpacked, MAX_WORKBOOK_UNPACKED_SIZE, "The workbook", " Export a .zip.")
    return counts


LIBRARY_FORMATS = {".zip": export_zip, ".xlsx": export_xlsx}


def export_to(path: Path) -> dict[str, int]:
    """Write the library to a file of the kind that its name ends in, and return the number of rows of each table.

    An existing file is replaced only when the new one is complete. Raises ExportRefusedError.
    """
    export = LIBRARY_FORMATS.get(path.suffix.lower())
    if export is None:
        raise ExportRefusedError(f"The name of the file must end in .zip or .xlsx, and {path} does not.")
    with replacing(path) as file:
        return export(file)


def count_library() -> int:
    """Return how many rows the library file would have, in all tables."""
    return sum(table.model._default_manager.count() for table in TABLES)


def _header(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _write(write: Callable[[Sequence[Any]], Any], rows: Iterable[Row]) -> int:
    """Call ``write`` with each row, and return how many there were."""
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007
        write(row)
    return number


def _check_size(size: int, limit: int, what: str, hint: str = "") -> None:
    if size > limit:
        raise ExportRefusedError(
            f"{what} would have {size // MEGABYTE:,} MB, and an import takes {limit // MEGABYTE:,} MB at most.{hint}"
        )
