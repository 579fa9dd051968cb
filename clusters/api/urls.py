"""Every address of the API: the catalogue's, then what clusters add to it."""

from django.urls import path, re_path

from clusters.api import views
from musicdb.api.base import NotFoundView, Router
from musicdb.api.urls import router as catalogue
from musicdb.api.urls import urlpatterns as catalogue_urls

app_name = "api"

router = Router()
router.registry.extend(catalogue.registry)
router.register("clusters", views.ClusterViewSet, basename="cluster")

urlpatterns = [
    path(
        "genres/<slug:genre_slug>/clusters/",
        views.GenreClustersView.as_view({"get": "retrieve"}),
        name="genre-clusters",
    ),
    path(
        "genres/<slug:genre_slug>/clusters/<int:number>/",
        views.ClusterTracksView.as_view({"get": "list"}),
        name="cluster-tracks",
    ),
    path("tracks/<slug:track_slug>/clusters/", views.TrackClustersView.as_view({"get": "list"}), name="track-clusters"),
    *catalogue_urls,
    *router.urls,
    # Whatever else, line breaks and all. Only with a slash at its end: an address without is still led to the one with.
    re_path(r"^[\s\S]*/\Z", NotFoundView.as_view()),
]
