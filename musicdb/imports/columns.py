"""The columns of a row in little memory. An import holds those of every row at once."""

from collections.abc import ItemsView, Iterator, KeysView, Mapping, MutableMapping
from functools import lru_cache
from typing import Any


class Columns(MutableMapping[str, Any]):
    """Values by the names of columns, as in a dictionary, in about a third of its memory.

    Rows with the same columns share their names, and a file has few kinds of rows.
    """

    __slots__ = ("_cells", "_places")

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._places = _places_of(tuple(values))
        # A tuple of texts and numbers is none of the garbage collector's business, unlike a list.
        self._cells: tuple[Any, ...] = tuple(values.values())

    def __getitem__(self, name: str) -> Any:
        return self._cells[self._places[name]]

    def get(self, name: str, default: Any = None) -> Any:
        place = self._places.get(name)
        return default if place is None else self._cells[place]

    def __setitem__(self, name: str, value: Any) -> None:
        place = self._places.get(name)
        if place is None:
            self._places = _places_of((*self._places, name))
            self._cells = (*self._cells, value)
        else:
            self._cells = (*self._cells[:place], value, *self._cells[place + 1 :])

    def __delitem__(self, name: str) -> None:
        place = self._places[name]
        self._cells = (*self._cells[:place], *self._cells[place + 1 :])
        self._places = _places_of(tuple(other for other in self._places if other != name))

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._cells)

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def keys(self) -> KeysView[str]:
        return self._places.keys()

    def items(self) -> ItemsView[str, Any]:
        return _Items(self)


def as_dict(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` as a dictionary, which is quicker to read."""
    if isinstance(values, Columns):
        return dict(zip(values._places, values._cells, strict=True))
    return dict(values)


class _Items(ItemsView[str, Any]):
    _mapping: Columns

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        return zip(self._mapping._places, self._mapping._cells, strict=True)


@lru_cache(maxsize=10_000)
def _places_of(names: tuple[str, ...]) -> dict[str, int]:
    """Return where the cell of each column is. It is shared, and never changed."""
    return {name: place for place, name in enumerate(names)}
