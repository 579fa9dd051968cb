"""The pages that show clusters, as HTML and as Markdown."""

from http import HTTPStatus
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.generic import TemplateView, View

from clusters.models import Membership, RetiredCluster, Run
from clusters.pages.markdown import cluster_as_markdown, clusters_as_markdown, retired_cluster_as_markdown
from clusters.runs import cluster_or_retired_or_404, published_run_or_404, run_report, successors_of
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.pages.generic import ListView
from musicdb.search import count_tracks

GENRES_A_PAGE = 24
PLAYLISTS_SHOWN = 24
ROWS_A_PAGE = 50
# A cluster may have a hundred thousand tracks.
ROWS_AT_A_TIME = 1_000
EXCLUDED_SHOWN = 200


class HomeView(ListView):
    template_name = "clusters/home.html"
    context_object_name = "genres"
    paginate_by = GENRES_A_PAGE

    def get_queryset(self) -> QuerySet[Genre]:
        published = Prefetch("runs", queryset=Run.objects.published(), to_attr="published_runs")
        return Genre.objects.for_list().prefetch_related(published)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        totals = {model._meta.verbose_name_plural: model.objects.count() for model in (Track, Artist, Album, Label)}
        shown = list(Playlist.objects.for_list()[:PLAYLISTS_SHOWN])
        counts = count_tracks(shown)
        playlists = [(playlist, counts[playlist.pk]) for playlist in shown]
        return super().get_context_data(totals=totals, playlists=playlists, **kwargs)


class ClustersView(TemplateView):
    """A genre's clusters: the plot, and the tracks nearest to the centre of each cluster."""

    template_name = "clusters/clusters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = published_run_or_404(self.kwargs["genre_slug"])
        return super().get_context_data(
            run=run,
            genre=run.genre,
            clusters=run.clusters.for_cluster_table(),
            excluded=run.excluded.for_list()[:EXCLUDED_SHOWN],
            **kwargs,
        )


class RunReportView(TemplateView):
    """How a genre's clusters were made: from which features, why so many, and every figure of the run."""

    template_name = "clusters/run_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = published_run_or_404(self.kwargs["genre_slug"])
        return super().get_context_data(
            run=run,
            genre=run.genre,
            clusters=run.clusters.order_by("number"),
            reasons=run.excluded.by_reason(),
            **run_report.figures_of(run),
            **kwargs,
        )


class ClusterView(ListView):
    """All tracks of one cluster, nearest to its centre first; of a retired cluster, where its tracks went."""

    template_name = "clusters/cluster.html"
    context_object_name = "memberships"
    paginate_by = ROWS_A_PAGE

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = published_run_or_404(kwargs["genre_slug"])
        cluster = cluster_or_retired_or_404(run, kwargs["number"])
        if isinstance(cluster, RetiredCluster):
            context = {"genre": run.genre, "successors": successors_of(run, cluster)}
            return render(request, "clusters/retired_cluster.html", context, status=HTTPStatus.GONE)
        self.cluster = cluster
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Membership]:
        return self.cluster.memberships.for_table()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.cluster.run
        numbers = run.clusters.order_by("number")
        return super().get_context_data(cluster=self.cluster, run=run, genre=run.genre, siblings=numbers, **kwargs)


class ClustersMarkdownView(View):
    """The clusters page as Markdown, in the shape of the page that the site grew from."""

    def get(self, request: HttpRequest, genre_slug: str) -> HttpResponse:
        run = published_run_or_404(genre_slug)
        clusters = run.clusters.for_cluster_table()
        return _markdown(clusters_as_markdown(run, clusters, request.build_absolute_uri))


class ClusterMarkdownView(View):
    """One cluster as Markdown with all its tracks, nearest to the centre first; of a retired one, its successors."""

    def get(self, request: HttpRequest, genre_slug: str, number: int) -> HttpResponse:
        run = published_run_or_404(genre_slug)
        cluster = cluster_or_retired_or_404(run, number)
        if isinstance(cluster, RetiredCluster):
            text = retired_cluster_as_markdown(successors_of(run, cluster), request.build_absolute_uri)
            return _markdown(text, HTTPStatus.GONE)
        memberships = cluster.memberships.for_table().iterator(chunk_size=ROWS_AT_A_TIME)
        return _markdown(cluster_as_markdown(cluster, memberships, request.build_absolute_uri))


def _markdown(text: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", status=status)
