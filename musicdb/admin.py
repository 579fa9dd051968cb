"""The catalogue's admin: where editors spend their day."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import smart_split

from musicdb.features import AUDIO_FEATURES, FEATURE_NAMES, AudioFeature
from musicdb.forms import (
    SPOTIFY_LINK,
    AlbumForm,
    ArtistForm,
    OrderedRowForm,
    OrderedRows,
    RowAutocomplete,
    TrackForm,
)
from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from musicdb.names import normalise_name

# A database refuses a thousand terms, or one of 100 kB; nobody who looks for something types as many.
LONGEST_SEARCH = 200
MOST_TERMS = 10
GENRES_IN_SIDEBAR = 30
USES_SHOWN = 20
FEATURES_BY_NAME = {feature.name: feature for feature in AUDIO_FEATURES}


def as_search_terms(text: str) -> str:
    """Return what is looked for when ``text`` is typed: a link's Spotify id, or its first words."""
    link = SPOTIFY_LINK.fullmatch(text[:LONGEST_SEARCH].strip())
    if link:
        return link["id"]
    return " ".join(list(smart_split(normalise_name(text[:LONGEST_SEARCH])))[:MOST_TERMS])


def thumbnail(album: Album | None, size: int) -> SafeString | str:
    """Return the album's art as a square of ``size`` pixels; empty where there is none that a page may show."""
    if album is None or not album.art:
        return ""
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">',
        album.art,
        size,
        size,
    )


def link_to(thing: models.Model) -> SafeString:
    """Return a link to the admin's page about ``thing``."""
    address = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}">{}</a>', address, thing)


def link_to_list(model: type[models.Model], lookup: str, value: Any, text: Any) -> SafeString:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query={lookup: value})
    return format_html('<a href="{}">{}</a>', address, text)


def counted(rows: QuerySet[Any], by: str) -> Coalesce:
    """Return how many of ``rows`` point, by their column ``by``, at the row in hand.

    A subquery, so that only the rows of the page are counted, and a search through other tables does not swell it.
    """
    groups = rows.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(groups.annotate(rows=Count("pk")).values("rows")), 0)


class CatalogueChangeList(ChangeList):
    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        queryset = super().get_queryset(request, exclude_parameters)
        return queryset.prefetch_related(*self.model_admin.list_prefetch_related)


class CatalogueAdmin(admin.ModelAdmin):
    """What all of the catalogue has in common."""

    list_per_page = 50
    # The number of hits says enough; counting everything beside it is a second walk through the table.
    show_full_result_count = False
    list_prefetch_related: Sequence[str] = ()
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    class Media:
        css = {"all": ["musicdb/admin.css"]}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CatalogueChangeList

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        # PostgreSQL will not look for NUL; the search box says so by itself.
        if any("\0" in value for name, value in request.GET.items() if name != SEARCH_VAR):
            raise IncorrectLookupParameters
        return super().get_changelist_instance(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, as_search_terms(search_term))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        readonly = super().get_readonly_fields(request, obj)
        # Addresses are out in the world once they are given.
        return [*readonly, "slug"] if obj else readonly

    def view_on_site(self, obj: Any) -> str | None:
        return obj.get_absolute_url()

    def users_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        """Return what would be left with a hole if ``objs`` were deleted."""
        return Track.objects.none()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        users = self.users_of(objs)
        shown = [
            format_html("{}: {}", user._meta.verbose_name.capitalize(), link_to(user)) for user in users[:USES_SHOWN]
        ]
        if not shown:
            return super().get_deleted_objects(objs, request)
        if (others := users.count() - len(shown)) > 0:
            shown.append(format_html("and {} more {}", others, model_ngettext(users, others)))
        return [], {}, set(), shown

    def set_flag(
        self, request: HttpRequest, queryset: QuerySet[Any], field: str, value: bool, now_said_to_be: str
    ) -> None:
        """Set a yes-or-no column of the selected rows, with a line in each one's history."""
        label = self.opts.get_field(field).verbose_name
        with transaction.atomic():
            changing = queryset.exclude(**{field: value})
            said = [{"changed": {"fields": [str(label).capitalize()]}}]
            LogEntry.objects.log_actions(request.user.pk, changing, CHANGE, said)
            number = changing.update(**{field: value})
        if number:
            things = model_ngettext(self.opts, number)
            self.message_user(request, f"{number} {things} now {now_said_to_be}.", messages.SUCCESS)
        else:
            self.message_user(request, f"All that you selected were {now_said_to_be} already.", messages.INFO)


class OrderedInline(admin.TabularInline):
    """Rows that point at ``member`` in an order that can be typed over."""

    member: str
    form = OrderedRowForm
    formset = OrderedRows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.member)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        order = ["ORDER"] if self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*order, self.member]})]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["fields"] = [self.member]
        return super().get_formset(request, obj, can_order=self.has_change_permission(request, obj), **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == self.member:
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AlbumLabelInline(OrderedInline):
    model = AlbumLabel
    member = "label"
    autocomplete_fields = ["label"]


class TrackArtistInline(OrderedInline):
    model = TrackArtist
    member = "artist"
    autocomplete_fields = ["artist"]


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


@admin.register(Genre)
class GenreAdmin(CatalogueAdmin):
    list_display = ["name", "tracks"]
    search_fields = ["name"]
    search_help_text = "Name"
    fields = ["name", "slug", "description"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        return super().get_queryset(request).annotate(track_count=counted(Track.genres.through.objects.all(), "genre"))

    @admin.display(ordering="track_count")
    def tracks(self, genre: Any) -> SafeString:
        return link_to_list(Track, "genre", genre.slug, genre.track_count)


class PublicAdmin(CatalogueAdmin):
    """Artists and labels: some have a page, and some are only a name."""

    actions = ["make_public", "make_not_public"]

    def view_on_site(self, obj: Any) -> str | None:
        return obj.get_absolute_url() if obj.is_public else None

    @admin.action(description="Make selected %(verbose_name_plural)s public", permissions=["change"])
    def make_public(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_flag(request, queryset, "is_public", True, "public")

    @admin.action(description="Make selected %(verbose_name_plural)s not public", permissions=["change"])
    def make_not_public(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_flag(request, queryset, "is_public", False, "not public")


@admin.register(Artist)
class ArtistAdmin(PublicAdmin):
    form = ArtistForm
    list_display = ["name", "is_public", "tracks", "spotify_id"]
    list_filter = ["is_public", ("spotify_id", admin.EmptyFieldListFilter)]
    search_fields = ["name", "=spotify_id"]
    search_help_text = "Name, or Spotify id or link"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Artist]:
        return super().get_queryset(request).annotate(track_count=counted(TrackArtist.objects.all(), "artist"))

    def users_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Track.objects.filter(track_artists__artist__in=objs).distinct()

    @admin.display(ordering="track_count")
    def tracks(self, artist: Any) -> SafeString:
        return link_to_list(Track, "artists__id__exact", artist.pk, artist.track_count)


@admin.register(Label)
class LabelAdmin(PublicAdmin):
    list_display = ["name", "is_public", "albums"]
    list_filter = ["is_public"]
    search_fields = ["name"]
    search_help_text = "Name"
    fields = ["name", "slug", "is_public"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Label]:
        return super().get_queryset(request).annotate(album_count=counted(AlbumLabel.objects.all(), "label"))

    def users_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Album.objects.filter(album_labels__label__in=objs).distinct()

    @admin.display(ordering="album_count")
    def albums(self, label: Any) -> SafeString:
        return link_to_list(Album, "labels__id__exact", label.pk, label.album_count)


@admin.register(Album)
class AlbumAdmin(CatalogueAdmin):
    form = AlbumForm
    list_display = ["art", "title", "released", "label_names", "tracks"]
    list_display_links = ["art", "title"]
    list_filter = [("image_url", admin.EmptyFieldListFilter), PrecisionFilter]
    list_prefetch_related = ["album_labels__label"]
    search_fields = ["title", "=spotify_id"]
    search_help_text = "Title, or Spotify id or link"
    fields = ["title", "slug", "released", "spotify_id", "image_url", "large_art"]
    readonly_fields = ["large_art"]
    inlines = [AlbumLabelInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Album]:
        tracks = counted(Track.objects.all(), "album")
        return super().get_queryset(request).annotate(track_count=tracks)

    def users_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Track.objects.filter(album__in=objs)

    @admin.display(description="art")
    def art(self, album: Album) -> SafeString | str:
        return thumbnail(album, 40)

    @admin.display(description="")
    def large_art(self, album: Album) -> SafeString | str:
        return thumbnail(album, 160)

    @admin.display(ordering="release_date")
    def released(self, album: Album) -> str:
        return album.released

    @admin.display(description="labels")
    def label_names(self, album: Album) -> str:
        return ", ".join(label.name for label in album.labels_in_order)

    @admin.display(ordering="track_count")
    def tracks(self, album: Any) -> SafeString:
        return link_to_list(Track, "album__id__exact", album.pk, album.track_count)


@admin.register(Track)
class TrackAdmin(CatalogueAdmin):
    form = TrackForm
    list_display = ["art", "title", "artist_names", "album", "score", "liked", "features_known"]
    list_display_links = ["art", "title"]
    list_filter = [GenreFilter, "liked", FeaturesFilter, ("album", admin.EmptyFieldListFilter)]
    list_select_related = ["album"]
    list_prefetch_related = ["track_artists__artist"]
    search_fields = ["title", "album__title", "artists__name", "=spotify_id", "=isrc"]
    search_help_text = "Title, album or artist; or Spotify id, link or ISRC"
    autocomplete_fields = ["album", "genres"]
    save_on_top = True
    inlines = [TrackArtistInline]
    actions = ["like", "unlike"]
    fieldsets = [
        (None, {"fields": ["title", "slug", "album", "genres", ("score", "liked")]}),
        ("Recording", {"fields": ["spotify_id", "isrc", "duration_ms", "explicit"]}),
        (
            "Audio features",
            {
                "description": "Leave a feature blank where it is unknown. Unknown is not zero.",
                "classes": ["audio-features"],
                "fields": [*FEATURE_NAMES, "features_source"],
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if feature := FEATURES_BY_NAME.get(db_field.name):
            kwargs |= {
                "label": feature.label,
                "min_value": feature.lowest,
                "max_value": feature.highest,
                "help_text": _range_and_meaning(feature),
            }
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="art")
    def art(self, track: Track) -> SafeString | str:
        return thumbnail(track.album, 40)

    @admin.display(description="artists")
    def artist_names(self, track: Track) -> str:
        return ", ".join(artist.name for artist in track.artists_in_order)

    @admin.display(description="features")
    def features_known(self, track: Track) -> str:
        known = sum(getattr(track, name) is not None for name in FEATURE_NAMES)
        return f"{known} of {len(FEATURE_NAMES)}" if known else ""

    @admin.action(description="Mark selected %(verbose_name_plural)s as liked", permissions=["change"])
    def like(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_flag(request, queryset, "liked", True, "liked")

    @admin.action(description="Mark selected %(verbose_name_plural)s as not liked", permissions=["change"])
    def unlike(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_flag(request, queryset, "liked", False, "not liked")


def _range_and_meaning(feature: AudioFeature) -> str:
    if (feature.lowest, feature.highest) == (0, 1):
        return feature.help_text  # Which says both.
    return f"{feature.help_text} From {feature.lowest:g} to {feature.highest:g}{feature.unit and ' ' + feature.unit}."
