"""Rows of other applications that follow a merge, such as a track's places in clusters.

They have no history, so a merge keeps what it did to them.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.core import serializers

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


def _tables(model: Any) -> Iterator[tuple[Any, str, str]]:
    for relation in model._meta.related_objects:
        follows = getattr(relation.related_model, FOLLOWS, None)
        if follows and follows[0] == relation.field.name:
            yield relation.related_model, *follows
