"""The action that reclusters what is selected in a list, and the columns that show what the last run found."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from django.contrib import admin, messages
from django.db import models
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from clusters.admin.dashboard import stale_collections
from clusters.admin.outcomes import LEVELS, newest_run, preview_url, report
from clusters.core.params import Params
from clusters.jobs import EnqueueError, enqueue, uses_workers
from clusters.models import Collection, ExcludedTrack
from clusters.runs import Options, recluster
from musicdb.admin.base import CatalogueAdmin
from musicdb.admin.html import link_to_list

MAX_MESSAGES = 20
RAN_HERE = "This was done while you waited, since no worker is configured."

M = TypeVar("M", bound=models.Model)


def with_published_run(rows: "QuerySet[M]", path: str = "") -> "QuerySet[M]":
    """Annotate ``rows`` with the figures of the published run. ``path`` leads from a row to its collection."""
    # At most one run of a collection is published, so the join adds no rows.
    published = FilteredRelation(f"{path}runs", condition=Q(**{f"{path}runs__is_published": True}))
    annotated: QuerySet[M] = rows.annotate(published_run=published).annotate(
        run_pk=F("published_run__pk"),
        run_finished_at=F("published_run__finished_at"),
        run_clusters=F("published_run__cluster_count"),
        run_silhouette=F("published_run__silhouette"),
        run_excluded=F("published_run__excluded_count"),
    )
    return annotated


class ReclusterAction(CatalogueAdmin[M]):
    """A list whose rows are collections, or own one, and can be reclustered."""

    def collections_of(self, queryset: "QuerySet[M]") -> list[Collection]:
        return Collection.objects.all_of(queryset)

    def has_recluster_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    @admin.action(description="Recluster selected %(verbose_name_plural)s", permissions=["recluster"])
    def recluster_selected(self, request: HttpRequest, queryset: "QuerySet[M]") -> HttpResponse | None:
        """Have workers recluster, and show how far they are; where there are none, recluster at once."""
        try:
            return self.start_reclustering(request, self.collections_of(queryset))
        except EnqueueError as error:
            self.message_user(request, f"{error} Nothing was reclustered.", messages.ERROR)
            return None

    @admin.action(description="Preview numbers of clusters of the selected %(verbose_name)s", permissions=["recluster"])
    def preview_selected(self, request: HttpRequest, queryset: "QuerySet[M]") -> HttpResponse | None:
        if queryset.count() != 1:
            self.message_user(request, "Select only one row to preview its numbers of clusters.", messages.ERROR)
            return None
        (collection,) = self.collections_of(queryset)
        return HttpResponseRedirect(preview_url(collection))

    def start_reclustering(self, request: HttpRequest, collections: list[Collection]) -> HttpResponse | None:
        """Have workers recluster, and return the way to their progress; where there are none, recluster at once.

        Raises EnqueueError.
        """
        if not uses_workers():
            self._recluster_here(request, collections)
            return None
        job = enqueue(collections, Params(), user=request.user)
        return HttpResponseRedirect(reverse("admin:clusters_reclusterjob_change", args=[job.pk]))

    def _recluster_here(self, request: HttpRequest, collections: list[Collection]) -> None:
        """Recluster while the editor waits. A worker process computes, so that this one stays small."""
        by_key = {collection.key: collection for collection in collections}
        outcomes = []
        for outcome in recluster(collections, Params(), Options(jobs=1)):
            outcomes.append(outcome)
            if outcome.status in ("published", "waiting"):
                self.log_change(request, by_key[outcome.collection].editors_row, "Reclustered.")
        outcomes.sort(key=lambda outcome: list(LEVELS).index(outcome.status))
        shown = outcomes if len(outcomes) <= MAX_MESSAGES else outcomes[: MAX_MESSAGES - 1]
        for outcome in shown:
            collection = by_key[outcome.collection]
            run = newest_run(collection) if outcome.status == "waiting" else None
            self.message_user(request, report(collection, outcome, run), LEVELS[outcome.status])
        if rest := Counter(outcome.status for outcome in outcomes[len(shown) :]):
            counts = ", ".join(f"{number} {status}" for status, number in rest.items())
            self.message_user(request, f"And {rest.total()} more: {counts}.", messages.INFO)
        self.message_user(request, RAN_HERE, messages.INFO)


class LastRunColumns(CatalogueAdmin[M]):
    """Columns about the published run of rows that were read ``with_published_run``."""

    def collection_of(self, row: Any) -> Collection:
        collection: Collection = row.collection
        return collection

    @admin.display(ordering="run_finished_at")
    def last_run(self, row: Any) -> SafeString | None:
        if row.run_pk is None:
            return None
        address = reverse("admin:clusters_run_change", args=[row.run_pk])
        return format_html('<a href="{}">{}</a>', address, f"{localtime(row.run_finished_at):%Y-%m-%d %H:%M}")

    @admin.display(description="clusters", ordering="run_clusters")
    def found_clusters(self, row: Any) -> SafeString | None:
        if row.run_pk is None:
            return None
        return format_html('<a href="{}">{}</a>', self.collection_of(row).get_absolute_url(), row.run_clusters)

    @admin.display(ordering="run_silhouette")
    def silhouette(self, row: Any) -> str | None:
        return None if row.run_pk is None or row.run_clusters == 1 else f"{row.run_silhouette:.3f}"

    @admin.display(ordering="run_excluded")
    def excluded(self, row: Any) -> SafeString | Literal[0] | None:
        if not row.run_excluded:
            return None if row.run_excluded is None else 0
        return link_to_list(ExcludedTrack, "run__id__exact", row.run_pk, row.run_excluded)


class ClusteredFilter(admin.SimpleListFilter):
    """Rows that were read ``with_published_run``. ``path`` leads from a row to the key of its collection.

    ``conditions`` say which collections the rows have, so that the tracks of no others are read.
    """

    title = "clusters"
    parameter_name = "clustered"
    path = "pk"
    conditions: Mapping[str, str] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Grouped"), ("no", "Not yet"), ("stale", "Tracks changed since")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "stale":
            return queryset.filter(**{f"{self.path}__in": stale_collections(**self.conditions)})
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(published_run__isnull=self.value() == "no")
