"""The catalogue: genres, artists, labels, albums and tracks."""

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact
from django.urls import reverse

from musicdb.db.functions import DayOfMonth, MonthOfYear
from musicdb.models.fields import FiniteFloatField, IsrcField, NameField
from musicdb.models.history import AlbumVersion, GenreVersion, TrackVersion, Versions
from musicdb.models.name_keys import KeyedByName, ListedByName, ListedByTitle, list_index
from musicdb.models.querysets import (
    AlbumQuerySet,
    ArtistQuerySet,
    GenreQuerySet,
    LabelQuerySet,
    TrackQuerySet,
)
from musicdb.models.slugs import MAX_LENGTH, alias_for_slug, unique_slug
from musicdb.models.validators import (
    validate_integer_size,
    validate_slug_text,
    validate_spotify_id,
    validate_web_url,
)
from musicdb.models.visibility import WithVisibility, members_in_order, visibility_constraint, visibility_field
from musicdb.music import AUDIO_FEATURES, FEATURE_NAMES, format_release_date


def _null_or(**condition: Any) -> Q:
    """Return "unknown, or ``condition``" for a condition on one column."""
    (lookup,) = condition
    return Q(**{f"{lookup.split('__')[0]}__isnull": True}) | Q(**condition)


class SluggedModel(models.Model):
    """A row with a page. The first save makes its slug from its name; it then never changes."""

    slug_source: ClassVar[str] = "name"

    slug = models.SlugField(
        "address",
        max_length=MAX_LENGTH,
        unique=True,
        blank=True,
        validators=[validate_slug_text],
        help_text="The last part of the page's address. If blank, it is made from the name. It never changes.",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.slug_source))

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.slug:
            self.slug = unique_slug(type(self), getattr(self, self.slug_source), own=self.pk)
            if (update_fields := kwargs.get("update_fields")) is not None:
                kwargs["update_fields"] = {*update_fields, "slug"}
        super().save(*args, **kwargs)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        # A blank slug is filled in when the row is saved, so its constraints do not apply yet.
        super().validate_constraints({*(exclude or ()), *(() if self.slug else ("slug",))})

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        super().validate_unique(exclude)
        # A slug never changes, so only a new row can have one that leads to another row.
        if self._state.adding and self.slug and "slug" not in (exclude or ()):
            alias = alias_for_slug(type(self), self.slug)
            if alias is not None:
                message = f"This address leads to “{alias.target}”, as an address of “{alias}”. Choose another."
                raise ValidationError({"slug": message})

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Genre(SluggedModel, KeyedByName, ListedByName):
    name = NameField(max_length=200)
    description = models.TextField(blank=True, help_text="Shown at the top of the genre's page.")

    objects = GenreQuerySet.as_manager()
    history = Versions(GenreVersion)

    class Meta:
        ordering = ["sort_key", "pk"]
        permissions = [("merge_genre", "Can merge genres")]
        indexes = [list_index("genre_list")]
        constraints = [
            models.UniqueConstraint(
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
        indexes = [list_index("label_list"), models.Index(fields=["name_key"], name="label_name_key")]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="label_name_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="label_slug_not_empty"),
            visibility_constraint(),
        ]

    def get_absolute_url(self) -> str:
        return reverse("label", args=[self.slug])


class Album(SluggedModel, ListedByTitle):
    class Precision(models.TextChoices):
        YEAR = "year"
        MONTH = "month"
        DAY = "day"

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
    labels = models.ManyToManyField(Label, through="AlbumLabel", related_name="albums")

    objects = AlbumQuerySet.as_manager()
    history = Versions(AlbumVersion, ("spotify_id",))

    class Meta:
        ordering = ["sort_key", "pk"]
        # Imports look for albums by title.
        indexes = [list_index("album_list"), models.Index(fields=["title"], name="album_title")]
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
                condition=Q(image_url="") | Q(image_url__startswith="https://") | Q(image_url__startswith="http://"),
                name="album_image_url_is_web",
                violation_error_message="The art's address must begin with https:// or http://.",
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
    def spotify_url(self) -> str:
        return f"https://open.spotify.com/album/{self.spotify_id}" if self.spotify_id else ""


class AlbumLabel(models.Model):
    """A label of an album, at its place in the order."""

    album = models.ForeignKey(Album, on_delete=models.CASCADE, related_name="album_labels")
    label = models.ForeignKey(Label, on_delete=models.PROTECT, related_name="album_labels")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "label of the album"
        verbose_name_plural = "labels, in order"
        constraints = [
            models.UniqueConstraint(fields=["album", "label"], name="album_label_once"),
            models.UniqueConstraint(fields=["album", "position"], name="album_label_order"),
        ]

    def __str__(self) -> str:
        return str(self.label.name)


class AudioFeatures(models.Model):
    """The twelve audio features of a track. An unknown feature is null, never zero."""

    danceability = FiniteFloatField(null=True, blank=True)
    energy = FiniteFloatField(null=True, blank=True)
    speechiness = FiniteFloatField(null=True, blank=True)
    acousticness = FiniteFloatField(null=True, blank=True)
    instrumentalness = FiniteFloatField(null=True, blank=True)
    liveness = FiniteFloatField(null=True, blank=True)
    valence = FiniteFloatField(null=True, blank=True)
    tempo = FiniteFloatField(null=True, blank=True)
    loudness = FiniteFloatField(null=True, blank=True)
    key = models.SmallIntegerField(null=True, blank=True)
    mode = models.SmallIntegerField(null=True, blank=True)
    time_signature = models.SmallIntegerField(null=True, blank=True)
    features_source = models.CharField(
        "source of the features",
        max_length=100,
        blank=True,
        help_text="Where the features come from, such as a service or a data set.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=_null_or(**{f"{feature.name}__range": (feature.lowest, feature.highest)}),
                name=f"%(class)s_{feature.name}_range",
                violation_error_message=(
                    f"{feature.label} must be from {feature.lowest:g} to {feature.highest:g}, or blank if unknown."
                ),
            )
            for feature in AUDIO_FEATURES
        ]


class Track(SluggedModel, ListedByTitle, AudioFeatures):
    slug_source = "title"

    title = NameField(max_length=500)
    album = models.ForeignKey(Album, on_delete=models.PROTECT, null=True, blank=True, related_name="tracks")
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
    spotify_id = models.CharField(
        "Spotify id", max_length=22, null=True, blank=True, unique=True, validators=[validate_spotify_id]
    )
    isrc = IsrcField("ISRC", blank=True, db_index=True)
    duration_ms = models.PositiveIntegerField(
        "duration (ms)", null=True, blank=True, validators=[validate_integer_size]
    )
    explicit = models.BooleanField(null=True, blank=True, help_text="Leave it unknown if you do not know.")

    objects = TrackQuerySet.as_manager()
    history = Versions(TrackVersion, ("album", "score", "spotify_id", "isrc"))

    class Meta:
        ordering = ["sort_key", "pk"]
        # Imports look for tracks without a Spotify id by title.
        indexes = [
            list_index("track_list"),
            models.Index(fields=["title"], name="track_title"),
            # The rule by which artists and labels with a liked track have a page reads all liked tracks from it.
            models.Index(fields=["album", "id"], condition=Q(liked=True), name="track_liked"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="track_title_not_empty"),
            models.CheckConstraint(condition=~Q(slug=""), name="track_slug_not_empty"),
            models.CheckConstraint(condition=~Q(spotify_id=""), name="track_spotify_id_not_empty"),
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
    def has_features(self) -> bool:
        return any(getattr(self, name) is not None for name in FEATURE_NAMES)


class TrackArtist(models.Model):
    """An artist of a track, at its place in the order."""

    track = models.ForeignKey(Track, on_delete=models.CASCADE, related_name="track_artists")
    artist = models.ForeignKey(Artist, on_delete=models.PROTECT, related_name="track_artists")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        verbose_name = "artist of the track"
        verbose_name_plural = "artists, in order"
        constraints = [
            models.UniqueConstraint(fields=["track", "artist"], name="track_artist_once"),
            models.UniqueConstraint(fields=["track", "position"], name="track_artist_order"),
        ]

    def __str__(self) -> str:
        return str(self.artist.name)
