"""Several tables in one file: a file of bad rows has a header for each table whose rows it has."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from musicdb.imports.tables.table import REASON_COLUMN, Table


def split(table: Table) -> Iterator[Table]:
    """Yield a table that has several headers as several tables."""
    may_have_several = REASON_COLUMN in table.header
    headers = [number for number, cells in table.open() if _is_header(cells)] if may_have_several else []
    if len(headers) < 2:
        yield table
        return
    for number, (start, end) in enumerate(pairwise([*headers, None])):
        part = _part(table, start or 0, end)
        # What is said of the file is said once.
        yield part if number else replace(part, notes=table.notes, questions=table.questions, samples=table.samples)


def _is_header(cells: list[str]) -> bool:
    return next((cell.strip() for cell in reversed(cells) if cell.strip()), "") == REASON_COLUMN


def _part(table: Table, start: int, end: int | None) -> Table:
    def rows() -> Iterator[tuple[int, list[str]]]:
        for number, cells in table.open():
            if end is not None and number >= end:
                return
            if number >= start:
                yield number, cells

    return Table(table.name, rows, min_share=table.min_share)
