"""What clusters add to the list of genres."""

from collections import Counter
from typing import Any, Literal

from django.contrib import admin, messages
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from clusters.admin.dashboard import stale_genres
from clusters.admin.outcomes import LEVELS, newest_run, report
from clusters.core.params import Params
from clusters.jobs import EnqueueError, enqueue, uses_workers
from clusters.models import ExcludedTrack, GenreClustering
from clusters.runs import Options, recluster
from musicdb.admin.catalogue import GenreAdmin
from musicdb.admin.generic import StackedInline
from musicdb.admin.html import link_to_list
from musicdb.models import Genre

MAX_MESSAGES = 20
RAN_HERE = "This was done while you waited, since no worker is configured."


class ClusteredFilter(admin.SimpleListFilter):
    title = "clusters"
    parameter_name = "clustered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Grouped"), ("no", "Not yet"), ("stale", "Tracks changed since")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "stale":
            return queryset.filter(pk__in=stale_genres())
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(published_run__isnull=self.value() == "no")


admin.site.unregister(Genre)


class ClusteringInline(StackedInline[GenreClustering, Genre]):
    """Whether the genre's runs wait for review."""

    model = GenreClustering
    can_delete = False
    # Somebody who may only look sees the plural.
    verbose_name = verbose_name_plural = "clusters"


@admin.register(Genre)
class ClusteredGenreAdmin(GenreAdmin):
    """Genres with their published run, and the means to make it anew."""

    list_display = [*GenreAdmin.list_display, "last_run", "clusters", "silhouette", "excluded"]
    list_filter = [ClusteredFilter, "clustering__requires_review"]
    inlines = [*GenreAdmin.inlines, ClusteringInline]
    actions = [*GenreAdmin.actions, "recluster_selected"]
    merge_effects = [
        *GenreAdmin.merge_effects,
        "The clusters of the deleted genres are deleted too. Recluster the one that stays to include its new tracks.",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        # At most one run of a genre is published, so the join adds no rows.
        published = FilteredRelation("runs", condition=Q(runs__is_published=True))
        return (
            super()
            .get_queryset(request)
            .annotate(published_run=published)
            .annotate(
                run_pk=F("published_run__pk"),
                run_finished_at=F("published_run__finished_at"),
                run_clusters=F("published_run__cluster_count"),
                run_silhouette=F("published_run__silhouette"),
                run_excluded=F("published_run__excluded_count"),
            )
        )

    @admin.display(ordering="run_finished_at")
    def last_run(self, genre: Any) -> SafeString | None:
        if genre.run_pk is None:
            return None
        address = reverse("admin:clusters_run_change", args=[genre.run_pk])
        return format_html('<a href="{}">{}</a>', address, f"{localtime(genre.run_finished_at):%Y-%m-%d %H:%M}")

    @admin.display(ordering="run_clusters")
    def clusters(self, genre: Any) -> SafeString | None:
        if genre.run_pk is None:
            return None
        return format_html('<a href="{}">{}</a>', reverse("clusters", args=[genre.slug]), genre.run_clusters)

    @admin.display(ordering="run_silhouette")
    def silhouette(self, genre: Any) -> str | None:
        return None if genre.run_pk is None else f"{genre.run_silhouette:.3f}"

    @admin.display(ordering="run_excluded")
    def excluded(self, genre: Any) -> SafeString | Literal[0] | None:
        if not genre.run_excluded:
            return None if genre.run_excluded is None else 0
        return link_to_list(ExcludedTrack, "run__id__exact", genre.run_pk, genre.run_excluded)

    def has_recluster_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    @admin.action(description="Recluster selected %(verbose_name_plural)s", permissions=["recluster"])
    def recluster_selected(self, request: HttpRequest, queryset: QuerySet[Genre]) -> HttpResponse | None:
        """Have workers recluster, and show how far they are; where there are none, recluster at once."""
        if not uses_workers():
            self._recluster_here(request, queryset)
            return None
        try:
            job = enqueue(list(queryset.order_by("slug")), Params(), user=request.user)
        except EnqueueError as error:
            self.message_user(request, f"{error} Nothing was reclustered.", messages.ERROR)
            return None
        return HttpResponseRedirect(reverse("admin:clusters_reclusterjob_change", args=[job.pk]))

    def _recluster_here(self, request: HttpRequest, queryset: QuerySet[Genre]) -> None:
        """Recluster while the editor waits. A worker process computes, so that this one stays small."""
        genres = {genre.slug: genre for genre in queryset}
        outcomes = []
        for outcome in recluster(list(genres.values()), Params(), Options(jobs=1)):
            outcomes.append(outcome)
            if outcome.status in ("published", "waiting"):
                self.log_change(request, genres[outcome.genre], "Reclustered.")
        outcomes.sort(key=lambda outcome: list(LEVELS).index(outcome.status))
        shown = outcomes if len(outcomes) <= MAX_MESSAGES else outcomes[: MAX_MESSAGES - 1]
        for outcome in shown:
            genre = genres[outcome.genre]
            run = newest_run(genre) if outcome.status == "waiting" else None
            self.message_user(request, report(genre, outcome, run), LEVELS[outcome.status])
        if rest := Counter(outcome.status for outcome in outcomes[len(shown) :]):
            counts = ", ".join(f"{number} {status}" for status, number in rest.items())
            self.message_user(request, f"And {rest.total()} more: {counts}.", messages.INFO)
        self.message_user(request, RAN_HERE, messages.INFO)
