"""The addresses of the pages about clusters, the same below every kind of collection, about similar tracks and paths.

Their names begin with the kind: ``genre-clusters``, ``playlist-cluster``, ``library-run-report``.
"""

from collections.abc import Iterator

from django.urls import URLPattern, path

from clusters.models import CollectionKind
from clusters.pages import maps, views
from clusters.pages.embedding import EmbeddedView
from clusters.pages.feeds import CollectionChangesView
from clusters.pages.similar import PathChoiceView, PathTrackListView, PathView, SimilarTrackListView, SimilarView
from clusters.runs import path_of_owner
from musicdb.pages.static_site import parts

PAGES = (
    ("clusters/", views.ClustersView, "clusters"),
    ("clusters.md", views.ClustersMarkdownView, "clusters-markdown"),
    ("clusters.atom", CollectionChangesView, "changes"),
    ("clusters/embed/", EmbeddedView, "embedded"),
    ("clusters/how/", views.RunReportView, "run-report"),
    ("clusters/map/<int:run>/points.bin", maps.PointsView, "map-points"),
    ("clusters/map/<int:run>/by-<slug:column>.bin", maps.ValuesView, "map-values"),
    ("clusters/map/<int:run>/tracks.json", maps.DetailsView, "map-details"),
    ("clusters/map/<int:run>/selection/", maps.SelectionView, "selection"),
    ("clusters/map/<int:run>/selection.<track_list_format:extension>", maps.SelectionTrackListView, "selection-tracks"),
    ("clusters/<int:number>/", views.ClusterView, "cluster"),
    ("clusters/<int:number>.md", views.ClusterMarkdownView, "cluster-markdown"),
    ("clusters/<int:number>.<track_list_format:extension>", views.ClusterTrackListView, "cluster-tracks"),
)
# What only a live site answers: the map's data, what is selected on it, its page for frames of other sites, and paths
# between any two tracks.
LIVE_ONLY = ("embedded", "map-points", "map-values", "map-details", "selection", "selection-tracks")
PATHS = ("path-choice", "path", "path-tracks")


def _patterns() -> Iterator[URLPattern]:
    for kind in CollectionKind.values:
        for address, view, name in PAGES:
            yield path(path_of_owner(kind) + address, view.as_view(kind=kind), name=f"{kind}-{name}")


urlpatterns = [
    *_patterns(),
    path("tracks/<slug:track_slug>/similar/", SimilarView.as_view(), name="similar"),
    path(
        "tracks/<slug:track_slug>/similar.<track_list_format:extension>",
        SimilarTrackListView.as_view(),
        name="similar-tracks",
    ),
    path("tracks/<slug:track_slug>/path/", PathChoiceView.as_view(), name="path-choice"),
    path("tracks/<slug:track_slug>/path/<slug:other_slug>/", PathView.as_view(), name="path"),
    path(
        "tracks/<slug:track_slug>/path/<slug:other_slug>.<track_list_format:extension>",
        PathTrackListView.as_view(),
        name="path-tracks",
    ),
]

parts.register_live_only(*PATHS, "oembed", *(f"{kind}-{name}" for kind in CollectionKind.values for name in LIVE_ONLY))
parts.register_page_parameter("shade")
parts.register_part(parts.TRACK_FILES, *(f"{kind}-cluster-tracks" for kind in CollectionKind.values))
parts.register_part(parts.Part("similar", "a page of similar tracks for each track"), "similar", "similar-tracks")
