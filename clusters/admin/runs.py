"""The admin of runs: view, compare and publish them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from clusters.admin.dashboard import waiting_url
from clusters.admin.links import RUN_FILTERS
from clusters.models import Collection, ExcludedTrack, Run
from clusters.models.collection_querysets import name_keys, with_owner
from clusters.runs import NotComparableError, compare_runs, default_other, in_order, publish, remove, unpublish
from musicdb.admin.base import ReadOnlyAdmin, is_valid_pk
from musicdb.admin.html import facts, link_to, link_to_list

MOVED_PER_PAGE = 50
STATES = {
    "published": "Published: visitors see it. It cannot be deleted until another run has replaced it.",
    "waiting": "Waits for review: visitors do not see it until somebody publishes it.",
    "earlier": "Earlier: another run has replaced it. You can go back to it.",
}


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("published", "Published"), ("waiting", "Waits for review"), ("earlier", "Earlier")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(state=self.value()) if self.value() in STATES else queryset


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin[Run]):
    list_display = [
        "collection",
        "finished_at",
        "state",
        "track_count",
        "excluded_count",
        "cluster_count",
        "mean_silhouette",
    ]
    list_display_links = ["collection", "finished_at"]
    list_filter = [StateFilter, "collection__kind", "finished_at", *RUN_FILTERS]
    list_select_related = with_owner("collection__")
    search_fields = name_keys("collection__")
    search_help_text = "Genre, playlist, artist or label"
    actions = ["compare_selected", "publish_selected", "unpublish_selected"]
    change_form_template = "admin/clusters/run/change_form.html"
    fieldsets = [
        (None, {"fields": ["collection_link", "state_label", "finished_at", "track_count", "excluded_tracks"]}),
        ("Clusters", {"fields": ["plot", "axis_labels", "cluster_table"]}),
        ("Quality", {"fields": ["mean_silhouette", "mean_stability", "tried", "components"]}),
        (
            "How it was made",
            {"fields": ["clustered_features", "constant_features", "parameter_list", "duration", "programs"]},
        ),
        ("For comparing", {"fields": ["digest", "input_hash"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        runs: Any = super().get_queryset(request)
        with_state: QuerySet[Run] = runs.with_collection().with_state()
        return with_state

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra: dict[str, Any] = {**(extra_context or {})}
        if self.has_publish_permission(request) and StateFilter.parameter_name not in request.GET:
            extra |= {"waiting": Run.objects.waiting().count(), "waiting_url": waiting_url()}
        return super().changelist_view(request, extra)

    def view_on_site(self, obj: Run) -> str | None:
        return obj.get_absolute_url() if obj.is_published and obj.collection.has_page else None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        published = [run for run in objs if run.is_published]
        if not published:
            return super().get_deleted_objects(objs, request)
        reason = "{}: visitors see this run. It can be deleted when another run has replaced it."
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
        context["can_publish"] = self.has_publish_permission(request)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def delete_model(self, request: HttpRequest, obj: Run) -> None:
        remove([obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        remove(queryset)

    # --- Publishing ---

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("clusters.change_run")

    def get_urls(self) -> list[URLPattern]:
        def guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
            return self.admin_site.admin_view(view)

        own = [
            path("<int:pk>/compare/", guarded(self.compare), name="clusters_run_compare"),
            path("<int:pk>/publish/", guarded(require_POST(self.publish)), name="clusters_run_publish"),
            path("<int:pk>/unpublish/", guarded(require_POST(self.unpublish)), name="clusters_run_unpublish"),
        ]
        return [*own, *super().get_urls()]

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._change_one(request, pk, self._publish)

    def unpublish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._change_one(request, pk, self._unpublish)

    def _change_one(self, request: HttpRequest, pk: int, change: Callable[[HttpRequest, Run], None]) -> HttpResponse:
        if not self.has_publish_permission(request):
            raise PermissionDenied
        change(request, get_object_or_404(Run.objects.with_collection(), pk=pk))
        return HttpResponseRedirect(reverse("admin:clusters_run_change", args=[pk]))

    @admin.action(description="Publish selected runs, one for each collection", permissions=["publish"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        runs = list(queryset)
        if len({run.collection_id for run in runs}) < len(runs):
            self.message_user(request, "Select only one run of each collection to publish.", messages.ERROR)
            return
        for run in runs:
            self._publish(request, run)

    @admin.action(description="Unpublish selected runs", permissions=["publish"])
    def unpublish_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        for run in queryset:
            self._unpublish(request, run)

    def _publish(self, request: HttpRequest, run: Run) -> None:
        try:
            before = Run.objects.of(run.collection).published().first()
            changed = publish(run)
        except (Run.DoesNotExist, Collection.DoesNotExist):
            self._say_deleted(request, run)
            return
        if changed:
            self.log_change(request, run, f"Published in place of {before}." if before else "Published.")
            text = format_html("Visitors now see {}.", link_to(run))
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, format_html("{} is already published.", link_to(run)), messages.INFO)

    def _unpublish(self, request: HttpRequest, run: Run) -> None:
        try:
            changed = unpublish(run)
        except Collection.DoesNotExist:
            self._say_deleted(request, run)
            return
        if changed:
            self.log_change(request, run, "Unpublished.")
            text = format_html("{}: visitors now see no clusters of {}.", link_to(run), run.collection)
            self.message_user(request, text, messages.SUCCESS)
        else:
            self.message_user(request, format_html("{} was not published.", link_to(run)), messages.INFO)

    def _say_deleted(self, request: HttpRequest, run: Run) -> None:
        self.message_user(request, f"Run {run.pk} has been deleted in the meantime.", messages.WARNING)

    # --- Comparing ---

    @admin.action(description="Compare the two selected runs", permissions=["view"])
    def compare_selected(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        runs = list(queryset[:3])
        if len(runs) != 2 or runs[0].collection_id != runs[1].collection_id:
            self.message_user(request, "Select two runs of the same collection to compare them.", messages.ERROR)
            return None
        old, new = in_order(*runs)
        return HttpResponseRedirect(reverse("admin:clusters_run_compare", args=[new.pk], query={"with": old.pk}))

    def compare(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(Run.objects.with_collection(), pk=pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Compare runs of {run.collection}",
            "run": run,
            "others": Run.objects.of(run.collection).exclude(pk=pk).newest_first().with_state(),
        }
        try:
            other = self._other(request, run)
            compared = compare_runs(*in_order(run, other))
        except NotComparableError as error:
            return TemplateResponse(request, "admin/clusters/run/compare.html", {**context, "reason": str(error)})
        moved = Paginator(compared.moved_tracks(), MOVED_PER_PAGE).get_page(request.GET.get("page"))
        context |= {"compared": compared, "found": compared.found, "other": other, "moved": moved}
        return TemplateResponse(request, "admin/clusters/run/compare.html", context)

    @staticmethod
    def _other(request: HttpRequest, run: Run) -> Run:
        """Return the run that the URL names to compare ``run`` with, or else the default one."""
        asked = request.GET.get("with", "")
        if not asked:
            return default_other(run)
        if not is_valid_pk(asked):
            raise Http404("There is no such run.")
        return get_object_or_404(Run.objects.with_collection(), pk=int(asked))

    # --- Fields ---

    @admin.display(description="collection")
    def collection_link(self, run: Run) -> SafeString:
        return link_to(run.collection)

    @admin.display(ordering="is_published")
    def state(self, run: Any) -> str:
        return {"published": "published", "waiting": "waits for review", "earlier": "earlier"}[run.state]

    @admin.display(description="state")
    def state_label(self, run: Any) -> str:
        return STATES[run.state]

    @admin.display(description="stability", ordering="stability")
    def mean_stability(self, run: Run) -> str:
        return "not measured" if run.stability is None else f"{run.stability:.2f}"

    @admin.display(description="excluded")
    def excluded_tracks(self, run: Run) -> SafeString | str:
        if not run.excluded_count:
            return "none"
        return link_to_list(ExcludedTrack, "run__id__exact", run.pk, f"{run.excluded_count}: tracks and reasons")

    @admin.display
    def plot(self, run: Run) -> SafeString:
        image = '<a href="{0}"><img class="run-plot" src="{0}" alt="{1}" width="640" height="480"></a>'
        return format_html(image, run.plot_svg.url, run.plot_alt)

    @admin.display(description="axes")
    def axis_labels(self, run: Run) -> SafeString:
        return facts(
            (way, f"{axis['low']} → {axis['high']}", f"{axis['variance']:.0%} of the variance")
            for way, axis in zip(("Left to right", "Bottom to top"), run.axes, strict=False)
        )

    @admin.display(description="clusters")
    def cluster_table(self, run: Run) -> SafeString:
        clusters = run.clusters.order_by("number")
        return facts((link_to(cluster), f"{cluster.size} tracks", cluster.description) for cluster in clusters)

    @admin.display(description="silhouette", ordering="silhouette")
    def mean_silhouette(self, run: Run) -> str:
        return f"{run.silhouette:.3f}" if run.divides else "does not divide"

    @admin.display(description="numbers of clusters that were tried")
    def tried(self, run: Run) -> SafeString:
        rows = []
        for clusters in sorted(run.silhouettes, key=int):
            stability = run.stabilities.get(clusters)
            measured = "" if stability is None else f"stability {stability:.2f}"
            if (score := run.scores.get(clusters)) is not None:
                measured += f", score {score:.2f}"
            rows.append((f"{clusters} clusters", f"silhouette {run.silhouettes[clusters]:.3f}", measured))
        return facts(rows)

    @admin.display(description="variance by component")
    def components(self, run: Run) -> str:
        return ", ".join(f"{share:.1%}" for share in run.explained_variance)

    @admin.display(description="features")
    def clustered_features(self, run: Run) -> str:
        return ", ".join(run.features)

    @admin.display(description="dropped features")
    def constant_features(self, run: Run) -> str:
        return f"{', '.join(run.dropped_features)}: the same for every track" if run.dropped_features else "none"

    @admin.display(description="parameters")
    def parameter_list(self, run: Run) -> SafeString:
        defaults = {"clusters": "chosen automatically"}
        return facts(
            (name, defaults.get(name, "–") if value is None else value) for name, value in run.parameters.items()
        )

    @admin.display
    def duration(self, run: Run) -> str:
        return f"{run.seconds:.2f} seconds"

    @admin.display
    def programs(self, run: Run) -> SafeString:
        return facts(sorted(run.versions.items()))
