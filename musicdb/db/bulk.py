"""Write many rows at once in the way that is fastest on each database. Every constraint is checked."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL

# Django keeps all rows of a prepared statement in memory until the last one is written.
BATCH = 10_000


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value for each of ``fields``, as the database stores it.

    PostgreSQL reads them by COPY, any other database by a prepared statement. Nothing that a model does in Python
    happens: no defaults, no signals, and no primary keys to read back. Only columns that compute themselves from one
    of ``fields`` are added.
    """
    fields, rows = with_derived(model, fields, rows)
    quote = connection.ops.quote_name
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    target = f"{quote(model._meta.db_table)} ({', '.join(quote(columns[name]) for name in fields)})"
    # Only names of our own models are put into the statement; every value is a parameter.
    statement = f"INSERT INTO {target} VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
    with connection.cursor() as cursor:
        # Read a batch before it is written: whatever yields rows may query the database, which cannot answer while
        # it copies.
        for batch in in_batches(rows, BATCH):
            if connection.vendor == "postgresql":
                # COPY is psycopg's own, and so would be its errors: wrapped, they are Django's like all others.
                with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
            else:
                cursor.executemany(statement, batch)


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Update rows by primary key. Each of ``rows`` has a value for each of ``fields``, then the key.

    Columns that are derived from one of ``fields`` are updated with it.
    """
    fields, rows = with_derived(model, fields, rows)
    quote = connection.ops.quote_name
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    settings = ", ".join(f"{quote(columns[name])} = %s" for name in fields)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    statement = f"UPDATE {table} SET {settings} WHERE {key} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        for batch in in_batches(rows, BATCH):
            cursor.executemany(statement, batch)


def delete_of(model: type[models.Model], field: str, keys: Collection[int]) -> None:
    """Delete the rows whose foreign key ``field`` is one of ``keys``."""
    for batch in in_batches(keys):
        model._default_manager.filter(**{f"{field}__in": batch}).delete()


def with_derived(
    model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    """Put in front the columns that compute themselves from one of ``fields``, as a ``KeyField`` does."""
    columns: Iterable[Any] = model._meta.concrete_fields
    derived = [
        (field.name, fields.index(field.derived_from), field.derive)
        for field in columns
        if getattr(field, "derived_from", None) in fields and field.name not in fields
    ]
    if not derived:
        return fields, rows
    names = [name for name, _, _ in derived]
    return [*names, *fields], ((*(derive(row[place]) for _, place, derive in derived), *row) for row in rows)


def reserve_keys(model: type[models.Model], number: int) -> Sequence[int]:
    """Return ``number`` primary keys that no other row will get, for new rows that point at each other."""
    if not number:
        return []
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [connection.ops.quote_name(table), key, number],
            )
            return [row[0] for row in cursor.fetchall()]
        # SQLite remembers the largest key that it ever gave. We are its only writer, so the next keys are ours.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = cursor.fetchone()
        first = (given[0] if given else 0) + 1
        return range(first, first + number)


def one_of(values: Collection[int] | Collection[str]) -> Any:
    """Return what to compare a column with by ``__in``: ``values`` as one parameter, which is quicker than thousands.

    They must be as the database stores them. Of none, Django need not ask the database.
    """
    given = list(values)
    if not given:
        return given
    if connection.vendor == "postgresql":
        kind = "text" if isinstance(given[0], str) else "bigint"
        return RawSQL(f"SELECT unnest(%s::{kind}[])", [given])  # noqa: S611
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(given)])


def in_batches(values: Iterable[Any], size: int = 5_000) -> Iterator[list[Any]]:
    """Yield ``values`` in lists that are short enough for a query to name."""
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
