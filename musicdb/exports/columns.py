"""What a table of a file is: its columns, and how their cells are read from the database in batches."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model, QuerySet
from import_export.widgets import Widget

from musicdb.db import one_of
from musicdb.exports.widgets import join_parts
from musicdb.progress import Progress, no_progress

# So many rows are read at once, so that the memory that an export needs does not grow with the library.
BATCH = 1_000

Row = Sequence[Any]
Cells = Callable[[Sequence[Any]], Sequence[Any]]


@dataclass(frozen=True)
class ChildRows:
    """The rows of ``model`` that belong to a row of a table, such as the artists of a track.

    ``owner`` is the column that points at the row, and ``order`` the one that sorts them.
    """

    model: type[Model]
    owner: str
    order: str

    def cells(self, keys: Sequence[int], paths: Sequence[str]) -> dict[str, list[str]]:
        """Return for each path a cell for each of ``keys``. The cell has a part for each child row. One query."""
        rows = self.model._default_manager.filter(**{f"{self.owner}__in": one_of(keys)}).order_by(
            self.owner, self.order
        )
        found: defaultdict[int, list[Row]] = defaultdict(list)
        for owner, *values in rows.values_list(self.owner, *paths):
            found[owner].append(values)
        return {path: [_join(found.get(key), place) for key in keys] for place, path in enumerate(paths)}


def _join(rows: Sequence[Row] | None, place: int) -> str:
    if rows is None:
        return ""
    values = ["" if row[place] is None else str(row[place]) for row in rows]
    return join_parts(values) if any(values) else ""


def as_they_are(values: Sequence[Any]) -> Sequence[Any]:
    """Return the cells of a column as the database has them."""
    return values


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, where its cells come from, and how a cell is read back.

    ``paths`` are the columns of the database that a cell is made from, by default the one called like the heading.
    ``write`` makes the cell from them, if it is not the value itself. With ``children``, the path is a column of the
    child rows. ``is_required`` is whether an import needs the heading to recognise the table. ``in_lists`` is whether
    the exports of the admin's lists have the column too. ``also`` has the headings that earlier versions wrote.
    """

    name: str
    widget: Widget
    paths: tuple[str, ...] = ()
    write: Callable[..., Any] | None = None
    children: ChildRows | None = None
    is_required: bool = False
    in_lists: bool = True
    also: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        return self.paths or (self.name,)


@dataclass(frozen=True)
class Table:
    """A table: its name, its model and its columns in order.

    The first two columns of a table whose rows have pages are the slug and the name.
    """

    name: str
    model: type[Model]
    columns: tuple[Column, ...]

    @cached_property
    def list_columns(self) -> tuple[Column, ...]:
        """The columns that the exports of the admin's lists have."""
        return tuple(column for column in self.columns if column.in_lists)

    @cached_property
    def name_column(self) -> Column:
        return self.columns[1]

    @cached_property
    def value_columns(self) -> tuple[str, ...]:
        """The columns that hold a value of the row itself, which an import stores as it is.

        The slug, the name and the Spotify id identify the row, so they are not among these.
        """
        identifying = ("slug", self.name_column.name, "spotify_id")
        return tuple(
            column.name
            for column in self.columns
            if column.sources == (column.name,) and column.name not in identifying
        )

    def rows(self, write: Cells = as_they_are, progress: Progress = no_progress) -> Iterator[Row]:
        """Yield every row with all columns, sorted by key. ``write`` makes the cells of a column what a file has.

        The number of queries grows with batches of BATCH rows.
        """
        last = done = 0
        rows = self.model._default_manager.order_by("pk")
        total = rows.count()
        while batch := self._read(rows.filter(pk__gt=last)[:BATCH], self.columns, write):
            progress(self._stage, done, total)
            yield from batch.values()
            last = max(batch)
            done += len(batch)

    def list_rows(
        self, keys: Sequence[int], write: Cells = as_they_are, progress: Progress = no_progress
    ) -> Iterator[Row]:
        """Yield the rows with these keys, in this order, with the columns of a list. All else is as in ``rows``."""
        for start in range(0, len(keys), BATCH):
            progress(self._stage, start, len(keys))
            batch = keys[start : start + BATCH]
            rows = self._read(
                self.model._default_manager.filter(pk__in=one_of(batch)).order_by(), self.list_columns, write
            )
            yield from (rows[key] for key in batch if key in rows)

    @property
    def _stage(self) -> str:
        return f"Writing {self.name.replace('_', ' ')}"

    def _read(self, rows: QuerySet[Any], columns: Sequence[Column], write: Cells) -> Mapping[int, Row]:
        """Return the cells of ``rows`` by key: one query for the rows, and one for each kind of child rows."""
        own = [path for column in columns if column.children is None for path in column.sources]
        found = list(rows.values_list("pk", *own))
        if not found:
            return {}
        keys, *values = zip(*found, strict=True)
        # The cells of every path, one for each row: a file is read by column, which is quicker than by row.
        by_path: dict[tuple[ChildRows | None, str], Sequence[Any]] = {
            (None, path): cells for path, cells in zip(own, values, strict=True)
        }
        for children in dict.fromkeys(column.children for column in columns if column.children):
            paths = [path for column in columns if column.children == children for path in column.sources]
            by_path |= {(children, path): cells for path, cells in children.cells(keys, paths).items()}
        cells = (
            write(_cells(column, [by_path[column.children, path] for path in column.sources])) for column in columns
        )
        return dict(zip(keys, zip(*cells, strict=True), strict=True))


def _cells(column: Column, values: Sequence[Sequence[Any]]) -> Sequence[Any]:
    return list(map(column.write, *values)) if column.write else values[0]
