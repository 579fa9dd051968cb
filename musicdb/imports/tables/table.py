"""What a table is: a name, and rows of text that can be read again and again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from musicdb.imports.messages import ImportRefusedError

MAX_COLUMNS = 500
# The last column of a file of bad rows. Such a file may contain rows of several tables, each below its own header.
REASON_COLUMN = "Why it was not imported"


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
