"""What tells one list from another: what was added, what was removed, how many moved."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class ListChanges:
    """``added`` and ``removed`` are in the order of their list. ``moved`` is the smallest number of moves."""

    added: list[Hashable] = field(default_factory=list)
    removed: list[Hashable] = field(default_factory=list)
    moved: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.moved)


def list_changes(before: Iterable[T], after: Iterable[T]) -> ListChanges:
    """Compare two lists, which may have an element several times. Takes n log n steps.

    >>> list_changes("abcd", "dabx")
    ListChanges(added=['x'], removed=['c'], moved=1)
    """
    old, new = list(_numbered(before)), list(_numbered(after))
    places = {element: place for place, element in enumerate(old)}
    kept = [places[element] for element in new if element in places]
    stayed = set(new)
    return ListChanges(
        added=[element for element, number in new if (element, number) not in places],
        removed=[element for element, number in old if (element, number) not in stayed],
        moved=len(kept) - _longest_rising(kept),
    )


def _numbered(elements: Iterable[T]) -> Iterable[tuple[T, int]]:
    """Yield each element with how often it came before."""
    seen: Counter[T] = Counter()
    for element in elements:
        yield element, seen[element]
        seen[element] += 1


def _longest_rising(numbers: Sequence[int]) -> int:
    """Return the length of the longest rising subsequence."""
    # For each length, the smallest last number of such a subsequence.
    ends: list[int] = []
    for number in numbers:
        place = bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)
