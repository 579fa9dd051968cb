"""The list of tracks that sound unlike their genre and like another, and what an editor can do about them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clusters.admin.base import RunChildAdmin
from clusters.core.misplaced import MAX_FALSE_DISCOVERY_RATE
from clusters.models import MisplacedTrack
from clusters.runs import MAX_STORED, dismiss, put_right, restore
from musicdb.admin.base import counted, current_user
from musicdb.admin.changelist.filters import NameFilter
from musicdb.admin.changelist.reports import edit_report
from musicdb.admin.edits import say
from musicdb.admin.html import link_to, names_in_order
from musicdb.editing import BulkEditError
from musicdb.models import Genre, Track, TrackArtist

# So many edits are named, each with its undo; more are linked together.
MAX_EDITS_NAMED = 5


class _GenreFilter(NameFilter):
    model = Genre
    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self.column}__in": self.found}) if self.typed else queryset


class IsInFilter(_GenreFilter):
    title, parameter_name, column = "genre that it is in", "in", "genre"


class SoundsLikeFilter(_GenreFilter):
    title, parameter_name, column = "genre that it sounds like", "like", "sounds_like"


class ReviewFilter(admin.SimpleListFilter):
    """Those to review, unless the dismissed ones are asked for."""

    title = "state"
    parameter_name = "dismissed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Dismissed")]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": "To review"}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(is_dismissed=self.value() == "yes")


@admin.register(MisplacedTrack)
class MisplacedTrackAdmin(RunChildAdmin[MisplacedTrack]):
    """A review list: nothing changes by itself."""

    list_display = ["track_to_review", "artists", "is_in", "sounds_like_genre", "distances", "by_chance"]
    list_display_links = None
    list_filter = [ReviewFilter, IsInFilter, SoundsLikeFilter]
    list_select_related = ["track", "genre", "sounds_like"]
    list_prefetch_related = [
        Prefetch("track__track_artists", queryset=TrackArtist.objects.select_related("artist").order_by("position"))
    ]
    search_fields = ["track__search_key"]
    search_help_text = "Track"
    # As they were stored: the strongest find first.
    ordering = ["pk"]
    actions: Sequence[Any] = ["move_selected", "add_selected", "dismiss_selected", "restore_selected"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MisplacedTrack]:
        finds: Any = super().get_queryset(request)
        current: QuerySet[MisplacedTrack] = finds.current()
        return current

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("musicdb.view_track")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Reached from the data quality checks, as the other reports are."""
        return False

    def has_edit_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("musicdb.change_track")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        newest = MisplacedTrack.objects.order_by("-found_at").values_list("found_at", flat=True).first()
        extra = {
            "title": "Tracks that sound like another genre",
            "found_at": newest,
            "most": f"{MAX_FALSE_DISCOVERY_RATE:.0%}",
            "max_stored": MAX_STORED,
        }
        return super().changelist_view(request, {**(extra_context or {}), **extra})

    # --- Columns ---

    @admin.display(description="track", ordering="track__sort_key")
    def track_to_review(self, find: MisplacedTrack) -> SafeString:
        return link_to(find.track)

    @admin.display
    def artists(self, find: MisplacedTrack) -> SafeString:
        return format_html('<span class="short">{}</span>', names_in_order(find.track.artists_in_order))

    @admin.display(description="is in", ordering="genre__sort_key")
    def is_in(self, find: MisplacedTrack) -> SafeString:
        return _genre(find.genre)

    @admin.display(description="sounds like", ordering="sounds_like__sort_key")
    def sounds_like_genre(self, find: MisplacedTrack) -> SafeString:
        return _genre(find.sounds_like)

    @admin.display(description="own, other distance", ordering="own_distance")
    def distances(self, find: MisplacedTrack) -> str:
        return f"{find.own_distance:.1f}, {find.other_distance:.1f} × usual"

    @admin.display(description="by chance", ordering="rate")
    def by_chance(self, find: MisplacedTrack) -> str:
        return "< 1 in 100" if find.rate < 0.01 else f"{find.rate * 100:.0f} in 100"

    # --- Actions ---

    @admin.action(description="Move selected tracks to the genre that they sound like", permissions=["edit"])
    def move_selected(self, request: HttpRequest, queryset: QuerySet[MisplacedTrack]) -> None:
        self._put_right(request, queryset, leaves=True)

    @admin.action(description="Add the genre that they sound like to selected tracks", permissions=["edit"])
    def add_selected(self, request: HttpRequest, queryset: QuerySet[MisplacedTrack]) -> None:
        self._put_right(request, queryset, leaves=False)

    def _put_right(self, request: HttpRequest, queryset: QuerySet[MisplacedTrack], *, leaves: bool) -> None:
        try:
            number, edits = put_right(list(queryset), current_user(request), leaves=leaves)
        except BulkEditError as error:
            self.message_user(request, str(error), messages.ERROR)
            return
        if len(edits) <= MAX_EDITS_NAMED:
            for edited in edits:
                say(request, edit_report(Track, edited.changed, edited))
            return
        undo = reverse("admin:musicdb_groupedchange_changelist", query={"model_name": "Track"})
        text = format_html('Changed {}. <a href="{}">Undo some …</a>', counted(number, "track"), undo)
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description="Dismiss selected: right as they are", permissions=["edit"])
    def dismiss_selected(self, request: HttpRequest, queryset: QuerySet[MisplacedTrack]) -> None:
        number = dismiss(queryset, current_user(request))
        self.message_user(request, f"Dismissed {counted(number, 'track')}, not suggested again.", messages.SUCCESS)

    @admin.action(description="Suggest selected again", permissions=["edit"])
    def restore_selected(self, request: HttpRequest, queryset: QuerySet[MisplacedTrack]) -> None:
        number = restore(queryset)
        self.message_user(request, f"Restored {counted(number, 'track')}, suggested again.", messages.SUCCESS)


def _genre(genre: Genre) -> SafeString:
    """Return links to the genre and to the page with the plot of its clusters."""
    plot = '{} · <a href="{}" aria-label="Clusters in {}">plot</a>'
    return format_html(plot, link_to(genre), reverse("genre-clusters", args=[genre.slug]), genre)
