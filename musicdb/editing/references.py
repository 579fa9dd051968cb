"""Rows of other applications that follow a merge, such as a track's places in clusters.

They have no history, so a merge keeps what it did to them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError

# A model states in this attribute which of its foreign keys follows a merge, and within what a row may be there once.
FOLLOWS = "follows_merge"


def move_references(model: Any, survivor: int, others: Sequence[int]) -> list[dict[str, Any]]:
    """Point the rows of ``others`` at the survivor, and return which rows moved and which were lost.

    Where the survivor, or an earlier one of ``others``, has a row in the same run, the row stays behind: it is deleted
    with the track that it belongs to.
    """
    taken: defaultdict[str, set[int]] = defaultdict(set)
    tables = list(_tables(model))
    for table, column, within in tables:
        of_survivor = table._default_manager.filter(**{column: survivor})
        taken[within].update(of_survivor.values_list(within, flat=True))
    done = []
    for table, column, within in tables:
        rows = table._default_manager.filter(**{f"{column}__in": others}).order_by("pk")
        by_place = sorted(rows.values_list(column, within, "pk"), key=lambda row: others.index(row[0]))
        moved: dict[int, int] = {}
        for owner, place, key in by_place:
            if place not in taken[within]:
                taken[within].add(place)
                moved[key] = owner
        lost = serializers.serialize("json", rows.exclude(pk__in=moved))
        table._default_manager.filter(pk__in=moved).update(**{column: survivor})
        if by_place:
            done.append(
                {
                    "table": table._meta.label_lower,
                    "column": column,
                    "within": within,
                    "moved": list(moved.items()),
                    "lost": json.loads(lost),
                }
            )
    return done


def restore_references(done: Sequence[dict[str, Any]], survivor: int, returning: Sequence[int]) -> None:
    """Give the rows that a merge moved or deleted back to those of their owners that are ``returning``.

    A row whose run has been deleted since is gone with it. One stays where it is if its owner has another by now.
    """
    for entry in done:
        table: Any = apps.get_model(entry["table"])
        column = entry["column"]
        by_owner: defaultdict[int, list[int]] = defaultdict(list)
        for key, owner in entry["moved"]:
            by_owner[owner].append(key)
        for owner in returning:
            table._default_manager.filter(pk__in=by_owner[owner], **{column: survivor}).update(**{column: owner})
        for row in serializers.deserialize("python", entry["lost"]):
            instance: Any = row.object
            if getattr(instance, f"{column}_id") in returning and _can_return(table, instance):
                row.save(force_insert=True)


def _can_return(table: Any, instance: Any) -> bool:
    """Return whether all that a deleted row points at is there, and nothing has its place or its key."""
    pointing = [field for field in table._meta.concrete_fields if field.is_relation]
    there = all(
        field.related_model._default_manager.filter(pk=getattr(instance, field.attname)).exists() for field in pointing
    )
    try:
        instance.validate_unique()
        instance.validate_constraints()
    except ValidationError:
        return False
    return there


def _tables(model: Any) -> Iterator[tuple[Any, str, str]]:
    for relation in model._meta.related_objects:
        follows = getattr(relation.related_model, FOLLOWS, None)
        if follows and follows[0] == relation.field.name:
            yield relation.related_model, *follows
