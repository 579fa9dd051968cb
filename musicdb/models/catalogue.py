"""The catalogue: genres, artists, labels, albums and tracks."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, Range
from django.urls import reverse

from musicdb.db.functions import DayOfMonth, DigitsTrimmed, MonthOfYear
from musicdb.models.constraints import UniqueName, is_web_url_or_empty, null_or
from musicdb.models.fields import IsrcField, NameField
from musicdb.models.history import AlbumVersion, GenreVersion, TrackVersion, Versions
from musicdb.models.list_indexes import features_index, largest_first_index
from musicdb.models.name_keys import KeyedByName, ListedByName, ListedByTitle, list_index, search_index
from musicdb.models.querysets import (
    AlbumQuerySet,
    ArtistQuerySet,
    GenreQuerySet,
    LabelQuerySet,
    TrackQuerySet,
)
from musicdb.models.slugged import SluggedModel
from musicdb.models.track_features import AudioFeatures
from musicdb.models.validators import (
    MAX_POPULARITY,
    validate_integer_size,
    validate_number_in_order,
    validate_popularity,
    validate_spotify_id,
    validate_upc,
    validate_web_url,
)
from musicdb.models.visibility import WithVisibility, members_in_order, visibility_constraint, visibility_field
from musicdb.music import FEATURE_NAMES, format_release_date


class Genre(SluggedModel, KeyedByName, ListedByName):
    name = NameField(max_length=200)
    description = models.TextField(blank=True, help_text="Shown at the top of the genre's page.")

    objects = GenreQuerySet.as_manager()
    history = Versions(GenreVersion)

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_genre", "Can merge genres")]
        indexes = [list_index("genre_list"), search_index("genre_search_key")]
        constraints = [
            UniqueName(
                fields=["name_key"], name="genre_name_unique", violation_error_message="There is a genre of that name."
            ),
            models.CheckConstraint(condition=~Q(name=""), name="genre_name_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="genre_slug_not_empty"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("genre", args=[self.slug])


class Artist(SluggedModel, KeyedByName, ListedByName, WithVisibility):
    name = NameField(max_length=300)
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )
    visibility = visibility_field()

    objects = ArtistQuerySet.as_manager()
    history = Versions(unindexed=("spotify_id",))

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_artist", "Can merge artists")]
        indexes = [
            list_index("artist_list"),
            search_index("artist_search_key"),
            models.Index(fields=["name_key"], name="artist_name_key"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="artist_name_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="artist_slug_not_empty"),
            models.CheckConstraint(condition=~Q(spotify_id=""), name="artist_spotify_id_not_empty"),
            visibility_constraint(),
        ]

    def get_absolute_url(self) -> str:
        return reverse("artist", args=[self.slug])

    @property
    def spotify_url(self) -> str:
        return f"https://open.spotify.com/artist/{self.spotify_id}" if self.spotify_id else ""


class Label(SluggedModel, KeyedByName, ListedByName, WithVisibility):
    name = NameField(max_length=300, unique=True)
    visibility = visibility_field()

    objects = LabelQuerySet.as_manager()
    history = Versions(unindexed=("name",))

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_label", "Can merge labels")]
        indexes = [
            list_index("label_list"),
            search_index("label_search_key"),
            models.Index(fields=["name_key"], name="label_name_key"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="label_name_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="label_slug_not_empty"),
            visibility_constraint(),
        ]

    def get_absolute_url(self) -> str:
        return reverse("label", args=[self.slug])


class AlbumType(models.TextChoices):
    ALBUM = "album"
    SINGLE = "single"
    EP = "ep", "EP"
    COMPILATION = "compilation"


class Album(SluggedModel, ListedByTitle):
    class Precision(models.TextChoices):
        YEAR = "year"
        MONTH = "month"
        DAY = "day"

    Type = AlbumType

    slug_source = "title"

    title = NameField(max_length=500)
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )
    release_date = models.DateField(null=True, blank=True, help_text="The first day that the date can mean.")
    release_precision = models.CharField(max_length=5, choices=Precision.choices, blank=True)
    image_url = models.URLField(
        "art", max_length=500, blank=True, validators=[validate_web_url], help_text="The address of the album's art."
    )
    album_type = models.CharField("type", max_length=11, choices=Type.choices, blank=True)
    upc = models.CharField(
        "UPC",
        max_length=14,
        blank=True,
        db_index=True,
        validators=[validate_upc],
        help_text="The number of the album’s barcode (UPC or EAN).",
    )
    copyrights = models.TextField(blank=True, help_text="The copyright notices, such as “℗ 2021 XL Recordings Ltd.”")
    labels = models.ManyToManyField(Label, through="AlbumLabel", related_name="albums")
    artists = models.ManyToManyField(Artist, through="AlbumArtist", related_name="albums")

    objects = AlbumQuerySet.as_manager()
    history = Versions(AlbumVersion, ("spotify_id", "upc"))

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_album", "Can merge albums")]
        # A bulk edit looks for albums by title.
        indexes = [
            list_index("album_list"),
            largest_first_index("album_newest_first", "release_date"),
            search_index("album_search_key"),
            models.Index(fields=["title"], name="album_title"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="album_title_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="album_slug_not_empty"),
            models.CheckConstraint(condition=~Q(spotify_id=""), name="album_spotify_id_not_empty"),
            models.CheckConstraint(
                condition=(
                    Q(release_date__isnull=True, release_precision="")
                    | Q(release_date__isnull=False, release_precision="day")
                    | Q(Exact(DayOfMonth("release_date"), 1), release_date__isnull=False, release_precision="month")
                    | Q(
                        Exact(DayOfMonth("release_date"), 1),
                        Exact(MonthOfYear("release_date"), 1),
                        release_date__isnull=False,
                        release_precision="year",
                    )
                ),
                name="album_release_precision",
                violation_error_message="A release date needs a precision, and is the first day of its month or year.",
            ),
            models.CheckConstraint(
                condition=is_web_url_or_empty("image_url"),
                name="album_image_url_is_web",
                violation_error_message="The art's address must begin with https:// or http://.",
            ),
            models.CheckConstraint(
                condition=Q(album_type__in=["", *AlbumType.values]),
                name="album_type_known",
                violation_error_message="The type must be album, single, EP or compilation, or blank if unknown.",
            ),
            models.CheckConstraint(
                condition=Q(upc="") | Q(Exact(DigitsTrimmed("upc"), ""), Range(Length("upc"), (8, 14))),
                name="album_upc_digits",
                violation_error_message="A UPC has 8 to 14 digits.",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("album", args=[self.slug])

    @property
    def released(self) -> str:
        """The release date as far as it is known, such as "1983", "1983-05" or "1983-05-12"; empty if unknown."""
        return format_release_date(self.release_date, self.release_precision) if self.release_date else ""

    @property
    def art(self) -> str:
        """The address of the art if a page can safely show it, else empty."""
        return self.image_url if self.image_url.startswith(("https://", "http://")) else ""

    @property
    def labels_in_order(self) -> list[Label]:
        """The labels by position. For many albums, prefetch them with ``AlbumQuerySet.with_labels``."""
        return members_in_order(self.album_labels.all(), "label")

    @property
    def artists_in_order(self) -> list[Artist]:
        """The album's artists by position. For many albums, prefetch them with ``AlbumQuerySet.with_artists``."""
        return members_in_order(self.album_artists.all(), "artist")

    @property
    def spotify_url(self) -> str:
        return f"https://open.spotify.com/album/{self.spotify_id}" if self.spotify_id else ""


class Track(SluggedModel, ListedByTitle, AudioFeatures):
    slug_source = "title"

    title = NameField(max_length=500)
    album = models.ForeignKey(Album, on_delete=models.PROTECT, null=True, blank=True, related_name="tracks")
    disc_number = models.PositiveSmallIntegerField(null=True, blank=True, validators=[validate_number_in_order])
    track_number = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[validate_number_in_order], help_text="The place on its disc, from 1."
    )
    artists = models.ManyToManyField(Artist, through="TrackArtist", related_name="tracks")
    genres = models.ManyToManyField(Genre, blank=True, related_name="tracks")
    score = models.PositiveIntegerField(
        null=True,
        blank=True,
        db_index=True,
        validators=[validate_integer_size],
        help_text="How much the library's owner listens to it; blank if unknown.",
    )
    liked = models.BooleanField(default=False, help_text="A favourite of the library's owner.")
    popularity = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[validate_popularity],
        help_text="How popular the service says it is, from 0 to 100; blank if unknown.",
    )
    added_at = models.DateTimeField(
        "added", null=True, blank=True, help_text="When the library's owner added it; blank if unknown."
    )
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )
    isrc = IsrcField("ISRC", blank=True, db_index=True)
    duration_ms = models.PositiveIntegerField(
        "duration (ms)", null=True, blank=True, validators=[validate_integer_size]
    )
    explicit = models.BooleanField(null=True, blank=True, help_text="Leave it unknown if you do not know.")
    preview_url = models.URLField(
        "preview",
        max_length=500,
        blank=True,
        validators=[validate_web_url],
        help_text="The address of an excerpt to listen to.",
    )

    objects = TrackQuerySet.as_manager()
    history = Versions(TrackVersion, ("album", "score", "spotify_id", "isrc"))

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_track", "Can merge tracks")]
        # Imports look for tracks without a Spotify id by title.
        indexes = [
            list_index("track_list"),
            largest_first_index("track_most_loved_first", "score", "liked"),
            features_index("track_features"),
            search_index("track_search_key"),
            models.Index(fields=["title"], name="track_title"),
            # The rule by which artists and labels with a liked track have a page reads all liked tracks from it.
            models.Index(fields=["album", "id"], condition=Q(liked=True), name="track_liked"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="track_title_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="track_slug_not_empty"),
            models.CheckConstraint(condition=~Q(spotify_id=""), name="track_spotify_id_not_empty"),
            models.CheckConstraint(
                condition=null_or(disc_number__gte=1),
                name="track_disc_number_from_1",
                violation_error_message="The disc number must be at least 1, or blank if unknown.",
            ),
            models.CheckConstraint(
                condition=null_or(track_number__gte=1),
                name="track_track_number_from_1",
                violation_error_message="The track number must be at least 1, or blank if unknown.",
            ),
            models.CheckConstraint(
                condition=null_or(popularity__range=(0, MAX_POPULARITY)),
                name="track_popularity_range",
                violation_error_message=f"The popularity must be from 0 to {MAX_POPULARITY}, or blank if unknown.",
            ),
            models.CheckConstraint(
                condition=is_web_url_or_empty("preview_url"),
                name="track_preview_url_is_web",
                violation_error_message="The preview's address must begin with https:// or http://.",
            ),
            *AudioFeatures.Meta.constraints,
        ]

    def get_absolute_url(self) -> str:
        return reverse("track", args=[self.slug])

    @property
    def artists_in_order(self) -> list[Artist]:
        """The artists by position. For many tracks, prefetch them with ``TrackQuerySet.for_table``."""
        return members_in_order(self.track_artists.all(), "artist")

    @property
    def labels_in_order(self) -> list[Label]:
        return self.album.labels_in_order if self.album else []

    @property
    def spotify_url(self) -> str:
        return f"https://open.spotify.com/track/{self.spotify_id}" if self.spotify_id else ""

    @property
    def preview(self) -> str:
        """The address of the preview if a page can safely link it, else empty."""
        return self.preview_url if self.preview_url.startswith(("https://", "http://")) else ""

    def is_one_recording_with(self, other: "Track") -> bool:
        """Return whether both are one recording, where they have the same ISRC, or the same title and sound.

        Tracks that were read ``with_other_releases`` have.
        """
        if self.isrc and other.isrc:
            return self.isrc == other.isrc
        return set(self.artists_in_order) == set(other.artists_in_order)

    @property
    def is_ranked(self) -> bool:
        """Whether anything says how good it is: a score, that it is liked, or its popularity."""
        return self.score is not None or self.liked or self.popularity is not None

    @property
    def has_features(self) -> bool:
        return any(getattr(self, name) is not None for name in FEATURE_NAMES)
