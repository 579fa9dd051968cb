"""The indexes from which the orders of long lists are read."""

from typing import Any

from django.db import models
from django.db.models import F, OrderBy
from django.db.models.indexes import IndexExpression
from django.utils.deconstruct import deconstructible

from musicdb.music import AMOUNT_NAMES


@deconstructible(path="musicdb.models.list_indexes.LargestFirst")
class LargestFirst(OrderBy):
    """A column of an index, the largest value first and unknown ones last.

    That is SQLite's descending order, which an index there cannot say in these words.
    """

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, descending=True, nulls_last=True)

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        return OrderBy(self.expression, descending=True).as_sql(compiler, connection)


IndexExpression.register_wrappers(LargestFirst)


def largest_first_index(name: str, *columns: str) -> models.Index:
    """Return the index of a list that is sorted by ``columns``, the largest first, and then by name."""
    return models.Index(*(LargestFirst(F(column)) for column in columns), "sort_key", "id", name=name)


def features_index(name: str) -> models.Index:
    """Return the index in which databases filter and sort by any audio feature without reading the rows.

    It begins with the key, so that each new row is added at its end.
    """
    return models.Index(fields=["id", *AMOUNT_NAMES], name=name)
