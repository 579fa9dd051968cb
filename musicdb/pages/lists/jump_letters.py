"""Links from a list of names to the pages on which its letters begin. They work without JavaScript."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr

from musicdb.music import jump_letter
from musicdb.pages.lists.filtered import FilteredListView


@dataclass(frozen=True)
class JumpLetter:
    """A letter under which the list has names, and the page on which the first of them is."""

    letter: str
    page: int


class JumpLettersView(FilteredListView):
    """A list of names that can be sorted by name. ``names`` are its rows without what only the list shows.

    ``name_order`` is what the order by name is called.
    """

    names: QuerySet[Any]
    name_order = "name"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(jump_letters=self._jump_letters(), **kwargs)

    def _jump_letters(self) -> list[JumpLetter]:
        """Return the letters of the list in its order. None unless it is sorted by name. One query."""
        first_order = (self.order or [""])[0]
        if first_order.removeprefix("-") != self.name_order:
            return []
        rows = self.filterset_class(self.request.GET, queryset=self.names).qs.order_by()
        counted = rows.annotate(first=Substr("sort_key", 1, 1)).values_list("first").annotate(number=Count("pk"))
        by_first = counted.order_by("-first" if first_order.startswith("-") else "first")
        letters, place = [], 0
        for letter, firsts in groupby(by_first, key=lambda row: jump_letter(row[0])):
            letters.append(JumpLetter(letter, place // self.get_paginate_by(rows) + 1))  # type: ignore[operator]
            place += sum(number for _, number in firsts)
        return letters
