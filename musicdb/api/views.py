"""The catalogue's viewsets. Each has a queryset, its serializers and a FilterSet."""

from typing import Any

from django.db.models import DateTimeField, F, QuerySet, Value
from django.shortcuts import get_object_or_404
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin

from musicdb.api import serializers
from musicdb.api.base import StrictViewSet
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.search import (
    AlbumFilter,
    ArtistFilter,
    GenreFilter,
    LabelFilter,
    PlaylistFilter,
    TrackFilter,
    count_tracks,
    totals_of,
    tracks_of,
)


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
    queryset = Album.objects.for_list().with_artists()
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


class PlaylistViewSet(CatalogueViewSet):
    """Public playlists, by name. A single playlist has its description and length too."""

    lookup_url_kwarg = "playlist_slug"
    queryset = Playlist.objects.for_list()
    serializer_class = serializers.PlaylistSerializer
    detail_serializer_class = serializers.PlaylistDetailSerializer
    filterset_class = PlaylistFilter

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Count the tracks of all playlists that are serialised together."""
        shown = args[0] if args else None
        context = dict(kwargs.pop("context", None) or self.get_serializer_context())
        if isinstance(shown, Playlist):
            context["totals"] = totals_of(tracks_of(shown))
        elif shown is not None:
            context["track_counts"] = count_tracks(shown)
        return self.get_serializer_class()(*args, context=context, **kwargs)


class PlaylistEntriesView(ListModelMixin, StrictViewSet):
    """The tracks of a playlist in its order."""

    queryset = Track.objects.all()
    serializer_class = serializers.PlaylistEntrySerializer

    def get_queryset(self) -> QuerySet[Track]:
        playlist = get_object_or_404(Playlist.objects.visible(), slug=self.kwargs["playlist_slug"])
        added_at = Value(None, DateTimeField()) if playlist.has_rule else F("playlist_entries__added_at")
        return tracks_of(playlist).with_table_columns().annotate(entry_added_at=added_at)

    def paginate_queryset(self, queryset: Any) -> Any:
        page: Any = super().paginate_queryset(queryset)
        paginator: Any = self.paginator
        for number, track in enumerate(page, start=paginator.page.start_index()):
            track.number = number
        return page
