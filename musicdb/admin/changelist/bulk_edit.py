"""The action *Edit selected …*: a page that asks what to change in all selected rows, and one that shows it first."""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import model_ngettext
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from musicdb.admin.base import CatalogueAdmin, M
from musicdb.admin.changelist.bulk_forms import BulkEditForm
from musicdb.admin.changelist.edit_work import edit_or_start
from musicdb.admin.changelist.selection import selection_fields
from musicdb.editing import BulkEditError, keys_of, preview_bulk_edit

MAX_ROWS_NAMED = 5


class BulkEditAdmin(CatalogueAdmin[M]):
    """A list with the action *Edit selected …*."""

    bulk_edit_form: ClassVar[type[BulkEditForm]]
    actions: Any = ["bulk_edit_selected"]

    @admin.action(description="Edit selected %(verbose_name_plural)s …", permissions=["change"])
    def bulk_edit_selected(self, request: HttpRequest, queryset: QuerySet[M]) -> HttpResponse:
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
                return edit_or_start(request, self.model, form, keys_of(queryset), request.get_full_path())
            return self._show(request, queryset, number, form)
        except BulkEditError as error:
            form.add_error(None, str(error))
            return self._ask(request, queryset, number, form)

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
