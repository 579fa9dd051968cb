"""The list of playlists and the form of one."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from musicdb.admin.change_form.inlines import AliasInline
from musicdb.admin.changelist.bulk_edit import BulkEditAdmin
from musicdb.admin.changelist.bulk_forms import VisibilityBulkForm
from musicdb.admin.changelist.find_replace import FindReplaceAdmin
from musicdb.admin.exports.lists import ExportAdmin
from musicdb.admin.history import VersionedAdmin
from musicdb.admin.merging import MergeableAdmin
from musicdb.admin.playlists.forms import RULE_FIELDS, PlaylistForm
from musicdb.admin.playlists.tracks import TracksPage, tracks_csv
from musicdb.exports.lists import PlaylistResource
from musicdb.models import Playlist, PlaylistAlias, PlaylistEntry
from musicdb.models.querysets import count_related
from musicdb.models.querysets.playlists import PlaylistQuerySet
from musicdb.music import FEATURE_NAMES
from musicdb.search import RuleFilter, count_tracks

SOUND = ("year", *FEATURE_NAMES)
_BOUNDS: list[Any] = [tuple(f"rule_{end}_{name}" for end in ("min", "max")) for name in SOUND]
_OTHERS: list[Any] = [name for name in RULE_FIELDS if name not in {bound for pair in _BOUNDS for bound in pair}]


class PlaylistAliasInline(AliasInline):
    model = PlaylistAlias


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("hand", "Tracks chosen by hand or by an import"), ("rule", "With a rule")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("hand", "rule"):
            return queryset
        return queryset.filter(rule__isnull=self.value() == "hand")


@admin.register(Playlist)
class PlaylistAdmin(
    ExportAdmin, BulkEditAdmin[Playlist], FindReplaceAdmin[Playlist], VersionedAdmin[Playlist], MergeableAdmin[Playlist]
):
    export_resource = PlaylistResource
    bulk_edit_form = VisibilityBulkForm
    form = PlaylistForm
    list_display = ["listed_name", "visibility", "number_of_tracks", "rule_in_words", "source"]
    list_filter = ["visibility", KindFilter]
    search_fields = PlaylistQuerySet.search_fields
    search_help_text = "Name or alias"
    actions = ["bulk_edit_selected", "find_replace_selected", "merge_selected"]
    readonly_fields = ["tracks_now"]
    inlines = [PlaylistAliasInline]
    used_by, usage_count = "track", "entry_count"
    merge_effects = [
        "The tracks that the one that stays lacks come after its own, in the order that they have.",
        "If the one that stays has no description or source, it gets one from the others.",
    ]
    fieldsets = [
        (None, {"fields": ["name", "slug", "visibility", "description", "source", "tracks_now", "kind"]}),
        (
            "Rule",
            {
                "description": "What a track must have to be in the playlist. Blank fields ask for nothing.",
                "fields": _OTHERS,
            },
        ),
        ("Rule: year and sound", {"classes": ["collapse"], "fields": _BOUNDS}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Playlist]:
        entries = count_related(PlaylistEntry.objects.all(), "playlist")
        return super().get_queryset(request).annotate(entry_count=entries)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:key>/tracks/", wrap(TracksPage(self)), name="musicdb_playlist_tracks"),
            path("<int:key>/tracks.csv", wrap(tracks_csv(self)), name="musicdb_playlist_csv"),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: Playlist | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            shown = ["name", "slug", "visibility", "description", "source", "tracks_now", "rule_in_words"]
            return [(None, {"fields": shown})]
        facts, (title, rule), sound = super().get_fieldsets(request, obj)
        if obj is not None and not obj.has_rule:
            rule = {**rule, "classes": ["collapse"]}
        return [facts, (title, rule), sound]

    def get_readonly_fields(self, request: HttpRequest, obj: Playlist | None = None) -> list[str]:
        more = [] if obj is None or self.has_change_permission(request, obj) else ["rule_in_words"]
        return [*super().get_readonly_fields(request, obj), *more]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if request.method == "GET" and (ignored := request.GET.get("ignored")):
            text = f"A rule has no filter like these of the list, so they were left out: {ignored}."
            self.message_user(request, text, messages.WARNING)
        return super().add_view(request, form_url, extra_context)

    def view_on_site(self, obj: Any) -> str | None:
        return obj.get_absolute_url() if obj.has_page else None

    def option_facts(self, playlist: Any) -> Sequence[str]:
        return ["by a rule" if playlist.has_rule else f"{playlist.entry_count:,} tracks"]

    @admin.display(description="tracks")
    def number_of_tracks(self, playlist: Any) -> SafeString | str:
        return "by rule" if playlist.has_rule else _link(playlist, f"{playlist.entry_count:,}")

    @admin.display(description="tracks now")
    def tracks_now(self, playlist: Playlist) -> SafeString | str:
        if playlist.pk is None:
            return "Save the playlist first. Then you can add tracks."
        number = count_tracks([playlist])[playlist.pk]
        what = "see them" if playlist.has_rule else "add, remove and move tracks"
        return format_html("{}: {}", f"{number:,}", _link(playlist, what))

    @admin.display(description="rule")
    def rule_in_words(self, playlist: Playlist) -> str:
        return "; ".join(_conditions(playlist.rule)) if playlist.rule else ""


def _link(playlist: Playlist, text: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:musicdb_playlist_tracks", args=[playlist.pk]), text)


def _conditions(rule: str) -> Iterator[str]:
    """Yield the conditions of a rule, each as the form labels it."""
    fields = RuleFilter().form.fields
    for name, value in QueryDict(rule).items():
        yield f"{fields[name].label if name in fields else name}: {value}"
