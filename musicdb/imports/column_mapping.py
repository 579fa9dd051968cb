"""Which column of a table is which field of a track, as a person has decided it. No Django here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

# The field of a column that is not read.
IGNORE = "ignore"


def column_name(position: int) -> str:
    """Return what a column is called that has no heading. The first position is 0."""
    return f"Column {position + 1}"


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column and its field. ``reading`` says how its cells are read, where the field has several ways."""

    heading: str
    field: str = IGNORE
    reading: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """A field for each column of a table, in their order."""

    columns: tuple[MappedColumn, ...]

    def as_dict(self) -> dict[str, Any]:
        return {"columns": [asdict(column) for column in self.columns]}

    @property
    def headings(self) -> Sequence[str]:
        return [column.heading for column in self.columns]

    @property
    def is_without_headings(self) -> bool:
        """Whether no column has a heading: the first row of such a table is a track."""
        return self.headings == [column_name(position) for position in range(len(self.columns))]
