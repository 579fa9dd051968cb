"""Several genres, artists or labels that are one: what pointed at any of them points at the one that is kept.

The names, addresses and Spotify ids of the others become other spellings of it: links and imports still find it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils.text import capfirst

from musicdb import history
from musicdb.db.retries import retry_on_deadlock
from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from musicdb.models.history import ChangeType
from musicdb.models.slugs import first_free

# Beyond any position that a row has, and within what the column holds together with one.
OUT_OF_THE_WAY = 10_000
OWNERS_AT_ONCE = 5_000


class MergeError(ValueError):
    """These cannot be merged. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Merged:
    """What became of a merge. ``moved``: the tracks or albums that have the survivor and had not; ``shared``: those
    that had several of what was merged, and have the survivor once."""

    survivor: Any
    others: int
    moved: int
    shared: int


@dataclass(frozen=True)
class _Links:
    """The table through which tracks or albums (``owners``) have what is merged (``member``)."""

    owners: type[models.Model]
    rows: type[models.Model]
    owner: str
    member: str
    # Which of an owner's rows comes first.
    order: str = "position"


_LINKS = {
    Genre: _Links(Track, Track.genres.through, "track", "genre", order="pk"),
    Artist: _Links(Track, TrackArtist, "track", "artist"),
    Label: _Links(Album, AlbumLabel, "album", "label"),
}
# As the constraints on other spellings compare them. Artists may share theirs.
_SPELLING = {Genre: F("name_key"), Label: F("name")}


def merge(survivor: Any, others: Iterable[Any], user: AbstractBaseUser) -> Merged:
    """Merge ``others`` into ``survivor`` and return what became of it, read anew. All of it happens, or nothing.

    What only one of them can have, a Spotify id or a description, the survivor keeps if it has one, and takes from
    the first of ``others`` that has one if not. The history of each says who did it. Raises MergeError.
    """
    model, keys = type(survivor), list(dict.fromkeys(other.pk for other in others))
    if not keys:
        raise MergeError(f"Select at least two {model._meta.verbose_name_plural} to merge them.")
    if survivor.pk in keys:
        raise MergeError(f"“{survivor}” cannot be merged with itself.")
    # Whoever saves a track locks it before its artists; a merge does so the other way round.
    return retry_on_deadlock(lambda: _merge(model, survivor.pk, keys, user))


def _merge(model: Any, survivor_key: int, other_keys: Sequence[int], user: AbstractBaseUser) -> Merged:
    locked = model.objects.select_for_update().filter(pk__in=[survivor_key, *other_keys]).order_by("pk")
    things = {thing.pk: thing for thing in locked}
    if len(things) <= len(other_keys):
        raise MergeError(
            f"Some of these {model._meta.verbose_name_plural} are no longer there: somebody may have merged or "
            "deleted them just now. Select again."
        )
    survivor = things[survivor_key]
    others = [things[key] for key in other_keys]
    links = _LINKS[model]
    into_this, into_another = _in_words(survivor, others)
    touched = links.rows._default_manager.filter(**{f"{links.member}__in": others})
    owners = list(touched.order_by(links.owner).values_list(links.owner, flat=True).distinct())
    history.baseline(model, [survivor_key])
    history.baseline(links.owners, owners)
    moved, shared = _move(links, survivor, others)
    # Their other spellings go along; what they were like is said before that.
    history.record_deletes(model, other_keys, history.Change(ChangeType.MERGE, user, into_another))
    _keep_spellings(survivor, others)
    with history.signals_disabled():
        model.objects.filter(pk__in=other_keys).delete()
        _complete(survivor, others)
    history.record_updates(model, [survivor_key], history.Change(ChangeType.MERGE, user, into_this))
    history.record_updates(links.owners, owners, history.Change(ChangeType.MERGE, user, _of_owners(survivor, others)))
    LogEntry.objects.log_actions(user.pk, [survivor], CHANGE, into_this)
    LogEntry.objects.log_actions(user.pk, others, DELETION, into_another)
    return Merged(survivor, len(others), moved, shared)


def _move(links: _Links, survivor: Any, others: Sequence[Any]) -> tuple[int, int]:
    """Point the rows of ``others`` at the survivor; where an owner has several of them, keep its first row.

    Return how many owners have the survivor and had not, and how many had several.
    """
    rows = links.rows._default_manager
    of_survivor = rows.filter(**{links.member: survivor})
    before = of_survivor.count()
    family = rows.filter(**{f"{links.member}__in": [survivor, *others]})
    earlier = family.filter(**{links.owner: OuterRef(links.owner), f"{links.order}__lt": OuterRef(links.order)})
    doubled = family.filter(Exists(earlier))
    sharing = list(doubled.order_by(links.owner).values_list(links.owner, flat=True).distinct())
    doubled.delete()
    rows.filter(**{f"{links.member}__in": others}).update(**{links.member: survivor})
    if links.order == "position":
        for start in range(0, len(sharing), OWNERS_AT_ONCE):
            _close_gaps(links, sharing[start : start + OWNERS_AT_ONCE])
    return of_survivor.count() - before, len(sharing)


def _close_gaps(links: _Links, owners: Sequence[int]) -> None:
    """Number the rows of ``owners`` 0, 1, 2, … in the order that they have."""
    rows = links.rows._default_manager
    locked = rows.select_for_update().filter(**{f"{links.owner}__in": owners}).order_by("pk")
    by_owner = sorted(locked.values_list(links.owner, "position", "pk"))
    by_shift = defaultdict(list)
    for _, of_owner in groupby(by_owner, key=lambda row: row[0]):
        for place, (_, position, key) in enumerate(of_owner):
            by_shift[position - place].append(key)
    by_shift.pop(0, None)
    # No two rows of an owner may have one position, not for a moment.
    moving = [key for keys in by_shift.values() for key in keys]
    rows.filter(pk__in=moving).update(position=F("position") + OUT_OF_THE_WAY)
    for shift, keys in by_shift.items():
        rows.filter(pk__in=keys).update(position=F("position") - OUT_OF_THE_WAY - shift)


def _keep_spellings(survivor: Any, others: Sequence[Any]) -> None:
    """Make the names, addresses and Spotify ids of ``others`` other spellings of the survivor, and theirs too."""
    model = type(survivor)
    aliases = survivor.aliases.model._default_manager
    aliases.filter(target__in=others).update(target=survivor)
    # Whatever an other spelling says, until now these addresses and ids led to the things themselves.
    unique = ["slug", "spotify_id"] if model is Artist else ["slug"]
    for field in unique:
        held = [getattr(other, field) for other in others if getattr(other, field)]
        aliases.filter(**{f"{field}__in": held}).update(**{field: None})
    names = {other.pk: other.name for other in others}
    if spelling := _SPELLING.get(model):
        names = _free_names(aliases.annotate(spelling=spelling), survivor, _annotated(model, names, spelling))
    aliases.bulk_create(
        aliases.model(
            target=survivor, name=names[other.pk], **{field: getattr(other, field) or None for field in unique}
        )
        for other in others
    )


def _annotated(model: Any, keys: Iterable[int], spelling: Any) -> Any:
    return model.objects.filter(pk__in=keys).annotate(spelling=spelling)


def _free_names(aliases: Any, survivor: Any, others: Any) -> dict[int, str]:
    """Return by key under which name each of ``others`` goes on, where no two other spellings may be the same.

    A spelling that the survivor has already is written anew, with the address. One that holds an address itself
    stays, and the newcomer goes by its own address, with a number if that is a spelling, too.
    """
    same = list(aliases.filter(spelling__in=others.values("spelling")).select_related("target"))
    for alias in same:
        if alias.target != survivor:
            raise MergeError(
                f"“{alias}” is another spelling of “{alias.target}” already. Delete it there first, or merge "
                f"“{alias.target}” too."
            )
    aliases.filter(pk__in=[alias.pk for alias in same if alias.slug is None]).delete()
    held = {alias.spelling for alias in same if alias.slug is not None}
    names = {other.pk: other.name for other in others if other.spelling not in held}
    taken = held | {other.spelling for other in others}
    for other in others:
        if other.pk not in names:
            taken |= set(aliases.filter(spelling__startswith=other.slug).values_list("spelling", flat=True))
            names[other.pk] = first_free(other.slug, taken)
            taken.add(names[other.pk])
    return names


def _complete(survivor: Any, others: Sequence[Any]) -> None:
    """Give the survivor what it lacks and one of ``others`` had; public is who was, under any name."""
    changed = []
    for field in ("is_public", "spotify_id", "description"):
        if hasattr(survivor, field) and not getattr(survivor, field):
            found = next((value for other in others if (value := getattr(other, field))), None)
            if found:
                setattr(survivor, field, found)
                changed.append(field)
    if changed:
        survivor.save(update_fields=changed)
    if "spotify_id" in changed:
        survivor.aliases.filter(spotify_id=survivor.spotify_id).update(spotify_id=None)


def _in_words(survivor: Any, others: Sequence[Any]) -> tuple[str, str]:
    """Return what the histories say: the survivor's, and that of each of ``others``."""
    merged = ", ".join(f"“{other}” ({other.slug})" for other in others)
    return f"Merged into this: {merged}.", f"Merged into “{survivor}” ({survivor.slug})."


def _of_owners(survivor: Any, others: Sequence[Any]) -> str:
    """Return what the histories say of the tracks or albums that had any of ``others``."""
    merged = ", ".join(f"“{other}”" for other in others)
    return f"{capfirst(survivor._meta.verbose_name)} {merged} merged into “{survivor}” ({survivor.slug})."
