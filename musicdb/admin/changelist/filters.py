"""The filters beside a list. Each offers few choices, however large the catalogue is."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from musicdb.models import Album, Artist, Genre, Track, TrackArtist
from musicdb.models.querysets import ALBUM_DOUBTS, TRACK_GAPS, count_related
from musicdb.models.visibility import page_condition
from musicdb.music import FEATURE_NAMES

GENRES_SUGGESTED = 30
GENRE_COLUMNS = ("pk", "slug", "name")
LARGEST_GENRES_TTL = 300  # seconds


def largest_genres(number: int) -> list[tuple[str, str]]:
    """Return the slugs and names of the genres with the most tracks. One query.

    If there are more than ``number``, the cache keeps their keys for a while. To find them, the database counts the
    tracks of every genre, and the result seldom changes.
    """
    cache_key = f"musicdb.largest_genres.{number}"
    if keys := cache.get(cache_key):
        named = {key: (slug, name) for key, slug, name in Genre.objects.filter(pk__in=keys).values_list(*GENRE_COLUMNS)}
        return [named[key] for key in keys if key in named]
    by_size = Genre.objects.annotate(size=count_related(Track.genres.through.objects.all(), "genre"))
    genres = list(by_size.order_by("-size", "sort_key").values_list(*GENRE_COLUMNS)[: number + 1])
    if len(genres) > number:
        cache.set(cache_key, [key for key, _, _ in genres[:number]], LARGEST_GENRES_TTL)
    return [(slug, name) for _, slug, name in genres[:number]]


class NameFilter(admin.SimpleListFilter):
    """Rows that belong to something whose slug, or a part of whose name, is typed. Lists of names would be endless.

    ``lookups`` are suggested. They and what is typed work without JavaScript.
    """

    template = "admin/musicdb/name_filter.html"
    model: type[Any]

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(request, *args)
        # What the list keeps when another name is typed.
        left_out = (self.parameter_name, PAGE_VAR, ERROR_FLAG)
        self.other_parameters = [
            (key, one) for key in request.GET if key not in left_out for one in request.GET.getlist(key)
        ]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return []

    def has_output(self) -> bool:
        return True

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet[Any]) -> dict[str, Any]:
        return {}

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield {
            "selected": not self.value(),
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": "All",
        }

    @cached_property
    def typed(self) -> str:
        return (self.value() or "").strip()

    @cached_property
    def found(self) -> QuerySet[Any]:
        """What is meant: those with this slug or name, else those whose name contains the text."""
        rows: QuerySet[Any] = self.model._default_manager.order_by()
        exact = rows.filter(Q(slug=self.typed) | Q(name_key=self.typed))
        return exact if exact.exists() else rows.filter(search_key__mentions=self.typed)

    @cached_property
    def shown(self) -> str:
        """What the box shows: the name, where a link has given the slug."""
        return str(dict(self.lookup_choices).get(self.typed, self.typed))


class GenreFilter(NameFilter):
    """The largest genres are suggested. The list of genres links to the tracks of any genre."""

    title = "genre"
    parameter_name = "genre"
    model = Genre

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return largest_genres(GENRES_SUGGESTED)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Track]) -> QuerySet[Track]:
        if not self.typed:
            return queryset
        links = Track.genres.through.objects.filter(genre__in=self.found)
        return queryset.filter(pk__in=links.values("track"))


class ArtistFilter(NameFilter):
    title = "artist"
    parameter_name = "artist"
    model = Artist

    def queryset(self, request: HttpRequest, queryset: QuerySet[Track]) -> QuerySet[Track]:
        if not self.typed:
            return queryset
        return queryset.filter(pk__in=TrackArtist.objects.filter(artist__in=self.found).order_by().values("track"))


class FeaturesFilter(admin.SimpleListFilter):
    title = "audio features"
    parameter_name = "features"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All known"), ("some", "Some missing"), ("none", "None known")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Track]) -> QuerySet[Track]:
        all_known = Q(*((f"{name}__isnull", False) for name in FEATURE_NAMES))
        none_known = Q(*((f"{name}__isnull", True) for name in FEATURE_NAMES))
        conditions = {"all": all_known, "some": ~all_known & ~none_known, "none": none_known}
        return queryset.filter(conditions.get(self.value() or "", Q()))


class GapFilter(admin.SimpleListFilter):
    """Tracks that lack something."""

    title = "missing"
    parameter_name = "gap"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        labels = {"features": "Audio features", "isrc": "ISRC of its own"}
        return [(gap, labels.get(gap, gap.capitalize())) for gap in TRACK_GAPS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        gap = self.value()
        return queryset.with_gap(gap) if gap in TRACK_GAPS else queryset  # type: ignore[attr-defined]


class DoubtFilter(admin.SimpleListFilter):
    """Albums with something that is probably wrong."""

    title = "probably wrong"
    parameter_name = "doubt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(doubt, doubt.capitalize()) for doubt in ALBUM_DOUBTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Album]) -> QuerySet[Album]:
        doubt = self.value()
        return queryset.with_doubt(doubt) if doubt in ALBUM_DOUBTS else queryset  # type: ignore[attr-defined]


class UnusedFilter(admin.SimpleListFilter):
    """Rows that nothing in the library uses. They can be deleted."""

    title = "use"
    parameter_name = "unused"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Nothing uses it")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.unused() if self.value() == "yes" else queryset  # type: ignore[attr-defined]


class JointNameFilter(admin.SimpleListFilter):
    """Artists that are several, to judge by their names. They can be split."""

    title = "name"
    parameter_name = "joint"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Of several artists")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.joint_by_name() if self.value() == "yes" else queryset  # type: ignore[attr-defined]


class PageFilter(admin.SimpleListFilter):
    """Artists or labels that have a page now, or have none, for any reason."""

    title = "page"
    parameter_name = "page"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Has a page now"), ("no", "Has none")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        condition = page_condition(queryset.model)
        conditions = {"yes": condition, "no": ~condition}
        return queryset.filter(conditions.get(self.value() or "", Q()))


class PrecisionFilter(admin.SimpleListFilter):
    title = "release date"
    parameter_name = "released"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("day", "Exact day"), ("month", "Month"), ("year", "Year only"), ("unknown", "Unknown")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Album]) -> QuerySet[Album]:
        if not self.value():
            return queryset
        return queryset.filter(release_precision="" if self.value() == "unknown" else self.value())
