"""The clusters' admin: runs to read, clusters to name, and what both add to the list of genres."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from clusters.core.params import Params
from clusters.models import Cluster, LeftOut, Membership, Run
from clusters.querysets import REPRESENTATIVES
from clusters.recluster import Options, Outcome, recluster
from musicdb.admin.base import CatalogueAdmin, link_to, link_to_list
from musicdb.admin.catalogue import FEATURES_BY_NAME, GenreAdmin
from musicdb.models import Genre

MOST_MESSAGES = 20
# The worst news first, so that it is never what is cut.
LEVELS = {
    "failed": messages.ERROR,
    "skipped": messages.WARNING,
    "published": messages.SUCCESS,
    "unchanged": messages.INFO,
}


def facts(rows: Iterable[Sequence[Any]]) -> SafeString:
    """Return a small table: each row a heading and its values."""
    lines = ((row[0], format_html_join("", "<td>{}</td>", ((value,) for value in row[1:]))) for row in rows)
    return format_html(
        '<table class="facts"><tbody>{}</tbody></table>',
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', lines),
    )


class RecordAdmin(CatalogueAdmin):
    """What a run has written: to read, not to edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartOfRunAdmin(RecordAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A part is never deleted by itself, and never in the way of deleting the run, genre or track it belongs to."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return page is not None and not page.startswith(f"{self.opts.app_label}_{self.opts.model_name}_")


@admin.register(Run)
class RunAdmin(RecordAdmin):
    list_display = [
        "genre",
        "finished_at",
        "is_published",
        "track_count",
        "left_out_count",
        "cluster_count",
        "mean_silhouette",
    ]
    list_display_links = ["genre", "finished_at"]
    list_filter = ["is_published", "finished_at"]
    list_select_related = ["genre"]
    search_fields = ["genre__name"]
    search_help_text = "Genre"
    fieldsets = [
        (None, {"fields": ["genre", "published", "finished_at", "track_count", "left_out_tracks"]}),
        ("Clusters", {"fields": ["plot", "axes_in_words", "its_clusters"]}),
        ("Quality", {"fields": ["mean_silhouette", "tried", "components"]}),
        (
            "How it was made",
            {"fields": ["made_from", "without_effect", "asked_for", "time_taken", "programs"]},
        ),
        ("For comparing", {"fields": ["digest", "input_hash"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return super().get_queryset(request).select_related("genre")

    def view_on_site(self, obj: Run) -> str | None:
        return obj.get_absolute_url() if obj.is_published else None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        published = [run for run in objs if run.is_published]
        if not published:
            return super().get_deleted_objects(objs, request)
        reason = "{}: it is the published run, which visitors see. It can go when a newer run has taken its place."
        return [], {}, set(), [format_html(reason, link_to(run)) for run in published]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Run | None = None,
    ) -> HttpResponse:
        context["show_delete"] = obj is not None and not obj.is_published
        return super().render_change_form(request, context, add, change, form_url, obj)

    @admin.display(description="published")
    def published(self, run: Run) -> str:
        if run.is_published:
            return "Yes: visitors see it. It cannot be deleted until a newer run has taken its place."
        return "No: a newer run has taken its place."

    @admin.display(description="left out")
    def left_out_tracks(self, run: Run) -> SafeString | str:
        if not run.left_out_count:
            return "none"
        return link_to_list(LeftOut, "run__id__exact", run.pk, f"{run.left_out_count}: which, and why")

    @admin.display
    def plot(self, run: Run) -> SafeString:
        image = '<a href="{0}"><img class="run-plot" src="{0}" alt="{1}" width="640" height="480"></a>'
        return format_html(image, run.plot_svg.url, run.plot_alt)

    @admin.display(description="axes")
    def axes_in_words(self, run: Run) -> SafeString:
        return facts(
            (way, f"{axis['low']} → {axis['high']}", f"{axis['variance']:.0%} of the variance")
            for way, axis in zip(("Across", "Up"), run.axes, strict=False)
        )

    @admin.display(description="clusters")
    def its_clusters(self, run: Run) -> SafeString:
        clusters = run.clusters.order_by("number")
        return facts((link_to(cluster), f"{cluster.size} tracks", cluster.description) for cluster in clusters)

    @admin.display(description="silhouette", ordering="silhouette")
    def mean_silhouette(self, run: Run) -> str:
        return f"{run.silhouette:.3f}"

    @admin.display(description="silhouette by number of clusters")
    def tried(self, run: Run) -> SafeString:
        silhouettes = sorted((int(clusters), value) for clusters, value in run.silhouettes.items())
        return facts((f"{clusters} clusters", f"{value:.3f}") for clusters, value in silhouettes)

    @admin.display(description="variance by component")
    def components(self, run: Run) -> str:
        return ", ".join(f"{share:.1%}" for share in run.explained_variance)

    @admin.display
    def made_from(self, run: Run) -> str:
        return ", ".join(run.features)

    @admin.display(description="without effect")
    def without_effect(self, run: Run) -> str:
        return f"{', '.join(run.dropped_features)}: the same for every track" if run.dropped_features else "none"

    @admin.display
    def asked_for(self, run: Run) -> SafeString:
        chosen = {"clusters": "as the data suggests"}
        return facts(
            (name, chosen.get(name, "–") if value is None else value) for name, value in run.parameters.items()
        )

    @admin.display
    def time_taken(self, run: Run) -> str:
        return f"{run.seconds:.2f} seconds"

    @admin.display
    def programs(self, run: Run) -> SafeString:
        return facts(sorted(run.versions.items()))


@admin.register(Cluster)
class ClusterAdmin(PartOfRunAdmin):
    """Only a cluster's name is an editor's to give, in the list or on its page."""

    list_display = ["__str__", "name", "genre", "size", "description", "published"]
    list_editable = ["name"]
    list_filter = [("run__is_published", admin.BooleanFieldListFilter)]
    list_select_related = ["run__genre"]
    search_fields = ["name", "description", "run__genre__name"]
    search_help_text = "Name, description or genre"
    ordering = ["-run__is_published", "run__genre__name", "-run_id", "number"]
    fields = ["name", "run", "number", "size", "description", "nearest_tracks", "centre"]
    readonly_fields = ["run", "number", "size", "description", "nearest_tracks", "centre"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("clusters.change_cluster")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cluster]:
        return super().get_queryset(request).select_related("run__genre")

    def view_on_site(self, obj: Cluster) -> str | None:
        return obj.get_absolute_url() if obj.run.is_published else None

    @admin.display(ordering="run__genre__name")
    def genre(self, cluster: Cluster) -> SafeString:
        return link_to(cluster.run.genre)

    @admin.display(boolean=True, ordering="run__is_published")
    def published(self, cluster: Cluster) -> bool:
        return cluster.run.is_published

    @admin.display
    def nearest_tracks(self, cluster: Cluster) -> SafeString:
        """The tracks that a name should fit, with their artists."""
        nearest = cluster.memberships.order_by("rank").select_related("track")
        rows = nearest.prefetch_related("track__track_artists__artist")[:REPRESENTATIVES]
        lines = (
            (link_to(row.track), ", ".join(artist.name for artist in row.track.artists_in_order) or "no artist")
            for row in rows
        )
        everyone = link_to_list(Membership, "cluster__id__exact", cluster.pk, f"All {cluster.size}, by rank")
        return format_html(
            '<ol class="nearest">{}</ol><p>{}</p>', format_html_join("", "<li>{}: {}</li>", lines), everyone
        )

    @admin.display
    def centre(self, cluster: Cluster) -> SafeString:
        features = ((FEATURES_BY_NAME[name], value) for name, value in cluster.centroid.items())
        return facts((feature.label, feature.in_words(value)) for feature, value in features)


@admin.register(Membership)
class MembershipAdmin(PartOfRunAdmin):
    """Reached from its cluster, as left-out tracks are from their run."""

    list_display = ["rank", "track_in_place", "cluster", "genre", "distance"]
    list_display_links = None
    list_select_related = ["track", "cluster__run__genre"]
    search_fields = ["track__title"]
    search_help_text = "Track"
    ordering = ["-run", "cluster__number", "rank"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="track", ordering="track__title")
    def track_in_place(self, membership: Membership) -> SafeString:
        return link_to(membership.track)

    @admin.display(ordering="run__genre__name")
    def genre(self, membership: Membership) -> str:
        return membership.cluster.run.genre.name


@admin.register(LeftOut)
class LeftOutAdmin(PartOfRunAdmin):
    """Reached from its run; by itself it would only lengthen the menu."""

    list_display = ["track_to_mend", "reason", "run"]
    list_display_links = None
    list_select_related = ["track", "run__genre"]
    search_fields = ["track__title", "reason"]
    search_help_text = "Track or reason"
    ordering = ["-run", "track__title", "track"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="track", ordering="track__title")
    def track_to_mend(self, left_out: LeftOut) -> SafeString:
        return link_to(left_out.track)


class ClusteredFilter(admin.SimpleListFilter):
    title = "clusters"
    parameter_name = "clustered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Grouped"), ("no", "Not yet")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(published_run__isnull=self.value() == "no")


admin.site.unregister(Genre)


@admin.register(Genre)
class ClusteredGenreAdmin(GenreAdmin):
    """Genres with their published run, and the means to make it anew."""

    list_display = [*GenreAdmin.list_display, "last_run", "clusters", "silhouette", "left_out"]
    list_filter = [ClusteredFilter]
    actions = ["recluster_selected"]

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
                run_left_out=F("published_run__left_out_count"),
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

    @admin.display(ordering="run_left_out")
    def left_out(self, genre: Any) -> SafeString | int | None:
        if not genre.run_left_out:
            return genre.run_left_out
        return link_to_list(LeftOut, "run__id__exact", genre.run_pk, genre.run_left_out)

    def has_recluster_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.add_run")

    @admin.action(description="Recluster selected %(verbose_name_plural)s", permissions=["recluster"])
    def recluster_selected(self, request: HttpRequest, queryset: QuerySet[Genre]) -> None:
        """Recluster while the editor waits. A worker process computes, so that this one stays small."""
        genres = {genre.slug: genre for genre in queryset}
        outcomes = []
        for outcome in recluster(genres.values(), Params(), Options(jobs=1)):
            outcomes.append(outcome)
            if outcome.status == "published":
                self.log_change(request, genres[outcome.genre], "Reclustered.")
        outcomes.sort(key=lambda outcome: list(LEVELS).index(outcome.status))
        shown = outcomes if len(outcomes) <= MOST_MESSAGES else outcomes[: MOST_MESSAGES - 1]
        for outcome in shown:
            self.message_user(request, _report(genres[outcome.genre], outcome), LEVELS[outcome.status])
        if rest := Counter(outcome.status for outcome in outcomes[len(shown) :]):
            counts = ", ".join(f"{number} {status}" for status, number in rest.items())
            self.message_user(request, f"And {rest.total()} more: {counts}.", messages.INFO)


def _report(genre: Genre, outcome: Outcome) -> SafeString:
    """Return how the genre's turn ended, in a sentence."""
    page = format_html('<a href="{}">{}</a>', reverse("clusters", args=[genre.slug]), genre.name)
    if outcome.status == "published":
        tracks = f"{outcome.tracks} tracks in {len(outcome.sizes)} clusters"
        return format_html("{}: {}, {} left out.", page, tracks, outcome.left_out or "none")
    if outcome.status == "unchanged":
        return format_html("{}: nothing has changed since its last run.", page)
    reason = outcome.reason.rstrip(".")
    return format_html("{}: {}: {}. What visitors see has not changed.", genre.name, outcome.status, reason)
