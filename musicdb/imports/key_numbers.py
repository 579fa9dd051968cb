"""Numbers and hashes of very many rows in little memory. No database here."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

_BITS = 12
_SIZE = 1 << _BITS


class KeyNumbers:
    """A number from 0 to 65,535 for each of many keys: 2 bytes a key where the keys are close together.

    A key has 0 until it is given another number. It is among the keys once it has. They are sorted.
    """

    def __init__(self) -> None:
        self._pages: dict[int, array[int]] = {}

    def __getitem__(self, key: int) -> int:
        page = self._pages.get(key >> _BITS)
        return page[key & (_SIZE - 1)] if page else 0

    def __setitem__(self, key: int, number: int) -> None:
        page = self._pages.get(key >> _BITS)
        if page is None:
            page = self._pages[key >> _BITS] = array("H", bytes(2 * _SIZE))
        page[key & (_SIZE - 1)] = number

    def add(self, keys: Iterable[int]) -> None:
        """Give each of ``keys`` the number 1."""
        for key in keys:
            self[key] = 1

    def __contains__(self, key: object) -> bool:
        return isinstance(key, int) and self[key] > 0

    def __iter__(self) -> Iterator[int]:
        for page in sorted(self._pages):
            yield from (page << _BITS | place for place, number in enumerate(self._pages[page]) if number)

    def __len__(self) -> int:
        return sum(_SIZE - page.count(0) for page in self._pages.values())


class Hashes:
    """Says whether it has a value, in 8 bytes a value. Two values in 2**64 are taken for one."""

    def __init__(self) -> None:
        self._hashes = array("q")
        self._is_sorted = True

    def add(self, value: Any) -> None:
        self._hashes.append(hash(value))
        self._is_sorted = False

    def __contains__(self, value: object) -> bool:
        if not self._is_sorted:
            self._hashes = array("q", sorted(self._hashes))
            self._is_sorted = True
        wanted = hash(value)
        place = bisect_left(self._hashes, wanted)
        return place < len(self._hashes) and self._hashes[place] == wanted
