"""What an undo does and what it leaves, as tables that the pages of every kind of undo share."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse

from musicdb.models import NotUndone

LEFT_A_PAGE = 100


@dataclass(frozen=True)
class LeftRow:
    """A row that an undo leaves, with the address of its history."""

    kind: str
    name: str
    history_url: str
    reason: str


def page_of_left(request: HttpRequest, left: Any) -> "tuple[Page[Any], list[LeftRow]]":
    """Return the page of ``left`` that the request asks for, with its rows. ``left`` is a query or ``undo.Left``."""
    page = Paginator(left, LEFT_A_PAGE).get_page(request.GET.get("page"))
    return page, list(_rows(page.object_list))


def _rows(left: Iterable[NotUndone]) -> Iterable[LeftRow]:
    for one in left:
        address = reverse(f"admin:musicdb_{one.model_name.lower()}_history", args=[one.row])
        yield LeftRow(one.kind, one.name, address, one.reason)
