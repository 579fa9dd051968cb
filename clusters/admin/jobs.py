"""Recluster jobs: how far they are, and the outcome of each collection."""

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
from clusters.jobs import START_WORKER, STATES, Progress, cancel, state_of, stored_outcome
from clusters.models import ReclusterJob, ReclusterTask
from musicdb.admin.base import ReadOnlyAdmin


class FinishedFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "finished"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Unfinished"), ("yes", "Finished")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        unfinished = ReclusterJob.objects.unfinished()
        return queryset.filter(pk__in=unfinished) if self.value() == "no" else queryset.exclude(pk__in=unfinished)


@admin.register(ReclusterJob)
class ReclusterJobAdmin(ReadOnlyAdmin[ReclusterJob]):
    """Jobs can be read and cancelled. An action of the lists of collections creates them."""

    list_display = ["__str__", "created_at", "created_by", "number_of_collections", "state", "progress"]
    list_filter = [FinishedFilter, "created_at"]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.view_run") or request.user.has_perm("clusters.add_run")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    def view_on_site(self, obj: Any) -> None:
        return None

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReclusterJob]:
        jobs: Any = super().get_queryset(request)
        with_counts: QuerySet[ReclusterJob] = jobs.with_counts()
        return with_counts

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.cancel_view))
        return [path("<int:pk>/cancel/", view, name="clusters_reclusterjob_cancel"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the progress of the job. The page updates itself until the job is finished."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        job = self.get_object(request, object_id)
        if job is None:
            own: Any = self
            redirect: HttpResponse = own._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return redirect
        progress = Progress.of(job)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"{job}: {STATES[progress.state].lower()}",
            "job": job,
            "progress": progress,
            "lines": [(task, line_of(task)) for task in progress.tasks],
            "start_worker": START_WORKER,
            "can_cancel": self.has_cancel_permission(request),
        }
        response = TemplateResponse(request, "admin/clusters/reclusterjob/progress.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_cancel_permission(request):
            raise PermissionDenied
        cancelled = cancel(get_object_or_404(ReclusterJob, pk=pk))
        if cancelled:
            collections = "1 collection" if cancelled == 1 else f"{cancelled} collections"
            message = f"Cancelled: {collections} will not start. Those that are running will finish."
            self.message_user(request, message, messages.SUCCESS)
        else:
            self.message_user(request, "Nothing was cancelled: every collection has already started.", messages.INFO)
        return HttpResponseRedirect(reverse("admin:clusters_reclusterjob_change", args=[pk]))

    @admin.display(description="collections", ordering="total")
    def number_of_collections(self, job: Any) -> int:
        return int(job.total)

    @admin.display
    def state(self, job: Any) -> str:
        return STATES[state_of(job)].lower()

    @admin.display(description="finished")
    def progress(self, job: Any) -> SafeString:
        bar = '<progress max="{0}" value="{1}" aria-label="Collections finished"></progress> {1} of {0}'
        return format_html(bar, job.total, job.finished)


def line_of(task: Any) -> SafeString:
    """Return the state or the outcome of a task, which was read ``for_progress``, in a sentence."""
    if task.state == ReclusterTask.State.FINISHED:
        return _finished(task)
    if task.state == ReclusterTask.State.CANCELLED:
        return format_html("{}: cancelled before it started.", task.collection_name)
    if task.state == ReclusterTask.State.PENDING:
        return format_html("{}: waiting for a worker.", task.collection_name)
    if task.is_stalled:
        last = f"{localtime(task.heartbeat_at):%H:%M:%S}"
        return format_html("{}: stalled; its worker sent the last heartbeat at {}.", task.collection_name, last)
    again = f", attempt {task.attempts}, because a worker stopped" if task.attempts > 1 else ""
    return format_html("{}: running on {}{}.", task.collection_name, task.worker, again)


def _finished(task: Any) -> SafeString:
    outcome = stored_outcome(task.outcome)
    if task.collection is None:
        return failure(task.collection_name, outcome)
    return report(task.collection, outcome, task.run_id)
