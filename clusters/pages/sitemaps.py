"""The sitemaps of the pages of clusters, and all sitemaps together."""

from datetime import datetime

from django.contrib.sitemaps import views
from django.http import HttpRequest, HttpResponse

from clusters.models import Cluster, Run
from clusters.models.collection_querysets import is_public
from musicdb.pages.machines.sitemaps import Rows, Sitemaps, catalogue_sitemaps, index, newest


class Runs(Rows):
    """The pages of the published runs."""

    def __init__(self) -> None:
        super().__init__(Run.objects.published().filter(is_public("collection__")).with_collection())

    def lastmod(self, run: Run) -> datetime:
        return run.finished_at

    def get_latest_lastmod(self) -> datetime | None:
        return newest(self.rows, "finished_at")


class Clusters(Rows):
    """The pages of their clusters."""

    def __init__(self) -> None:
        super().__init__(Cluster.objects.published())

    def lastmod(self, cluster: Cluster) -> datetime:
        return cluster.run.finished_at

    def get_latest_lastmod(self) -> datetime | None:
        return newest(self.rows, "run__finished_at")


def _sitemaps() -> Sitemaps:
    return {**catalogue_sitemaps(), "runs": Runs(), "clusters": Clusters()}


def sitemap_index(request: HttpRequest) -> HttpResponse:
    return index(request, _sitemaps())


def sitemap_file(request: HttpRequest, section: str) -> HttpResponse:
    return views.sitemap(request, _sitemaps(), section)
