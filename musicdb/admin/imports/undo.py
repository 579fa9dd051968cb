"""The pages of an undo: what it would do, asked before it does, and what it left."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from musicdb.admin.base import current_user, is_valid_pk
from musicdb.admin.imports.undo_work import (
    UndoPreview,
    UndoPreviewGoneError,
    is_large,
    start_transfer,
    success,
    undo_import,
)
from musicdb.admin.transfers import own_transfer, start_or_say_why
from musicdb.admin.undo import after_undo, page_of_left
from musicdb.db import repeatable_read
from musicdb.imports.undo import UNDONE_ALREADY, UndoRefusedError
from musicdb.models import Import, Transfer

Kind = Transfer.Kind


class UndoPage:
    """Ask before an import is undone, and undo it.

    What the undo of a large import would do is found out by a transfer, which a POST with ``preview`` starts.
    """

    def __init__(self, model_admin: Any) -> None:
        self._admin = model_admin

    def __call__(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self._admin.has_undo_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Import, pk=pk)
        if request.method == "POST":
            return self._post(request, record)
        if record.is_undone and not record.not_undone.exists():
            self._admin.message_user(request, UNDONE_ALREADY, messages.INFO)
            return self._back(record)
        if not is_large(record):
            with repeatable_read():
                return self._ask(request, record, UndoPreview.of(record))
        try:
            return self._ask(request, record, UndoPreview.stored(_preview_transfer(request, record)))
        except UndoPreviewGoneError:
            message = "What the undo would do must be found out again. Choose “Undo” once more."
            self._admin.message_user(request, message, messages.INFO)
            return self._back(record)

    def left(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List what the undo of an import has left."""
        if not self._admin.has_view_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Import, pk=pk)
        page, left = page_of_left(request, record.not_undone.all())
        return self._page(request, "not_undone", f"Not undone: {record}", record=record, page_obj=page, left=left)

    def _ask(self, request: HttpRequest, record: Import, preview: UndoPreview) -> HttpResponse:
        page, left = page_of_left(request, preview.left)
        return self._page(
            request,
            "undo",
            f"Undo the rest of the import of {record}?" if record.is_undone else f"Undo the import of {record}?",
            record=record,
            counts=preview.counts,
            does_nothing=preview.does_nothing,
            page_obj=page,
            left=left,
        )

    def _post(self, request: HttpRequest, record: Import) -> HttpResponse:
        user = current_user(request)
        if is_large(record):
            kind = Kind.UNDO_PREVIEW if "preview" in request.POST else Kind.UNDO
            return start_or_say_why(request, lambda: start_transfer(kind, record, user), _address(record))
        try:
            left = undo_import(record, user)
        except UndoRefusedError as error:
            self._admin.message_user(request, str(error), messages.ERROR)
            return self._back(record)
        return after_undo(request, record, success(record, left))

    def _back(self, record: Import) -> HttpResponseRedirect:
        return HttpResponseRedirect(_address(record))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        context = {**self._admin.admin_site.each_context(request), "title": title, "opts": self._admin.opts, **context}
        return TemplateResponse(request, f"admin/musicdb/import/{template}.html", context)


def _address(record: Import) -> str:
    return reverse("admin:musicdb_import_change", args=[record.pk])


def _preview_transfer(request: HttpRequest, record: Import) -> Transfer:
    """Return the transfer that the address names. Raises Http404, PermissionDenied and UndoPreviewGoneError."""
    key = request.GET.get("preview", "")
    if not is_valid_pk(key):
        raise UndoPreviewGoneError
    transfer = own_transfer(request, int(key))
    if transfer.kind != Kind.UNDO_PREVIEW or transfer.asked["import"] != record.pk:
        raise Http404("This is not a preview of the undo of this import.")
    return transfer
