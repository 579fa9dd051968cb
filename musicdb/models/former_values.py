"""Keeps what a row was found by before, its name and its ids, as an alias of it.

Imports then still find the row by the old id, and do not create a second one.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models

from musicdb.models.aggregates import aggregate_of
from musicdb.models.former_names import holders_of, keep_former_name


def id_columns(model: type[models.Model]) -> list[str]:
    """Return the columns by which imports find rows of ``model``, and which aliases have too: Spotify id, UPC, ISRC."""
    # An address never changes.
    return [column for column in aggregate_of(model).key_columns if column != "slug"]


def identity(row: Any) -> dict[str, Any]:
    """Return what imports find ``row`` by: its name, and its ids by column."""
    model = type(row)
    return {"name": str(row), **{column: getattr(row, column) for column in id_columns(model)}}


def lost_values(before: Any, after: Any) -> list[str]:
    """Return the name and the ids of the row ``before`` that it does not have ``after``."""
    now = identity(after)
    return [value for key, value in identity(before).items() if value and value != now[key]]


def keep_former_values(row: Any, former: Mapping[str, Any]) -> list[str]:
    """Make ``former``, the ``identity`` that ``row`` had until now, an alias of it. Return why parts of it cannot be.

    An id that leads to another row is not kept. An alias that says nothing but what the row says itself is deleted.
    Must run in the transaction of the change, before its version is recorded.
    """
    refused = keep_former_name(row, former["name"])
    said = [refused] if refused else []
    _take_from_aliases(row)
    aggregate = aggregate_of(type(row))
    kept = {}
    for column in id_columns(type(row)):
        value = former[column]
        if not value or value == getattr(row, column) or row.aliases.filter(**{column: value}).exists():
            continue
        if holder := holders_of(aggregate, column, {row.pk: value}).get(row.pk):
            said.append(f"“{value}” was not kept as an alias, because it leads to “{holder}”.")
        else:
            kept[column] = value
    if kept:
        _add(row, former["name"], kept)
    return said


def _take_from_aliases(row: Any) -> None:
    """Take the ids that ``row`` has now from its aliases, and delete an alias that then has only the row's own name."""
    columns = id_columns(type(row))
    if not columns:
        return
    blank = _blank_ids(row)
    for column in columns:
        if value := getattr(row, column):
            row.aliases.filter(**{column: value}).update(**{column: blank[column]})
    _bare(row, str(row)).delete()


def _add(row: Any, name: str, ids: Mapping[str, Any]) -> None:
    """Give ``ids`` to the alias ``name``. It is new unless there is one without any id and address."""
    if alias := _bare(row, name).first():
        row.aliases.filter(pk=alias.pk).update(**ids)
    else:
        row.aliases.create(name=name, **ids)


def _bare(row: Any, name: str) -> Any:
    """Return the aliases of ``row`` that say nothing but this name. A joint name says more."""
    joint = dict.fromkeys({"joint_position"}.intersection(aggregate_of(type(row)).alias_columns))
    return row.aliases.filter(name=name, slug=None, **_blank_ids(row), **joint)


def _blank_ids(row: Any) -> dict[str, Any]:
    alias = row.aliases.model
    return {column: alias._meta.get_field(column).get_default() for column in id_columns(type(row))}
