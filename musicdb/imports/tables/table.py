"""What a table is: a name, and rows of text that can be read again and again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from musicdb.imports.messages import ImportRefusedError, Note, Question, RowRef

MAX_COLUMNS = 500
# The last column of a file of bad rows. Such a file may contain rows of several tables, each below its own header.
REASON_COLUMN = "Why it was not imported"
# The columns that a file of bad rows has besides those of its table.
BAD_ROW_HEADINGS = ("File", "Row", REASON_COLUMN)


@dataclass(frozen=True)
class Table:
    """One table of an upload. ``open`` yields the rows that are not blank, with their numbers, the header first.

    ``notes`` and ``questions`` are about how its file was read. ``samples`` has a little of the text in each encoding
    that it may be in. ``playlist`` is the name of the playlist that it is, where its content says so, and not its name.
    ``has_entries`` is whether it was a document, whose rows people know as entries.
    """

    name: str
    open: Callable[[], Iterator[tuple[int, list[str]]]]
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    playlist: str = ""
    has_entries: bool = False

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

    @property
    def own_header(self) -> tuple[str, ...]:
        """The header without what a file of bad rows has besides."""
        is_of_bad_rows = self.header[-len(BAD_ROW_HEADINGS) :] == BAD_ROW_HEADINGS
        return self.header[: -len(BAD_ROW_HEADINGS)] if is_of_bad_rows else self.header

    def ref(self, number: int) -> RowRef:
        """Return where the row with this number is."""
        return RowRef(self.name, number, self.has_entries)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row below the header. Every call starts at the top."""
        return islice(self.open(), 1, None)
