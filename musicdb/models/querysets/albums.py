"""The queries about albums."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from musicdb.db import one_of
from musicdb.db.text_search import SearchMixin
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.querysets.shared import NaturalKeyMixin, count_related, rows_with, used_in

if TYPE_CHECKING:
    from musicdb.models import Album, Artist, Genre, Label  # noqa: F401

# Scott de Martinville's phonautograph made the first recordings in this year.
FIRST_RECORDING = date(1857, 1, 1)
# Releases are announced some months ahead.
MAX_AHEAD = 366


def _odd_date() -> Q:
    return Q(release_date__lt=FIRST_RECORDING) | Q(release_date__gt=localdate() + timedelta(days=MAX_AHEAD))


# What is probably wrong with an album.
ALBUM_DOUBTS: dict[str, Callable[[], Q]] = {
    "unknown date": lambda: Q(release_date=None),
    "odd date": _odd_date,
    "art not https": lambda: Q(image_url__startswith="http://"),
    # A host with no dot in it, or a blank anywhere.
    "broken art": lambda: (
        ~Q(image_url="") & (~Q(image_url__regex=r"^https?://[^/?#]*\.[^/?#]") | Q(image_url__regex=r"\s"))
    ),
}


class AlbumQuerySet(NaturalKeyMixin, SearchMixin, KeyedQuerySet["Album"]):
    search_fields = ("search_key", "=spotify_id", "=upc")

    def _track_count(self) -> Coalesce:
        model: Any = self.model
        return count_related(model.tracks.rel.related_model.objects.all(), "album")

    def _largest_first(self) -> Sequence[Any]:
        return (self._track_count().desc(),)

    def with_track_count(self) -> Self:
        return self.annotate(track_count=self._track_count())

    def unused(self) -> Self:
        """Albums without tracks."""
        model: Any = self.model
        return self.filter(~used_in(model.tracks.rel.related_model, "album"))

    def with_disc_count(self) -> Self:
        """Albums with ``disc_count``: how many different disc numbers their tracks have. No query of its own."""
        model: Any = self.model
        tracks = model.tracks.rel.related_model.objects.order_by().filter(album=OuterRef("pk")).values("album")
        discs = tracks.annotate(discs=Count("disc_number", distinct=True)).values("discs")
        return self.annotate(disc_count=Coalesce(Subquery(discs), 0))

    def with_labels(self) -> Self:
        """Albums with their labels, in order. Two queries."""
        return self.prefetch_related(rows_with(self.model, "album_labels", "label", with_pages=True))

    def with_artists(self) -> Self:
        """Albums with their own artists, in order. Two queries."""
        return self.prefetch_related(rows_with(self.model, "album_artists", "artist", with_pages=True))

    def newest_first(self) -> Self:
        return self.order_by(F("release_date").desc(nulls_last=True), "sort_key", "pk")

    def for_list(self) -> Self:
        """Albums with their labels and ``track_count``, the newest first. Two queries."""
        return self.with_labels().with_track_count().newest_first()

    def of_artist(self, artist: "Artist") -> Self:
        """Albums that have a track by ``artist``, or ``artist`` as an artist of the album."""
        by_tracks = Q(pk__in=artist.tracks.order_by().values("album"))
        return self.filter(by_tracks | Q(pk__in=artist.album_artists.order_by().values("album")))

    def of_label(self, label: "Label") -> Self:
        return self.filter(pk__in=label.album_labels.order_by().values("album"))

    def names_on_tracks(self, keys: Collection[int]) -> dict[int, list[str]]:
        """Return the names of the artists on the tracks of each of these albums, most tracks first. One query."""
        model: Any = self.model
        by = model.tracks.rel.related_model.artists.through.objects.filter(track__album__in=one_of(keys))
        counted = by.values_list("track__album", "artist__name").annotate(rows=Count("pk"))
        names: defaultdict[int, list[str]] = defaultdict(list)
        for album, name, _ in counted.order_by("-rows", "artist__sort_key", "artist"):
            names[album].append(name)
        return names

    def with_doubt(self, doubt: str) -> Self:
        """Albums with something that is probably wrong: one of ALBUM_DOUBTS."""
        return self.filter(ALBUM_DOUBTS[doubt]())

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The albums with the most tracks in ``genre``, with ``track_count`` counted there. Two queries."""
        counted = self.with_labels().filter(tracks__genres=genre).annotate(track_count=Count("tracks"))
        return counted.order_by("-track_count", F("release_date").desc(nulls_last=True), "sort_key", "pk")[:limit]
