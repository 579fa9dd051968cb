"""The admin of genres, artists, labels, albums and tracks: their lists, forms and actions."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from musicdb.admin.base import M, counted
from musicdb.admin.change_form.forms import AlbumForm, ArtistForm, TrackForm
from musicdb.admin.change_form.inlines import (
    AlbumAliasInline,
    AlbumArtistInline,
    AlbumLabelInline,
    ArtistAliasInline,
    GenreAliasInline,
    LabelAliasInline,
    TrackAliasInline,
    TrackArtistInline,
)
from musicdb.admin.changelist.bulk_edit import BulkEditAdmin
from musicdb.admin.changelist.bulk_forms import AlbumBulkForm, TrackBulkForm, VisibilityBulkForm
from musicdb.admin.changelist.filters import (
    ArtistFilter,
    DoubtFilter,
    FeaturesFilter,
    GapFilter,
    GenreFilter,
    JointNameFilter,
    PageFilter,
    PrecisionFilter,
    UnusedFilter,
)
from musicdb.admin.changelist.find_replace import FindReplaceAdmin
from musicdb.admin.changelist.list_editing import ListEditingAdmin
from musicdb.admin.exports.lists import ExportAdmin
from musicdb.admin.generic import AnyModelForm
from musicdb.admin.history import VersionedAdmin
from musicdb.admin.html import bdi, link_to_list, names_in_order, thumbnail
from musicdb.admin.merging import MergeableAdmin
from musicdb.admin.playlists import PlaylistMaker
from musicdb.admin.splitting import SplittableAdmin
from musicdb.editing import duplicate_albums
from musicdb.exports.lists import AlbumResource, ArtistResource, GenreResource, LabelResource, TrackResource
from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, PlaylistEntry, Track, TrackArtist, Visibility
from musicdb.models.querysets import (
    AlbumQuerySet,
    ArtistQuerySet,
    GenreQuerySet,
    LabelQuerySet,
    TrackQuerySet,
    count_related,
    rows_with,
)
from musicdb.models.visibility import with_page_state
from musicdb.music import AUDIO_FEATURES, FEATURE_NAMES, AudioFeature, label_similarity_key

# All the artists of a musical would fill the page.
MAX_ARTISTS_SHOWN = 4
_MERGE_PAGES = ("musicdb_track_merge", "musicdb_track_merge_groups")
FEATURES_BY_NAME = {feature.name: feature for feature in AUDIO_FEATURES}


@admin.register(Genre)
class GenreAdmin(ExportAdmin, FindReplaceAdmin[Genre], VersionedAdmin[Genre], MergeableAdmin[Genre]):
    export_resource = GenreResource
    list_display = ["listed_name", "number_of_tracks"]
    search_fields = GenreQuerySet.search_fields
    search_help_text = "Name or alias"
    fields = ["name", "slug", "description"]
    inlines = [GenreAliasInline]
    actions = ["find_replace_selected", "merge_selected"]
    used_by, usage_count = "track", "track_count"
    merge_effects = ["If the one that stays has no description, it gets one from the others."]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), UnusedFilter]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Genre]:
        rows = Track.genres.through.objects.all()
        return super().get_queryset(request).annotate(track_count=count_related(rows, "genre"))

    def option_facts(self, genre: Any) -> Sequence[str]:
        return [counted(genre.track_count, "track")]

    @admin.display(description="tracks", ordering="track_count")
    def number_of_tracks(self, genre: Any) -> SafeString:
        return link_to_list(Track, "genre", genre.slug, genre.track_count)


class VisibilityAdmin(ExportAdmin, BulkEditAdmin[M], FindReplaceAdmin[M], VersionedAdmin[M], MergeableAdmin[M]):
    """Artists and labels. Some have a page, the others are only a name."""

    bulk_edit_form = VisibilityBulkForm
    actions = ["show", "hide", "leave_to_rule", "bulk_edit_selected", "find_replace_selected", "merge_selected"]
    merge_effects = [
        "The one that stays keeps its visibility. If that is automatic, it takes that of the first other that is shown "
        "or hidden."
    ]

    def view_on_site(self, obj: Any) -> str | None:
        return obj.get_absolute_url() if obj.has_page else None

    def save_related(self, request: HttpRequest, form: AnyModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "name" in form.changed_data:
            row: Any = form.instance
            if other := type(row).objects.filter(name_key=row.name_key).exclude(pk=row.pk).first():
                found = f"There is another {self.opts.verbose_name} of that name: “{other}” ({other.slug})."
                self.message_user(request, f"{found} If the two are one, merge them.", messages.WARNING)

    @admin.display(description="has a page", boolean=True)
    def has_page(self, obj: Any) -> bool:
        found: bool = obj.has_page
        return found

    @admin.action(description="Show selected %(verbose_name_plural)s", permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_column(request, queryset, "visibility", Visibility.SHOWN.value, "shown")

    @admin.action(description="Hide selected %(verbose_name_plural)s", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_column(request, queryset, "visibility", Visibility.HIDDEN.value, "hidden")

    @admin.action(description="Leave selected %(verbose_name_plural)s to the site's rule", permissions=["change"])
    def leave_to_rule(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_column(request, queryset, "visibility", Visibility.AUTOMATIC.value, "automatic")


@admin.register(Artist)
class ArtistAdmin(VisibilityAdmin[Artist], SplittableAdmin[Artist]):
    export_resource = ArtistResource
    form = ArtistForm
    list_display = ["listed_name", "visibility", "number_of_tracks", "spotify_id", "has_page"]
    list_filter = [
        "visibility",
        PageFilter,
        UnusedFilter,
        JointNameFilter,
        ("spotify_id", admin.EmptyFieldListFilter),
    ]
    search_fields = ArtistQuerySet.search_fields
    search_help_text = "Name, alias, Spotify id or Spotify link"
    fields = ["name", "slug", "spotify_id", "visibility"]
    inlines = [ArtistAliasInline]
    used_by, usage_count = "track", "track_count"
    merge_effects = [
        *VisibilityAdmin.merge_effects,
        "If the one that stays has no Spotify id, it gets one from the others.",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Artist]:
        counted = super().get_queryset(request).annotate(track_count=count_related(TrackArtist.objects.all(), "artist"))
        return with_page_state(counted)

    def dependents_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Track.objects.filter(pk__in=TrackArtist.objects.filter(artist__in=objs).order_by().values("track"))

    def option_facts(self, artist: Any) -> Sequence[str]:
        return [
            counted(artist.track_count, "track"),
            f"Spotify {artist.spotify_id}" if artist.spotify_id else artist.slug,
        ]

    @admin.display(description="tracks", ordering="track_count")
    def number_of_tracks(self, artist: Any) -> SafeString:
        return link_to_list(Track, "artists__id__exact", artist.pk, artist.track_count)


@admin.register(Label)
class LabelAdmin(VisibilityAdmin[Label]):
    export_resource = LabelResource
    list_display = ["listed_name", "visibility", "number_of_albums", "has_page"]
    list_filter = ["visibility", PageFilter, UnusedFilter]
    search_fields = LabelQuerySet.search_fields
    search_help_text = "Name or alias"
    fields = ["name", "slug", "visibility"]
    inlines = [LabelAliasInline]
    used_by, usage_count = "album", "album_count"
    similarity_key = staticmethod(label_similarity_key)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Label]:
        counted = super().get_queryset(request).annotate(album_count=count_related(AlbumLabel.objects.all(), "label"))
        return with_page_state(counted)

    def dependents_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Album.objects.filter(pk__in=AlbumLabel.objects.filter(label__in=objs).order_by().values("album"))

    def option_facts(self, label: Any) -> Sequence[str]:
        return [counted(label.album_count, "album")]

    @admin.display(description="albums", ordering="album_count")
    def number_of_albums(self, label: Any) -> SafeString:
        return link_to_list(Album, "labels__id__exact", label.pk, label.album_count)


@admin.register(Album)
class AlbumAdmin(
    ExportAdmin, BulkEditAdmin[Album], FindReplaceAdmin[Album], VersionedAdmin[Album], MergeableAdmin[Album]
):
    export_resource = AlbumResource
    bulk_edit_form = AlbumBulkForm
    form = AlbumForm
    list_display = ["art", "listed_title", "released", "label_names", "number_of_tracks"]
    list_display_links = ["art", "listed_title"]
    list_filter = [("image_url", admin.EmptyFieldListFilter), PrecisionFilter, "album_type", DoubtFilter, UnusedFilter]
    list_prefetch_related = [rows_with(Album, "album_labels", "label")]
    search_fields = AlbumQuerySet.search_fields
    search_help_text = "Title, Spotify id, Spotify link or UPC"
    fields = [
        "title",
        "slug",
        "released",
        "album_type",
        "spotify_id",
        "upc",
        "image_url",
        "large_art",
        "copyrights",
    ]
    readonly_fields = ["large_art"]
    inlines = [AlbumArtistInline, AlbumLabelInline, AlbumAliasInline]
    actions = ["bulk_edit_selected", "find_replace_selected", "merge_selected"]
    used_by, usage_count, shares_once = "track", "track_count", False
    merge_effects = [
        "No track is lost: two tracks that are one recording stay two until you merge them too.",
        "What the one that stays lacks, such as a date, art, labels or artists, it gets from the others.",
    ]

    def duplicate_groups(self) -> list[list[int]]:
        return duplicate_albums()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Album]:
        tracks = count_related(Track.objects.all(), "album")
        return super().get_queryset(request).annotate(track_count=tracks)

    def dependents_of(self, objs: Iterable[Any]) -> QuerySet[Any]:
        return Track.objects.filter(album__in=objs)

    def with_option_facts(self, rows: QuerySet[Album]) -> QuerySet[Album]:
        credited = TrackArtist.objects.filter(track__album=OuterRef("pk")).order_by("position", "pk")
        return rows.annotate(first_artist=Subquery(credited.values("artist__name")[:1]))

    def merge_facts(self, album: Any) -> Sequence[str]:
        return [album.first_artist or "", album.released]

    def option_facts(self, album: Any) -> Sequence[str]:
        return [album.first_artist or "", album.released, counted(album.track_count, "track")]

    @admin.display(description="art")
    def art(self, album: Album) -> SafeString | str:
        return thumbnail(album, 32)

    @admin.display(description="preview")
    def large_art(self, album: Album) -> SafeString | str:
        return thumbnail(album, 160)

    @admin.display(ordering="release_date")
    def released(self, album: Album) -> str:
        return album.released

    @admin.display(description="labels")
    def label_names(self, album: Album) -> SafeString:
        return names_in_order(album.labels_in_order)

    @admin.display(description="tracks", ordering="track_count")
    def number_of_tracks(self, album: Any) -> SafeString:
        return link_to_list(Track, "album__id__exact", album.pk, album.track_count)


@admin.register(Track)
class TrackAdmin(
    ExportAdmin,
    VersionedAdmin[Track],
    ListEditingAdmin[Track],
    BulkEditAdmin[Track],
    FindReplaceAdmin[Track],
    PlaylistMaker[Track],
    MergeableAdmin[Track],
):
    export_resource = TrackResource
    bulk_edit_form = TrackBulkForm
    form = TrackForm
    list_display = ["art", "listed_title", "artist_names", "album_title", "score", "liked", "features_known"]
    list_display_links = ["art", "listed_title"]
    list_editable = ["score", "liked"]
    list_filter = [GenreFilter, ArtistFilter, "liked", FeaturesFilter, GapFilter, ("album", admin.EmptyFieldListFilter)]
    list_select_related = ["album"]
    list_prefetch_related = [rows_with(Track, "track_artists", "artist")]
    search_fields = TrackQuerySet.search_fields
    search_help_text = "Title, album, artist or alias, Spotify id, Spotify link or ISRC"
    autocomplete_fields = ["album", "genres"]
    save_on_top = True
    inlines = [TrackArtistInline, TrackAliasInline]
    actions = ["like", "unlike", "bulk_edit_selected", "find_replace_selected", "make_playlist", "merge_selected"]
    used_by, used_by_plural, usage_count = "playlist entry", "playlist entries", "entry_count"
    shares_once = False
    merge_effects = [
        "It stands wherever one of them stood: in playlists, genres and clusters. A playlist that has several of them "
        "has it at the place of each.",
        "What the one that stays lacks, such as an album, an ISRC or audio features, it gets from the others. It is "
        "liked if any of them is.",
    ]
    fieldsets = [
        (None, {"fields": ["title", "slug", "album", ("disc_number", "track_number"), "genres"]}),
        ("In the library", {"fields": ["score", "liked", "added_at"]}),
        ("Recording", {"fields": ["spotify_id", "isrc", "duration_ms", "explicit", "popularity", "preview_url"]}),
        (
            "Audio features",
            {
                "description": "Leave a feature blank if it is unknown. Unknown is not the same as zero.",
                "classes": ["audio-features"],
                "fields": [*FEATURE_NAMES, "features_source"],
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Track]:
        rows = super().get_queryset(request)
        # Only the pages of a merge count them: the list of all tracks would take longer.
        is_merge = request.resolver_match is not None and request.resolver_match.url_name in _MERGE_PAGES
        return rows.annotate(entry_count=count_related(PlaylistEntry.objects.all(), "track")) if is_merge else rows

    def duplicates_view(self, request: HttpRequest) -> HttpResponse:
        """Tracks are compared by more than their names, on a page of its own."""
        return HttpResponseRedirect(reverse("admin:duplicate_tracks"))

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if feature := FEATURES_BY_NAME.get(db_field.name):
            kwargs |= {
                "label": feature.label,
                "min_value": feature.lowest,
                "max_value": feature.highest,
                "help_text": _range_and_meaning(feature),
            }
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def with_option_facts(self, rows: QuerySet[Track]) -> QuerySet[Track]:
        credited = TrackArtist.objects.filter(track=OuterRef("pk")).order_by("position")
        return rows.select_related("album").annotate(first_artist=Subquery(credited.values("artist__name")[:1]))

    def merge_facts(self, track: Any) -> Sequence[str]:
        return self.option_facts(track)

    def option_facts(self, track: Any) -> Sequence[str]:
        return [track.first_artist or "", str(track.album or "")]

    @admin.display(description="art")
    def art(self, track: Track) -> SafeString | str:
        return thumbnail(track.album, 32)

    @admin.display(description="artists")
    def artist_names(self, track: Track) -> SafeString | str:
        artists = track.artists_in_order
        if not artists:
            return ""
        others = len(artists) - MAX_ARTISTS_SHOWN
        shown = names_in_order(artists[:MAX_ARTISTS_SHOWN])
        return format_html('<span class="short">{}{}</span>', shown, f" and {others} more" if others > 0 else "")

    @admin.display(description="album", ordering="album__sort_key")
    def album_title(self, track: Track) -> SafeString | str:
        return bdi(track.album) if track.album else ""

    @admin.display(description="features")
    def features_known(self, track: Track) -> str:
        known = sum(getattr(track, name) is not None for name in FEATURE_NAMES)
        return f"{known} of {len(FEATURE_NAMES)}" if known else ""

    @admin.action(description="Mark selected %(verbose_name_plural)s as liked", permissions=["change"])
    def like(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_column(request, queryset, "liked", True, "liked")

    @admin.action(description="Mark selected %(verbose_name_plural)s as not liked", permissions=["change"])
    def unlike(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.set_column(request, queryset, "liked", False, "not liked")


def _range_and_meaning(feature: AudioFeature) -> str:
    if (feature.lowest, feature.highest) == (0, 1):
        # The help text of these features names the range.
        return feature.help_text
    return f"{feature.help_text} From {feature.lowest:g} to {feature.highest:g}{feature.unit and ' ' + feature.unit}."
