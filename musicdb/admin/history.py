"""The history of a row: the pages that show its versions, and the way back to one of them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst, get_text_list

from musicdb import history
from musicdb.admin.base import M, is_valid_pk
from musicdb.admin.changelist.import_filter import ImportFilter
from musicdb.admin.former_names import BOX, FormerNamesAdmin
from musicdb.admin.generic import AnyModelForm
from musicdb.admin.html import link_to
from musicdb.admin.linked.filters import LINKED_FILTERS
from musicdb.admin.linked.forms import form_links
from musicdb.admin.merging.access import mergeable_models
from musicdb.history import diff
from musicdb.history.restore import RevertRefusedError, restore_deleted, revert
from musicdb.history.states import current_state
from musicdb.models.former_names import keeps_former_names
from musicdb.models.former_values import lost_values
from musicdb.models.history import DELETED, ChangeType

VERSIONS_A_PAGE = 25
MAX_LOG_ENTRIES = 100
# This query parameter shows the rows that the undo of an import deleted, in place of all others.
UNDONE_PARAM = "undone"
# No row has this key.
NO_PK = 0


class VersionedAdmin(FormerNamesAdmin[M]):
    """A model with a history. Its pages record each save and deletion, show all versions, and can restore one."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("deleted/", wrap(self.deleted_view), name=f"{self._url_prefix}_deleted"),
            path("<int:key>/history/<int:version>/", wrap(self.version_view), name=f"{self._url_prefix}_version"),
            *super().get_urls(),
        ]

    @property
    def _url_prefix(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), *LINKED_FILTERS.get(self.model, ()), ImportFilter]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        if obj is not None:
            context["form_links"] = form_links(obj, request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    # --- Recording. Django saves a row and its child rows one after the other. Together they are one version. --------

    def save_model(self, request: HttpRequest, obj: M, form: AnyModelForm, change: bool) -> None:
        if change:
            history.baseline(self.model, [obj.pk])
        with history.signals_disabled():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: AnyModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        record = history.record_updates if change else history.record_creates
        record(self.model, [form.instance.pk], history.Change(ChangeType.EDIT, request.user))

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        with transaction.atomic():
            history.delete(queryset, history.Change(ChangeType.DELETION, request.user))

    # --- What others did while somebody edited -----------------------------------------------------------------------

    def changed_since(self, key: str, since: datetime) -> str:
        versions = self.model.history.filter(id=key, history_date__gte=since).exclude(  # type: ignore[attr-defined]
            change_type=ChangeType.BASELINE
        )
        by = versions.order_by("history_id").values_list("history_user__username", "change_type")
        names: dict[str, None] = dict.fromkeys(user or f"“{ChangeType(change).label}”" for user, change in by)
        return get_text_list(list(names), "and")

    def fate_of(self, key: str, since: datetime) -> tuple[str, str]:
        last = diff.versions_of(self.model, int(key)).filter(history_type=DELETED).first()
        if last is None:
            return super().fate_of(key, since)
        if last.change_type == ChangeType.MERGE:
            return diff.name_of(last), f"It was merged since you opened the form. {last.history_change_reason}"
        if last.change_type == ChangeType.SPLIT:
            return diff.name_of(last), f"It was split since you opened the form. {last.history_change_reason}"
        who = last.history_user or "Something that names nobody"
        return diff.name_of(last), f"{who} has deleted this {self.opts.verbose_name}, {diff.format_time(last)}."

    def history_url(self, key: str) -> str:
        return reverse(f"admin:{self._url_prefix}_history", args=[key])

    # --- Pages ------------------------------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        key, obj = self._get_row(request, unquote(object_id))
        paginator = Paginator(diff.versions_of(self.model, key), VERSIONS_A_PAGE)
        if obj is None and not paginator.count:
            redirect: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return redirect
        page = paginator.get_page(request.GET.get("page"))
        # Read one more version, to compare the last of the page with it.
        first = (page.number - 1) * VERSIONS_A_PAGE
        versions = list(paginator.object_list[first : first + VERSIONS_A_PAGE + 1])
        before = versions.pop() if len(versions) > VERSIONS_A_PAGE else None
        names = diff.Names([*versions, before] if before else versions)
        log = LogEntry.objects.filter(content_type=get_content_type_for_model(self.model), object_id=str(key))
        return self._page(
            request,
            "history",
            f"History of {obj or diff.name_of(versions[0])}",
            key=key,
            obj=obj,
            entries=list(diff.entries(versions, before, names)),
            page_obj=page,
            log=log.select_related("user").order_by("-pk")[:MAX_LOG_ENTRIES] if page.number == 1 else [],
            **(extra_context or {}),
        )

    def version_view(self, request: HttpRequest, key: int, version: int) -> HttpResponse:
        """Show a whole version beside the row as it is now. On POST, revert or restore the row."""
        _, obj = self._get_row(request, key)
        shown = get_object_or_404(diff.versions_of(self.model, key), history_id=version)
        if request.method == "POST":
            return self._return_to(request, shown, obj)
        current = current_state(obj) if obj else None
        names = diff.Names([shown, current] if current else [shown])
        if current:
            rows = [(what, *values) for what, values in diff.compare(shown, current, names).items()]
        else:
            rows = [(what, then, "") for what, then in diff.describe(shown, names).items()]
        return self._page(
            request,
            "version",
            f"{diff.name_of(shown)}, {diff.format_time(shown)}",
            key=key,
            obj=obj,
            version=shown,
            rows=rows,
            differs=any(then != now for _, then, now in rows),
            can_restore=self._can_restore(request, obj),
            lost=lost_values(obj, shown.instance) if obj and keeps_former_names(self.model) else [],
        )

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """List the deleted rows. Those that the undo of an import deleted have a list of their own."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shows_undone = UNDONE_PARAM in request.GET
        deleted = diff.deleted_versions(self.model)
        undone, others = deleted.filter(change_type=ChangeType.UNDO), deleted.exclude(change_type=ChangeType.UNDO)
        page = Paginator(undone if shows_undone else others, VERSIONS_A_PAGE).get_page(request.GET.get("page"))
        return self._page(
            request,
            "deleted",
            f"Deleted {self.opts.verbose_name_plural}",
            deleted=[(version, diff.name_of(version)) for version in page],
            page_obj=page,
            shows_undone=shows_undone,
            undone_count=page.paginator.count if shows_undone else undone.count(),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"has_history": True, **(extra_context or {})})

    # --- Reverting and restoring ------------------------------------------------------------------------------------

    def _can_restore(self, request: HttpRequest, obj: M | None) -> bool:
        return self.has_change_permission(request, obj) if obj else self.has_add_permission(request)

    def _return_to(self, request: HttpRequest, version: Any, obj: M | None) -> HttpResponse:
        """Revert ``obj`` to the version, or restore it if it was deleted."""
        if not self._can_restore(request, obj):
            raise PermissionDenied
        try:
            if obj:
                restored = revert(version, request.user, keep_name=BOX in request.POST)
            else:
                restored = restore_deleted(version, request.user)
        except RevertRefusedError as error:
            reasons = format_html_join("", "<li>{}</li>", ((reason,) for reason in error.reasons))
            self.message_user(request, format_html("Nothing was changed.<ul>{}</ul>", reasons), messages.ERROR)
            return HttpResponseRedirect(request.path)
        if obj:
            self.log_change(request, restored, f"Reverted to the version of {diff.format_time(version)}.")
            message = format_html("Reverted {} to the version of {}.", link_to(restored), diff.format_time(version))
        else:
            self.log_addition(request, restored, "Restored.")
            message = format_html("Restored {}.", link_to(restored))
        self.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self._url_prefix}_history", args=[restored.pk]))

    def _get_row(self, request: HttpRequest, key: object) -> tuple[int, M | None]:
        """Return the key as a number, and the row, which is None if it was deleted. Raise PermissionDenied."""
        number = int(str(key)) if is_valid_pk(str(key)) else NO_PK
        obj = self.get_object(request, str(number))
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return number, obj

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "list_name": capfirst(self.opts.verbose_name_plural),
            "can_view_imports": request.user.has_perm("musicdb.view_import"),
            "mergeable_models": mergeable_models(request),
            **context,
        }
        return TemplateResponse(request, f"admin/musicdb/history/{template}.html", context)
