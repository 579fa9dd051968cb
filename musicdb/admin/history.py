"""What was changed, when, by whom and how; and the way back."""

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
from django.utils.text import capfirst

from musicdb import history
from musicdb.admin.base import CatalogueAdmin, is_valid_pk, link_to
from musicdb.history import diff
from musicdb.history.restore import RevertRefusedError, restore_deleted, revert
from musicdb.models.history import ChangeType

VERSIONS_A_PAGE = 25
LOG_LINES_SHOWN = 100
# In the address of what is deleted: what the undo of an import took away, and not the rest.
UNDONE = "undone"


class VersionedAdmin(CatalogueAdmin):
    """What keeps its history: saves and deletions are recorded, and each version can be looked at and returned to."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("deleted/", wrap(self.deleted_view), name=f"{self._name}_deleted"),
            path("<int:key>/history/<int:version>/", wrap(self.version_view), name=f"{self._name}_version"),
            *super().get_urls(),
        ]

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    # --- Recording: the row and what hangs on it are saved one after the other, and are one version ------------------

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            history.baseline(self.model, [obj.pk])
        with history.signals_disabled():
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        write = history.record_updates if change else history.record_creates
        write(self.model, [form.instance.pk], history.Change(ChangeType.EDIT, request.user))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            history.delete(queryset, history.Change(ChangeType.DELETION, request.user))

    # --- Looking ----------------------------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        key, thing = self._thing(request, unquote(object_id))
        paginator = Paginator(diff.versions_of(self.model, key), VERSIONS_A_PAGE)
        if thing is None and not paginator.count:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        page = paginator.get_page(request.GET.get("page"))
        # One more: what the last of the page differs from.
        first = (page.number - 1) * VERSIONS_A_PAGE
        found = list(paginator.object_list[first : first + VERSIONS_A_PAGE + 1])
        before = found.pop() if len(found) > VERSIONS_A_PAGE else None
        names = diff.Names([*found, before] if before else found)
        log = LogEntry.objects.filter(content_type=get_content_type_for_model(self.model), object_id=str(key))
        return self._page(
            request,
            "history",
            f"History of {thing or diff.name_of(found[0])}",
            key=key,
            thing=thing,
            entries=list(diff.entries(found, before, names)),
            page_obj=page,
            log=log.select_related("user").order_by("-pk")[:LOG_LINES_SHOWN] if page.number == 1 else [],
            **(extra_context or {}),
        )

    def version_view(self, request: HttpRequest, key: int, version: int) -> HttpResponse:
        """Show all that a version says, beside what is so now; on POST, return to it."""
        _, thing = self._thing(request, key)
        shown = get_object_or_404(diff.versions_of(self.model, key), history_id=version)
        if request.method == "POST":
            return self._return_to(request, shown, thing)
        now = diff.current_state(thing) if thing else None
        names = diff.Names([shown, now] if now else [shown])
        is_now = diff.describe(now, names) if now else {}
        rows = [(what, value, is_now.get(what, "")) for what, value in diff.describe(shown, names).items()]
        differs = any(was != now_is for _, was, now_is in rows)
        return self._page(
            request,
            "version",
            f"{diff.name_of(shown)}, {diff.format_time(shown)}",
            key=key,
            thing=thing,
            version=shown,
            rows=rows,
            differs=differs,
            can_restore=self._can_restore(request, thing),
        )

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """List what is gone and can perhaps be brought back; by itself what went because its import was undone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shows_undone = UNDONE in request.GET
        gone = diff.deleted_versions(self.model)
        undone, otherwise = gone.filter(change_type=ChangeType.UNDO), gone.exclude(change_type=ChangeType.UNDO)
        page = Paginator(undone if shows_undone else otherwise, VERSIONS_A_PAGE).get_page(request.GET.get("page"))
        return self._page(
            request,
            "deleted",
            f"Deleted {self.opts.verbose_name_plural}",
            gone=[(version, diff.name_of(version)) for version in page],
            page_obj=page,
            shows_undone=shows_undone,
            undone_count=page.paginator.count if shows_undone else undone.count(),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"keeps_history": True, **(extra_context or {})})

    # --- Returning --------------------------------------------------------------------------------------------------

    def _can_restore(self, request: HttpRequest, thing: Any) -> bool:
        return self.has_change_permission(request, thing) if thing else self.has_add_permission(request)

    def _return_to(self, request: HttpRequest, version: Any, thing: Any) -> HttpResponse:
        if not self._can_restore(request, thing):
            raise PermissionDenied
        act = revert if thing else restore_deleted
        try:
            returned = act(version, request.user)
        except RevertRefusedError as error:
            reasons = format_html_join("", "<li>{}</li>", ((reason,) for reason in error.reasons))
            self.message_user(request, format_html("Nothing was changed.<ul>{}</ul>", reasons), messages.ERROR)
            return HttpResponseRedirect(request.path)
        if thing:
            self.log_change(request, returned, f"Back to the version of {diff.format_time(version)}.")
            said = format_html("{} is as it was on {}.", link_to(returned), diff.format_time(version))
        else:
            self.log_addition(request, returned, "Restored.")
            said = format_html("Restored {}.", link_to(returned))
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:{self._name}_history", args=[returned.pk]))

    def _thing(self, request: HttpRequest, key: Any) -> tuple[int, Any]:
        """Return the key and what has it, or had it: None then. Refuses who may not see it."""
        number = int(key) if is_valid_pk(str(key)) else 0  # Which no row has.
        thing = self.get_object(request, str(number))
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        return number, thing

    def _page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": self.media,
            "name": capfirst(self.opts.verbose_name_plural),
            "can_view_imports": request.user.has_perm("musicdb.view_import"),
            **context,
        }
        return TemplateResponse(request, f"admin/musicdb/history/{template}.html", context)
