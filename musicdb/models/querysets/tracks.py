"""The queries about tracks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Value, When
from django.db.models.functions import NullIf

from musicdb.db import in_batches, one_of
from musicdb.db.text_search import SearchMixin
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.querysets.shared import NaturalKeyMixin, rows_with
from musicdb.music import FEATURE_NAMES, title_key

if TYPE_CHECKING:
    from musicdb.models import Artist, Label, Track


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


# What a track can lack, as a condition on the track model.
TRACK_GAPS: dict[str, Callable[[Any], Any]] = {
    "artists": _without_artists,
    "genre": _without_genre,
    "art": lambda track: Q(album=None) | Q(album__image_url=""),
    "label": _without_label,
    "features": lambda track: Q(**{f"{name}__isnull": True for name in FEATURE_NAMES}),
    "isrc": _with_shared_isrc,
}


def table_columns(track: Any, prefix: str = "") -> "tuple[Prefetch[Any], Prefetch[Any]]":
    """Return prefetches of a track's artists and of its album's labels, with which of them have a page.

    ``prefix`` is the path to the track.
    """
    album = track._meta.get_field("album").related_model
    return (
        rows_with(track, "track_artists", "artist", prefix, with_pages=True),
        rows_with(album, "album_labels", "label", f"{prefix}album__", with_pages=True),
    )


class TrackQuerySet(NaturalKeyMixin, SearchMixin, KeyedQuerySet["Track"]):
    search_fields = (
        "search_key",
        "album__search_key",
        "artists__search_key",
        "artists__aliases__search_key",
        "=spotify_id",
        "=isrc",
    )
    # Half of a large library has an "a" in it.
    ranks_short_terms = False

    def without_genre(self) -> Self:
        """Tracks in no genre, by title, each with its artists. Two queries."""
        artists = rows_with(self.model, "track_artists", "artist", with_pages=True)
        return self.filter(genres=None).order_by("sort_key", "pk").prefetch_related(artists)

    def with_table_columns(self) -> Self:
        """Tracks with all that a row of a track table shows: album, its labels, the artists. Three queries."""
        return self.select_related("album").prefetch_related(*table_columns(self.model))

    def sharing_genre_with(self, track: "Track", keys: Collection[int] | None = None) -> list[int]:
        """Return which of these tracks, or of all, are in a genre of ``track``. One query."""
        model: Any = self.model
        links = model.genres.through.objects.order_by()
        found = links.filter(genre__in=links.filter(track=track).values("genre"))
        if keys is not None:
            found = found.filter(track__in=one_of(keys))
        return list(found.values_list("track", flat=True).distinct())

    def in_given_order(self, keys: Sequence[int]) -> Self:
        """Return these tracks, in the order of ``keys``: a few."""
        places = (When(pk=key, then=models.Value(place)) for place, key in enumerate(keys))
        return self.filter(pk__in=keys).order_by(Case(*places, output_field=models.IntegerField()))

    def most_loved_first(self) -> Self:
        # As the index ``track_most_loved_first`` has it: for "-liked", PostgreSQL would not use it.
        return self.order_by(F("score").desc(nulls_last=True), F("liked").desc(nulls_last=True), "sort_key", "pk")

    def by_rank(self) -> Self:
        """Tracks by score, then liked, then popularity, then title: the ranked ones first (``Track.is_ranked``)."""
        score, popularity = (F(name).desc(nulls_last=True) for name in ("score", "popularity"))
        return self.order_by(score, "-liked", popularity, "sort_key", "pk")

    def top(self, limit: int) -> Self:
        """The first of these tracks ``by_rank``, and none that has no rank. As ``for_table``, three queries."""
        ranked = self.filter(Q(score__isnull=False) | Q(liked=True) | Q(popularity__isnull=False))
        return ranked.with_table_columns().by_rank()[:limit]

    def in_album_order(self) -> Self:
        """Tracks of one album by disc and number; those whose place is unknown come last."""
        places = (F(name).asc(nulls_last=True) for name in ("disc_number", "track_number"))
        return self.order_by(*places, "sort_key", "pk")

    def for_table(self) -> Self:
        """As ``with_table_columns``, in order: highest score first, then liked, then title."""
        return self.with_table_columns().most_loved_first()

    def with_listed_columns(self) -> Self:
        """Tracks with the few columns that a file for visitors has of a track and its album. One query, in no order."""
        of_track = ("slug", "title", "spotify_id", "isrc", "duration_ms", "track_number")
        columns = (*of_track, "album__title", "album__image_url")
        return self.select_related("album").only(*columns).order_by()

    def artist_names_of(self, keys: Collection[int]) -> dict[int, list[str]]:
        """Return the names of the artists of each of these tracks, in the order of the track. One query."""
        model: Any = self.model
        rows = model.artists.through.objects.filter(track__in=one_of(keys)).order_by("track", "position")
        names: defaultdict[int, list[str]] = defaultdict(list)
        for key, name in rows.values_list("track", "artist__name"):
            names[key].append(name)
        return names

    def for_page(self) -> Self:
        """As ``with_table_columns``, and the genres. Four queries."""
        return self.with_table_columns().prefetch_related("genres")

    def with_other_releases(self, slug: str) -> Self:
        """The track with this slug, and those that may be other releases of its recording. No query of its own.

        These have its ISRC, or its title and the same sound; their artists may be others.
        """
        rows = self.model._default_manager.order_by()
        own = rows.filter(slug=slug)
        # Without an ISRC, nothing has the same.
        by_code = rows.filter(isrc=Subquery(own.annotate(code=NullIf("isrc", Value(""))).values("code")))
        by_sound = rows.filter(
            **{name: Subquery(own.values(name)) for name in ("title", "tempo", "loudness", "energy")}
        )
        # In one union, each part is found by its index. Joined by OR, SQLite may read all tracks.
        return self.filter(pk__in=own.values("pk").union(by_code.values("pk"), by_sound.values("pk")))

    def of_artist(self, artist: "Artist") -> Self:
        return self.filter(artists=artist)

    def of_label(self, label: "Label") -> Self:
        return self.filter(album__labels=label)

    def with_gap(self, gap: str) -> Self:
        """Tracks that lack something, or share an ISRC with another track: one of TRACK_GAPS."""
        return self.filter(TRACK_GAPS[gap](self.model))

    def sharing_isrc(self) -> list[list[int]]:
        """Return the keys of tracks that share an ISRC, one group an ISRC, in the order of the codes. One query."""
        rows = self.with_gap("isrc").order_by("isrc", "pk").values_list("isrc", "pk")
        return [[key for _, key in group] for _, group in groupby(rows, key=itemgetter(0))]

    def artists_of(self, keys: Iterable[int]) -> dict[int, tuple[int, ...]]:
        """Return the keys of the artists of each of these tracks, in the order of the track. One query a batch."""
        model: Any = self.model
        found: defaultdict[int, list[int]] = defaultdict(list)
        for batch in in_batches(keys):
            rows = model.artists.through.objects.filter(track__in=batch).order_by("track", "position")
            for track, artist in rows.values_list("track", "artist"):
                found[track].append(artist)
        return {track: tuple(artists) for track, artists in found.items()}

    def likely_duplicates(self) -> list[list[int]]:
        """Return the keys of tracks that are likely one recording, in groups: the same artists and the same title key.

        Two queries, whatever the size of the library. It needs about a hundred bytes of memory a track.
        """
        model: Any = self.model
        rows = model.artists.through.objects.order_by("track", "artist").values_list("track", "artist").iterator()
        artists = {track: tuple(pair[1] for pair in pairs) for track, pairs in groupby(rows, key=itemgetter(0))}
        together = Counter(artists.values())
        groups: defaultdict[Any, list[int]] = defaultdict(list)
        for track, title in self.order_by("pk").values_list("pk", "title").iterator():
            if (by := artists.get(track)) and together[by] > 1:
                groups[by, title_key(title)].append(track)
        return [group for group in groups.values() if len(group) > 1]
