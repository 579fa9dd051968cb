"""Find what uses rows that an undo would delete."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from musicdb.db import in_batches, tables_that_need
from musicdb.models.aggregates import Aggregate

# A model whose rows say nothing by themselves names in this attribute the relation to the rows that do.
USED_THROUGH = "used_through"


@dataclass(slots=True)
class Use:
    """The first row of ``model`` that uses another row, and how many use it. ``key`` is None outside the catalogue."""

    model: Any
    key: int | None
    number: int = 1


def find_uses(
    aggregate: Aggregate, keys: Iterable[int], still_uses: Callable[[Any, int, str, int], bool]
) -> dict[int, Use]:
    """Return, by key, what uses these rows. Rows that nothing uses are missing.

    ``still_uses`` is asked about a row of the catalogue by its model, its key, the name of the column or relation and
    the key of the row that it uses. One query for each table that can use a row, and batch.
    """
    found: dict[int, Use] = {}
    for batch in in_batches(keys):
        for model, name, pairs in _users(aggregate, batch):
            for used, user in pairs.iterator():
                if not still_uses(model, user, name, used):
                    continue
                if used in found:
                    found[used].number += 1
                else:
                    found[used] = Use(model, user)
        for table, column in tables_that_need(aggregate.model):
            if not _is_of_the_catalogue(aggregate, table, column):
                table, column = _used_through(table, column)
                rows = table._base_manager.filter(**{f"{column}__in": batch}).order_by().values_list(column, flat=True)
                for used in rows.distinct():
                    found.setdefault(used, Use(table, None))
    return found


def _users(aggregate: Aggregate, keys: list[int]) -> Iterator[tuple[Any, str, Any]]:
    """Yield what can use rows of a model: a model, its column or relation, and a query for pairs of keys."""
    for use in aggregate.uses:
        rows = use.through._default_manager.filter(**{f"{use.member}__in": keys}).order_by(use.member, use.owner)
        # A playlist may have a track twice.
        yield use.owner_model, use.name, rows.values_list(use.member, use.owner).distinct()
    for owner, column in aggregate.pointing_columns:
        rows = owner.model._default_manager.filter(**{f"{column}__in": keys}).order_by(column, "pk")
        yield owner.model, column, rows.values_list(column, "pk")


def _used_through(table: Any, column: str) -> tuple[Any, str]:
    """Return the rows that make a row of ``table`` a use, and how they lead to what it uses: mostly itself."""
    name = getattr(table, USED_THROUGH, None)
    if name is None:
        return table, column
    relation = table._meta.get_field(name)
    return relation.related_model, f"{relation.field.name}__{column}"


def _is_of_the_catalogue(aggregate: Aggregate, table: Any, column: str) -> bool:
    through = {use.through for use in aggregate.uses}
    pointing = {(owner.model, name) for owner, name in aggregate.pointing_columns}
    return table in aggregate.own_tables or table in through or (table, column) in pointing
