"""Keeps the name that a row had before as an alias, so that searches and imports still find the row by it."""

from typing import Any

from django.db import models

from musicdb.models.aggregates import Aggregate, aggregate_of
from musicdb.music import name_key


def keeps_former_names(model: type[models.Model]) -> bool:
    """Return whether rows of ``model`` can have aliases."""
    return aggregate_of(model).alias is not None


def keep_former_name(row: Any, former: str) -> str:
    """Make ``former``, the name that ``row`` had until now, an alias of it. Return why that is not possible, or "".

    An alias that is the new name itself, and has no address, is deleted. Names that differ in case only find each
    other without an alias. Must run in the transaction of the change, before its version is recorded.
    """
    aggregate = aggregate_of(type(row))
    name = getattr(row, aggregate.name_field)
    if aggregate.alias is None or former == name:
        return ""
    row.aliases.filter(name=name, slug=None, **_no_ids(aggregate)).delete()
    if not former or name_key(former) == name_key(name) or row.aliases.filter(name=former).exists():
        return ""
    if holder := _holder(aggregate, row, former):
        return f"“{former}” was not kept as an alias, because it leads to “{holder}”."
    row.aliases.create(name=former)
    return ""


def _no_ids(aggregate: Aggregate) -> dict[str, None]:
    return {"spotify_id": None} if "spotify_id" in aggregate.alias_columns else {}


def _holder(aggregate: Aggregate, row: Any, former: str) -> Any:
    """Return the other row that has this name or alias now, where no two rows may share one."""
    column = aggregate.unique_name
    if column is None:
        return None
    rows: Any = aggregate.model._default_manager
    aliases: Any = aggregate.alias
    if holder := rows.filter(**{column: former}).exclude(pk=row.pk).first():
        return holder
    alias = aliases._default_manager.filter(**{column: former}).exclude(target=row.pk).select_related("target").first()
    return alias.target if alias else None
