"""Merge genres, artists, labels or playlists: everything that points at one of several points at the one that is kept.

The names, addresses and Spotify ids of the others become aliases of it, so links and imports still find it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from musicdb import history
from musicdb.db import retry_on_deadlock
from musicdb.models import Visibility
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.history import ChangeType
from musicdb.models.slugs import first_free

_LACKING = (None, "", Visibility.AUTOMATIC)


class MergeError(ValueError):
    """These rows cannot be merged. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Merged:
    """The result of a merge.

    ``moved`` is the number of tracks or albums that gained the survivor, or of the tracks that a playlist gained.
    ``shared`` is the number of those that had several of the merged rows and now have the survivor once.
    """

    survivor: Any
    others: int
    moved: int
    shared: int


def merge(survivor: Any, others: Iterable[Any], user: AbstractBaseUser) -> Merged:
    """Merge ``others`` into ``survivor`` in one transaction, and return the result with the survivor read anew.

    Where only one of them can have something, such as a Spotify id or a decision about its page, the survivor keeps its
    own. If it has none, it takes that of the first of ``others`` that has one. The history of each row says who merged
    it. Raises MergeError.
    """
    model, keys = type(survivor), list(dict.fromkeys(other.pk for other in others))
    if not keys:
        raise MergeError(f"Select at least two {model._meta.verbose_name_plural} to merge them.")
    if survivor.pk in keys:
        raise MergeError(f"“{survivor}” cannot be merged with itself.")
    # Saving a track locks the track before its artists, and a merge locks them in the other order.
    return retry_on_deadlock(lambda: _merge(aggregate_of(model), survivor.pk, keys, user))


def _merge(aggregate: Aggregate, survivor_key: int, other_keys: Sequence[int], user: AbstractBaseUser) -> Merged:
    model: Any = aggregate.model
    survivor, others = _lock(model, survivor_key, other_keys)
    _refuse_rules([survivor, *others])
    into_this, into_another, of_owners = _reasons(survivor, others)
    owners = {use: use.owners_of(other_keys) for use in aggregate.uses}
    history.baseline(model, [survivor_key])
    for use, keys in owners.items():
        history.baseline(use.owner_model, keys)
    counts = [_move_rows(use, survivor_key, other_keys) for use in aggregate.uses]
    # Before the aliases move, so that the versions state them.
    history.record_deletes(model, other_keys, history.Change(ChangeType.MERGE, user, into_another))
    counts += [(_move_children(relation, survivor_key, other_keys), 0) for relation in aggregate.child_relations]
    _move_aliases(aggregate, survivor, others)
    with history.signals_disabled():
        model.objects.filter(pk__in=other_keys).delete()
        _fill_gaps(survivor, others)
    history.record_updates(model, [survivor_key], history.Change(ChangeType.MERGE, user, into_this))
    for use, keys in owners.items():
        history.record_updates(use.owner_model, keys, history.Change(ChangeType.MERGE, user, of_owners))
    LogEntry.objects.log_actions(user.pk, [survivor], CHANGE, into_this)
    LogEntry.objects.log_actions(user.pk, others, DELETION, into_another)
    return Merged(survivor, len(others), sum(moved for moved, _ in counts), sum(shared for _, shared in counts))


def _lock(model: Any, survivor_key: int, other_keys: Sequence[int]) -> tuple[Any, list[Any]]:
    """Lock all rows in the order of their keys, and return the survivor and the others."""
    locked = model.objects.select_for_update().filter(pk__in=[survivor_key, *other_keys]).order_by("pk")
    rows = {row.pk: row for row in locked}
    if len(rows) <= len(other_keys):
        raise MergeError(
            f"Some of these {model._meta.verbose_name_plural} no longer exist: somebody may have merged or deleted "
            "them just now. Select again."
        )
    return rows[survivor_key], [rows[key] for key in other_keys]


def _refuse_rules(rows: Sequence[Any]) -> None:
    for row in rows:
        if getattr(row, "rule", None) is not None:
            raise MergeError(f"“{row}” has a rule, which finds its tracks, so it cannot be merged.")


def _reasons(survivor: Any, others: Sequence[Any]) -> tuple[str, str, str]:
    """Return what the history says: of the survivor, of each of ``others``, and of the owners that had any of them."""
    names = ", ".join(f"“{other}”" for other in others)
    with_addresses = ", ".join(f"“{other}” ({other.slug})" for other in others)
    into = f"“{survivor}” ({survivor.slug})"
    kind = capfirst(survivor._meta.verbose_name)
    return f"Merged into this: {with_addresses}.", f"Merged into {into}.", f"{kind} {names} merged into {into}."


# --- Tracks and albums -------------------------------------------------------------------------------------------


def _move_rows(use: ChildRelation, survivor: int, others: Sequence[int]) -> tuple[int, int]:
    """Point the rows of ``others`` at the survivor. Where an owner has several of them, keep its first row.

    Return how many owners gained the survivor, and how many had several.
    """
    rows = use.through._default_manager
    of_survivor = rows.filter(**{use.member: survivor})
    before = of_survivor.count()
    merged = rows.filter(**{f"{use.member}__in": [survivor, *others]})
    earlier = merged.filter(**{use.owner: OuterRef(use.owner), f"{use.order}__lt": OuterRef(use.order)})
    doubled = merged.filter(Exists(earlier))
    sharing = list(doubled.order_by(use.owner).values_list(use.owner, flat=True).distinct())
    if not use.may_repeat:
        doubled.delete()
    rows.filter(**{f"{use.member}__in": others}).update(**{use.member: survivor})
    if use.is_ordered and not use.may_repeat:
        use.close_gaps(sharing)
    return of_survivor.count() - before, len(sharing)


def _move_children(relation: ChildRelation, survivor: int, others: Sequence[int]) -> int:
    """Give the survivor the child rows of ``others`` whose members it does not have, after its own.

    Return how many rows that are.
    """
    children = relation.children([survivor, *others])
    found = children[survivor]
    before = len(found)
    members = {child.member for child in found}
    for other in others:
        found += [child for child in children[other] if child.member not in members]
        members.update(child.member for child in children[other])
    relation.replace({survivor: found})
    return len(found) - before


# --- Aliases -----------------------------------------------------------------------------------------------------


def _move_aliases(aggregate: Aggregate, survivor: Any, others: Sequence[Any]) -> None:
    """Give the survivor the aliases of ``others``, and make their names, addresses and ids aliases of it too."""
    aliases = survivor.aliases.model._default_manager
    aliases.filter(target__in=others).update(target=survivor)
    # Until now these addresses and ids led to the rows themselves, whatever an alias says.
    unique = [column for column in aggregate.alias_columns if column != "name"]
    for column in unique:
        held = [getattr(other, column) for other in others if getattr(other, column)]
        aliases.filter(**{f"{column}__in": held}).update(**{column: None})
    names = {other.pk: other.name for other in others}
    if aggregate.unique_name:
        names = _free_names(aggregate.unique_name, survivor, others)
    aliases.bulk_create(
        aliases.model(
            target=survivor, name=names[other.pk], **{column: getattr(other, column) or None for column in unique}
        )
        for other in others
    )


def _free_names(column: str, survivor: Any, others: Sequence[Any]) -> dict[int, str]:
    """Return a name by key under which each of ``others`` becomes an alias, where aliases are unique by ``column``.

    An alias of the survivor that has the same name and no address makes room. One that has an address stays: the new
    alias then takes its own address for a name, with a number where that is an alias too.
    """
    aliases = survivor.aliases.model._default_manager
    keys = {other.pk: getattr(other, column) for other in others}
    same = list(aliases.filter(**{f"{column}__in": set(keys.values())}).select_related("target"))
    for alias in same:
        if alias.target != survivor:
            raise MergeError(
                f"“{alias}” is an alias of “{alias.target}” already. Delete it there first, or merge "
                f"“{alias.target}” too."
            )
    aliases.filter(pk__in=[alias.pk for alias in same if alias.slug is None]).delete()
    held = {getattr(alias, column) for alias in same if alias.slug is not None}
    names = {other.pk: other.name for other in others if keys[other.pk] not in held}
    taken = held | set(keys.values())
    for other in others:
        if other.pk not in names:
            taken |= set(aliases.filter(**{f"{column}__startswith": other.slug}).values_list(column, flat=True))
            names[other.pk] = first_free(other.slug, taken)
            taken.add(names[other.pk])
    return names


def _fill_gaps(survivor: Any, others: Sequence[Any]) -> None:
    """Give the survivor what it lacks and one of ``others`` has. An automatic visibility is a lack of a decision."""
    changed = []
    columns = {field.name for field in survivor._meta.concrete_fields}
    for field in ("visibility", "spotify_id", "description", "source"):
        if field in columns and getattr(survivor, field) in _LACKING:
            found = next((value for other in others if (value := getattr(other, field)) not in _LACKING), None)
            if found:
                setattr(survivor, field, found)
                changed.append(field)
    if changed:
        survivor.save(update_fields=changed)
    if "spotify_id" in changed:
        survivor.aliases.filter(spotify_id=survivor.spotify_id).update(spotify_id=None)
