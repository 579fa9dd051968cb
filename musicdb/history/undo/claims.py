"""The names, ids and addresses that an undo would give back, and which of them other rows have by now."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.text import capfirst

from musicdb.db import in_batches
from musicdb.models.aggregates import Aggregate

Model = type[Any]
# A column that no two rows may share, and the one of which versions state the value.
Column = tuple[Model, str, str]


class Claims:
    """Rows that would get back a value that no two rows may share. Most undos have none."""

    def __init__(self) -> None:
        self._wanted: defaultdict[Column, dict[int, Any]] = defaultdict(dict)
        self._refused: defaultdict[tuple[Model, int], dict[str, str]] = defaultdict(dict)

    def add(self, aggregate: Aggregate, targets: Iterable[Any]) -> None:
        """Note which of the rows that ``targets`` state have another value now. One query."""
        compared = _compared(aggregate)
        versions = {version.id: version for version in targets}
        if not versions:
            return
        stated = list(dict.fromkeys(compared.values()))
        rows = aggregate.model._default_manager.filter(pk__in=list(versions)).order_by()
        for key, *values in rows.values_list("pk", *stated):
            now = dict(zip(stated, values, strict=True))
            for column, name in compared.items():
                value = getattr(versions[key], name)
                if value == now[name]:
                    self._wanted[aggregate.model, column, name].pop(key, None)
                elif value:
                    self._wanted[aggregate.model, column, name][key] = value

    def changing(self, model: Model) -> dict[int, list[str]]:
        """Return the columns that get another value, by the key of the row."""
        found: defaultdict[int, list[str]] = defaultdict(list)
        for (of_model, _, name), wanted in self._wanted.items():
            if of_model is model:
                for key in wanted:
                    found[key].append(name)
        return found

    def refused(self, model: Model, key: int) -> Mapping[str, str]:
        """Return why a row cannot get values back, by their columns."""
        return self._refused.get((model, key), {})

    def refuse(self, going: Mapping[Model, set[int]]) -> dict[Model, set[int]]:
        """Refuse the values that rows keep which are not ``going``. Return the rows that do not get theirs."""
        holders = [holder for column in list(self._wanted) for holder in self._holders(column)]
        found: defaultdict[Model, set[int]] = defaultdict(set)
        left = -1
        # A row that does not get its value back keeps the one that another may want.
        while left != len(holders):
            left = len(holders)
            for column, key, row in list(holders):
                wanted = self._wanted[column]
                if key in wanted and row.pk not in going[column[0]] and row.pk not in wanted:
                    self._refuse(column, key, row)
                    found[column[0]].add(key)
                    holders.remove((column, key, row))
        return found

    def _holders(self, column: Column) -> Iterable[tuple[Column, int, Any]]:
        """Yield, for each row that would get a value back, the row that has it now."""
        model, compared, _ = column
        field: Any = model._meta.get_field(compared)
        by_value = {field.get_prep_value(value): key for key, value in self._wanted[column].items()}
        for batch in in_batches(sorted(by_value)):
            for row in model._default_manager.filter(**{f"{compared}__in": batch}).order_by("pk"):
                key = by_value[getattr(row, compared)]
                if row.pk != key:
                    yield column, key, row

    def _refuse(self, column: Column, key: int, holder: Any) -> None:
        model, _, name = column
        value = self._wanted[column].pop(key)
        label = capfirst(model._meta.get_field(name).verbose_name)
        self._refused[model, key][name] = f"{label} “{value}” is taken by “{holder}” ({holder.slug})."


def _compared(aggregate: Aggregate) -> dict[str, str]:
    compared = {column.name: column.name for column in aggregate.unique_columns}
    if aggregate.unique_name:
        compared[aggregate.unique_name] = aggregate.name_field
    return compared
