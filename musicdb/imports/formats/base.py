"""What a file format is: the columns of a kind of file, and the record that a row of it becomes.

To add a format, write a module with a subclass of ``FileFormat``, and list the class in ``FORMATS`` in ``detect.py``.
The subclass declares

- ``name``, its name on the command line, and ``label``, its name for people,
- its columns, each a ``Column`` with a widget that turns the text of a cell into a value,
- ``record``, which turns the values of a row into a record of ``musicdb.imports.records``,
- ``sniffers``, if single rows do not show how to read them.

A format of files that come from Spotify's data subclasses ``SpotifyFormat``, which has ``record`` already.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from musicdb.exports.limits import MAX_CELL
from musicdb.imports.messages import Note, Question, RowRefusedError
from musicdb.imports.options import ParseOptions
from musicdb.imports.records import Record
from musicdb.imports.tables import BAD_ROW_HEADINGS, REASON_COLUMN, Table

_IGNORED_IN_HEADINGS = re.compile(r"[\W_]+")

CellReader = Callable[[str], Any]
CELLS_REMEMBERED = 1_000


def heading_key(heading: str) -> str:
    """Return a heading without what people and programs change about it: case, width, blanks and punctuation."""
    return _IGNORED_IN_HEADINGS.sub("", unicodedata.normalize("NFKC", heading).lower())


class Column(Field):
    """A column of a format. ``also`` has other headings that it goes by."""

    def __init__(self, heading: str, widget: Widget, *, also: Sequence[str] = (), required: bool = False) -> None:
        super().__init__(column_name=heading, widget=widget)
        self.required = required
        self.headings = frozenset(heading_key(name) for name in (heading, *also))


class Sniffer(ABC):
    """Finds out from all rows of a file what a single row does not show."""

    def __init__(self, file_format: "FileFormat") -> None:
        self.file_format = file_format

    @abstractmethod
    def observe(self, cells: Sequence[str]) -> None:
        """Look at a row."""

    @abstractmethod
    def decide(self) -> None:
        """After the last row: set up the format, and leave it a note or a question where one is needed."""

    @classmethod
    def decide_all(cls, sniffers: Sequence[Self]) -> None:
        """Decide for all files of an upload. By default, each file is decided by itself."""
        for sniffer in sniffers:
            sniffer.decide()


class FileFormat(Resource):
    """A format, set up for one file.

    ``fields`` has the declared columns by the names of the attributes. ``source`` is where the audio features of a
    track come from, if the format itself says it. ``is_playlist`` is whether a file is a playlist, in its order.
    ``has_mentions`` is whether rows name tracks only to say something else of them. ``has_addresses`` is whether rows
    name others by their slugs.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    source: ClassVar[str] = ""
    is_playlist: ClassVar[bool] = False
    has_mentions: ClassVar[bool] = False
    has_addresses: ClassVar[bool] = False
    sniffers: ClassVar[tuple[type[Sniffer], ...]] = ()
    max_cell: ClassVar[int] = MAX_CELL

    def __init__(self, file: str, header: Sequence[str], parse_options: ParseOptions) -> None:
        super().__init__()
        self.file = file
        self.header = tuple(header)
        self.parse_options = parse_options
        self.notes: list[Note] = []
        self.questions: list[Question] = []
        found = self.positions_in(header)
        self.positions = {name: position for name, position in found.items() if position is not None}
        if unread := self._unread_headings():
            self.notes.append(Note("", f"Not read: {', '.join(unread)}.", (), file))
        self._readers: list[tuple[str, int, CellReader]] = [
            (name, position, self._reader(self.columns()[name].widget)) for name, position in self.positions.items()
        ]

    # --- The header --------------------------------------------------------------------------------------------

    @classmethod
    def columns(cls) -> Mapping[str, Column]:
        columns: Mapping[str, Column] = cls.fields
        return columns

    @classmethod
    def positions_in(cls, header: Sequence[str]) -> dict[str, int | None]:
        """Return the position of each column in ``header``, or None. The first of equal headings counts."""
        positions: dict[str, int] = {}
        for position, heading in enumerate(header):
            positions.setdefault(heading_key(heading), position)
        return {
            name: min((positions[heading] for heading in column.headings if heading in positions), default=None)
            for name, column in cls.columns().items()
        }

    def _unread_headings(self) -> list[str]:
        """Return the headings of the file that the format does not read, in their order."""
        read = set(self.positions.values())
        ignored = BAD_ROW_HEADINGS if REASON_COLUMN in self.header else ()
        return [
            heading.strip()
            for position, heading in enumerate(self.header)
            if heading.strip() and position not in read and heading.strip() not in ignored
        ]

    @classmethod
    def matches_file_name(cls, file: str) -> bool:
        """Return whether the name of a file says that it has this format."""
        return False

    @classmethod
    def is_required(cls, name: str, file: str = "") -> bool:
        return cls.columns()[name].required

    @classmethod
    def missing_columns(cls, header: Sequence[str], file: str = "") -> list[str]:
        """Return the headings that ``header`` lacks to have this format. ``file`` is the name of the file."""
        return [
            cls.heading_of(name)
            for name, position in cls.positions_in(header).items()
            if position is None and cls.is_required(name, file)
        ]

    @classmethod
    def match_score(cls, header: Sequence[str]) -> tuple[float, int]:
        """Return how well ``header`` fits: its share of the required columns, and how many columns it has."""
        found = cls.positions_in(header)
        required = [name for name in found if cls.is_required(name)]
        present = sum(found[name] is not None for name in required)
        return present / len(required), sum(position is not None for position in found.values())

    @classmethod
    def heading_of(cls, name: str) -> str:
        return str(cls.columns()[name].column_name)

    def heading(self, name: str) -> str:
        """Return the heading of a column as the file has it."""
        position = self.positions.get(name)
        return self.header[position] if position is not None else self.heading_of(name)

    # --- The file as a whole -----------------------------------------------------------------------------------

    def observe(self, table: Table) -> list[Sniffer]:
        """Let the sniffers read the whole of ``table``, and return them. They have not decided yet."""
        sniffers = [sniffer(self) for sniffer in self.sniffers]
        if sniffers:
            for _, cells in table.rows():
                for sniffer in sniffers:
                    sniffer.observe(cells)
        return sniffers

    def replace_widget(self, name: str, widget: Widget) -> None:
        """Read a column of this file with another widget."""
        self._readers = [
            (known, position, self._reader(widget) if known == name else reader)
            for known, position, reader in self._readers
        ]

    # --- A row -------------------------------------------------------------------------------------------------

    def record(self, cells: Sequence[str]) -> Record:
        """Return what a row says. Raises RowRefusedError, or RowSkipped for a row that is not about a track."""
        raise NotImplementedError

    def cell(self, cells: Sequence[str], name: str) -> str:
        """Return the text of a column, empty where the row has no such cell."""
        position = self.positions.get(name)
        return cells[position] if position is not None and position < len(cells) else ""

    def read(self, cells: Sequence[str]) -> dict[str, Any]:
        """Return the values of a row by the columns' names. The missing cells of a short row are empty.

        Raises RowRefusedError, with the column's heading, at the first cell that cannot be stored.
        """
        if len(cells) > len(self.header) and any(cell.strip() for cell in cells[len(self.header) :]):
            raise RowRefusedError("", f"has {len(cells)} cells, but the header has {len(self.header)}.")
        missing = len(self.header) - len(cells)
        if missing > 0:
            cells = [*cells, *[""] * missing]
        values: dict[str, Any] = {}
        for name, position, read_cell in self._readers:
            try:
                values[name] = read_cell(cells[position])
            except ValueError as error:
                raise RowRefusedError(self.header[position], str(error)) from None
        return values

    def _reader(self, widget: Widget) -> CellReader:
        """Return what reads a cell. It raises ValueError for one that cannot be stored.

        Cells of a column repeat, and an import holds a million rows: those that are equal share the value.
        """

        @lru_cache(maxsize=CELLS_REMEMBERED)
        def read_cell(text: str) -> Any:
            if len(text) > self.max_cell:
                raise ValueError(f"has {len(text):,} characters, but at most {self.max_cell:,} can be read.")
            return widget.clean(text)

        return read_cell


def sniff(files: Iterable[tuple[Table, FileFormat]]) -> None:
    """Let the sniffers read every row of an upload's files, and set up the formats by what they find."""
    by_kind: dict[type[Sniffer], list[Sniffer]] = {}
    for table, file_format in files:
        for sniffer in file_format.observe(table):
            by_kind.setdefault(type(sniffer), []).append(sniffer)
    for kind, sniffers in by_kind.items():
        kind.decide_all(sniffers)


def unique(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return each of ``values`` once, in their order."""
    return tuple(dict.fromkeys(values))
