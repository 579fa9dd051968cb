"""Edit the entries of a playlist: add tracks, remove entries, move them. Each act is one version in its history."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.text import get_text_list

from musicdb import history
from musicdb.db import update
from musicdb.history.diff import Names, ValueChange, changes_between, versions_of
from musicdb.models import Playlist, PlaylistEntry
from musicdb.models.history import ChangeType

# More than a person chooses. A rule can find more.
MAX_ADDED = 10_000
# A longer number is no key of a version.
MAX_DIGITS = 18
# As ``changes_between`` calls them.
_ORDER_CHANGES = ("tracks removed", "tracks added", "tracks moved")


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


class PlaylistChangedError(PlaylistError):
    """Somebody has changed the order that the new places are meant for. ``changes`` are what became different."""

    def __init__(self, by: str, changes: Sequence[ValueChange]) -> None:
        super().__init__(f"{by} changed the tracks of this playlist since you opened the page.")
        self.changes = list(changes)


def seen_order(playlist: Playlist) -> str:
    """Return what ``edit_entries`` knows by which order an editor has seen. Ask before the entries are read."""
    last = versions_of(Playlist, playlist.pk).values_list("history_id", flat=True).first() or 0
    return f"{last}-{_digest(_entries(playlist))}"


def edit_entries(
    playlist: Playlist, removed: Collection[int], places: Mapping[int, int], user: AbstractBaseUser, seen: str
) -> bool:
    """Remove entries by key, and move others to new places, from 1. Return whether anything changed.

    ``seen`` is what ``seen_order`` returned when the editor saw the order. What others have done since stays: their
    tracks, and their order. An entry that they have removed is not removed again. New places are meant for the order
    that was seen, so they raise PlaylistChangedError, with nothing changed, where it is another one by now.
    """
    with transaction.atomic():
        before = _lock(playlist)
        if places:
            _refuse_if_changed(playlist, before, seen)
        if not places.keys() <= set(before):
            raise PlaylistError("A track that you moved is no longer in this playlist. Look at it again.")
        removed = [key for key in removed if key in set(before)]
        kept = [key for key in before if key not in removed]
        moving = sorted((place, key) for key, place in places.items() if key not in removed)
        order = [key for key in kept if key not in places]
        for place, key in moving:
            order.insert(max(place, 1) - 1, key)
        if order == before:
            return False
        PlaylistEntry.objects.filter(pk__in=removed).delete()
        _renumber(playlist, order)
        history.record_updates(Playlist, [playlist.pk], _edit(user))
    return True


def _refuse_if_changed(playlist: Playlist, order: Sequence[int], seen: str) -> None:
    """Raise PlaylistChangedError where ``order``, that of the entries, is not the one of ``seen``."""
    version, _, digest = seen.partition("-")
    if digest == _digest(order) or not (version.isascii() and version.isdigit() and len(version) <= MAX_DIGITS):
        return
    since = list(versions_of(Playlist, playlist.pk).filter(history_id__gte=int(version)).reverse())
    # Where the history did not have the order that was seen, the next version begins with it.
    if len(since) > 1 and since[1].change_type == ChangeType.BASELINE:
        del since[0]
    names = dict.fromkeys(str(one.history_user or "Something that names nobody") for one in since[1:])
    changes = changes_between(since[0], since[-1], Names([since[0], since[-1]])) if since else []
    raise PlaylistChangedError(
        get_text_list(list(names), "and") or "Somebody", [change for change in changes if change.what in _ORDER_CHANGES]
    )


def _digest(order: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, order)).encode()).hexdigest()[:32]


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
