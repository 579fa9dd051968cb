"""The shapes in which the catalogue is read. Each is named for its use and holds every join that the use needs."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.timezone import localdate

from musicdb.features import FEATURE_NAMES
from musicdb.searching import SearchMixin, SpeltSearchMixin
from musicdb.titles import fold_title

if TYPE_CHECKING:
    from musicdb.models import Album, Artist, Genre, Label, Track  # noqa: F401


# Scott de Martinville's phonautograph; nothing that was sung before can be heard.
FIRST_RECORDING = date(1857, 1, 1)
# Releases are announced some months ahead.
LONGEST_AHEAD = 366


class NaturalKeyMixin:
    """Rows that fixtures name by their slug."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        return self.get(slug=slug)  # type: ignore[attr-defined]


class GenreQuerySet(NaturalKeyMixin, SpeltSearchMixin, models.QuerySet["Genre"]):
    searched = ("name",)

    def with_track_count(self) -> Self:
        return self.annotate(track_count=Count("tracks"))

    def for_list(self) -> Self:
        """Genres with ``track_count``, the largest first."""
        return self.with_track_count().order_by("-track_count", "name")


class ArtistQuerySet(NaturalKeyMixin, SpeltSearchMixin, models.QuerySet["Artist"]):
    searched = ("name", "=spotify_id")

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


class LabelQuerySet(NaturalKeyMixin, SpeltSearchMixin, models.QuerySet["Label"]):
    searched = ("name",)

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


def _odd_date() -> Q:
    return Q(release_date__lt=FIRST_RECORDING) | Q(release_date__gt=localdate() + timedelta(days=LONGEST_AHEAD))


# What is likely wrong with an album.
ALBUM_DOUBTS: dict[str, Callable[[], Q]] = {
    "unknown date": lambda: Q(release_date=None),
    "odd date": _odd_date,
    "art not https": lambda: Q(image_url__startswith="http://"),
    # A host with no dot in it, or a blank anywhere.
    "broken art": lambda: (
        ~Q(image_url="") & (~Q(image_url__regex=r"^https?://[^/?#]*\.[^/?#]") | Q(image_url__regex=r"\s"))
    ),
}


class AlbumQuerySet(NaturalKeyMixin, SearchMixin, models.QuerySet["Album"]):
    searched = ("title", "=spotify_id")

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

    def with_doubt(self, doubt: str) -> Self:
        """Albums with something that is likely wrong: one of ALBUM_DOUBTS."""
        return self.filter(ALBUM_DOUBTS[doubt]())

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The albums with the most tracks in ``genre``, with ``track_count`` counted there. Three queries."""
        counted = self.with_labels().filter(tracks__genres=genre).annotate(track_count=Count("tracks"))
        return counted.order_by("-track_count", F("release_date").desc(nulls_last=True), "title", "pk")[:limit]


def _without_artists(track: Any) -> Any:
    return ~Exists(track.artists.through.objects.filter(track=OuterRef("pk")))


def _without_genre(track: Any) -> Any:
    return ~Exists(track.genres.through.objects.filter(track=OuterRef("pk")))


def _without_label(track: Any) -> Any:
    labels = track._meta.get_field("album").related_model.labels.through
    return Q(album=None) | ~Exists(labels.objects.filter(album=OuterRef("album")))


def _with_shared_isrc(track: Any) -> Q:
    known = track.objects.order_by().exclude(isrc="").values("isrc")
    return Q(isrc__in=known.annotate(tracks=Count("pk")).filter(tracks__gt=1).values("isrc"))


# What a track can lack, as a condition on the model that is handed in.
TRACK_GAPS: dict[str, Callable[[Any], Any]] = {
    "features": lambda track: Q(**{f"{name}__isnull": True for name in FEATURE_NAMES}),
    "artists": _without_artists,
    "genre": _without_genre,
    "art": lambda track: Q(album=None) | Q(album__image_url=""),
    "label": _without_label,
    "isrc": _with_shared_isrc,
}


class TrackQuerySet(NaturalKeyMixin, SearchMixin, models.QuerySet["Track"]):
    searched = ("title", "album__title", "artists__name", "=spotify_id", "=isrc")

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

    def with_gap(self, gap: str) -> Self:
        """Tracks that lack something, or share what should be theirs alone: one of TRACK_GAPS."""
        return self.filter(TRACK_GAPS[gap](self.model))

    def likely_the_same(self) -> list[list[int]]:
        """Return the keys of tracks that are likely one recording, in groups: the same artists, one folded title.

        Two queries, whatever the size; some hundred bytes a track while it looks.
        """
        artists: defaultdict[int, list[int]] = defaultdict(list)
        model: Any = self.model
        through = model.artists.through.objects.order_by("track", "artist")
        for track, artist in through.values_list("track", "artist").iterator():
            artists[track].append(artist)
        groups: defaultdict[Any, list[int]] = defaultdict(list)
        for track, title in self.order_by("pk").values_list("pk", "title").iterator():
            if track in artists:
                groups[tuple(artists[track]), fold_title(title)].append(track)
        return [group for group in groups.values() if len(group) > 1]
