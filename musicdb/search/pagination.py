"""Pages of a long list: one query finds the keys of the rows of a page, another reads these rows with their joins."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

if TYPE_CHECKING:
    BasePaginator = Paginator[Any]
else:
    BasePaginator = Paginator

# So many keys are read at once. A list that has no more rows is counted by them, and all its pages are cut from them.
MAX_KEYS = 1_000


class DeferredJoinPage(Page[Any]):
    """A page that knows without counting whether another one follows, if the keys that were read show it."""

    paginator: "DeferredJoinPaginator"

    def has_next(self) -> bool:
        return self.paginator.knows_row(self.number * self.paginator.per_page) or super().has_next()


class DeferredJoinPaginator(BasePaginator):
    """Pages of an ordered queryset. Each page is a queryset of its own rows.

    One query with the conditions of the list finds the keys. Another reads the rows of the page by their keys, with the
    joins, annotations and subqueries that a row needs. These are then made for a page, and not for the whole list.
    ``rows``, if it is set, is the queryset that the rows are read from, with the annotations that the order needs.

    Only a list that is longer than MAX_KEYS is counted, and only if the count is asked for. Pages have no orphans.
    """

    object_list: QuerySet[Any]
    rows: QuerySet[Any] | None = None

    @cached_property
    def count(self) -> int:
        if len(self._first_keys) <= MAX_KEYS:
            return len(self._first_keys)
        return self.object_list.order_by().values("pk").count()

    def knows_row(self, place: int) -> bool:
        """Return whether there is a row at ``place``, counted from 0, as far as that is known without counting."""
        return place < len(self._first_keys)

    def validate_number(self, number: Any) -> int:
        if isinstance(number, int) and number >= 1 and self.knows_row((number - 1) * self.per_page):
            return number
        return super().validate_number(number)

    def page(self, number: Any) -> DeferredJoinPage:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return DeferredJoinPage(self._rows_of(self._keys_at(start, start + self.per_page)), number, self)

    def whole(self) -> QuerySet[Any]:
        """Return all rows as one page. This is for lists that are not longer than MAX_KEYS."""
        return self._rows_of(self._first_keys)

    @cached_property
    def _first_keys(self) -> list[Any]:
        return list(self._keys[: MAX_KEYS + 1])

    @property
    def _keys(self) -> QuerySet[Any]:
        return self.object_list.values_list("pk", flat=True)

    def _keys_at(self, start: int, end: int) -> Sequence[Any]:
        if end <= len(self._first_keys) or len(self._first_keys) <= MAX_KEYS:
            return self._first_keys[start:end]
        return list(self._keys[start:end])

    def _rows_of(self, keys: Sequence[Any]) -> QuerySet[Any]:
        rows = self.object_list.model._default_manager.all() if self.rows is None else self.rows
        query = self.object_list.query
        order: Sequence[Any] = query.order_by or self.object_list.model._meta.ordering or ()
        return rows.filter(pk__in=keys).order_by(*order)
