"""Many rows into one table, the quickest honest way of each database: in the transaction, every constraint checked."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models

# Django keeps what it hands to a prepared statement until the last row is in.
BATCH = 10_000


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value for each of ``fields``, as the database stores it.

    PostgreSQL gets them by COPY, any other by a prepared statement. Nothing that a model does in Python happens: no
    defaults, no signals, no primary keys to read back.
    """
    quote = connection.ops.quote_name
    columns = {field.name: str(field.column) for field in model._meta.concrete_fields}
    target = f"{quote(model._meta.db_table)} ({', '.join(quote(columns[name]) for name in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        # Only names of our own models are put together here; every value is a parameter.
        statement = f"INSERT INTO {target} VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
        remaining = iter(rows)
        while batch := list(islice(remaining, BATCH)):
            cursor.executemany(statement, batch)
