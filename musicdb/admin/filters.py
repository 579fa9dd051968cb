"""What lists are narrowed by: few choices each, however large the catalogue."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from musicdb.features import FEATURE_NAMES
from musicdb.models import Genre

GENRES_IN_SIDEBAR = 30


class GenreFilter(admin.SimpleListFilter):
    """The largest genres, and the one that is chosen; a link from the list of genres reaches every one."""

    title = "genre"
    parameter_name = "genre"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        largest = list(Genre.objects.for_list().values_list("slug", "name")[:GENRES_IN_SIDEBAR])
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


class PrecisionFilter(admin.SimpleListFilter):
    title = "release date"
    parameter_name = "released"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("day", "Known to the day"), ("month", "To the month"), ("year", "To the year"), ("unknown", "Unknown")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        return queryset.filter(release_precision="" if self.value() == "unknown" else self.value())
