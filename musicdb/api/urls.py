"""The catalogue's part of the API; ``clusters.api.urls`` puts it together with its own."""

from musicdb.api import views
from musicdb.api.base import Router

router = Router()
router.register("genres", views.GenreViewSet)
router.register("artists", views.ArtistViewSet)
router.register("labels", views.LabelViewSet)
router.register("albums", views.AlbumViewSet)
router.register("tracks", views.TrackViewSet)
