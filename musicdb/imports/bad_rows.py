"""Writes the rows that cannot be imported to a file, for an editor to correct and import."""

import csv
from collections.abc import Iterable, Iterator
from typing import TextIO

from musicdb.exports.csv_injection import escape_formula
from musicdb.imports.messages import Problem, RowRef
from musicdb.imports.tables import BAD_ROW_HEADINGS, Table


def write_bad_rows(file: TextIO, tables: Iterable[Table], problems: Iterable[Problem]) -> None:
    """Write the rows of ``tables`` that have problems as CSV. Open ``file`` with newline=""."""
    csv.writer(file).writerows([escape_formula(cell) for cell in row] for row in _bad_rows(tables, problems))


def _bad_rows(tables: Iterable[Table], problems: Iterable[Problem]) -> Iterator[list[str]]:
    """Yield the bad rows of each table below its header, as they were, each with its place and the reasons.

    The tables are read once more. Keeping the cells of all rows until then would take more memory than all else.
    """
    reasons: dict[RowRef, list[str]] = {}
    for problem in problems:
        reasons.setdefault(problem.ref, []).append(f"{problem.column} {problem.message}".strip())
    for table in tables:
        rows = _bad_rows_of(table, reasons)
        if (first := next(rows, None)) is not None:
            yield [*table.full_header, *BAD_ROW_HEADINGS]
            yield first
            yield from rows


def _bad_rows_of(table: Table, reasons: dict[RowRef, list[str]]) -> Iterator[list[str]]:
    for number, cells in table.rows():
        if why := reasons.get(table.ref(number)):
            padding = [""] * (len(table.full_header) - len(cells))
            yield [*cells, *padding, table.name, str(number), " ".join(why)]
