"""The catalogue as JSON. Each serializer names its fields. Unknown values are null."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.music import FEATURE_NAMES

URL = {"type": "string", "format": "uri"}
URL_OR_NULL = {**URL, "nullable": True}


@extend_schema_field(URL)
class PageURLField(serializers.Field[Any, Any, str, Any]):
    """The address of the page for people: that of ``get_absolute_url``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        address: str = self.context["request"].build_absolute_uri(value.get_absolute_url())
        return address


class TextOrNullField(serializers.CharField):
    """Text that the models store as empty if it is unknown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        return value or None


@extend_schema_field(URL_OR_NULL)
class URLOrNullField(TextOrNullField):
    """An address on another site."""


class TypeOrNullField(serializers.ChoiceField):
    """A type of album, null if it is unknown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=Album.Type.choices, read_only=True, allow_null=True, **kwargs)

    def to_representation(self, value: str) -> str | None:  # type: ignore[override]
        return value or None


def identity(model_name: str) -> serializers.HyperlinkedIdentityField:
    """Return the field for a row's own address in the API."""
    return serializers.HyperlinkedIdentityField(
        view_name=f"api:{model_name}-detail", lookup_field="slug", lookup_url_kwarg=f"{model_name}_slug"
    )


class OwnerSerializer(serializers.Serializer[Artist | Label]):
    """An artist or label that another object names. The slug and the URL are null if it has no page."""

    name = serializers.CharField()
    slug = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    view_name = ""

    def get_slug(self, owner: Artist | Label) -> str | None:
        return owner.slug if owner.has_page else None

    @extend_schema_field(URL_OR_NULL)
    def get_url(self, owner: Artist | Label) -> str | None:
        if not owner.has_page:
            return None
        return reverse(self.view_name, args=[owner.slug], request=self.context["request"])


class NamedArtistSerializer(OwnerSerializer):
    view_name = "api:artist-detail"


class NamedLabelSerializer(OwnerSerializer):
    view_name = "api:label-detail"


class NamedGenreSerializer(serializers.ModelSerializer[Genre]):
    url = identity("genre")

    class Meta:
        model = Genre
        fields = ["name", "slug", "url"]


class NamedAlbumSerializer(serializers.ModelSerializer[Album]):
    url = identity("album")
    art = URLOrNullField()

    class Meta:
        model = Album
        fields = ["title", "slug", "url", "art"]


class GenreSerializer(serializers.ModelSerializer[Genre]):
    url = identity("genre")
    page_url = PageURLField()
    track_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Genre
        fields = ["name", "slug", "url", "page_url", "track_count"]


class GenreDetailSerializer(GenreSerializer):
    description = TextOrNullField()

    class Meta(GenreSerializer.Meta):
        fields = [*GenreSerializer.Meta.fields, "description"]


class ArtistSerializer(serializers.ModelSerializer[Artist]):
    url = identity("artist")
    page_url = PageURLField()
    track_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Artist
        fields = ["name", "slug", "url", "page_url", "track_count"]


class ArtistDetailSerializer(ArtistSerializer):
    spotify_url = URLOrNullField()

    class Meta(ArtistSerializer.Meta):
        fields = [*ArtistSerializer.Meta.fields, "spotify_id", "spotify_url"]


class LabelSerializer(serializers.ModelSerializer[Label]):
    url = identity("label")
    page_url = PageURLField()
    album_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Label
        fields = ["name", "slug", "url", "page_url", "album_count"]


class AlbumSerializer(serializers.ModelSerializer[Album]):
    url = identity("album")
    page_url = PageURLField()
    released = TextOrNullField(help_text="The date as far as it is known: 1983, 1983-05 or 1983-05-12.")
    art = URLOrNullField()
    album_type = TypeOrNullField()
    artists = NamedArtistSerializer(
        source="artists_in_order",
        many=True,
        read_only=True,
        help_text="The album’s own artists. Those of its tracks may be others.",
    )
    labels = NamedLabelSerializer(source="labels_in_order", many=True, read_only=True)
    track_count = serializers.IntegerField(read_only=True)

    class Meta:
        model = Album
        fields = [
            "title",
            "slug",
            "url",
            "page_url",
            "released",
            "album_type",
            "art",
            "artists",
            "labels",
            "track_count",
        ]


class AlbumDetailSerializer(AlbumSerializer):
    upc = TextOrNullField(help_text="The number of its barcode.")
    copyrights = TextOrNullField()
    spotify_url = URLOrNullField()

    class Meta(AlbumSerializer.Meta):
        fields = [*AlbumSerializer.Meta.fields, "upc", "copyrights", "spotify_id", "spotify_url"]


class TrackSerializer(serializers.ModelSerializer[Track]):
    """A track as a row of a list."""

    url = identity("track")
    page_url = PageURLField()
    album = NamedAlbumSerializer(read_only=True, allow_null=True)
    artists = NamedArtistSerializer(source="artists_in_order", many=True, read_only=True)
    labels = NamedLabelSerializer(source="labels_in_order", many=True, read_only=True)
    spotify_url = URLOrNullField()

    class Meta:
        model = Track
        fields = ["title", "slug", "url", "page_url", "album", "artists", "labels", "score", "liked", "spotify_url"]


class FeaturesSerializer(serializers.ModelSerializer[Track]):
    """The audio features. An unknown feature is null, never zero."""

    class Meta:
        model = Track
        fields = FEATURE_NAMES


class TrackDetailSerializer(TrackSerializer):
    genres = NamedGenreSerializer(many=True, read_only=True)
    isrc = TextOrNullField()
    preview_url = URLOrNullField(source="preview")
    features = FeaturesSerializer(source="*", read_only=True)
    features_source = TextOrNullField(help_text="Where the features came from.")

    class Meta(TrackSerializer.Meta):
        fields = [
            *TrackSerializer.Meta.fields,
            "genres",
            "spotify_id",
            "isrc",
            "duration_ms",
            "explicit",
            "disc_number",
            "track_number",
            "popularity",
            "added_at",
            "preview_url",
            "features",
            "features_source",
        ]


class PlaylistSerializer(serializers.ModelSerializer[Playlist]):
    url = identity("playlist")
    page_url = PageURLField()
    track_count = serializers.SerializerMethodField()
    has_rule = serializers.BooleanField(read_only=True, help_text="Whether a rule finds the tracks, live.")

    class Meta:
        model = Playlist
        fields = ["name", "slug", "url", "page_url", "track_count", "has_rule"]

    def get_track_count(self, playlist: Playlist) -> int:
        counts: dict[int, int] = self.context["track_counts"]
        return counts[playlist.pk]


class PlaylistDetailSerializer(PlaylistSerializer):
    description = TextOrNullField()
    duration_ms = serializers.SerializerMethodField(help_text="The length of the tracks whose length is known.")
    entries_url = serializers.HyperlinkedIdentityField(
        view_name="api:playlist-entries", lookup_field="slug", lookup_url_kwarg="playlist_slug"
    )

    class Meta(PlaylistSerializer.Meta):
        fields = [*PlaylistSerializer.Meta.fields, "description", "duration_ms", "entries_url"]

    def get_track_count(self, playlist: Playlist) -> int:
        totals: dict[str, int] = self.context["totals"]
        return totals["tracks"]

    def get_duration_ms(self, playlist: Playlist) -> int:
        totals: dict[str, int] = self.context["totals"]
        return totals["duration_ms"]


class PlaylistEntrySerializer(serializers.Serializer[Track]):
    """A track of a playlist. Who added it is not public."""

    number = serializers.IntegerField(read_only=True, min_value=1, help_text="Its place in the playlist, from 1.")
    added_at = serializers.DateTimeField(
        source="entry_added_at", read_only=True, allow_null=True, help_text="Null if it is unknown."
    )
    track = TrackSerializer(source="*", read_only=True)
