"""The table of what an import made and changed, with links to the lists of these rows."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.text import capfirst

from musicdb import history
from musicdb.admin.changelist.import_filter import CHANGED, CREATED, imported_url
from musicdb.history import Imported
from musicdb.models import Import, Track


@dataclass(frozen=True)
class Cell:
    """A number of rows, and the address of their list. The address is empty where the list would be."""

    number: int
    url: str = ""


@dataclass(frozen=True)
class Line:
    """``cells`` are the rows that the import made, and those that it changed.

    ``unchanged`` is None where an import does not count the rows that it only mentions.
    """

    kind: str
    cells: tuple[Cell, Cell]
    unchanged: int | None
    gone: int


def written_lines(record: Import, request: HttpRequest) -> list[Line]:
    """Return what an import made and changed, a line a model. One query a model."""
    return [_line(written, record, request) for written in history.imported_counts(record)]


def _line(written: Imported, record: Import, request: HttpRequest) -> Line:
    options = written.model._meta
    may_view = request.user.has_perm(f"{options.app_label}.view_{options.model_name}")

    def cell(number: int, left: int, part: str) -> Cell:
        return Cell(number, imported_url(written.model, record, part) if left and may_view else "")

    unchanged = record.counts.get(written.model.__name__, {}).get("unchanged", 0)
    return Line(
        capfirst(str(options.verbose_name_plural)),
        (
            cell(written.created, written.created_left, CREATED),
            cell(written.changed, written.changed_left, CHANGED),
        ),
        unchanged if unchanged or written.model is Track else None,
        written.gone,
    )
