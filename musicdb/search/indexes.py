"""The indexes with which PostgreSQL finds words without reading every row. SQLite has others (``musicdb.db.trigrams``).

A migration creates them. If the database user is not allowed to add the extension that most of them need, the migration
skips these, and ``manage.py indexsearch`` creates them later.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction

from musicdb.db.trigrams import SYLLABLES

EXTENSION = "pg_trgm"


@dataclass(frozen=True)
class SearchIndex:
    """An index for searching one column.

    ``whole`` is for terms that equal the column, not for parts of it. A column that is ``folded`` needs no change of
    case; Django compares others in upper case. ``characters`` is for terms of one or two syllables of Hangul, kana or
    Han, which are too short for trigrams; only the rows that have such characters are in it.
    """

    table: str
    column: str
    whole: bool = False
    folded: bool = False
    characters: bool = False

    @property
    def name(self) -> str:
        return f"{self.table}_{self.column}_{'characters' if self.characters else 'search'}"

    @property
    def needs_extension(self) -> bool:
        return not (self.whole or self.characters)

    def statement(self, *, concurrently: bool = False) -> str:
        """Return the SQL that creates it."""
        option = "CONCURRENTLY " if concurrently else ""
        if self.characters:
            text = f'("{self.column}"::text)'
            return (
                f'CREATE INDEX {option}"{self.name}" ON "{self.table}" USING gin '
                f"(string_to_array({text}, NULL)) WHERE {text} ~ '{SYLLABLES}'"
            )
        method, operators = ("btree", "") if self.whole else ("gin", " gin_trgm_ops")
        text = f'("{self.column}"::text)' if self.folded else f'UPPER("{self.column}"::text)'
        return f'CREATE INDEX {option}"{self.name}" ON "{self.table}" USING {method} ({text}{operators})'


NAMED = (
    *("track", "trackalias", "album", "albumalias", "artist", "artistalias"),
    *("label", "labelalias", "genre", "genrealias", "playlist", "playlistalias"),
)
NAMED_TABLES = tuple(f"musicdb_{name}" for name in NAMED)
IDS = (
    ("track", "spotify_id"),
    ("track", "isrc"),
    ("album", "spotify_id"),
    ("artist", "spotify_id"),
    ("artistalias", "spotify_id"),
)
SEARCH_INDEXES = (
    *(SearchIndex(table, "search_key", folded=True) for table in NAMED_TABLES),
    *(SearchIndex(table, "search_key", characters=True) for table in NAMED_TABLES),
    *(SearchIndex(f"musicdb_{table}", column, whole=True) for table, column in IDS),
)


def missing(connection: Any, indexes: Iterable[SearchIndex] = SEARCH_INDEXES) -> list[SearchIndex]:
    """Return those of ``indexes`` that do not exist, or whose creation was interrupted."""
    valid = _validity(connection, indexes)
    return [index for index in indexes if not valid.get(index.name)]


def add_extension(connection: Any) -> str:
    """Add the extension of trigram indexes if it is missing. Return the error if that is refused, else ""."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [EXTENSION])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return ""


def create(connection: Any, index: SearchIndex, *, concurrently: bool = False) -> None:
    """Create a missing index. ``concurrently`` leaves the table open for writing, and cannot be in a transaction."""
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
