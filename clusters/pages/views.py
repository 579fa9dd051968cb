"""The pages that show clusters, as HTML and as Markdown."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic import TemplateView, View

from clusters.models import CollectionKind, Membership, RetiredCluster, Run
from clusters.pages import facts
from clusters.pages.cluster_portraits import RankPaginator, portrait_of
from clusters.pages.embedding import oembed_address
from clusters.pages.maps import map_of
from clusters.pages.markdown import cluster_as_markdown, clusters_as_markdown, retired_cluster_as_markdown
from clusters.runs import (
    OfCollection,
    add_examples,
    centres_around,
    cluster_or_retired_or_404,
    retired_or_404,
    run_report,
    successors_of,
)
from musicdb.models import Track
from musicdb.pages.generic import ListView, Paginator
from musicdb.pages.machines import Facts, WithHead
from musicdb.pages.track_files import files_of, heading_of, send_tracks

ROWS_A_PAGE = 50
# A cluster may have a hundred thousand tracks.
ROWS_AT_A_TIME = 1_000
LISTED = 200


class ClustersView(WithHead, OfCollection, TemplateView):
    """A collection's clusters: the plot, and the tracks nearest to the centre of each cluster."""

    template_name = "clusters/clusters.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.published_run()
        if self.kind == CollectionKind.LIBRARY:
            # They are in the clusters of no genre, so this page says where they are.
            tracks = Track.objects.without_genre()
            kwargs["without_genre"] = {"count": tracks.count(), "first": tracks[:LISTED]}
        clusters = add_examples(list(run.clusters.for_cluster_table().with_shades()))
        return super().get_context_data(
            run=run,
            collection=run.collection,
            clusters=clusters,
            map=map_of(run, clusters),
            excluded=run.excluded.for_list()[:LISTED],
            oembed_address=oembed_address(self.request, run.collection),
            **kwargs,
        )

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.clusters_facts(context)


class RunReportView(WithHead, OfCollection, TemplateView):
    """How a collection's clusters were made: from which features, why so many, and every figure of the run."""

    template_name = "clusters/run_report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.published_run()
        return super().get_context_data(
            run=run,
            collection=run.collection,
            clusters=run.clusters.order_by("number"),
            reasons=run.excluded.by_reason(),
            **run_report.figures_of(run),
            **kwargs,
        )

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.report_facts(context)


class ClusterView(WithHead, OfCollection, ListView):
    """One cluster: what sets it apart, and all its tracks, nearest to its centre first, or those of a shade of it.

    Of a retired cluster, where its tracks went.
    """

    template_name = "clusters/cluster.html"
    context_object_name = "memberships"
    paginate_by = ROWS_A_PAGE
    page_if_merged = "clusters"

    def get(  # type: ignore[override]
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        run = self.published_run(Run.objects.with_profile())
        self.centres = centres_around(run, kwargs["number"])
        if self.centres.own is None:
            retired = retired_or_404(run, kwargs["number"])
            context = {"collection": run.collection, "successors": successors_of(run, retired)}
            return render(request, "clusters/retired_cluster.html", context, status=HTTPStatus.GONE)
        self.cluster = self.centres.own.as_cluster(run)
        self.shades = list(self.cluster.shades.all())
        wanted = request.GET.get("shade")
        self.shade = next((shade for shade in self.shades if str(shade.position) == wanted), None)
        if wanted and self.shade is None:
            raise Http404(f"The cluster has no shade {wanted}.")
        return self.show(request, *args, **kwargs)

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond with the cluster, or the shade of it, that was asked for."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Membership]:
        memberships = self.cluster.memberships.for_table()
        return memberships if self.shade is None else memberships.filter(shade=self.shade.position)

    def get_paginator(self, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Paginator:
        if self.shade is None:
            return RankPaginator(self.cluster, queryset, per_page)
        return super().get_paginator(queryset, per_page, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        run, page = self.cluster.run, context["page_obj"]
        if self.shade is None and page.number == 1:
            context |= portrait_of(self.cluster, page.introducing, self.centres)
        return context | {
            "cluster": self.cluster,
            "shades": self.shades,
            "shade": self.shade,
            "run": run,
            "collection": run.collection,
            "siblings": self.centres.siblings,
            "files": files_of(
                f"{self.kind}-cluster-tracks",
                *run.collection.address_arguments,
                self.cluster.number,
                query=urlencode(self.kept_parameters()),
            ),
        }

    def facts(self, context: dict[str, Any]) -> Facts:
        return facts.cluster_facts(context)

    def kept_parameters(self) -> list[tuple[str, str]]:
        return [("shade", str(self.shade.position))] if self.shade else []


class ClusterTrackListView(ClusterView):
    """The tracks of one cluster, or of a shade of it, as a file in the format that the address ends with."""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        cluster, collection = self.cluster, self.cluster.run.collection
        heading = heading_of(
            request,
            f"{cluster} {collection.preposition} {collection.name}",
            cluster.get_absolute_url(),
            annotation=self.shade.description if self.shade else cluster.description,
            date=cluster.run.finished_at,
        )
        tracks = Track.objects.filter(memberships__in=self.get_queryset().order_by().values("pk"))
        return send_tracks(request, heading, tracks.order_by("memberships__rank"), kwargs["extension"])


class ClustersMarkdownView(OfCollection, View):
    """The clusters page as Markdown, in the shape of the page that the site grew from."""

    def get(self, request: HttpRequest, **slug: str) -> HttpResponse:
        run = self.published_run()
        clusters = add_examples(list(run.clusters.for_cluster_table().with_shades()))
        return _markdown(clusters_as_markdown(run, clusters, request.build_absolute_uri))


class ClusterMarkdownView(OfCollection, View):
    """One cluster as Markdown with all its tracks, nearest to the centre first; of a retired one, its successors."""

    page_if_merged = "clusters-markdown"

    def get(self, request: HttpRequest, number: int, **slug: str) -> HttpResponse:
        run = self.published_run()
        cluster = cluster_or_retired_or_404(run, number)
        if isinstance(cluster, RetiredCluster):
            text = retired_cluster_as_markdown(successors_of(run, cluster), request.build_absolute_uri)
            return _markdown(text, HTTPStatus.GONE)
        memberships = cluster.memberships.for_table().iterator(chunk_size=ROWS_AT_A_TIME)
        return _markdown(cluster_as_markdown(cluster, memberships, request.build_absolute_uri))


def _markdown(text: str, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(text, content_type="text/markdown; charset=utf-8", status=status)
