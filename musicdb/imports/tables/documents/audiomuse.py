"""What AudioMuse-AI knows of tracks: its backup, which is a dump of its database as SQL, or its answers as JSON."""

import re
from collections.abc import Iterator
from typing import Any

from musicdb.imports.tables.documents.sheet import Sheet, first_dict, rows_of, text_of

STARTS_SQL_DUMP = re.compile(r"[\ufeff\s]*--\s+-- PostgreSQL database (cluster )?dump\b")
_COPY = re.compile(r"^COPY (?:public\.)?score \(([^)]*)\) FROM stdin;\r?\n", re.MULTILINE)
_END = "\\."
_NULL = "\\N"
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
# What the table of tracks has at least.
_NEEDED = frozenset({"item_id", "title", "author", "tempo", "key", "scale"})


def read_audiomuse_backup(text: str) -> list[Sheet] | None:
    """Return the table of tracks in a dump of a database, or None where it has none."""
    for found in _COPY.finditer(text):
        columns = tuple(column.strip().strip('"') for column in found[1].split(","))
        if _NEEDED.issubset(columns):
            return [Sheet(columns, list(_copied(text, found.end())))]
    return None


def _copied(text: str, start: int) -> Iterator[list[str]]:
    """Yield the rows of a table, which end with a line of their own."""
    while start < len(text):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)].rstrip("\r")
        if line == _END:
            return
        yield ["" if cell == _NULL else _ESCAPE.sub(_unescaped, cell) for cell in line.split("\t")]
        start = end + 1 if end >= 0 else len(text)


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPED.get(found[1], found[1])


def read_audiomuse(document: Any) -> list[Sheet] | None:
    """Return the tracks in a list of AudioMuse-AI's, or None where the document is none."""
    items = document if isinstance(document, list) else [document]
    columns = tuple(first_dict(items))
    if not _NEEDED.issubset(columns):
        return None
    return [Sheet(columns, rows_of(items, lambda item: [text_of(item.get(column)) for column in columns]))]
