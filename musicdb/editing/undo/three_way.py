"""Take back what one change did to a list or a set, and keep what others have done to it since."""

from collections.abc import Hashable, Iterable, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
E = TypeVar("E")


def undo_in_list(before: Sequence[T], after: Sequence[T], now: Sequence[T]) -> tuple[list[T], bool]:
    """Return ``now`` without the change from ``before`` to ``after``, and whether all of that could be taken back.

    What replaced something must still stand where it stood. What was only added may be gone already, and what was only
    removed returns beside the neighbours that it had.

    >>> undo_in_list("abc", "akc", "xakcy")
    (['x', 'a', 'b', 'c', 'y'], True)
    >>> undo_in_list("abc", "akc", "ac")
    (['a', 'c'], False)
    """
    if list(now) == list(after) or list(now) == list(before):
        return list(before), True
    places: dict[int, int] = {}
    for first, place, size in SequenceMatcher(None, after, now, autojunk=False).get_matching_blocks():
        places.update((first + step, place + step) for step in range(size))
    result, complete = list(now), True
    # From the last to the first, so that the places of those before still hold.
    for kind, start, end, first, last in reversed(SequenceMatcher(None, after, before, autojunk=False).get_opcodes()):
        present = [places[index] for index in range(start, end) if index in places]
        if kind == "insert":
            place = _place_after(places, start)
            result[place:place] = before[first:last]
        elif kind == "delete":
            for place in reversed(present):
                del result[place]
        elif kind == "replace":
            if len(present) == end - start == present[-1] - present[0] + 1:
                result[present[0] : present[-1] + 1] = before[first:last]
            else:
                complete = False
    return result, complete


def undo_in_set(before: Iterable[T], after: Iterable[T], now: Iterable[T]) -> tuple[list[T], bool]:
    """Return ``now`` without the change from ``before`` to ``after``, and whether all of that could be taken back.

    Where something replaced something else, it must still be there.

    >>> undo_in_set("ab", "ak", "akx")
    (['a', 'x', 'b'], True)
    """
    added = [element for element in after if element not in set(before)]
    removed = [element for element in before if element not in set(after)]
    found = list(now)
    if added and removed and not set(added) <= set(found):
        return found, set(removed) <= set(found)
    kept = [element for element in found if element not in added]
    return [*kept, *(element for element in removed if element not in kept)], True


def without(elements: Iterable[E], others: Iterable[E]) -> list[E]:
    """Return ``elements`` without each of ``others`` once, as an alias may be there twice.

    >>> without("aab", "ac")
    ['a', 'b']
    """
    left = list(others)
    found = []
    for element in elements:
        if element in left:
            left.remove(element)
        else:
            found.append(element)
    return found


def _place_after(places: dict[int, int], start: int) -> int:
    """Return the place behind the nearest element before ``start`` that is still there."""
    return next((places[index] + 1 for index in range(start - 1, -1, -1) if index in places), 0)
