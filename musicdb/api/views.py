"""The catalogue's viewsets: a queryset, a serializer, a FilterSet each."""

from rest_framework.routers import DefaultRouter
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from musicdb import filters
from musicdb.api import serializers
from musicdb.models import Album, Artist, Genre, Label, Track


class GenreViewSet(ReadOnlyModelViewSet):
    """Genres, the largest first."""

    queryset = Genre.objects.for_list()
    serializer_class = serializers.GenreSerializer
    filterset_class = filters.GenreFilter
    lookup_field = "slug"


class ArtistViewSet(ReadOnlyModelViewSet):
    """Artists that are public, by name."""

    queryset = Artist.objects.for_list()
    serializer_class = serializers.ArtistSerializer
    filterset_class = filters.ArtistFilter
    lookup_field = "slug"


class LabelViewSet(ReadOnlyModelViewSet):
    """Labels that are public, by name."""

    queryset = Label.objects.for_list()
    serializer_class = serializers.LabelSerializer
    filterset_class = filters.LabelFilter
    lookup_field = "slug"


class AlbumViewSet(ReadOnlyModelViewSet):
    """Albums, the newest first."""

    queryset = Album.objects.for_list()
    serializer_class = serializers.AlbumSerializer
    filterset_class = filters.AlbumFilter
    lookup_field = "slug"


class TrackViewSet(ReadOnlyModelViewSet):
    """Tracks, the most played first; one by itself with its genres and all its features."""

    queryset = Track.objects.for_table()
    filterset_class = filters.TrackFilter
    lookup_field = "slug"

    def get_serializer_class(self) -> type[BaseSerializer]:
        return serializers.TrackSerializer if self.action == "list" else serializers.TrackDetailSerializer


router = DefaultRouter()
router.register("genres", GenreViewSet)
router.register("artists", ArtistViewSet)
router.register("labels", LabelViewSet)
router.register("albums", AlbumViewSet)
router.register("tracks", TrackViewSet)
