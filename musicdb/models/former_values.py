"""Keeps what rows were found by before, their names and ids, as aliases of them.

Imports then still find a row by the old id, and do not create a second one.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db import models

from musicdb.db import in_batches, insert, update
from musicdb.models.aggregates import aggregate_of
from musicdb.models.former_names import holders_of, keep_former_names


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


def keep_former_values(model: type[models.Model], former: Mapping[int, Mapping[str, Any]]) -> list[str]:
    """Make what rows had until now aliases of them. Return a sentence for each value of which that is not possible.

    ``former`` is by the key of the row an ``identity``, or the part of it that matters: the name, and ids by column. An
    id that leads to another row is not kept. An alias that says nothing but what the row says itself is deleted. Must
    run in the transaction of the change, before its versions are recorded. A few queries a batch.
    """
    said = keep_former_names(model, {key: values["name"] for key, values in former.items()})
    if id_columns(model):
        for batch in in_batches(former):
            said += _FormerIds(model, {key: former[key] for key in batch}).keep()
    return said


class _FormerIds:
    """Rows of a batch with the ids that they have ``now``, those that they had, and all their aliases by row."""

    def __init__(self, model: type[models.Model], former: Mapping[int, Mapping[str, Any]]) -> None:
        self._aggregate = aggregate_of(model)
        alias_model: Any = self._aggregate.alias
        self._alias = alias_model
        self._name = self._aggregate.name_field
        self._columns = id_columns(model)
        rows = model._default_manager.filter(pk__in=former).order_by("pk")
        self._now = {row["pk"]: row for row in rows.values("pk", self._name, *self._columns)}
        self._former = {key: former[key] for key in self._now}
        self._aliases: dict[int, list[dict[str, Any]]] = {key: [] for key in self._now}
        own = alias_model._default_manager.filter(target__in=self._now).order_by("pk")
        for alias in own.values("pk", "target_id", *self._aggregate.alias_columns):
            self._aliases[alias["target_id"]].append(alias)
        self._blank = {name: alias_model._meta.get_field(name).get_default() for name in self._aggregate.alias_columns}

    def keep(self) -> list[str]:
        changed, useless = self._take_from_aliases()
        kept, said = self._kept()
        new = []
        for key, ids in kept.items():
            name = self._former[key]["name"]
            # It is new unless there is one without any id and address.
            if alias := next((one for one in self._aliases[key] if self._is_bare(one, name)), None):
                changed[alias["pk"]] = alias | ids
            else:
                new.append((key, *(self._blank | {"name": name} | ids).values()))
        rows = ((*(alias[name] for name in self._columns), key) for key, alias in changed.items())
        update(self._alias, self._columns, rows)
        self._alias._default_manager.filter(pk__in=useless).delete()
        insert(self._alias, ["target", *self._blank], new)
        return said

    def _take_from_aliases(self) -> tuple[dict[int, dict[str, Any]], set[int]]:
        """Take the ids that rows have now from their aliases. Return the aliases that change, and those to delete."""
        changed, useless = {}, set()
        for key, aliases in self._aliases.items():
            now = self._now[key]
            for alias in aliases:
                own = [name for name in self._columns if now[name] and alias[name] == now[name]]
                alias.update({name: self._blank[name] for name in own})
                if self._is_bare(alias, now[self._name]):
                    useless.add(alias["pk"])
                elif own:
                    changed[alias["pk"]] = alias
            self._aliases[key] = [alias for alias in aliases if alias["pk"] not in useless]
        return changed, useless

    def _kept(self) -> tuple[dict[int, dict[str, Any]], list[str]]:
        """Return the former ids that become aliases, by row, and sentences about those that cannot."""
        kept: defaultdict[int, dict[str, Any]] = defaultdict(dict)
        said = []
        for column in self._columns:
            lost = {
                key: value
                for key, values in self._former.items()
                if (value := values.get(column))
                and value != self._now[key][column]
                and all(alias[column] != value for alias in self._aliases[key])
            }
            holders = holders_of(self._aggregate, column, lost)
            for key, value in lost.items():
                if key in holders:
                    said.append(f"“{value}” was not kept as an alias, because it leads to “{holders[key]}”.")
                else:
                    kept[key][column] = value
        return kept, said

    def _is_bare(self, alias: Mapping[str, Any], name: str) -> bool:
        """Return whether an alias says nothing but this name. A joint name says more."""
        return alias["name"] == name and all(
            alias[column] == blank for column, blank in self._blank.items() if column != "name"
        )
