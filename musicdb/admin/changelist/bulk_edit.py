"""The action *Edit selected …*: a page that asks what to change in all selected rows, and one that shows it first."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from musicdb.admin.base import CatalogueAdmin, M, current_user
from musicdb.admin.changelist.bulk_forms import BulkEditForm
from musicdb.admin.changelist.selection import selection_fields
from musicdb.admin.html import link_to
from musicdb.editing import BulkEditError, Edited, bulk_edit, preview_bulk_edit
from musicdb.models import Album

MAX_ROWS_NAMED = 5
# Servers refuse an address of more than about 4,000 characters.
MAX_LINKED = 200


class BulkEditAdmin(CatalogueAdmin[M]):
    """A list with the action *Edit selected …*."""

    bulk_edit_form: ClassVar[type[BulkEditForm]]
    actions: Any = ["bulk_edit_selected"]

    @admin.action(description="Edit selected %(verbose_name_plural)s …", permissions=["change"])
    def bulk_edit_selected(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse | None:
        """Show the form, then what it would change. If that was confirmed, edit the rows and return to the list."""
        number = queryset.count()
        is_sent = not {"preview", "apply", "again"}.isdisjoint(request.POST)
        form = self.bulk_edit_form(request.POST if is_sent else None, initial={"selected": number})
        if not is_sent or not form.is_valid() or "again" in request.POST:
            return self._ask(request, queryset, number, form)
        if form.cleaned_data["selected"] != number:
            form.show_selected(number)
            form.add_error(
                None,
                f"Your selection has changed. It is now {number:,} {model_ngettext(self.opts, number)}. Check it, then "
                "send this form again.",
            )
            return self._ask(request, queryset, number, form)
        try:
            if "apply" in request.POST:
                edited = bulk_edit(queryset, form.edit(), current_user(request))
                self._bulk_report(request, number, edited)
                return None
            return self._show(request, queryset, number, form)
        except BulkEditError as error:
            form.add_error(None, str(error))
            return self._ask(request, queryset, number, form)

    def _bulk_report(self, request: HttpRequest, number: int, edited: Edited) -> None:
        changed = edited.changed
        if edited.change is None:
            self.message_user(request, "Nothing changed: everything you selected already matched.", messages.INFO)
            return
        unchanged = f"; {number - changed:,} already matched" if number > changed else ""
        done = f"Changed {changed:,} {model_ngettext(self.opts, changed)}{unchanged}."
        undo = reverse("admin:musicdb_groupedchange_undo", args=[edited.change.pk])
        self.message_user(request, format_html('{} <a href="{}">Undo …</a>', done, undo), messages.SUCCESS)
        if edited.emptied:
            self.message_user(request, _offer_to_delete(edited.emptied), messages.WARNING)

    def _show(self, request: HttpRequest, queryset: QuerySet[M], number: int, form: BulkEditForm) -> HttpResponse:
        return self._bulk_page(request, queryset, number, form, preview=preview_bulk_edit(queryset, form.edit()))

    def _ask(self, request: HttpRequest, queryset: QuerySet[M], number: int, form: BulkEditForm) -> HttpResponse:
        named = [str(row) for row in queryset[:MAX_ROWS_NAMED]]
        return self._bulk_page(request, queryset, number, form, named=named, more=number - len(named))

    def _bulk_page(
        self, request: HttpRequest, queryset: QuerySet[M], number: int, form: BulkEditForm, **context: Any
    ) -> HttpResponse:
        context = {
            **self._context(request, f"Edit {number:,} {model_ngettext(self.opts, number)}"),
            "media": self.media + form.media,
            "form": form,
            "number": number,
            "hidden": selection_fields(request, "bulk_edit_selected"),
            "back": request.get_full_path(),
            **context,
        }
        return TemplateResponse(request, "admin/musicdb/bulk_edit.html", context)


def _offer_to_delete(albums: Sequence[Album]) -> SafeString:
    """Name the albums that have no track any more, with a link by which each, or all, can be deleted."""
    named = format_html_join(", ", "{}", ((link_to(album),) for album in albums[:MAX_ROWS_NAMED]))
    more = len(albums) - MAX_ROWS_NAMED
    if len(albums) == 1:
        address = reverse("admin:musicdb_album_delete", args=[albums[0].pk])
        return format_html('The album {} has no tracks any more. <a href="{}">Delete it …</a>', named, address)
    others = f" and {more:,} more" if more > 0 else ""
    lists_these = len(albums) <= MAX_LINKED
    query = {"id__in": ",".join(str(album.pk) for album in albums)} if lists_these else {"unused": "yes"}
    return format_html(
        'The albums {}{} have no tracks any more. <a href="{}">{}</a>',
        named,
        others,
        reverse("admin:musicdb_album_changelist", query=query),
        "Show them, to delete them" if lists_these else "Show all albums without tracks, to delete them",
    )
