"""Pages of a long list: first which rows, by their keys alone, then only those of the page with all that they show."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

# So many keys come at once: a list no longer than this is counted by them, and all its pages cut from them.
MAX_KEYS = 1_000


class DeferredJoinPage(Page):
    """A page that knows without counting that another follows, if that is among the keys in hand."""

    paginator: "DeferredJoinPaginator"

    def has_next(self) -> bool:
        return self.paginator.knows_row(self.number * self.paginator.per_page) or super().has_next()


class DeferredJoinPaginator(Paginator):
    """Pages of an ordered queryset, each a queryset of its own rows, in the order of all.

    Which rows: one query by the list's conditions, of keys only. The rows: another by those keys, with the joins,
    annotations and subqueries that a row needs, which so are made for a page and not for the list. ``rows``, if given,
    is what those are taken from: all rows of the kind, with the annotations that the order of the list needs.

    The list is counted only where the count is asked for and longer than MAX_KEYS. Pages have no orphans.
    """

    object_list: QuerySet[Any]
    rows: QuerySet[Any] | None = None

    @cached_property
    def count(self) -> int:
        if len(self._first_keys) <= MAX_KEYS:
            return len(self._first_keys)
        return self.object_list.order_by().values("pk").count()

    def knows_row(self, place: int) -> bool:
        """Return whether there is a row at ``place``, from 0, so far as that is known without counting."""
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
        """Return all rows, as one page: for lists that are not longer than MAX_KEYS."""
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
