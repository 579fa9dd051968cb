"""Several tables in one file: the bad rows of several kinds, each below a header of its own."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from musicdb.imports.tables import Table

# The last column of a file of bad rows.
REASON_COLUMN = "Why it was not imported"


def split_tables(tables: Iterable[Table]) -> Iterator[Table]:
    """Yield ``tables``, one that has several headers as several."""
    for table in tables:
        headers = (
            [number for number, cells in table.open() if _is_header(cells)] if REASON_COLUMN in table.header else []
        )
        if len(headers) < 2:
            yield table
            continue
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
