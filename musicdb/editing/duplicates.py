"""Possible duplicates: an editor dismisses a suggestion, and it does not come back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model

from musicdb.db import in_batches
from musicdb.models import Album, DismissedDuplicate, Track, TrackArtist
from musicdb.music import group_by_key, similarity_key

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


def tracks_sharing_isrc() -> ReviewedGroups:
    """Return the groups of tracks that share an ISRC. Two queries."""
    return review_groups(Track, Track.objects.sharing_isrc())


def duplicate_albums() -> list[list[int]]:
    """Return the keys of albums that are likely one: similar titles, and an artist in common. Two queries."""
    titles = Album.objects.order_by("sort_key", "pk").values_list("pk", "title")
    groups = group_by_key(titles.iterator(), similarity_key)
    among = [key for group in groups for key in group]
    artists: defaultdict[int, set[int]] = defaultdict(set)
    for batch in in_batches(among):
        rows = TrackArtist.objects.filter(track__album__in=batch).order_by()
        for album, artist in rows.values_list("track__album", "artist").distinct():
            artists[album].add(artist)
    return [joined for group in groups for joined in _joined(group, artists) if len(joined) > 1]


def _joined(group: Sequence[int], artists: Mapping[int, set[int]]) -> list[list[int]]:
    """Split a group into parts. The albums of a part are connected by artists that they have in common."""
    parts: list[tuple[list[int], set[int]]] = []
    for album in group:
        by = set(artists.get(album, ()))
        near = [part for part in parts if part[1] & by]
        parts = [part for part in parts if part not in near]
        parts.append(
            ([key for albums, _ in near for key in albums] + [album], by.union(*(others for _, others in near)))
        )
    return [albums for albums, _ in parts]


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
