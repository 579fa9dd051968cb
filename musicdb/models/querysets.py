"""The queries about the catalogue. Each is named for its use and makes every join that the use needs."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from musicdb.db import in_batches, one_of
from musicdb.db.tallies import TRACKS_OF_GENRES
from musicdb.db.text_search import AliasSearchMixin, SearchMixin
from musicdb.models.name_keys import KeyedQuerySet
from musicdb.models.visibility import page_condition, with_page_state
from musicdb.music import FEATURE_NAMES, title_key

if TYPE_CHECKING:
    from musicdb.models import Album, Artist, Genre, Label, Track  # noqa: F401


Owners = TypeVar("Owners", bound="QuerySet[Any]")

# Scott de Martinville's phonautograph made the first recordings in this year.
FIRST_RECORDING = date(1857, 1, 1)
# Releases are announced some months ahead.
MAX_AHEAD = 366


def rows_with(
    owner: type[models.Model], rows: str, member: str, prefix: str = "", *, with_pages: bool = False
) -> "Prefetch[Any]":
    """Return a prefetch of ``rows`` of ``owner``, each joined with its ``member``. ``prefix`` is the path to the owner.

    ``with_pages`` also finds out which of the members have a page, for links.

    The members are joined, not prefetched. A second prefetch would cost another query, and SQLite would refuse it for
    more than a thousand members, because Django writes such a prefetch as a chain of ORs.
    """
    through: Any = owner._meta.get_field(rows).related_model
    joined = through.objects.select_related(member)
    return Prefetch(f"{prefix}{rows}", queryset=with_page_state(joined, member) if with_pages else joined)


def count_related(rows: "QuerySet[Any]", column: str, counted: str = "*") -> Coalesce:
    """Return an annotation that counts the ``rows`` whose ``column`` points at the annotated row.

    It is a subquery. The database counts only for the rows of a page, and the joins of a search do not inflate the
    count. ``counted`` can name a relation of ``rows`` whose rows are counted instead.
    """
    groups = rows.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(groups.annotate(rows=Count(counted)).values("rows")), 0)


def _used_in(rows: Any, column: str) -> Exists:
    """Return the condition that the ``column`` of one of ``rows`` points at the row."""
    return Exists(rows.objects.filter(**{column: OuterRef("pk")}))


def _most_used(owners: Owners, rows: "QuerySet[Any]", owner: str, counted: str, limit: int) -> Owners:
    """Return those of ``owners`` with the most ``counted`` of ``rows``, with ``track_count`` and ``has_page``.

    The keys are found first. Otherwise the database would look up the rest for each of the others too.
    """
    counts = rows.order_by().values(owner).annotate(count=Count(counted))
    most = counts.order_by("-count", f"{owner}__sort_key", owner)[:limit]
    found = with_page_state(owners.filter(pk__in=most.values(owner)))
    with_count: Owners = found.annotate(track_count=count_related(rows, owner, counted))
    return with_count.order_by("-track_count", "sort_key", "pk")


class NaturalKeyMixin:
    """Rows that fixtures name by their slug."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        rows: Any = self
        found: models.Model = rows.get(slug=slug)
        return found


class GenreQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Genre"]):
    search_fields = ("search_key",)

    def _largest_first(self) -> Sequence[Any]:
        return (TRACKS_OF_GENRES.of(F("pk")).desc(),)

    def unused(self) -> Self:
        """Genres without tracks."""
        model: Any = self.model
        return self.filter(~_used_in(model.tracks.through, "genre"))

    def with_track_count(self) -> Self:
        return self.annotate(track_count=TRACKS_OF_GENRES.of(F("pk")))

    def for_list(self) -> Self:
        """Genres with ``track_count``, the largest first."""
        return self.with_track_count().order_by("-track_count", "sort_key", "pk")


# What only a name of several artists has. "A & B" may be the name of one.
_JOINS_ARTISTS = (" feat. ", " feat ", "(feat", " ft. ", " ft ", " featuring ", ";")


class ArtistQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Artist"]):
    search_fields = ("search_key", "=spotify_id")

    def _largest_first(self) -> Sequence[Any]:
        model: Any = self.model
        return (count_related(model.tracks.through.objects.all(), "artist").desc(),)

    def visible(self, *, of_few: bool = False) -> Self:
        """Return those that have a page. ``of_few`` is quicker where other filters leave few rows."""
        return self.filter(page_condition(self.model, of_few=of_few))

    def unused(self) -> Self:
        """Artists without a track and without an album of their own."""
        model: Any = self.model
        return self.filter(~_used_in(model.tracks.through, "artist"), ~_used_in(model.albums.through, "artist"))

    def joint_by_name(self) -> Self:
        """Artists whose name says that they are several, such as "A feat. B"."""
        return self.filter(reduce(or_, (Q(name__icontains=sign) for sign in _JOINS_ARTISTS)))

    def with_track_count(self) -> Self:
        model: Any = self.model
        return self.annotate(track_count=count_related(model.tracks.through.objects.all(), "artist"))

    def for_list(self) -> Self:
        """Artists that have a page, with ``track_count``, by name."""
        return self.visible().with_track_count().order_by("sort_key", "pk")

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The artists with the most tracks in ``genre``, with ``has_page`` and ``track_count``, counted there."""
        model: Any = self.model
        of_genre = model.tracks.through.objects.filter(track__genres=genre)
        return _most_used(self, of_genre, "artist", "pk", limit)


class LabelQuerySet(NaturalKeyMixin, AliasSearchMixin, KeyedQuerySet["Label"]):
    search_fields = ("search_key",)

    def _largest_first(self) -> Sequence[Any]:
        model: Any = self.model
        return (count_related(model.albums.through.objects.all(), "label", "album__tracks").desc(),)

    def visible(self, *, of_few: bool = False) -> Self:
        """Return those that have a page. ``of_few`` is quicker where other filters leave few rows."""
        return self.filter(page_condition(self.model, of_few=of_few))

    def unused(self) -> Self:
        """Labels without an album."""
        model: Any = self.model
        return self.filter(~_used_in(model.albums.through, "label"))

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
        return _most_used(self, of_genre, "label", "album__tracks", limit)


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

    def _largest_first(self) -> Sequence[Any]:
        model: Any = self.model
        return (count_related(model.tracks.rel.related_model.objects.all(), "album").desc(),)

    def with_track_count(self) -> Self:
        model: Any = self.model
        return self.annotate(track_count=count_related(model.tracks.rel.related_model.objects.all(), "album"))

    def unused(self) -> Self:
        """Albums without tracks."""
        model: Any = self.model
        return self.filter(~_used_in(model.tracks.rel.related_model, "album"))

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

    def with_doubt(self, doubt: str) -> Self:
        """Albums with something that is probably wrong: one of ALBUM_DOUBTS."""
        return self.filter(ALBUM_DOUBTS[doubt]())

    def top_of_genre(self, genre: "Genre", limit: int) -> Self:
        """The albums with the most tracks in ``genre``, with ``track_count`` counted there. Two queries."""
        counted = self.with_labels().filter(tracks__genres=genre).annotate(track_count=Count("tracks"))
        return counted.order_by("-track_count", F("release_date").desc(nulls_last=True), "sort_key", "pk")[:limit]


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
        return self.filter(_without_genre(self.model)).order_by("sort_key", "pk").prefetch_related(artists)

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
        return self.order_by(F("score").desc(nulls_last=True), "-liked", "sort_key", "pk")

    def number_of_discs(self) -> int:
        """Return how many different disc numbers the tracks have."""
        return self.order_by().exclude(disc_number=None).values("disc_number").distinct().count()

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
