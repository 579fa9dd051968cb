"""Prepare rows in temporary tables, so that to write them takes few statements and little time.

SQLite lets one connection write at a time. A temporary table belongs to its connection, and locks out nobody.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from django.db import connection, models

from musicdb.db import library_version
from musicdb.db.bulk import BATCH, delete_of, in_batches, insert, update, with_derived

# SQLite writes changed pages to the disk once they do not fit into its cache, and reads them again for the next rows.
# Its default is 2 MB, and a large import changes a hundred.
PAGE_CACHE_KIBIBYTES = 32_000
# To insert so many rows takes longer than to do without the trigger that is called for each of them.
MANY_ROWS = 5_000

# Is called with how many rows are written, and how many there are.
Written = Callable[[int, int], None]


class Writer(Protocol):
    """What writes many rows. Its methods are those of ``musicdb.db.bulk``."""

    def insert(self, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...

    def update(self, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None: ...

    def delete_of(self, model: type[models.Model], field: str, keys: Collection[int]) -> None: ...


class DirectWriter:
    """Writes rows at once."""

    insert = staticmethod(insert)
    update = staticmethod(update)
    delete_of = staticmethod(delete_of)


DIRECT = DirectWriter()


@dataclass
class _Step:
    """A temporary table with rows, and what writes them. ``target``: the table into which they are inserted, if so."""

    table: str
    write: Callable[[str], None]
    target: str = ""
    rows: int = 0


class StagedWriter:
    """Keeps rows in temporary tables of SQLite, until ``write`` writes them in the order in which they came."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []

    def insert(self, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        fields, rows = with_derived(model, fields, rows)
        columns = ", ".join(connection.ops.quote_name(_column(model, name)) for name in fields)
        target = connection.ops.quote_name(model._meta.db_table)

        def write(table: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {target} ({columns}) SELECT * FROM {table} ORDER BY rowid")  # noqa: S608

        self._keep(len(fields), rows, write, model._meta.db_table)

    def update(self, model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        fields, rows = with_derived(model, fields, rows)

        def write(table: str) -> None:
            # One by one, since their order matters: a row may get the slug that another gives up.
            with connection.cursor() as cursor:
                update(model, fields, cursor.execute(f"SELECT * FROM {table} ORDER BY rowid"))  # noqa: S608

        self._keep(len(fields) + 1, rows, write)

    def delete_of(self, model: type[models.Model], field: str, keys: Collection[int]) -> None:
        column = connection.ops.quote_name(_column(model, field))
        target = connection.ops.quote_name(model._meta.db_table)

        def write(table: str) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {target} WHERE {column} IN (SELECT * FROM {table})")  # noqa: S608

        self._keep(1, ((key,) for key in keys), write)

    def write(self, written: Written) -> None:
        """Write the rows. Must run in a transaction, in a database that nobody has changed since they were kept."""
        total = sum(step.rows for step in self._steps)
        done = 0
        large = {step.target for step in self._steps if step.target and step.rows >= MANY_ROWS}
        with library_version.raised_once(connection, large):
            for step in self._steps:
                written(done, total)
                step.write(step.table)
                done += step.rows
        written(done, total)

    def drop(self) -> None:
        """Drop the temporary tables."""
        # A transaction that must be rolled back takes with it those that it made.
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                for step in self._steps:
                    cursor.execute(f"DROP TABLE IF EXISTS {step.table}")

    def _keep(self, width: int, rows: Iterable[Sequence[Any]], write: Callable[[str], None], target: str = "") -> None:
        batches = in_batches(rows, BATCH)
        if (first := next(batches, None)) is None:
            return
        step = _Step(f"temp.staged_{len(self._steps)}", write, target)
        self._steps.append(step)
        # The columns have no types: a value is kept as it comes, and gets the type of its column where it is written.
        columns = ", ".join(f"c{place}" for place in range(width))
        statement = f"INSERT INTO {step.table} VALUES ({', '.join(['%s'] * width)})"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {step.table}")
            cursor.execute(f"CREATE TABLE {step.table} ({columns})")
            for batch in chain([first], batches):
                cursor.executemany(statement, batch)
                step.rows += len(batch)


@contextmanager
def staged_writer() -> Iterator[StagedWriter]:
    """Yield a writer whose temporary tables are dropped in the end."""
    writer = StagedWriter()
    try:
        yield writer
    finally:
        writer.drop()


@contextmanager
def large_page_cache() -> Iterator[None]:
    """Let SQLite keep more of what a large transaction changes in memory."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)
