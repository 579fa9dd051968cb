"""The catalogue's viewsets. Each has a queryset, its serializers and a FilterSet."""

from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from musicdb.api import serializers
from musicdb.api.base import StrictViewSet
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.search import AlbumFilter, ArtistFilter, GenreFilter, LabelFilter, TrackFilter


class CatalogueViewSet(ListModelMixin, RetrieveModelMixin, StrictViewSet):
    lookup_field = "slug"
    lookup_value_converter = "slug"


class GenreViewSet(CatalogueViewSet):
    """Genres, largest first. A single genre has its description too."""

    lookup_url_kwarg = "genre_slug"
    queryset = Genre.objects.for_list()
    serializer_class = serializers.GenreSerializer
    detail_serializer_class = serializers.GenreDetailSerializer
    filterset_class = GenreFilter


class ArtistViewSet(CatalogueViewSet):
    """Artists that have a page, by name. A single artist has its Spotify id and link too."""

    lookup_url_kwarg = "artist_slug"
    queryset = Artist.objects.for_list()
    serializer_class = serializers.ArtistSerializer
    detail_serializer_class = serializers.ArtistDetailSerializer
    filterset_class = ArtistFilter


class LabelViewSet(CatalogueViewSet):
    """Labels that have a page, by name."""

    lookup_url_kwarg = "label_slug"
    queryset = Label.objects.for_list()
    serializer_class = serializers.LabelSerializer
    filterset_class = LabelFilter


class AlbumViewSet(CatalogueViewSet):
    """Albums, newest first. A single album has its Spotify id and link too."""

    lookup_url_kwarg = "album_slug"
    queryset = Album.objects.for_list()
    serializer_class = serializers.AlbumSerializer
    detail_serializer_class = serializers.AlbumDetailSerializer
    filterset_class = AlbumFilter


class TrackViewSet(CatalogueViewSet):
    """Tracks, highest score first. A single track has its genres and audio features too."""

    lookup_url_kwarg = "track_slug"
    queryset = Track.objects.for_table()
    serializer_class = serializers.TrackSerializer
    detail_serializer_class = serializers.TrackDetailSerializer
    filterset_class = TrackFilter
