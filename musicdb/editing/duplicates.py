"""Telling apart what looks alike: suggestions that were looked at and refused do not come again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from django.db.models import Model

from musicdb.models import DismissedDuplicate, Track

# Of so many the pairs are still a matter of milliseconds.
MAX_AT_ONCE = 100


class TooManyError(ValueError):
    """More things than can be told apart at once. The message tells a person what to do."""


@dataclass
class Looked:
    """Groups of keys: those that nobody has looked at whole, and those of which all are told apart."""

    open: list[list[int]] = field(default_factory=list)
    apart: list[list[int]] = field(default_factory=list)


def review_groups(model: type[Model], groups: Iterable[list[int]]) -> Looked:
    """Return which of ``groups`` were told apart. One query.

    A group is open again as soon as something joins it that was not told apart from all the others.
    """
    pairs = set(DismissedDuplicate.objects.filter(kind=_kind(model)).values_list("first", "second"))
    known = {key for pair in pairs for key in pair}
    looked = Looked()
    for group in groups:
        is_apart = known.issuperset(group) and pairs.issuperset(combinations(sorted(group), 2))
        (looked.apart if is_apart else looked.open).append(group)
    return looked


def likely_duplicates() -> Looked:
    """Return the groups of tracks that are likely one recording. Three queries."""
    return review_groups(Track, Track.objects.likely_the_same())


def dismiss(model: type[Model], keys: Sequence[int], user: Any) -> int:
    """Remember that no two of these are the same; return how many there are.

    What is gone meanwhile is left out. Raises TooManyError for more than MAX_AT_ONCE keys.
    """
    things = _there(model, keys)
    DismissedDuplicate.objects.bulk_create(
        (
            DismissedDuplicate(kind=_kind(model), first=first, second=second, created_by=user)
            for first, second in combinations(things, 2)
        ),
        ignore_conflicts=True,
    )
    return len(things)


def take_back(model: type[Model], keys: Sequence[int]) -> int:
    """Forget that these are told apart; return how many there are. Raises TooManyError as ``dismiss`` does."""
    things = _there(model, keys)
    DismissedDuplicate.objects.filter(kind=_kind(model), first__in=things, second__in=things).delete()
    return len(things)


def _there(model: type[Model], keys: Sequence[int]) -> list[int]:
    if len(set(keys)) > MAX_AT_ONCE:
        raise TooManyError(f"Tell at most {MAX_AT_ONCE} apart at a time: these are {len(set(keys))}.")
    return list(model._default_manager.filter(pk__in=set(keys)).order_by("pk").values_list("pk", flat=True))


def _kind(model: type[Model]) -> str:
    return str(model._meta.model_name)
