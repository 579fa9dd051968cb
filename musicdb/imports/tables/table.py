"""What a table is: a name, and rows of text that can be read again and again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice

from musicdb.imports.column_mapping import column_name
from musicdb.imports.messages import ImportRefusedError, Note, Question, RowRef

MAX_COLUMNS = 500
# So many rows show which columns a table has.
SAMPLE = 500
# The last column of a file of bad rows. Such a file may contain rows of several tables, each below its own header.
REASON_COLUMN = "Why it was not imported"
# The columns that a file of bad rows has besides those of its table.
BAD_ROW_HEADINGS = ("File", "Row", REASON_COLUMN)


@dataclass(frozen=True)
class Table:
    """One table of an upload. ``open`` yields the rows that are not blank, with their numbers, the header first.

    ``notes`` and ``questions`` are about how its file was read. ``samples`` has a little of the text in each encoding
    that it may be in. ``playlist`` is the name of the playlist that it is, where its content says so, and not its name.
    ``has_entries`` is whether it was a document, whose rows people know as entries. ``min_share`` is the part of the
    rows that have a cell where the header ends, if there is a column. In a file of text fewer have too many cells.
    """

    name: str
    open: Callable[[], Iterator[tuple[int, list[str]]]]
    notes: tuple[Note, ...] = ()
    questions: tuple[Question, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    playlist: str = ""
    has_entries: bool = False
    min_share: float = 0

    @cached_property
    def _first_row(self) -> list[str]:
        first = next(self.open(), None)
        if first is None:
            raise ImportRefusedError(f"{self.name} is empty.")
        return first[1]

    @cached_property
    def header(self) -> tuple[str, ...]:
        """The headings. A column that the header leaves blank has the name of its place, if it has cells."""
        return _without_last_blanks(self.full_header[: len(self._first_row)])

    @cached_property
    def full_header(self) -> tuple[str, ...]:
        """The header, and the names of the columns that most rows have to the right of it."""
        first = [cell.strip() for cell in self._first_row]
        # Of a document, all columns have headings, and reading it takes longer.
        rows = [] if self.has_entries else [cells for _, cells in islice(self.rows(), SAMPLE)]
        named = [
            heading or (column_name(position) if _is_read(position, rows) else "")
            for position, heading in enumerate(first)
        ]
        more = map(column_name, range(len(first), _width(rows, self.min_share)))
        header = _without_last_blanks([*named, *more])
        if len(header) > MAX_COLUMNS:
            raise ImportRefusedError(f"{self.name} has more than {MAX_COLUMNS} columns.")
        return header

    @property
    def own_header(self) -> tuple[str, ...]:
        """The full header without what a file of bad rows has besides."""
        is_of_bad_rows = self.full_header[-len(BAD_ROW_HEADINGS) :] == BAD_ROW_HEADINGS
        return self.full_header[: -len(BAD_ROW_HEADINGS)] if is_of_bad_rows else self.full_header

    def ref(self, number: int) -> RowRef:
        """Return where the row with this number is."""
        return RowRef(self.name, number, self.has_entries)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row below the header. Every call starts at the top."""
        return islice(self.open(), 1, None)

    def without_header(self) -> "Table":
        """Return the table whose first row is a row like the others. Its columns have the names of their places."""
        rows = [cells for _, cells in islice(self.open(), SAMPLE)]
        header = list(map(column_name, range(_width(rows, self.min_share))))

        def numbered() -> Iterator[tuple[int, list[str]]]:
            yield 0, header
            yield from self.open()

        note = Note("", "The file has no headings: its first row is read like the others.", (), self.name)
        return replace(self, open=numbered, notes=(*self.notes, note))


def _without_last_blanks(cells: Sequence[str]) -> tuple[str, ...]:
    last = max((position for position, cell in enumerate(cells) if cell), default=-1)
    return tuple(cells[: last + 1])


def _is_read(position: int, rows: Sequence[Sequence[str]]) -> bool:
    """Return whether a column without a heading has cells. Numbers in the first one are those of the rows."""
    cells = [cells[position].strip() for cells in rows if position < len(cells)]
    return any(cells) and not (position == 0 and all(cell.isdecimal() for cell in cells))


def _width(rows: Sequence[Sequence[str]], min_share: float) -> int:
    """Return how many columns ``rows`` have, the last of which is not blank."""
    widest = min(max(map(len, rows), default=0), MAX_COLUMNS)
    return next(
        (
            width
            for width in range(widest, 0, -1)
            if sum(len(cells) >= width for cells in rows) >= min_share * len(rows)
            and any(cells[width - 1].strip() for cells in rows if len(cells) >= width)
        ),
        0,
    )
