"""The catalogue's viewsets: a queryset, its serializers, a FilterSet each."""

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from musicdb.api import serializers
from musicdb.api.base import StrictViewSet
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.search import filters


class CatalogueViewSet(ListModelMixin, RetrieveModelMixin, StrictViewSet):
    lookup_field = "slug"
    lookup_value_converter = "slug"


class GenreViewSet(CatalogueViewSet):
    """Genres, the largest first; one by itself with its description."""

    lookup_url_kwarg = "genre_slug"
    queryset = Genre.objects.for_list()
    serializer_class = serializers.GenreSerializer
    detail_serializer_class = serializers.GenreDetailSerializer
    filterset_class = filters.GenreFilter


class ArtistViewSet(CatalogueViewSet):
    """Artists that are public, by name; one by itself with its place on Spotify."""

    lookup_url_kwarg = "artist_slug"
    queryset = Artist.objects.for_list()
    serializer_class = serializers.ArtistSerializer
    detail_serializer_class = serializers.ArtistDetailSerializer
    filterset_class = filters.ArtistFilter


class LabelViewSet(CatalogueViewSet):
    """Labels that are public, by name."""

    lookup_url_kwarg = "label_slug"
    queryset = Label.objects.for_list()
    serializer_class = serializers.LabelSerializer
    filterset_class = filters.LabelFilter


class AlbumViewSet(CatalogueViewSet):
    """Albums, the newest first; one by itself with its place on Spotify."""

    lookup_url_kwarg = "album_slug"
    queryset = Album.objects.for_list()
    serializer_class = serializers.AlbumSerializer
    detail_serializer_class = serializers.AlbumDetailSerializer
    filterset_class = filters.AlbumFilter


class TrackViewSet(CatalogueViewSet):
    """Tracks, the most played first; one by itself with its genres and all its features."""

    lookup_url_kwarg = "track_slug"
    queryset = Track.objects.for_table()
    serializer_class = serializers.TrackSerializer
    detail_serializer_class = serializers.TrackDetailSerializer
    filterset_class = filters.TrackFilter
