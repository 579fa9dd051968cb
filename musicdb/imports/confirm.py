"""Makes a plan that still holds when it is written, where others can write while an import plans: on PostgreSQL.

What a plan changes is locked, and compared with what the plan was made for. An editor who saved in between has then
either changed something else, or the plan is made anew and keeps what they set. One who saves later waits.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection

from musicdb.db import in_batches
from musicdb.imports.entities import Entity, Entry
from musicdb.imports.messages import ImportRefusedError
from musicdb.imports.plan import Plan
from musicdb.models.aggregates import Aggregate, Child, ChildRelation, aggregate_of

# The rows of a plan that does not hold stay locked, so the next plan can fail only for rows that it changes besides.
MAX_PLANS = 5


def plan_that_holds(make_plan: Callable[[], Plan]) -> Plan:
    """Return a plan that holds until the transaction ends. Must run in the transaction that writes it.

    Raises ImportRefusedError where others keep changing what it is about.
    """
    for _ in range(MAX_PLANS):
        plan = make_plan()
        if connection.vendor != "postgresql" or _lock(plan):
            return plan
        # Two plans would take twice the memory.
        del plan
    raise ImportRefusedError(
        "Others kept changing the same rows while this import was compared with the library. Nothing was imported. "
        "Try again in a moment."
    )


def _lock(plan: Plan) -> bool:
    """Lock the rows that ``plan`` changes, all of them. Return whether each is as the plan has it.

    One query a batch of each model, and one for each relation that changes.
    """
    holds = True
    for model, changed in plan.changed.items():
        aggregate = aggregate_of(model)
        # Everybody locks rows in the order of their keys.
        for batch in in_batches(sorted(changed, key=lambda entity: entity.pk or 0)):
            by_key = {entity.pk: entity for entity in batch if entity.pk is not None}
            holds &= _lock_rows(aggregate, by_key)
            for relation in aggregate.child_relations:
                holds &= _has_members(relation, by_key)
    return holds


def _lock_rows(aggregate: Aggregate, by_key: Mapping[int, Entity]) -> bool:
    """Lock rows. Return whether all are there and have the values that the plan replaces."""
    asked = {column for entity in by_key.values() for column in entity.before}
    columns = [column.name for column in aggregate.columns if column.name in asked]
    rows = aggregate.model._default_manager.select_for_update(no_key=True).filter(pk__in=list(by_key)).order_by("pk")
    found = 0
    holds = True
    for key, *values in rows.values_list("pk", *columns):
        found += 1
        before = by_key[key].before
        for column, value in zip(columns, values, strict=True):
            holds = holds and (column not in before or _stored(before[column]) == value)
    return holds and found == len(by_key)


def _has_members(relation: ChildRelation, by_key: Mapping[int, Entity]) -> bool:
    """Return whether the rows have the members that the plan replaces, or have none of those that it adds."""
    changed = {key: entity for key, entity in by_key.items() if relation.name in entity.before}
    if not changed:
        return True
    present = relation.children(changed)
    if relation.is_ordered:
        return all(_children(entity.before[relation.name]) == present[key] for key, entity in changed.items())
    added = {key: {member.pk for member in entity.values[relation.name]} for key, entity in changed.items()}
    return all(added[key].isdisjoint(child.member for child in children) for key, children in present.items())


def _stored(value: Any) -> Any:
    return value.pk if isinstance(value, Entity) else value


def _children(members: Sequence[Any] | None) -> list[Child]:
    """Return the child rows that existing members are."""
    return [member.child if isinstance(member, Entry) else Child(member.pk) for member in members or ()]
