"""The page that asks before a bulk edit, or another edit of many rows, is undone."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_permission_codename
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from musicdb.admin.base import current_user
from musicdb.admin.edits import Said, say, store
from musicdb.admin.merging.access import may_merge
from musicdb.admin.transfers import start_or_say_why
from musicdb.editing import EditUndo, UndoRefusedError, count_written, plan_edit_undo, undo_edit
from musicdb.models import GroupedChange, Transfer
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType
from musicdb.progress import Progress
from musicdb.transfers import Done, TransferFailedError, TransferFiles, register, start

MAX_REASONS = 50
# It takes too long for a request to say of more rows what an undo would do.
MAX_PREVIEWED = 5_000


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
    back = reverse("admin:musicdb_groupedchange_change", args=[change.pk])
    address = HttpResponseRedirect(back)
    if request.method == "POST":
        if not change.is_undone and count_written(change) > settings.TRANSFER_ROWS:
            return _start(request, change, back)
        try:
            say(request, [_report(undo_edit(change, current_user(request)))])
        except UndoRefusedError as error:
            messages.error(request, str(error))
        return address
    if change.is_undone:
        messages.info(request, "This change was undone already.")
        return address
    context = {**context, "title": "Undo this change?", "change": change}
    if (written := count_written(change)) > MAX_PREVIEWED:
        context |= {"written": written}
    else:
        plan = plan_edit_undo(change)
        context |= {"plan": plan, "kept": plan.kept[:MAX_REASONS], "kept_more": max(len(plan.kept) - MAX_REASONS, 0)}
    return TemplateResponse(request, "admin/musicdb/edit_undo.html", context)


def _start(request: HttpRequest, change: GroupedChange, back: str) -> HttpResponse:
    action = "merge" if change.kind == ChangeType.SPLIT else "change"
    permission = f"musicdb.{get_permission_codename(action, change.model._meta)}"
    asked = {"change": change.pk, "back": back}
    user = current_user(request)
    return start_or_say_why(
        request, lambda: start(Transfer.Kind.UNDO_EDIT, user, f"“{change.summary}”", asked, [permission]), back
    )


def _undo(transfer: Transfer, progress: Progress, files: TransferFiles) -> Done:
    change = GroupedChange.objects.get(pk=transfer.asked["change"])
    try:
        store(files, [_report(undo_edit(change, transfer.user, progress))])
    except UndoRefusedError as error:
        raise TransferFailedError(str(error)) from error
    return Done()


register(Transfer.Kind.UNDO_EDIT, _undo)


def _report(done: EditUndo) -> Said:
    parts = [f"{done.restored:,} {'row' if done.restored == 1 else 'rows'} restored"]
    if done.deleted:
        parts.append(f"brought back: {', '.join(done.deleted)}")
    if done.created:
        parts.append(f"deleted again: {', '.join(done.created)}")
    if not done.kept:
        return messages.SUCCESS, f"Undone: {'; '.join(parts)}."
    reasons = format_html_join("", "<li>{}</li>", ((reason,) for reason in done.kept[:MAX_REASONS]))
    return messages.WARNING, format_html("Undone: {}. This stays as it is:<ul>{}</ul>", "; ".join(parts), reasons)
