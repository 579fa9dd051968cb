"""What was handed over to workers: how far it is, and how each genre's turn ended."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from clusters.admin.outcomes import failure, report
from clusters.jobs.progress import START_A_WORKER, STATES, Progress, state_of, stop
from clusters.jobs.worker import as_outcome
from clusters.models import Reclustering, Turn
from musicdb.admin.read_only import ReadOnlyAdmin


class OverFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "over"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Not over yet"), ("yes", "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        unfinished = Reclustering.objects.unfinished()
        return queryset.filter(pk__in=unfinished) if self.value() == "no" else queryset.exclude(pk__in=unfinished)


@admin.register(Reclustering)
class ReclusteringAdmin(ReadOnlyAdmin):
    """To read, and to stop. One is asked for in the list of genres."""

    list_display = ["__str__", "asked_at", "asked_by", "number_of_genres", "state", "progress"]
    list_filter = [OverFilter, "asked_at"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.view_run") or request.user.has_perm("clusters.add_run")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_stop_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    def view_on_site(self, obj: Any) -> None:
        return None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reclustering]:
        reclusterings: QuerySet[Reclustering] = super().get_queryset(request)
        return reclusterings.with_counts()  # type: ignore[attr-defined]

    def get_urls(self) -> list[URLPattern]:
        stopping = self.admin_site.admin_view(require_POST(self.stop_view))
        return [path("<int:pk>/stop/", stopping, name="clusters_reclustering_stop"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how far it is. The page looks again by itself for as long as something may change."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_object(request, object_id)
        if found is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        progress = Progress.of(found)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{found}: {STATES[progress.state].lower()}",
            "reclustering": found,
            "progress": progress,
            "lines": [(turn, line_of(turn)) for turn in progress.turns],
            "start_a_worker": START_A_WORKER,
            "can_stop": self.has_stop_permission(request),
        }
        response = TemplateResponse(request, "admin/clusters/reclustering/progress.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_stop_permission(request):
            raise PermissionDenied
        left = stop(get_object_or_404(Reclustering, pk=pk))
        if left:
            said = f"Stopped: {left} of its genres will not be begun. What was begun is finished."
            self.message_user(request, said, messages.SUCCESS)
        else:
            self.message_user(request, "There was nothing left to stop: every genre was begun.", messages.INFO)
        return HttpResponseRedirect(reverse("admin:clusters_reclustering_change", args=[pk]))

    @admin.display(description="genres", ordering="genres")
    def number_of_genres(self, reclustering: Any) -> int:
        return reclustering.genres

    @admin.display
    def state(self, reclustering: Any) -> str:
        return STATES[state_of(reclustering)].lower()

    @admin.display(description="done")
    def progress(self, reclustering: Any) -> SafeString:
        bar = '<progress max="{0}" value="{1}" aria-label="Genres done"></progress> {1} of {0}'
        return format_html(bar, reclustering.genres, reclustering.ended)


def line_of(turn: Any) -> SafeString:
    """Return how far the turn, read ``for_progress``, is: in a sentence."""
    if turn.state == Turn.State.ENDED:
        outcome = as_outcome(turn.outcome)
        return failure(turn.genre_name, outcome) if turn.genre is None else report(turn.genre, outcome, turn.run_id)
    if turn.state == Turn.State.STOPPED:
        return format_html("{}: not begun, since this was stopped.", turn.genre_name)
    if turn.state == Turn.State.WAITING:
        return format_html("{}: waits for a worker.", turn.genre_name)
    if turn.is_silent:
        last = f"{localtime(turn.heard_at):%H:%M:%S}"
        return format_html("{}: the worker stopped; nothing was heard of it after {}.", turn.genre_name, last)
    again = ", again, since a worker stopped" if turn.attempts > 1 else ""
    return format_html("{}: being worked on by {}{}.", turn.genre_name, turn.worker, again)
