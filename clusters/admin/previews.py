"""The page of a collection that shows what each number of clusters would give, and publishes one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from clusters.admin.outcomes import LEVELS, preview_url, report
from clusters.admin.reclustering import RAN_HERE, ReclusterAction
from clusters.core.params import Params
from clusters.jobs import EnqueueError, enqueue, uses_workers
from clusters.models import Collection, Preview, PreviewPlot, ReclusterTask, Run
from clusters.runs import evidence_in_words, is_current, pin_clusters, preview

STALE = "The tracks have changed since the preview. Compute it again, then choose."


@dataclass(frozen=True)
class Card:
    """A number of clusters on the page. ``found``: what the preview stored of it. ``labels``: what it is now."""

    found: dict[str, Any]
    labels: tuple[str, ...]
    can_be_kept: bool

    @property
    def smallest_percent(self) -> float:
        return 100 * float(self.found["smallest_share"])

    @property
    def moved_percent(self) -> float:
        return 100 * float(self.found["moved"] / sum(each["size"] for each in self.found["summaries"]))


class PreviewPages(ReclusterAction[Collection]):
    """The preview of each collection, for those who may recluster."""

    def get_urls(self) -> list[URLPattern]:
        def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(view)

        own = [
            path("<int:pk>/preview/", guarded(self.preview_view), name="clusters_collection_preview"),
            path(
                "<int:pk>/preview/compute/",
                guarded(require_POST(self.compute_view)),
                name="clusters_collection_preview_compute",
            ),
            path(
                "<int:pk>/preview/publish/",
                guarded(require_POST(self.publish_view)),
                name="clusters_collection_preview_publish",
            ),
            path(
                "<int:pk>/preview/<int:preview>/<int:clusters>.png",
                guarded(self.plot_view),
                name="clusters_collection_preview_plot",
            ),
        ]
        return [*own, *super().get_urls()]

    @admin.display(description="numbers of clusters")
    def preview_link(self, collection: Collection) -> SafeString:
        hidden = format_html('<span class="visually-hidden"> numbers of clusters of {}</span>', collection)
        return format_html('<a href="{}">Preview{}</a>', preview_url(collection), hidden)

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        if self.has_recluster_permission(request):
            return shown
        return [column for column in shown if column != "preview_link"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "can_preview": self.has_recluster_permission(request)}
        return super().change_view(request, object_id, form_url, extra)

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        collection = self._collection(request, pk)
        stored = Preview.objects.filter(collection=collection).select_related("compared_run").first()
        published = Run.objects.of(collection).published().first()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Preview numbers of clusters: {capfirst(str(collection))}",
            "collection": collection,
            "preview": stored,
            "published": published,
            "task": _worth_a_word(ReclusterTask.objects.newest_preview_of(collection), stored),
            "may_settle": self.has_change_permission(request, collection),
        }
        if stored is not None:
            # The name and the tracks of the collection need no further query.
            stored.collection = collection
            current = is_current(stored)
            context |= {
                "is_current": current,
                "run_changed": stored.compared_run != published,
                "cards": [_card(number, stored, published) for number in stored.numbers],
                "evidence": evidence_in_words(stored),
                "can_publish": current and context["may_settle"] and not collection.is_off,
                "data_may_choose": collection.clusters is not None
                or published is None
                or published.cluster_count != stored.chosen,
            }
        response = TemplateResponse(request, "admin/clusters/collection/preview.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def compute_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have workers compute the preview, and show how far they are; where there are none, compute it at once."""
        collection = self._collection(request, pk)
        if not uses_workers():
            outcome = preview(collection, Params(), jobs=1)
            self.message_user(request, report(collection, outcome, None), LEVELS[outcome.status])
            self.message_user(request, RAN_HERE, messages.INFO)
            return HttpResponseRedirect(preview_url(collection))
        task = ReclusterTask.objects.newest_preview_of(collection)
        if task is None or not task.is_unfinished:
            try:
                job = enqueue([collection], Params(), is_preview=True, user=request.user)
            except EnqueueError as error:
                self.message_user(request, f"{error} No preview was computed.", messages.ERROR)
                return HttpResponseRedirect(preview_url(collection))
        else:
            job = task.job
        return HttpResponseRedirect(reverse("admin:clusters_reclusterjob_change", args=[job.pk]))

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep the number of clusters that was posted, or have the data choose if it is empty; and recluster."""
        collection = self._collection(request, pk)
        if not self.has_change_permission(request, collection):
            raise PermissionDenied
        page = HttpResponseRedirect(preview_url(collection))
        stored = get_object_or_404(Preview.objects.select_related("collection"), collection=collection)
        stored.collection = collection
        asked = request.POST.get("clusters", "")
        possible = {str(number["clusters"]): number["clusters"] for number in stored.numbers if not number["reason"]}
        if asked and asked not in possible:
            self.message_user(request, "This number of clusters is not possible. Nothing has changed.", messages.ERROR)
            return page
        if not is_current(stored):
            self.message_user(request, f"{STALE} Nothing has changed.", messages.ERROR)
            return page
        before = collection.clusters
        pin_clusters([collection], possible.get(asked))
        try:
            progress = self.start_reclustering(request, [collection])
        except EnqueueError as error:
            pin_clusters([collection], before)
            self.message_user(request, f"{error} Nothing was reclustered.", messages.ERROR)
            return page
        if collection.clusters != before:
            text = f"Set the number of clusters to {asked}." if asked else "Had the data choose the number of clusters."
            self.log_change(request, collection, text)
        return progress or page

    def plot_view(self, request: HttpRequest, pk: int, preview: int, clusters: int) -> HttpResponse:
        if not self.has_recluster_permission(request):
            raise PermissionDenied
        plot = get_object_or_404(PreviewPlot, preview=preview, preview__collection=pk, clusters=clusters)
        # A new preview has a new key, so the picture at an address never changes.
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return HttpResponse(plot.png, content_type="image/png", headers=headers)

    def _collection(self, request: HttpRequest, pk: int) -> Collection:
        if not self.has_recluster_permission(request):
            raise PermissionDenied
        return get_object_or_404(Collection.objects.with_owners(), pk=pk)


def _worth_a_word(task: ReclusterTask | None, stored: Preview | None) -> ReclusterTask | None:
    """Return ``task`` if it is still at work, or if it computed no preview and none was computed since."""
    if task is None or task.is_unfinished:
        return task
    if task.outcome is None or task.outcome["status"] == "previewed":
        return None
    is_older = stored is not None and task.finished_at is not None and task.finished_at < stored.computed_at
    return None if is_older else task


def _card(number: dict[str, Any], stored: Preview, published: Run | None) -> Card:
    clusters = number["clusters"]
    pinned = stored.collection.clusters == clusters
    is_published = published is not None and published.cluster_count == clusters
    labels = [
        "published" if is_published else "",
        "kept" if pinned else "",
        "chosen by the data" if stored.chosen == clusters else "",
    ]
    can_be_kept = not number["reason"] and not (pinned and is_published)
    return Card(number, tuple(filter(None, labels)), can_be_kept)
