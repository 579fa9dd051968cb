"""The queries about genres, artists and labels."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q
from django.db.models.functions import Coalesce

from musicdb.db.text_search import AliasSearchMixin
from musicdb.models.name_keys import KeyedQuerySet, Row
from musicdb.models.querysets.shared import NaturalKeyMixin, count_related, most_used, used_in
from musicdb.models.visibility import page_condition

if TYPE_CHECKING:
    from musicdb.models import Artist, Genre, Label  # noqa: F401


class GenreQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Genre"]):
    search_fields = ("search_key",)

    def _track_count(self) -> Coalesce:
        model: Any = self.model
        return count_related(model.tracks.through.objects.all(), "genre")

    def _largest_first(self) -> Sequence[Any]:
        return (self._track_count().desc(),)

    def unused(self) -> Self:
        """Genres without tracks."""
        model: Any = self.model
        return self.filter(~used_in(model.tracks.through, "genre"))

    def of_tracks(self, tracks: Collection[int]) -> Self:
        """The genres of a few tracks, given by their keys."""
        model: Any = self.model
        return self.filter(pk__in=model.tracks.through.objects.filter(track__in=tracks).values("genre"))

    def with_track_count(self) -> Self:
        return self.annotate(track_count=self._track_count())

    def for_list(self) -> Self:
        """Genres with ``track_count``, the largest first."""
        return self.with_track_count().order_by("-track_count", "sort_key", "pk")


class WithPagesQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet[Row]):
    """Rows of which some have a page."""

    def visible(self, *, of_few: bool = False) -> Self:
        """Return those that have a page. ``of_few`` is quicker where other filters leave few rows."""
        return self.filter(page_condition(self.model, of_few=of_few))


# What only a name of several artists has. "A & B" may be the name of one.
_JOINS_ARTISTS = (" feat. ", " feat ", "(feat", " ft. ", " ft ", " featuring ", ";")


class ArtistQuerySet(WithPagesQuerySet["Artist"]):
    search_fields = ("search_key", "=spotify_id")

    def _track_count(self) -> Coalesce:
        model: Any = self.model
        return count_related(model.tracks.through.objects.all(), "artist")

    def _largest_first(self) -> Sequence[Any]:
        return (self._track_count().desc(),)

    def unused(self) -> Self:
        """Artists without a track and without an album of their own."""
        model: Any = self.model
        return self.filter(~used_in(model.tracks.through, "artist"), ~used_in(model.albums.through, "artist"))

    def joint_by_name(self) -> Self:
        """Artists whose name says that they are several, such as "A feat. B"."""
        return self.filter(reduce(or_, (Q(name__icontains=sign) for sign in _JOINS_ARTISTS)))

    def with_track_count(self) -> Self:
        return self.annotate(track_count=self._track_count())

    def for_list(self) -> Self:
        """Artists that have a page, with ``track_count``, by name."""
        return self.visible().with_track_count().order_by("sort_key", "pk")

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The artists with the most tracks in ``genre``, with ``has_page`` and ``track_count``, counted there."""
        model: Any = self.model
        of_genre = model.tracks.through.objects.filter(track__genres=genre)
        return most_used(self, of_genre, "artist", "pk", limit)


class LabelQuerySet(WithPagesQuerySet["Label"]):
    search_fields = ("search_key",)

    def _track_count(self) -> Coalesce:
        model: Any = self.model
        return count_related(model.albums.through.objects.all(), "label", "album__tracks")

    def _largest_first(self) -> Sequence[Any]:
        return (self._track_count().desc(),)

    def unused(self) -> Self:
        """Labels without an album."""
        model: Any = self.model
        return self.filter(~used_in(model.albums.through, "label"))

    def with_track_count(self) -> Self:
        return self.annotate(track_count=self._track_count())

    def with_album_count(self) -> Self:
        model: Any = self.model
        return self.annotate(album_count=count_related(model.albums.through.objects.all(), "label"))

    def for_list(self) -> Self:
        """Labels that have a page, with ``album_count``, by name."""
        return self.visible().with_album_count().order_by("sort_key", "pk")

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The labels with the most tracks in ``genre``, with ``has_page`` and ``track_count``, counted there."""
        model: Any = self.model
        of_genre = model.albums.through.objects.filter(album__tracks__genres=genre)
        return most_used(self, of_genre, "label", "album__tracks", limit)
