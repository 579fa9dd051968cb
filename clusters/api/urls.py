"""Every address of the API: the catalogue's, then what clusters add to it."""

from collections.abc import Iterator

from django.urls import URLPattern, path, re_path

from clusters.api import views
from clusters.api.search import SearchView
from clusters.models import CollectionKind
from clusters.runs import path_of_owner
from musicdb.api.base import NotFoundView, Router
from musicdb.api.urls import router as catalogue
from musicdb.api.urls import urlpatterns as catalogue_urls

app_name = "api"

router = Router()
router.registry.extend(catalogue.registry)
router.register("clusters", views.ClusterViewSet, basename="cluster")


def _of_collections() -> Iterator[URLPattern]:
    """Yield the addresses below each kind of collection, as pages have them; below ``library/`` for the library."""
    for kind in CollectionKind.values:
        run = views.CollectionClustersView.as_view({"get": "retrieve"}, kind=kind)
        tracks = views.ClusterTracksView.as_view({"get": "list"}, kind=kind)
        below = path_of_owner(kind) or "library/"
        yield path(f"{below}clusters/", run, name=f"{kind}-clusters")
        yield path(f"{below}clusters/<int:number>/", tracks, name=f"{kind}-cluster-tracks")


urlpatterns = [
    *_of_collections(),
    path("tracks/<slug:track_slug>/clusters/", views.TrackClustersView.as_view({"get": "list"}), name="track-clusters"),
    path("search/", SearchView.as_view(), name="search"),
    path("tracks/<slug:track_slug>/similar/", views.SimilarTracksView.as_view({"get": "list"}), name="track-similar"),
    *catalogue_urls,
    *router.urls,
    # Whatever else, line breaks and all. Only with a slash at its end: an address without is still led to the one with.
    re_path(r"^[\s\S]*/\Z", NotFoundView.as_view()),
]
