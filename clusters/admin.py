"""The clusters' admin, and what it adds to that of genres."""

from collections import Counter
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from clusters.core.params import Params
from clusters.models import Cluster, LeftOut, Membership, Run
from clusters.recluster import Options, Outcome, recluster
from musicdb.admin import CatalogueAdmin, GenreAdmin
from musicdb.models import Genre

# More messages than this are counted instead of shown.
MOST_MESSAGES = 20
LEVELS = {"published": messages.SUCCESS, "skipped": messages.WARNING, "failed": messages.ERROR}


class RecordAdmin(CatalogueAdmin):
    """Of what runs wrote: to read, not to edit. It goes only with the genre, track or run that it belongs to."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # The admin also asks here before it deletes, say, a genre with its runs; that is for the genre to allow.
        match = request.resolver_match
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        return not (match and match.url_name and match.url_name.startswith(own))


class ClusterInline(admin.TabularInline):
    model = Cluster
    fields = readonly_fields = ["number", "size", "name", "description"]
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Run)
class RunAdmin(RecordAdmin):
    list_display = [
        "genre",
        "finished_at",
        "is_published",
        "track_count",
        "left_out_count",
        "cluster_count",
        "silhouette_rounded",
    ]
    list_display_links = ["finished_at"]
    list_filter = ["is_published", "finished_at"]
    list_select_related = ["genre"]
    search_fields = ["genre__name"]
    date_hierarchy = "finished_at"
    inlines = [ClusterInline]
    fieldsets = [
        (None, {"fields": ["genre", "is_published", "plot", "track_count", "left_out_link", "cluster_count"]}),
        ("Quality", {"fields": ["silhouette_rounded", "silhouette_table", "variance", "axis_table"]}),
        (
            "How it was made",
            {"fields": ["features_used", "dropped", "parameters", "seed", "started_at", "finished_at"]},
        ),
        ("For comparing", {"classes": ["collapse"], "fields": ["versions", "digest", "input_hash"]}),
    ]

    def view_on_site(self, obj: Run) -> str | None:  # type: ignore[override]
        return obj.get_absolute_url() if obj.is_published else None

    @admin.display(description="plot")
    def plot(self, run: Run) -> SafeString:
        return format_html(
            '<img class="plot" src="{}" alt="{}" width="640" height="480">', run.plot_svg.url, run.plot_alt
        )

    @admin.display(description="left out")
    def left_out_link(self, run: Run) -> SafeString | int:
        if not run.left_out_count:
            return 0
        address = reverse("admin:clusters_leftout_changelist", query={"run__id__exact": run.pk})
        return format_html('<a href="{}">{}</a>', address, run.left_out_count)

    @admin.display(description="silhouette", ordering="silhouette")
    def silhouette_rounded(self, run: Run) -> str:
        return f"{run.silhouette:.3f}"

    @admin.display(description="silhouette by number of clusters")
    def silhouette_table(self, run: Run) -> SafeString:
        rows = sorted((int(k), f"{value:.3f}") for k, value in run.silhouettes.items())
        return _table(rows)

    @admin.display(description="variance explained")
    def variance(self, run: Run) -> str:
        return ", ".join(f"{share:.1%}" for share in run.explained_variance)

    @admin.display(description="axes of the plot")
    def axis_table(self, run: Run) -> SafeString:
        return _table(
            (
                f"{axis['low']} → {axis['high']}",
                f"{axis['variance']:.0%} of variance",
                ", ".join(
                    f"{name} {loading:+.2f}"
                    for name, loading in sorted(axis["loadings"].items(), key=lambda item: -abs(item[1]))
                ),
            )
            for axis in run.axes
        )

    @admin.display(description="features used")
    def features_used(self, run: Run) -> str:
        return ", ".join(run.features)

    @admin.display(description="features without effect", empty_value="none")
    def dropped(self, run: Run) -> str:
        return ", ".join(run.dropped_features)


def _table(rows: Any) -> SafeString:
    return format_html(
        '<table class="facts">{}</table>',
        format_html_join(
            "", "<tr>{}</tr>", ((format_html_join("", "<td>{}</td>", ((cell,) for cell in row)),) for row in rows)
        ),
    )


@admin.register(Cluster)
class ClusterAdmin(RecordAdmin):
    """Only a cluster's name is an editor's to give."""

    list_display = ["__str__", "genre", "size", "description", "is_published"]
    list_filter = [("run__is_published", admin.BooleanFieldListFilter)]
    list_select_related = ["run__genre"]
    search_fields = ["name", "description", "run__genre__name"]
    fields = ["name", "run", "number", "size", "description", "members_link", "centroid_table"]
    readonly_fields = ["run", "number", "size", "description", "members_link", "centroid_table"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.change_cluster")

    def view_on_site(self, obj: Cluster) -> str | None:  # type: ignore[override]
        return obj.get_absolute_url() if obj.run.is_published else None

    @admin.display(ordering="run__genre__name")
    def genre(self, cluster: Cluster) -> str:
        return cluster.run.genre.name

    @admin.display(description="published", boolean=True, ordering="run__is_published")
    def is_published(self, cluster: Cluster) -> bool:
        return cluster.run.is_published

    @admin.display(description="tracks")
    def members_link(self, cluster: Cluster) -> SafeString:
        address = reverse("admin:clusters_membership_changelist", query={"cluster__id__exact": cluster.pk})
        return format_html('<a href="{}">{} tracks, nearest to the centre first</a>', address, cluster.size)

    @admin.display(description="centre")
    def centroid_table(self, cluster: Cluster) -> SafeString:
        return _table((name, f"{value:.4g}") for name, value in cluster.centroid.items())


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ["rank", "track", "cluster", "genre", "distance"]
    list_display_links = ["track"]
    list_select_related = ["track", "cluster__run__genre"]
    search_fields = ["track__title"]
    ordering = ["cluster", "rank"]

    @admin.display(ordering="run__genre__name")
    def genre(self, membership: Membership) -> str:
        return membership.cluster.run.genre.name


@admin.register(LeftOut)
class LeftOutAdmin(RecordAdmin):
    list_display = ["track", "reason", "run"]
    list_select_related = ["track", "run__genre"]
    search_fields = ["track__title", "reason", "run__genre__name"]
    ordering = ["-run", "track"]


admin.site.unregister(Genre)


@admin.register(Genre)
class ClusteredGenreAdmin(GenreAdmin):
    """Genres with their published run, and the means to make it anew."""

    list_display = [*GenreAdmin.list_display, "last_run", "clusters", "silhouette"]
    list_filter = [("runs__is_published", admin.EmptyFieldListFilter)]
    actions = ["recluster_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        published = Prefetch("runs", queryset=Run.objects.published(), to_attr="published_runs")
        return super().get_queryset(request).prefetch_related(published)

    @admin.display(description="last run", empty_value="never")
    def last_run(self, genre: Any) -> SafeString | None:
        for run in genre.published_runs:
            address = reverse("admin:clusters_run_change", args=[run.pk])
            return format_html('<a href="{}">{:%Y-%m-%d %H:%M}</a>', address, run.finished_at)
        return None

    @admin.display(description="clusters")
    def clusters(self, genre: Any) -> int | None:
        return next((run.cluster_count for run in genre.published_runs), None)

    @admin.display(description="silhouette")
    def silhouette(self, genre: Any) -> str | None:
        return next((f"{run.silhouette:.3f}" for run in genre.published_runs), None)

    def has_recluster_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    @admin.action(description="Recluster selected genres", permissions=["recluster"])
    def recluster_selected(self, request: HttpRequest, queryset: QuerySet[Genre]) -> None:
        """Recluster now, while the editor waits. A worker process computes, so that this one stays small."""
        genres = list(Genre.objects.filter(pk__in=queryset.values("pk")).order_by("name"))
        by_slug = {genre.slug: genre for genre in genres}
        outcomes = list(recluster(genres, Params(), Options(jobs=1)))
        for outcome in outcomes[:MOST_MESSAGES]:
            level = LEVELS.get(outcome.status, messages.INFO)
            self.message_user(request, _report(by_slug[outcome.genre], outcome), level)
        if rest := Counter(outcome.status for outcome in outcomes[MOST_MESSAGES:]):
            counts = ", ".join(f"{count} {status}" for status, count in sorted(rest.items()))
            self.message_user(request, f"And of {sum(rest.values())} more: {counts}.", messages.INFO)


def _report(genre: Genre, outcome: Outcome) -> SafeString:
    if outcome.status in ("skipped", "failed"):
        return format_html("{}: {}, {}. It keeps the run that it had.", genre.name, outcome.status, outcome.reason)
    return format_html(
        '<a href="{}">{}</a>: {}, {} tracks in {} clusters, {} left out.',
        reverse("clusters", args=[genre.slug]),
        genre.name,
        "nothing had changed" if outcome.status == "unchanged" else outcome.status,
        outcome.tracks,
        len(outcome.sizes),
        outcome.left_out,
    )
