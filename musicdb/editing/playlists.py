"""Edit the entries of a playlist: add tracks, remove entries, move them. Each act is one version in its history."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from musicdb import history
from musicdb.db import update
from musicdb.models import Playlist, PlaylistEntry
from musicdb.models.history import ChangeType

# More than a person chooses. A rule can find more.
MAX_ADDED = 10_000


class PlaylistError(ValueError):
    """The entries cannot be edited so. The message tells a person why, and what to do."""


def create_playlist(name: str, tracks: Sequence[int], user: AbstractBaseUser) -> Playlist:
    """Create a playlist that has the tracks with these keys, in this order. Its name must be free."""
    _refuse_too_many(tracks)
    with transaction.atomic():
        with history.signals_disabled():
            playlist = Playlist.objects.create(name=name)
        _insert(playlist, tracks, user)
        history.record_creates(Playlist, [playlist.pk], _edit(user))
    return playlist


def add_tracks(playlist: Playlist, tracks: Sequence[int], user: AbstractBaseUser, place: int | None = None) -> None:
    """Add the tracks with these keys to a playlist, so that the first gets ``place``, from 1; by default at the end."""
    _refuse_too_many(tracks)
    with transaction.atomic():
        before = _lock(playlist)
        _insert(playlist, tracks, user)
        if place is not None:
            added = _entries(playlist)[len(before) :]
            _renumber(playlist, [*before[: place - 1], *added, *before[place - 1 :]])
        history.record_updates(Playlist, [playlist.pk], _edit(user))


def edit_entries(
    playlist: Playlist, removed: Collection[int], places: Mapping[int, int], user: AbstractBaseUser
) -> bool:
    """Remove entries by key, and move others to new places, from 1. Return whether anything changed.

    Raises PlaylistError where an entry is gone.
    """
    with transaction.atomic():
        before = _lock(playlist)
        if not {*removed, *places}.issubset(before):
            raise PlaylistError("Somebody else has changed this playlist since you opened the page. Look at it again.")
        kept = [key for key in before if key not in removed]
        moving = sorted((place, key) for key, place in places.items() if key not in removed)
        order = [key for key in kept if key not in places]
        for place, key in moving:
            order.insert(max(place, 1) - 1, key)
        if order == before:
            return False
        PlaylistEntry.objects.filter(pk__in=list(removed)).delete()
        _renumber(playlist, order)
        history.record_updates(Playlist, [playlist.pk], _edit(user))
    return True


def _edit(user: AbstractBaseUser) -> history.Change:
    return history.Change(ChangeType.EDIT, user)


def _refuse_too_many(tracks: Sequence[int]) -> None:
    if len(tracks) > MAX_ADDED:
        raise PlaylistError(
            f"You can add at most {MAX_ADDED:,} tracks at a time. For more, let a rule find the tracks of the playlist."
        )


def _lock(playlist: Playlist) -> list[int]:
    """Lock a playlist, and return the keys of its entries in order. Raises PlaylistError."""
    locked = Playlist.objects.select_for_update().filter(pk=playlist.pk).first()
    if locked is None:
        raise PlaylistError(f"“{playlist}” has been deleted or merged since.")
    if locked.has_rule:
        raise PlaylistError(f"A rule finds the tracks of “{playlist}”, so they are not edited one by one.")
    history.baseline(Playlist, [playlist.pk])
    return _entries(playlist)


def _entries(playlist: Playlist) -> list[int]:
    return list(PlaylistEntry.objects.filter(playlist=playlist).order_by("position").values_list("pk", flat=True))


def _insert(playlist: Playlist, tracks: Sequence[int], user: Any) -> None:
    last = PlaylistEntry.objects.filter(playlist=playlist).aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    now, name = timezone.now(), str(user)[:200]
    PlaylistEntry.objects.bulk_create(
        PlaylistEntry(playlist=playlist, track_id=track, position=position, added_at=now, added_by=name)
        for position, track in enumerate(tracks, start=first)
    )


def _renumber(playlist: Playlist, order: Sequence[int]) -> None:
    """Number the entries 0, 1, 2, … in ``order``, which has the keys of all of them."""
    rows = PlaylistEntry.objects.filter(playlist=playlist)
    last = rows.aggregate(last=Max("position"))["last"] or 0
    # No two entries may share a position, not even for a moment.
    rows.update(position=F("position") + last + 1)
    update(PlaylistEntry, ["position"], ((position, key) for position, key in enumerate(order)))
