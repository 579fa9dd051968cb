"""What tells one list from another, against the meaning of the words tried out."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from musicdb.history.list_changes import list_changes

LISTS = st.lists(st.integers(0, 4), max_size=7)


@pytest.mark.parametrize(
    ("before", "after", "added", "removed", "moved"),
    [
        ("", "", "", "", 0),
        ("", "ab", "ab", "", 0),
        ("ab", "", "", "ab", 0),
        ("abcd", "abcd", "", "", 0),
        ("abcd", "dabc", "", "", 1),
        ("abcd", "dcba", "", "", 3),
        ("aba", "ab", "", "a", 0),
        ("ab", "aab", "a", "", 0),
        ("abc", "xcab", "x", "", 1),
    ],
)
def test_the_words(before: str, after: str, added: str, removed: str, moved: int) -> None:
    found = list_changes(before, after)
    assert (found.added, found.removed, found.moved) == (list(added), list(removed), moved)
    assert bool(found) is (before != after)


@given(LISTS, LISTS)
def test_they_lead_from_one_list_to_the_other(before: list[int], after: list[int]) -> None:
    found = list_changes(before, after)
    assert Counter(before) + Counter(found.added) == Counter(after) + Counter(found.removed)
    assert bool(found) is (before != after)


@given(st.permutations(range(6)))
def test_moved_is_the_fewest_that_have_to_move(after: list[int]) -> None:
    rising = max(n for n in range(7) for kept in combinations(after, n) if list(kept) == sorted(kept))
    assert list_changes(range(6), after).moved == 6 - rising
