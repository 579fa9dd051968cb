"""On SQLite, find names by any part of them without reading every row.

Beside each table of names, the virtual table ``<table>_parts`` has the trigrams of their search keys (SQLite's FTS5),
and the partial index ``<table>_syllables`` the keys with Hangul, kana or Han characters, of which one or two are
already worth a search. Triggers keep the virtual table, so every writer does. Where SQLite makes a table anew, as
Django's migrations do to alter a column, its triggers and its partial index go; ``repair`` brings them back.

PostgreSQL has indexes of its own kind for both (``musicdb.search.indexes``).
"""

import re
from collections.abc import Iterable
from typing import Any

# Hangul syllables, kana, Han: a class of characters as GLOB and regular expressions of PostgreSQL write it.
SYLLABLES = "[぀-ヿ㐀-鿿가-힣]"
# The shortest text that trigrams find.
SHORTEST = 3


def parts_of(table: str) -> str:
    """Return the name of the virtual table with the trigrams of ``table``."""
    return f"{table}_parts"


def has_syllables(text: str) -> bool:
    """Return whether ``text`` has a character that is a syllable or a word."""
    return bool(re.search(SYLLABLES, text))


def ensure(connection: Any, tables: Iterable[str]) -> list[str]:
    """Make what is missing for each of ``tables``. Return those of which anything was; no more than names is read."""
    made = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'index', 'trigger')")
        present = {name for (name,) in cursor.fetchall()}
        for table in tables:
            missing = [sql for name, sql in _structures(table).items() if name not in present]
            if table not in present or not missing:
                continue
            for sql in missing:
                cursor.execute(sql)
            # Without its triggers, it may have missed any change.
            cursor.execute(f"INSERT INTO {parts_of(table)}({parts_of(table)}) VALUES ('rebuild')")  # noqa: S608
            made.append(table)
    return made


def repair(connection: Any, tables: Iterable[str]) -> list[str]:
    """Make again what is missing for those of ``tables`` that had it. Return those of which anything was missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        present = {name for (name,) in cursor.fetchall()}
    return ensure(connection, [table for table in tables if parts_of(table) in present])


def remove(connection: Any, tables: Iterable[str]) -> None:
    """Drop all that ``ensure`` makes."""
    with connection.cursor() as cursor:
        for table in tables:
            for event in ("insert", "delete", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {parts_of(table)}_{event}")
            cursor.execute(f"DROP TABLE IF EXISTS {parts_of(table)}")
            cursor.execute(f"DROP INDEX IF EXISTS {table}_syllables")


def _structures(table: str) -> dict[str, str]:
    parts = parts_of(table)
    add = f"INSERT INTO {parts}(rowid, search_key) VALUES (new.id, new.search_key);"  # noqa: S608
    take = f"INSERT INTO {parts}({parts}, rowid, search_key) VALUES ('delete', old.id, old.search_key);"  # noqa: S608
    return {
        # Its text is that of the table, so only the trigrams are stored.
        parts: f"CREATE VIRTUAL TABLE {parts} USING fts5(search_key, content='{table}', content_rowid='id', "
        "tokenize='trigram case_sensitive 1')",
        f"{parts}_insert": f"CREATE TRIGGER {parts}_insert AFTER INSERT ON {table} BEGIN {add} END",
        f"{parts}_delete": f"CREATE TRIGGER {parts}_delete AFTER DELETE ON {table} BEGIN {take} END",
        f"{parts}_update": f"CREATE TRIGGER {parts}_update AFTER UPDATE OF id, search_key ON {table} "
        f"WHEN old.id <> new.id OR old.search_key <> new.search_key BEGIN {take} {add} END",
        f"{table}_syllables": f"CREATE INDEX {table}_syllables ON {table} (search_key) "
        f"WHERE search_key GLOB '*{SYLLABLES}*'",
    }
