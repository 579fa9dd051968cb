"""The pages of an undo: what it would do, asked before it does, and what it left."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse

from musicdb.admin.base import counted, current_user
from musicdb.admin.undo import page_of_left
from musicdb.db import repeatable_read
from musicdb.history.undo import Left
from musicdb.imports.undo import UNDONE_ALREADY, UndoRefusedError, plan_undo, undo
from musicdb.models import Import


class UndoPage:
    """Ask before an import is undone, and undo it."""

    def __init__(self, model_admin: Any) -> None:
        self._admin = model_admin

    def __call__(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self._admin.has_undo_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Import, pk=pk)
        if request.method == "POST":
            return self._undo(request, record)
        if record.is_undone and not record.not_undone.exists():
            self._admin.message_user(request, UNDONE_ALREADY, messages.INFO)
            return self._back(record)
        with repeatable_read():
            plan = plan_undo(record)
            page, left = page_of_left(request, Left(plan))
        return self._page(
            request,
            "undo",
            f"Undo the rest of the import of {record}?" if record.is_undone else f"Undo the import of {record}?",
            record=record,
            counts=plan.counts,
            does_nothing=plan.does_nothing and plan.leaves_something,
            page_obj=page,
            left=left,
        )

    def left(self, request: HttpRequest, pk: int) -> HttpResponse:
        """List what the undo of an import has left."""
        if not self._admin.has_view_permission(request):
            raise PermissionDenied
        record = get_object_or_404(Import, pk=pk)
        page, left = page_of_left(request, record.not_undone.all())
        return self._page(request, "not_undone", f"Not undone: {record}", record=record, page_obj=page, left=left)

    def _undo(self, request: HttpRequest, record: Import) -> HttpResponse:
        try:
            plan = undo(record, current_user(request))
        except UndoRefusedError as error:
            self._admin.message_user(request, str(error), messages.ERROR)
            return self._back(record)
        left = len(Left(plan))
        self._admin.log_change(request, record, f"Undone, but for {counted(left, 'row')}." if left else "Undone.")
        if left:
            message = f"The import of {record} was undone in part. Below is what was left, and why."
            self._admin.message_user(request, message, messages.WARNING)
            return HttpResponseRedirect(reverse("admin:musicdb_import_not_undone", args=[record.pk]))
        self._admin.message_user(request, f"The import of {record} was undone.", messages.SUCCESS)
        return self._back(record)

    def _back(self, record: Import) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:musicdb_import_change", args=[record.pk]))

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        context = {**self._admin.admin_site.each_context(request), "title": title, "opts": self._admin.opts, **context}
        return TemplateResponse(request, f"admin/musicdb/import/{template}.html", context)
