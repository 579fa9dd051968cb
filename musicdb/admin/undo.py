"""What the pages of undos share: what an undo does and what it leaves, as tables, and what follows it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from musicdb.models import Import, NotUndone

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


def after_undo(request: HttpRequest, record: Import, message: str) -> HttpResponseRedirect:
    """Say what the undo of an import has done. Lead to the list of what it left, or to the import."""
    leaves_rows = record.not_undone.exists()
    messages.add_message(request, messages.WARNING if leaves_rows else messages.SUCCESS, message)
    page = "not_undone" if leaves_rows else "change"
    return HttpResponseRedirect(reverse(f"admin:musicdb_import_{page}", args=[record.pk]))
