"""The library of beets, as its export plugin writes it: a list of objects, or an object a line."""

from typing import Any

from musicdb.imports.tables.documents.sheet import Sheet, dicts_in, first_dict, rows_of, text_of

# What every track has, unless somebody chose the fields.
_NEEDED = frozenset({"title", "artist", "albumartist", "length", "mb_trackid"})
# What beets itself writes between the names of a list.
BETWEEN_NAMES = "\\␀"


def read_beets(document: Any) -> list[Sheet] | None:
    """Return the tracks, or None where the document is of another kind. Fields that are always empty are left out."""
    items = document if isinstance(document, list) else [document]
    if not _NEEDED.issubset(first_dict(items)):
        return None
    said = (key for item in dicts_in(items) for key, value in item.items() if key in _NEEDED or _text(value))
    header = tuple(dict.fromkeys(said))
    return [Sheet(header, rows_of(items, lambda item: [_text(item.get(name)) for name in header]))]


def _text(value: Any) -> str:
    return BETWEEN_NAMES.join(map(text_of, value)) if isinstance(value, list) else text_of(value)
