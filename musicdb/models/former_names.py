"""Keeps the name that a row had before as an alias, so that searches and imports still find the row by it."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from musicdb.db import in_batches, insert
from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.models.catalogue import Album
from musicdb.music import name_key, plain_spelling


def keeps_former_names(model: type[models.Model]) -> bool:
    """Return whether rows of ``model`` can have aliases."""
    return aggregate_of(model).alias is not None


def keep_former_names(model: type[models.Model], former: Mapping[int, str]) -> list[str]:
    """Make the names that rows had until now aliases of them. Return a sentence for each of which that is not possible.

    ``former`` is by the key of the row. An alias that is the new name itself, and has no address, is deleted. Names
    that look alike find each other without an alias. So do those that differ in case only, but titles of albums do not.
    Must run in the transaction of the change, before its versions are recorded. A few queries a batch.
    """
    aggregate = aggregate_of(model)
    return [
        sentence for batch in in_batches(former) for sentence in _keep(aggregate, {key: former[key] for key in batch})
    ]


def _keep(aggregate: Aggregate, former: Mapping[int, str]) -> list[str]:
    if aggregate.alias is None:
        return []
    rows: Any = aggregate.model._default_manager
    aliases: Any = aggregate.alias._default_manager
    names = dict(rows.filter(pk__in=former).values_list("pk", aggregate.name_field))
    renamed = {key: name for key, name in former.items() if key in names and name != names[key]}
    own = aliases.filter(target__in=renamed)
    present = {(target, comparable_name(aggregate, name)) for target, name in own.values_list("target", "name")}
    links = {"slug", "spotify_id", "joint_position"}.intersection(aggregate.alias_columns)
    without_links = own.filter(**dict.fromkeys(links))
    of_the_name = [
        key for key, target, name in without_links.values_list("pk", "target", "name") if name == names[target]
    ]
    if of_the_name:
        aliases.filter(pk__in=of_the_name).delete()
    kept = {
        key: name
        for key, name in renamed.items()
        if name
        and comparable_name(aggregate, name) != comparable_name(aggregate, names[key])
        and (key, comparable_name(aggregate, name)) not in present
    }
    holders = holders_of(aggregate, aggregate.unique_name, kept) if aggregate.unique_name else {}
    columns: list[Any] = [aggregate.alias._meta.get_field(name) for name in aggregate.alias_columns]
    without_name = {column.name: column.get_default() for column in columns}
    insert(
        aggregate.alias,
        ["target", *without_name],
        ((key, *{**without_name, "name": name}.values()) for key, name in kept.items() if key not in holders),
    )
    return [
        f"“{kept[key]}” was not kept as an alias, because it leads to “{holder}”." for key, holder in holders.items()
    ]


def comparable_name(aggregate: Aggregate, name: str) -> str:
    """Return a name as imports compare it: in any case, but for the title of an album."""
    return plain_spelling(name) if aggregate.model is Album else name_key(name)


def holders_of(aggregate: Aggregate, column: str, former: Mapping[int, str]) -> dict[int, Any]:
    """Return the other rows that have the ``former`` values of ``column`` now, or an alias that has, by the key."""
    if not former:
        return {}
    rows: Any = aggregate.model._default_manager
    aliases: Any = aggregate.alias
    condition = {f"{column}__in": former.values()}
    found: dict[str, list[Any]] = {}
    for row in rows.filter(**condition):
        found.setdefault(getattr(row, column), []).append(row)
    for alias in aliases._default_manager.filter(**condition).select_related("target"):
        found.setdefault(getattr(alias, column), []).append(alias.target)
    field: Any = aggregate.model._meta.get_field(column)
    others = (
        (key, [one for one in found.get(field.get_prep_value(value), ()) if one.pk != key])
        for key, value in former.items()
    )
    return {key: holders[0] for key, holders in others if holders}
