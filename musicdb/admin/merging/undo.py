"""The list of changes of many rows, and the page that asks before a merge is undone."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.timezone import localtime

from musicdb.admin.base import ReadOnlyAdmin, current_user
from musicdb.admin.html import link_to
from musicdb.admin.merging.access import may_merge, mergeable_models
from musicdb.admin.merging.undo_edits import changeable_models, may_undo_edit, undo_edit_view
from musicdb.editing import UndoPlan, UndoRefusedError, plan_undo, undo_merge
from musicdb.models import GroupedChange
from musicdb.models.history import ChangeType

# What the message after an undo lists. The page of the change has all.
MAX_LEFT_IN_MESSAGE = 5
MAX_LEFT_SHOWN = 200


def undo_url(change: GroupedChange) -> str:
    return reverse("admin:musicdb_groupedchange_undo", args=[change.pk])


class UndoneFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "undone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Stands"), ("yes", "Undone")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(undone_at__isnull=self.value() == "no")


@admin.register(GroupedChange)
class GroupedChangeAdmin(ReadOnlyAdmin[GroupedChange]):
    """The merges and edits of many rows so far, each with the way to undo it."""

    list_display = ["summary", "kind", "made_at", "made_by", "state"]
    list_filter = ["kind", "model_name", UndoneFilter, "made_at"]
    list_select_related = ["made_by", "undone_by"]
    search_fields = ["search_key"]
    search_help_text = "What the summary says, such as the name or address of a row that was merged, or that stayed"
    fields = ["summary", "kind", "made_at", "who", "state", "not_put_back"]

    def get_urls(self) -> list[URLPattern]:
        undo = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", undo, name="musicdb_groupedchange_undo"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"title": "Changes of many rows", **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupedChange]:
        may_undo = Q(kind__in=(ChangeType.MERGE, ChangeType.SPLIT), model_name__in=mergeable_models(request)) | Q(
            kind=ChangeType.ACTION, model_name__in=changeable_models(request)
        )
        return super().get_queryset(request).annotate(may_undo=ExpressionWrapper(may_undo, BooleanField()))

    def view_on_site(self, obj: Any) -> None:
        return None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what the undo of a change puts back and what it cannot. On POST, undo it."""
        change = get_object_or_404(GroupedChange.objects.select_related("made_by", "undone_by"), pk=pk)
        if may_undo_edit(request, change):
            context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
            return undo_edit_view(request, change, context)
        if change.kind != ChangeType.MERGE or not may_merge(request, change.model):
            raise PermissionDenied
        try:
            if request.method == "POST":
                return self._undone(request, undo_merge(change, current_user(request)))
            plan = plan_undo(change)
        except UndoRefusedError as error:
            return self._refused(request, change, error)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": "Undo this merge?",
            "change": change,
            "plan": plan,
            "left": plan.left[:MAX_LEFT_SHOWN],
            "left_more": max(len(plan.left) - MAX_LEFT_SHOWN, 0),
            "kind": plan.aggregate.model._meta,
            "survivor_history": self._history_url(change) if plan.survivor is not None else "",
            "loses_clusters": plan.aggregate.name == "Genre",
        }
        return TemplateResponse(request, "admin/musicdb/merge_undo.html", context)

    def _undone(self, request: HttpRequest, plan: UndoPlan) -> HttpResponse:
        rows = plan.aggregate.model._default_manager.filter(pk__in=[row.key for row in plan.returning])
        back = format_html_join(", ", "{}", ((link_to(row),) for row in rows.order_by("pk")))
        message = format_html("The merge was undone. Back again: {}.", back)
        if plan.left:
            listed = [*plan.left[:MAX_LEFT_IN_MESSAGE]]
            if more := len(plan.left) - len(listed):
                listed.append(f"And {more:,} more.")
            items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in listed))
            message = format_html("{} What could not be put back:<ul>{}</ul>", message, items)
        self.message_user(request, message, messages.WARNING if plan.left else messages.SUCCESS)
        return HttpResponseRedirect(
            self._history_url(plan.change) if plan.survivor is not None else self._change_url(plan.change)
        )

    def _refused(self, request: HttpRequest, change: GroupedChange, error: UndoRefusedError) -> HttpResponse:
        message: SafeString | str = str(error)
        if error.first is not None:
            message = format_html('{} <a href="{}">{}</a>', message, undo_url(error.first), error.first)
        self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(self._change_url(change))

    def _change_url(self, change: GroupedChange) -> str:
        return reverse("admin:musicdb_groupedchange_change", args=[change.pk])

    def _history_url(self, change: GroupedChange) -> str:
        return reverse(f"admin:musicdb_{change.model_name.lower()}_history", args=[change.row])

    @admin.display(description="who")
    def who(self, change: GroupedChange) -> Any:
        # Django would link a key to the user's page, which hardly anybody may see.
        return change.made_by or "–"

    @admin.display(description="state")
    def state(self, change: Any) -> SafeString | str:
        if change.undone_at is not None:
            by = f" by {change.undone_by}" if change.undone_by else ""
            return f"undone{by}, {date_format(localtime(change.undone_at), 'DATETIME_FORMAT')}"
        if not change.may_undo:
            return "stands"
        return format_html('stands · <a href="{}" aria-label="Undo: {}">undo …</a>', undo_url(change), change)

    @admin.display(description="not put back")
    def not_put_back(self, change: GroupedChange) -> SafeString | str:
        if not change.left_behind:
            return "–"
        items = format_html_join("", "<li>{}</li>", ((capfirst(sentence),) for sentence in change.left_behind))
        return format_html("<ul>{}</ul>", items)
