"""Merge rows of the catalogue: everything that points at one of several points at the one that is kept.

The names, addresses and ids of the others become aliases of it, so links and imports still find it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Exists, OuterRef
from django.utils.text import capfirst

from musicdb import history
from musicdb.db import retry_on_deadlock
from musicdb.editing.merge_values import Choices, merged_columns, merged_members
from musicdb.editing.references import move_references
from musicdb.models import GroupedChange
from musicdb.models.aggregates import Aggregate, ChildRelation, aggregate_of
from musicdb.models.history import ChangeType
from musicdb.models.slugs import first_free


class MergeError(ValueError):
    """These rows cannot be merged. The message tells a person why, and what to do."""


@dataclass(frozen=True)
class Merged:
    """The result of a merge.

    ``moved`` is the number of tracks or albums that gained the survivor, of the tracks that an album or a playlist
    gained, or of the entries of playlists that a track gained. ``shared`` is the number of those that had several of
    the merged rows and now have the survivor once. ``change`` is what an undo takes back.
    """

    survivor: Any
    others: int
    moved: int
    shared: int
    change: GroupedChange


def merge(survivor: Any, others: Iterable[Any], user: AbstractBaseUser, choices: Choices | None = None) -> Merged:
    """Merge ``others`` into ``survivor`` in one transaction, and return the result with the survivor read anew.

    The survivor keeps its own values. What it lacks it takes from the first of ``others`` that has it. ``choices`` say
    otherwise. The history of each row says who merged it. Raises MergeError.
    """
    model, keys = type(survivor), list(dict.fromkeys(other.pk for other in others))
    if not keys:
        raise MergeError(f"Select at least two {model._meta.verbose_name_plural} to merge them.")
    if survivor.pk in keys:
        raise MergeError(f"“{survivor}” cannot be merged with itself.")
    # Saving a track locks the track before its artists, and a merge locks them in the other order.
    return retry_on_deadlock(lambda: _merge(aggregate_of(model), survivor.pk, keys, user, choices or {}))


def _merge(
    aggregate: Aggregate, survivor_key: int, other_keys: Sequence[int], user: AbstractBaseUser, choices: Choices
) -> Merged:
    model: Any = aggregate.model
    survivor, others = _lock(model, survivor_key, other_keys)
    _refuse_rules([survivor, *others])
    into_this, into_another, of_owners = _reasons(survivor, others)
    group = GroupedChange.objects.create(
        kind=ChangeType.MERGE,
        model_name=aggregate.name,
        row=survivor_key,
        summary=f"{capfirst(model._meta.verbose_name)} “{survivor}” ({survivor.slug}): {into_this}",
        made_by_id=user.pk,
    )
    owners = {use: use.owners_of(other_keys) for use in aggregate.uses}
    pointing = {(owner, column): _pointing(owner, column, other_keys) for owner, column in aggregate.pointing_columns}
    history.baseline(model, [survivor_key])
    for use, keys in owners.items():
        history.baseline(use.owner_model, keys)
    counts = [_move_rows(use, survivor_key, other_keys) for use in aggregate.uses]
    for (owner, column), keys in pointing.items():
        history.baseline(owner.model, keys)
        owner.model._default_manager.filter(**{f"{column}__in": other_keys}).update(**{column: survivor_key})
        counts.append((len(keys), 0))
    # Before the aliases move, so that the versions state them.
    history.record_deletes(model, other_keys, history.Change(ChangeType.MERGE, user, into_another, group=group))
    counts += [
        (_give_members(relation, [survivor_key, *other_keys], choices), 0) for relation in aggregate.child_relations
    ]
    if references := move_references(model, survivor_key, other_keys):
        group.references = references
        group.save(update_fields=["references"])
    changed = _changed_columns(survivor, merged_columns(aggregate, [survivor, *others], choices))
    _move_aliases(aggregate, survivor, others, changed)
    with history.signals_disabled():
        model.objects.filter(pk__in=other_keys).delete()
        _change(survivor, changed)
    history.record_updates(model, [survivor_key], history.Change(ChangeType.MERGE, user, into_this, group=group))
    of_owner = history.Change(ChangeType.MERGE, user, of_owners, group=group)
    for use, keys in owners.items():
        history.record_updates(use.owner_model, keys, of_owner)
    for (owner, _), keys in pointing.items():
        history.record_updates(owner.model, keys, of_owner)
    LogEntry.objects.log_actions(user.pk, [survivor], CHANGE, into_this)
    LogEntry.objects.log_actions(user.pk, others, DELETION, into_another)
    moved, shared = (sum(column) for column in zip((0, 0), *counts, strict=True))
    return Merged(survivor, len(others), moved, shared, group)


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


# --- What points at them, and what they have ---------------------------------------------------------------------


def _pointing(owner: Aggregate, column: str, keys: Sequence[int]) -> list[int]:
    rows = owner.model._default_manager.filter(**{f"{column}__in": keys})
    return list(rows.order_by("pk").values_list("pk", flat=True))


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


def _give_members(relation: ChildRelation, keys: Sequence[int], choices: Choices) -> int:
    """Give the survivor, the first of ``keys``, its child rows. Return how many entries of a list it gained."""
    survivor = keys[0]
    before = relation.children([survivor])[survivor]
    members = merged_members(relation, keys, choices)
    if members != before:
        relation.replace({survivor: members})
    return len(members) - len(before) if relation.may_repeat else 0


def _changed_columns(survivor: Any, columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if getattr(survivor, name) != value}


def _change(survivor: Any, changed: Mapping[str, Any]) -> None:
    if changed:
        for name, value in changed.items():
            setattr(survivor, name, value)
        survivor.save(
            update_fields=[field.name for field in survivor._meta.concrete_fields if field.attname in changed]
        )


# --- Aliases -----------------------------------------------------------------------------------------------------


def _move_aliases(aggregate: Aggregate, survivor: Any, others: Sequence[Any], changed: Mapping[str, Any]) -> None:
    """Give the survivor the aliases of ``others``, and make their names, addresses and ids aliases of it too.

    ``changed`` are the columns that the survivor is about to get. What it loses by them becomes an alias as well.
    """
    aliases = survivor.aliases.model._default_manager
    aliases.filter(target__in=others).update(target=survivor)
    others_columns = aggregate.key_columns
    unique = [column for column in others_columns if aliases.model._meta.get_field(column).unique]
    # Until now these addresses and ids led to the rows themselves, whatever an alias says.
    for column in unique:
        held = [getattr(row, column) for row in (survivor, *others) if getattr(row, column)]
        aliases.filter(**{f"{column}__in": held}).update(**{column: None})
    names = {other.pk: getattr(other, aggregate.name_field) for other in others}
    if aggregate.unique_name:
        names = _free_names(aggregate.unique_name, survivor, others)
    rows = [
        {"name": names[other.pk], **{column: getattr(other, column) for column in others_columns}} for other in others
    ]
    # Its own former title and ids. Its address never changes.
    lost = {column: getattr(survivor, column) for column in ("name", *others_columns) if column in changed}
    if "title" in changed:
        lost["name"] = survivor.title
    if any(lost.values()):
        rows.append({"name": str(survivor), **lost})
    blank = {column: aliases.model._meta.get_field(column).get_default() for column in others_columns}
    kept = {column: changed.get(column) for column in unique}
    aliases.bulk_create(
        aliases.model(
            target=survivor,
            **{
                column: None if column in unique and value == kept[column] else value or blank[column]
                for column, value in {**blank, **row}.items()
                if column in blank
            },
            name=row["name"],
        )
        for row in rows
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
