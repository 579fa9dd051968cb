"""The indexes that let PostgreSQL find words without reading every row. SQLite has no such, and needs none of these.

They are made by a migration where that may be, else by ``manage.py indexsearch``: the extension that most of them need
is trusted, but a database can be run by somebody who may not add even those.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction

EXTENSION = "pg_trgm"


@dataclass(frozen=True)
class SearchIndex:
    """An index that a search by one column uses. ``whole``: by a term that is all of it, not anywhere in it."""

    table: str
    column: str
    whole: bool = False

    @property
    def name(self) -> str:
        return f"{self.table}_{self.column}_search"

    def statement(self, *, concurrently: bool = False) -> str:
        """Return how it is made: of the column in capitals, as which Django compares it."""
        at_once = "" if not concurrently else "CONCURRENTLY "
        method, operators = ("btree", "") if self.whole else ("gin", " gin_trgm_ops")
        return (
            f'CREATE INDEX {at_once}"{self.name}" ON "{self.table}" '
            f'USING {method} (UPPER("{self.column}"::text){operators})'
        )


NAMES = (
    ("track", "title"),
    ("album", "title"),
    ("artist", "name"),
    ("artistalias", "name"),
    ("label", "name"),
    ("labelalias", "name"),
    ("genre", "name"),
    ("genrealias", "name"),
)
IDS = (
    ("track", "spotify_id"),
    ("track", "isrc"),
    ("album", "spotify_id"),
    ("artist", "spotify_id"),
    ("artistalias", "spotify_id"),
)
SEARCH_INDEXES = (
    *(SearchIndex(f"musicdb_{table}", column) for table, column in NAMES),
    *(SearchIndex(f"musicdb_{table}", column, whole=True) for table, column in IDS),
)


def missing(connection: Any, indexes: Iterable[SearchIndex] = SEARCH_INDEXES) -> list[SearchIndex]:
    """Return those of ``indexes`` that are not there, or were begun and never finished."""
    there = _validity(connection, indexes)
    return [index for index in indexes if not there.get(index.name)]


def add_extension(connection: Any) -> str:
    """Add what trigram indexes need, if it is not there; return why that could not be done, empty if it could."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [EXTENSION])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def create(connection: Any, index: SearchIndex, *, concurrently: bool = False) -> None:
    """Make an index that is missing. ``concurrently``: the table can be written meanwhile; not in a transaction."""
    if index.name in _validity(connection, [index]):
        drop(connection, index)
    with connection.cursor() as cursor:
        cursor.execute(index.statement(concurrently=concurrently))


def drop(connection: Any, index: SearchIndex) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'DROP INDEX IF EXISTS "{index.name}"')


def _validity(connection: Any, indexes: Iterable[SearchIndex]) -> dict[str, bool]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE relname = ANY(%s) AND pg_table_is_visible(pg_class.oid)",
            [[index.name for index in indexes]],
        )
        return dict(cursor.fetchall())
