"""What a reader makes of a document: tables with a known header, as CSV files have one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sheet:
    """A table that a document holds.

    ``rows`` has a row for each entry of the document, so that their numbers agree. What is no entry has an empty one.
    ``name`` is what messages call it, ``playlist`` the name of the playlist that it is, and ``notes`` is what a person
    should know about it. A document that is one table has no name for it: it has that of the file.
    """

    header: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    name: str = ""
    playlist: str = ""
    notes: tuple[str, ...] = ()


def text_of(value: Any) -> str:
    """Return a value of a document as a CSV file would have it. Lists and objects are no value of a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def first_text(item: dict[str, Any], *names: str) -> str:
    """Return the first of the named values that is not blank, as text."""
    return next((text for name in names if (text := text_of(item.get(name)).strip())), "")


def rows_of(items: Sequence[Any], row: Callable[[dict[str, Any]], Sequence[str]]) -> list[Sequence[str]]:
    """Return what ``row`` makes of each object of a list, and an empty row of what is no object."""
    return [row(item) if isinstance(item, dict) else () for item in items]


def dicts_in(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, and nothing where ``value`` is no list. What is no object is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first_dict(value: Any) -> dict[str, Any]:
    """Return the first object of a list, and an empty one where there is none."""
    return next(iter(dicts_in(value)), {})


def list_in(value: Any) -> list[Any]:
    """Return ``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def dict_in(value: Any) -> dict[str, Any]:
    """Return ``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}
