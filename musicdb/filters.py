"""What a list can be narrowed to and sorted by: one FilterSet a model, for pages and the API alike."""

from typing import Any

import django_filters as filters
from django.db.models import F, OrderBy, Q, QuerySet

from musicdb.features import FEATURE_NAMES
from musicdb.models import Album, Artist, Genre, Label, Track
from musicdb.slugs import MAX_LENGTH

LONGEST_QUERY = 100
LARGEST_SCORE = 2**31 - 1


def _contains(field_name: str) -> filters.CharFilter:
    return filters.CharFilter(
        field_name=field_name, lookup_expr="icontains", max_length=LONGEST_QUERY, help_text="Part of the name."
    )


def _address(field_name: str, of: str) -> filters.CharFilter:
    return filters.CharFilter(field_name=field_name, max_length=MAX_LENGTH, help_text=f"The slug of {of}.")


class OrderingFilter(filters.OrderingFilter):
    """Sorts the same on every database: what is unknown comes last, and equals in the order of their ids."""

    def get_ordering_value(self, param: str) -> OrderBy:
        field = super().get_ordering_value(param)
        column = F(field.removeprefix("-"))
        return column.desc(nulls_last=True) if field.startswith("-") else column.asc(nulls_last=True)

    def filter(self, queryset: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        ordered = super().filter(queryset, value)
        return ordered.order_by(*ordered.query.order_by, "pk") if value else ordered


class GenreFilter(filters.FilterSet):
    q = _contains("name")
    ordering = OrderingFilter(fields=["name", "track_count"])

    class Meta:
        model = Genre
        fields = ["q"]


class ArtistFilter(filters.FilterSet):
    q = _contains("name")
    ordering = OrderingFilter(fields=["name", "track_count"])

    class Meta:
        model = Artist
        fields = ["q"]


class LabelFilter(filters.FilterSet):
    q = _contains("name")
    ordering = OrderingFilter(fields=["name", "album_count"])

    class Meta:
        model = Label
        fields = ["q"]


class AlbumFilter(filters.FilterSet):
    q = _contains("title")
    label = _address("album_labels__label__slug", "a label of the album")
    artist = filters.CharFilter(
        method="with_artist", max_length=MAX_LENGTH, help_text="The slug of an artist of a track on the album."
    )
    ordering = OrderingFilter(fields=["title", "release_date", "track_count"])

    class Meta:
        model = Album
        fields = ["q"]

    def with_artist(self, queryset: QuerySet[Album], name: str, slug: str) -> QuerySet[Album]:
        # Not by a join: an album has the artist on many tracks, and would be listed and counted once for each.
        tracks = Track.objects.filter(track_artists__artist__slug=slug)
        return queryset.filter(pk__in=tracks.order_by().values("album"))


class TrackFilter(filters.FilterSet):
    q = _contains("title")
    genre = _address("genres__slug", "a genre of the track")
    artist = _address("track_artists__artist__slug", "an artist of the track")
    album = _address("album__slug", "the track's album")
    label = _address("album__album_labels__label__slug", "a label of the track's album")
    liked = filters.BooleanFilter()
    min_score = filters.NumberFilter(
        field_name="score", lookup_expr="gte", min_value=0, max_value=LARGEST_SCORE, decimal_places=0
    )
    max_score = filters.NumberFilter(
        field_name="score", lookup_expr="lte", min_value=0, max_value=LARGEST_SCORE, decimal_places=0
    )
    has_features = filters.BooleanFilter(method="with_features", help_text="Whether any audio feature is known.")
    ordering = OrderingFilter(fields=["title", "score", "slug"])

    class Meta:
        model = Track
        fields = ["q"]

    def with_features(self, queryset: QuerySet[Track], name: str, wanted: bool) -> QuerySet[Track]:
        known = Q()
        for feature in FEATURE_NAMES:
            known |= Q(**{f"{feature}__isnull": False})
        return queryset.filter(known if wanted else ~known)
