"""Possible duplicates: an editor dismisses a suggestion, and it does not come back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model

from musicdb.models import DismissedDuplicate, Track

# The number of pairs grows with the square of the group. Those of a hundred rows still take only milliseconds.
MAX_GROUP = 100


class GroupTooLargeError(ValueError):
    """A group has too many rows to dismiss at once. The message tells a person what to do."""


@dataclass
class ReviewedGroups:
    """Groups of primary keys: those that an editor should review, and those that an editor has dismissed."""

    pending: list[list[int]] = field(default_factory=list)
    dismissed: list[list[int]] = field(default_factory=list)


def review_groups(model: type[Model], groups: Iterable[list[int]]) -> ReviewedGroups:
    """Split ``groups`` into pending and dismissed ones. One query.

    A group is dismissed if each pair in it is. It is pending again as soon as another row joins it.
    """
    dismissed = DismissedDuplicate.objects.filter(model_name=_model_name(model))
    pairs = set(dismissed.values_list("first", "second"))
    keys_in_pairs = {key for pair in pairs for key in pair}
    reviewed = ReviewedGroups()
    for group in groups:
        is_dismissed = keys_in_pairs.issuperset(group) and pairs.issuperset(combinations(sorted(group), 2))
        (reviewed.dismissed if is_dismissed else reviewed.pending).append(group)
    return reviewed


def duplicate_tracks() -> ReviewedGroups:
    """Return the groups of tracks that are likely one recording. Three queries."""
    return review_groups(Track, Track.objects.likely_duplicates())


def dismiss(model: type[Model], keys: Sequence[int], user: AbstractBaseUser | AnonymousUser) -> int:
    """Record that no two of these rows are duplicates. Return how many of the rows exist.

    Raise GroupTooLargeError for more than MAX_GROUP keys.
    """
    existing = _existing_keys(model, keys)
    DismissedDuplicate.objects.bulk_create(
        (
            DismissedDuplicate(model_name=_model_name(model), first=first, second=second, created_by_id=user.pk)
            for first, second in combinations(existing, 2)
        ),
        ignore_conflicts=True,
    )
    return len(existing)


def restore(model: type[Model], keys: Sequence[int]) -> int:
    """Suggest these rows as duplicates again. Return how many of them exist.

    Raise GroupTooLargeError for more than MAX_GROUP keys.
    """
    existing = _existing_keys(model, keys)
    pairs = DismissedDuplicate.objects.filter(model_name=_model_name(model))
    pairs.filter(first__in=existing, second__in=existing).delete()
    return len(existing)


def _existing_keys(model: type[Model], keys: Sequence[int]) -> list[int]:
    distinct = set(keys)
    if len(distinct) > MAX_GROUP:
        raise GroupTooLargeError(f"You can dismiss at most {MAX_GROUP} at a time. This group has {len(distinct)}.")
    return list(model._default_manager.filter(pk__in=distinct).order_by("pk").values_list("pk", flat=True))


def _model_name(model: type[Model]) -> str:
    return str(model._meta.model_name)
