"""What lists are narrowed by: few choices each, however large the catalogue."""

from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from musicdb.admin.base import counted
from musicdb.models import Genre, Track
from musicdb.models.querysets import ALBUM_DOUBTS, TRACK_GAPS
from musicdb.music.audio_features import FEATURE_NAMES

GENRES_IN_SIDEBAR = 30
GENRE_COLUMNS = ("pk", "slug", "name")
REMEMBERED_FOR = 300  # seconds


def largest_genres(number: int) -> list[tuple[str, str]]:
    """Return slug and name of the genres with the most tracks. In one query.

    Where there are more than ``number``, which are the largest is remembered for a while: it takes a count of every
    genre's tracks, and seldom changes.
    """
    remembered = f"musicdb.largest_genres.{number}"
    if keys := cache.get(remembered):
        named = {key: (slug, name) for key, slug, name in Genre.objects.filter(pk__in=keys).values_list(*GENRE_COLUMNS)}
        return [named[key] for key in keys if key in named]
    by_size = Genre.objects.annotate(size=counted(Track.genres.through.objects.all(), "genre"))
    genres = list(by_size.order_by("-size", "name").values_list(*GENRE_COLUMNS)[: number + 1])
    if len(genres) > number:
        cache.set(remembered, [key for key, _, _ in genres[:number]], REMEMBERED_FOR)
    return [(slug, name) for _, slug, name in genres[:number]]


class GenreFilter(admin.SimpleListFilter):
    """The largest genres, and the one that is chosen; a link from the list of genres reaches every one."""

    title = "genre"
    parameter_name = "genre"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        largest = largest_genres(GENRES_IN_SIDEBAR)
        if (chosen := self.value()) and chosen not in dict(largest):
            largest += Genre.objects.filter(slug=chosen).values_list("slug", "name")
        return largest

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(genres__slug=self.value()) if self.value() else queryset


class FeaturesFilter(admin.SimpleListFilter):
    title = "audio features"
    parameter_name = "features"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("all", "All known"), ("some", "Some missing"), ("none", "None known")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        all_known = Q(*((f"{name}__isnull", False) for name in FEATURE_NAMES))
        none_known = Q(*((f"{name}__isnull", True) for name in FEATURE_NAMES))
        wanted = {"all": all_known, "some": ~all_known & ~none_known, "none": none_known}
        return queryset.filter(wanted.get(self.value() or "", Q()))


class GapFilter(admin.SimpleListFilter):
    """Tracks that lack something."""

    title = "what is missing"
    parameter_name = "gap"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("artists", "No artists"),
            ("genre", "No genre"),
            ("art", "No art"),
            ("label", "No label"),
            ("features", "No features"),
            ("isrc", "An ISRC of its own"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.with_gap(self.value()) if self.value() in TRACK_GAPS else queryset  # type: ignore[attr-defined]


class DoubtFilter(admin.SimpleListFilter):
    """Albums with something that is likely wrong."""

    title = "what is doubtful"
    parameter_name = "doubt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(doubt, doubt.capitalize()) for doubt in ALBUM_DOUBTS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.with_doubt(self.value()) if self.value() in ALBUM_DOUBTS else queryset  # type: ignore[attr-defined]


class PrecisionFilter(admin.SimpleListFilter):
    title = "release date"
    parameter_name = "released"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("day", "Known to the day"), ("month", "To the month"), ("year", "To the year"), ("unknown", "Unknown")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(release_precision="" if self.value() == "unknown" else self.value())
