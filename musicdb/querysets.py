"""The shapes in which the catalogue is read. Each is named for its use and holds every join that the use needs."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Count, F

if TYPE_CHECKING:
    from musicdb.models import Album, Artist, Genre, Label, Track  # noqa: F401


class NaturalKeyMixin:
    """Rows that fixtures name by their slug."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)  # type: ignore[attr-defined]


class GenreQuerySet(NaturalKeyMixin, models.QuerySet["Genre"]):
    def with_track_count(self) -> Self:
        return self.annotate(track_count=Count("tracks"))

    def for_list(self) -> Self:
        """Genres with ``track_count``, the largest first."""
        return self.with_track_count().order_by("-track_count", "name")


class ArtistQuerySet(NaturalKeyMixin, models.QuerySet["Artist"]):
    def public(self) -> Self:
        return self.filter(is_public=True)

    def with_track_count(self) -> Self:
        return self.annotate(track_count=Count("tracks"))

    def for_list(self) -> Self:
        """Public artists with ``track_count``, by name."""
        return self.public().with_track_count().order_by("name", "pk")

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The artists with the most tracks in ``genre``, with ``track_count`` counted there."""
        counted = self.filter(tracks__genres=genre).annotate(track_count=Count("tracks"))
        return counted.order_by("-track_count", "name", "pk")[:limit]


class LabelQuerySet(NaturalKeyMixin, models.QuerySet["Label"]):
    def public(self) -> Self:
        return self.filter(is_public=True)

    def with_album_count(self) -> Self:
        return self.annotate(album_count=Count("albums"))

    def for_list(self) -> Self:
        """Public labels with ``album_count``, by name."""
        return self.public().with_album_count().order_by("name")

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The labels with the most tracks in ``genre``, with ``track_count`` counted there."""
        counted = self.filter(albums__tracks__genres=genre).annotate(track_count=Count("albums__tracks"))
        return counted.order_by("-track_count", "name")[:limit]


class AlbumQuerySet(NaturalKeyMixin, models.QuerySet["Album"]):
    def with_track_count(self) -> Self:
        return self.annotate(track_count=Count("tracks"))

    def with_labels(self) -> Self:
        """Albums with their labels, in order. Three queries."""
        return self.prefetch_related("album_labels__label")

    def newest_first(self) -> Self:
        return self.order_by(F("release_date").desc(nulls_last=True), "title", "pk")

    def for_list(self) -> Self:
        """Albums with their labels and ``track_count``, the newest first. Three queries."""
        return self.with_labels().with_track_count().newest_first()

    def of_artist(self, artist: "Artist") -> Self:
        return self.filter(pk__in=artist.tracks.order_by().values("album"))

    def of_label(self, label: "Label") -> Self:
        return self.filter(pk__in=label.album_labels.order_by().values("album"))

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The albums with the most tracks in ``genre``, with ``track_count`` counted there. Three queries."""
        counted = self.with_labels().filter(tracks__genres=genre).annotate(track_count=Count("tracks"))
        return counted.order_by("-track_count", F("release_date").desc(nulls_last=True), "title", "pk")[:limit]


class TrackQuerySet(NaturalKeyMixin, models.QuerySet["Track"]):
    def with_table_columns(self) -> Self:
        """Tracks with all that a row of a track table shows: album, its labels, the artists. Five queries."""
        return self.select_related("album").prefetch_related("track_artists__artist", "album__album_labels__label")

    def most_loved_first(self) -> Self:
        return self.order_by(F("score").desc(nulls_last=True), "-liked", "title", "pk")

    def for_table(self) -> Self:
        """As ``with_table_columns``, in the order of a listener's love: score, heart, title."""
        return self.with_table_columns().most_loved_first()

    def for_page(self) -> Self:
        """As ``with_table_columns``, and the genres. Six queries."""
        return self.with_table_columns().prefetch_related("genres")

    def of_artist(self, artist: "Artist") -> Self:
        return self.filter(artists=artist)

    def of_label(self, label: "Label") -> Self:
        return self.filter(album__labels=label)
