"""Which column of a table is which field of a track, as a person has decided it. No Django here."""

import json
from dataclasses import asdict, dataclass
from typing import Any

# The field of a column that is not read.
IGNORE = "ignore"


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

    def as_json(self) -> str:
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=2)
