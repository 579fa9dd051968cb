"""The page that asks before a bulk edit, or another edit of many rows, is undone."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from musicdb.admin.base import current_user
from musicdb.admin.merging.access import may_merge
from musicdb.editing import EditUndo, UndoRefusedError, plan_edit_undo, undo_edit
from musicdb.models import GroupedChange
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType

MAX_REASONS = 50


def may_undo_edit(request: HttpRequest, change: GroupedChange) -> bool:
    """Return whether the user may do what an edit or a split did, and so undo it."""
    if change.kind == ChangeType.SPLIT:
        return may_merge(request, change.model)
    return change.kind == ChangeType.ACTION and change.model_name in changeable_models(request)


def changeable_models(request: HttpRequest) -> set[str]:
    """Return the names of the models whose rows the user may change."""
    user: Any = request.user
    options = ((aggregate.name, aggregate.model._meta) for aggregate in CATALOGUE)
    return {name for name, opts in options if user.has_perm(f"musicdb.{get_permission_codename('change', opts)}")}


def undo_edit_view(request: HttpRequest, change: GroupedChange, context: dict[str, Any]) -> HttpResponse:
    """Show what an undo would do. On POST, undo the change. ``context`` is that of a page of the admin."""
    address = HttpResponseRedirect(reverse("admin:musicdb_groupedchange_change", args=[change.pk]))
    if request.method == "POST":
        try:
            done = undo_edit(change, current_user(request))
        except UndoRefusedError as error:
            messages.error(request, str(error))
        else:
            messages.add_message(request, messages.WARNING if done.kept else messages.SUCCESS, _report(done))
        return address
    if change.is_undone:
        messages.info(request, "This change was undone already.")
        return address
    plan = plan_edit_undo(change)
    more = {"kept": plan.kept[:MAX_REASONS], "kept_more": max(len(plan.kept) - MAX_REASONS, 0)}
    context = {**context, "title": "Undo this change?", "change": change, "plan": plan, **more}
    return TemplateResponse(request, "admin/musicdb/edit_undo.html", context)


def _report(done: EditUndo) -> SafeString | str:
    parts = [f"{done.restored:,} {'row' if done.restored == 1 else 'rows'} restored"]
    if done.deleted:
        parts.append(f"brought back: {', '.join(done.deleted)}")
    if done.created:
        parts.append(f"deleted again: {', '.join(done.created)}")
    if not done.kept:
        return f"Undone: {'; '.join(parts)}."
    reasons = format_html_join("", "<li>{}</li>", ((reason,) for reason in done.kept[:MAX_REASONS]))
    return format_html("Undone: {}. This stays as it is:<ul>{}</ul>", "; ".join(parts), reasons)
