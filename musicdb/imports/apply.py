"""Writes a plan to the database, at once or by way of rows that are prepared before."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from django.db import connection, models

from musicdb.db import Writer, reserve_keys
from musicdb.imports.columns import as_dict
from musicdb.imports.entities import Entity, Entry
from musicdb.imports.plan import Plan
from musicdb.models import SluggedModel
from musicdb.models.aggregates import CATALOGUE, Aggregate, Child, ChildRelation
from musicdb.models.slugs import SlugMaker
from musicdb.progress import Progress, no_progress

PROGRESS_EVERY = 1_000


@dataclass
class Applied:
    """The keys of the rows that an import created and changed, by model."""

    created: dict[type[SluggedModel], Iterable[int]] = field(default_factory=dict)
    updated: dict[type[SluggedModel], Iterable[int]] = field(default_factory=dict)


def apply_plan(plan: Plan, writer: Writer, stage: str = "Writing", progress: Progress = no_progress) -> Applied:
    """Give all of ``plan`` to ``writer``. The number of statements grows with batches, not with rows.

    New rows get their keys, and those that others point at are written before the others. ``stage`` is what
    ``progress`` is told. It may take one transaction to prepare the rows and another to write them, as long as nobody
    else writes in between.
    """
    applied = Applied(updated={**plan.changed_keys()})
    for aggregate in CATALOGUE:
        new, changed = plan.created[aggregate.model], plan.changed[aggregate.model]
        applied.created[aggregate.model] = _reserve_keys(new)
        _insert(aggregate, new, writer, partial(progress, stage))
        _update(aggregate, changed, writer)
        for relation in aggregate.child_relations:
            _write_members(relation, new, changed, writer)
        _write_aliases(aggregate, chain(new, changed), writer)
    return applied


def _reserve_keys(new: Sequence[Entity]) -> Sequence[int]:
    keys = reserve_keys(new[0].model, len(new)) if new else []
    for entity, key in zip(new, keys, strict=True):
        entity.pk = key
    return keys


def _insert(aggregate: Aggregate, new: Sequence[Entity], writer: Writer, progress: Callable[[int, int], None]) -> None:
    if not new:
        return
    former = (alias.slug for entity in new for alias in entity.aliases if alias.slug)
    wanted = ((entity.values["slug"], entity.name) for entity in new)
    slugs = SlugMaker(aggregate.model).slugs(wanted, reserved=former)
    # Columns about which the file says nothing.
    defaults = {column.name: column.get_default() for column in aggregate.columns}
    names = list(defaults)
    converters = _converters(aggregate, names)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, (entity, slug) in enumerate(zip(new, slugs, strict=True), start=1):
            values = {**defaults, **as_dict(entity.values), "slug": slug}
            for name, convert in converters:
                values[name] = convert(values[name])
            yield entity.pk, *[values[name] for name in names]
            if number % PROGRESS_EVERY == 0 or number == len(new):
                progress(number, len(new))

    writer.insert(aggregate.model, ["id", *names], rows())


def _update(aggregate: Aggregate, changed: Iterable[Entity], writer: Writer) -> None:
    """Write the columns that change. Entities in which the same columns change share a statement."""
    own = {column.name for column in aggregate.columns}
    groups: defaultdict[tuple[str, ...], list[Entity]] = defaultdict(list)
    for entity in changed:
        if columns := tuple(sorted(own.intersection(entity.before))):
            groups[columns].append(entity)
    for columns, entities in groups.items():
        converters = dict(_converters(aggregate, columns))
        rows = (
            (*(converters.get(name, _as_it_is)(entity.values[name]) for name in columns), entity.pk)
            for entity in entities
        )
        writer.update(aggregate.model, columns, rows)


def _converters(aggregate: Aggregate, names: Collection[str]) -> list[tuple[str, Callable[[Any], Any]]]:
    """Return, by column, how to turn a value into what the database stores, where the two differ."""
    columns = [column for column in aggregate.columns if column.name in names]
    links = [(column.name, _key_of) for column in columns if column.is_relation]
    dates = [column for column in columns if isinstance(column, models.DateField)]
    return links + [(column.name, partial(column.get_db_prep_save, connection=connection)) for column in dates]


def _key_of(entity: Entity | None) -> int | None:
    return entity.pk if entity else None


def _as_it_is(value: Any) -> Any:
    return value


def _write_members(relation: ChildRelation, new: Iterable[Entity], changed: Iterable[Entity], writer: Writer) -> None:
    """Write the members of a relation, such as the artists of tracks.

    Where their order counts, they replace those that an owner has. Otherwise they are added.
    """
    created = _members(relation, new)
    updated = _members(relation, (entity for entity in changed if relation.name in entity.before))
    relation.add(created, writer)
    if relation.is_ordered:
        relation.replace(updated, writer)
    else:
        relation.add(updated, writer)


def _members(relation: ChildRelation, owners: Iterable[Entity]) -> dict[int, list[Child | int]]:
    return {
        owner.pk: [member.child if isinstance(member, Entry) else member.pk for member in _stated(relation, owner)]
        for owner in owners
        if owner.pk is not None
    }


def _stated(relation: ChildRelation, owner: Entity) -> Sequence[Any]:
    stated: Sequence[Any] = owner.values.get(relation.name, ())
    return stated


def _write_aliases(aggregate: Aggregate, entities: Iterable[Entity], writer: Writer) -> None:
    if aggregate.alias is None:
        return
    columns = aggregate.alias_columns
    new: list[tuple[Any, ...]] = []
    completed: list[tuple[Any, ...]] = []
    for entity in entities:
        for alias in entity.aliases:
            values = [getattr(alias, column) for column in columns]
            if alias.pk is None:
                new.append((entity.pk, *values))
            else:
                completed.append((*values, alias.pk))
    writer.insert(aggregate.alias, ["target", *columns], new)
    writer.update(aggregate.alias, columns, completed)
