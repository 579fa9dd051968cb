"""The pages that show clusters, as HTML and as Markdown."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.generic import ListView, TemplateView

from clusters.exports import cluster_as_markdown, clusters_as_markdown
from clusters.models import Cluster, Membership, Run
from clusters.shortcuts import published_run_or_404
from musicdb.models import Album, Artist, Genre, Label, Track

GENRES_A_PAGE = 24
ROWS_A_PAGE = 50
LEFT_OUT_SHOWN = 200


class Home(ListView):
    template_name = "clusters/home.html"
    context_object_name = "genres"
    paginate_by = GENRES_A_PAGE

    def get_queryset(self) -> QuerySet[Genre]:
        published = Prefetch("runs", queryset=Run.objects.published(), to_attr="published_runs")
        return Genre.objects.for_list().prefetch_related(published)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        totals = {model._meta.verbose_name_plural: model.objects.count() for model in (Track, Artist, Album, Label)}
        return super().get_context_data(totals=totals, **kwargs)


class ClustersPage(TemplateView):
    """A genre's clusters: the plot, and each cluster's tracks nearest to its centre."""

    template_name = "clusters/clusters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = published_run_or_404(self.kwargs["slug"])
        return super().get_context_data(
            run=run,
            genre=run.genre,
            clusters=run.clusters.for_cluster_table(),
            left_out=run.left_out.for_list()[:LEFT_OUT_SHOWN],
            **kwargs,
        )


class ClusterPage(ListView):
    """Every track of one cluster, nearest to its centre first."""

    template_name = "clusters/cluster.html"
    context_object_name = "memberships"
    paginate_by = ROWS_A_PAGE

    def get_queryset(self) -> QuerySet[Membership]:
        run = published_run_or_404(self.kwargs["slug"])
        self.cluster = get_object_or_404(run.clusters, number=self.kwargs["number"])
        return self.cluster.memberships.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.cluster.run
        numbers = run.clusters.order_by("number")
        return super().get_context_data(cluster=self.cluster, run=run, genre=run.genre, siblings=numbers, **kwargs)


def clusters_markdown(request: HttpRequest, slug: str) -> HttpResponse:
    """The clusters page as Markdown, in the shape of the page that the site grew from."""
    run = published_run_or_404(slug)
    clusters = run.clusters.for_cluster_table()
    return _markdown(clusters_as_markdown(run, clusters, request.build_absolute_uri))


def cluster_markdown(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One whole cluster as Markdown, every track of it, nearest to its centre first."""
    run = published_run_or_404(slug)
    cluster: Cluster = get_object_or_404(run.clusters, number=number)
    memberships = cluster.memberships.for_table()
    return _markdown(cluster_as_markdown(cluster, memberships, request.build_absolute_uri))


def _markdown(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")
