"""The addresses of the pages about clusters, the same below every kind of collection.

Their names begin with the kind: ``genre-clusters``, ``playlist-cluster``, ``library-run-report``.
"""

from collections.abc import Iterator

from django.urls import URLPattern, path

from clusters.models import CollectionKind
from clusters.pages import views
from clusters.runs import path_of_owner

PAGES = (
    ("clusters/", views.ClustersView, "clusters"),
    ("clusters.md", views.ClustersMarkdownView, "clusters-markdown"),
    ("clusters/how/", views.RunReportView, "run-report"),
    ("clusters/<int:number>/", views.ClusterView, "cluster"),
    ("clusters/<int:number>.md", views.ClusterMarkdownView, "cluster-markdown"),
)


def _patterns() -> Iterator[URLPattern]:
    for kind in CollectionKind.values:
        for address, view, name in PAGES:
            of_library = kind == CollectionKind.LIBRARY and view is views.ClustersView
            page = views.LibraryClustersView if of_library else view
            yield path(path_of_owner(kind) + address, page.as_view(kind=kind), name=f"{kind}-{name}")


urlpatterns = list(_patterns())
