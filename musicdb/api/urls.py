"""The URLs of the catalogue in the API. ``clusters.api.urls`` adds its own to them."""

from django.urls import path

from musicdb.api import views
from musicdb.api.base import Router

router = Router()
router.register("genres", views.GenreViewSet)
router.register("artists", views.ArtistViewSet)
router.register("labels", views.LabelViewSet)
router.register("albums", views.AlbumViewSet)
router.register("tracks", views.TrackViewSet)
router.register("playlists", views.PlaylistViewSet)

urlpatterns = [
    path(
        "playlists/<slug:playlist_slug>/entries/",
        views.PlaylistEntriesView.as_view({"get": "list"}),
        name="playlist-entries",
    ),
]
